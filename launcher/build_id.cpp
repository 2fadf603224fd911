#include "launcher/build_id.h"

#include <elf.h>
#include <link.h>

#include <cstring>
#include <string_view>

#include "core/base/text.h"
#include "launcher/version.h"

namespace sefaca {
namespace {

// The descriptor of the note NT_GNU_BUILD_ID in a segment of notes; empty: there is none.
std::string_view find_note(const char* at, std::size_t size) {
  const auto padded = [](std::size_t length) { return (length + 3) / 4 * 4; };
  while (size >= sizeof(ElfW(Nhdr))) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    const std::size_t whole = sizeof note + padded(note.n_namesz) + padded(note.n_descsz);
    if (whole > size) return {};
    const char* descriptor = at + sizeof note + padded(note.n_namesz);
    const std::string_view name(at + sizeof note, note.n_namesz);
    if (note.n_type == NT_GNU_BUILD_ID && name == std::string_view("GNU\0", 4))
      return {descriptor, note.n_descsz};
    at += whole;
    size -= whole;
  }
  return {};
}

// The first object that is visited is the program itself (dl_iterate_phdr(3)).
int visit(dl_phdr_info* info, std::size_t /*size*/, void* found) {
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    const char* notes = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
    const std::string_view id = find_note(notes, segment.p_memsz);
    if (!id.empty()) *static_cast<std::string_view*>(found) = id;
  }
  return 1;
}

}  // namespace

std::string build_id() {
  std::string_view id;
  ::dl_iterate_phdr(visit, &id);
  std::string out = concat(kVersion, " ");
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (const char c : id) {
    const auto byte = static_cast<unsigned char>(c);
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
  }
  return out;
}

}  // namespace sefaca
