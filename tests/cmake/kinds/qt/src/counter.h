#pragma once
#include <QObject>

class Counter : public QObject {
  Q_OBJECT
 public:
  int value = 0;
 public slots:
  void add() { ++value; }
 signals:
  void go();
};
