int uni2() {
  return 2;
}
