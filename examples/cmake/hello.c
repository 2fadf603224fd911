#include <stdio.h>

#include "version.h"

int main(void) {
  printf("hello, with dependency %s\n", dependency_version());
  return 0;
}
