int uni1() {
  return 1;
}
