#include "counter.h"

// A class of the source alone, for moc's other output.
class Once : public QObject {
  Q_OBJECT
};
void once() {
  Once one;
}
#include "counter.moc"
