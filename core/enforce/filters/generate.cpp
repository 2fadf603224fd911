// Run when the project is built: writes every filter as an array for filters.cpp.
// Usage: sefaca-make-filters MACHINE > filters_data.inc
#include <cstdio>
#include <exception>

#include "core/enforce/filters/filter_rules.h"

namespace {

int write_filters(const char* machine) {
  for (std::size_t i = 0; i < sefaca::kFilterCount; ++i) {
    const auto filter = sefaca::make_filter(sefaca::FilterSpec::at(i), machine);
    if (!filter) {
      std::fprintf(stderr, "sefaca-make-filters: %s\n", filter.error().what.c_str());
      return 1;
    }
    std::printf("constexpr sock_filter kFilter%zu[] = {\n", i);
    for (const sock_filter& f : *filter) {
      std::printf("{%u,%u,%u,%uU},\n", f.code, f.jt, f.jf, f.k);
    }
    std::puts("};");
  }
  std::puts("constexpr std::span<const sock_filter> kFilters[] = {");
  for (std::size_t i = 0; i < sefaca::kFilterCount; ++i) std::printf("kFilter%zu,\n", i);
  std::puts("};");
  const auto calls = sefaca::refused_calls(machine);
  if (!calls) return 1;
  std::puts("struct RefusedCall { int number; const char* name; };");
  std::puts("constexpr RefusedCall kRefusedCalls[] = {");
  for (const sefaca::NamedCall& call : *calls)
    std::printf("{%d, \"%s\"},\n", call.number, call.name.c_str());
  std::puts("};");
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: sefaca-make-filters x86_64|aarch64\n", stderr);
    return 2;
  }
  try {
    return write_filters(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sefaca-make-filters: %s\n", error.what());
    return 1;
  }
}
