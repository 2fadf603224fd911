#include "made.h"
extern "C" {
int stat_value(void);
int shar_value(void);
int obje_value(void);
int dep(void);
int made_value(void);
}
int main(int argc, char** argv) {
  if (stat_value() + shar_value() + obje_value() + dep() + made_value() != 7 + MADE) return 2;
  return argc > 1 && strcmp(argv[1], "one") != 0 ? 1 : 0;
}
