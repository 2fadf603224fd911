int external(void) {
  return 0;
}
