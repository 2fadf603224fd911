int obje_value(void);
int obje_value(void) {
  return 4;
}
