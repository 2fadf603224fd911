int stat_value(void);
int stat_value(void) {
  return 1;
}
