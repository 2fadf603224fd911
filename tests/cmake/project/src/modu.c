int modu_value(void);
int modu_value(void) {
  return 3;
}
