int shar_value(void);
int shar_value(void) {
  return 2;
}
