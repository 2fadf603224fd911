import shapes;
int main() {
  return area(Square{3}) == 9 ? 0 : 1;
}
