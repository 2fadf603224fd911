int main(int argc, char**) {
  if (argc > 9) return 1;
  return 0;
}
