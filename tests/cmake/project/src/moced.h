#define Q_OBJECT
class Moced {
  Q_OBJECT
};
