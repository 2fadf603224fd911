export module shapes:square;
export struct Square {
  int side;
};
