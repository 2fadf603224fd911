#include <QFile>

#include "counter.h"
#include "ui_form.h"

int main() {
  Counter counter;
  QObject::connect(&counter, &Counter::go, &counter, &Counter::add);
  emit counter.go();
  QFile words(":/words.txt");
  return counter.value == 1 && words.open(QIODevice::ReadOnly) && words.readAll() == "words\n" &&
                 sizeof(Ui::Form) > 0
             ? 0
             : 1;
}
