#include "moced.h"

#include "moc_moced.cpp"
int moced() {
  return MOCED;
}
