module shapes;
int area(const Square& square) {
  return square.side * square.side;
}
