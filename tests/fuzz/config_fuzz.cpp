// libFuzzer target over the configuration parser and editor: whatever the bytes, they end in a
// parsed file or in errors that have a place and can be printed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/base/text.h"
#include "core/config/edit.h"
#include "core/config/toml_file.h"

namespace {

using namespace sefaca;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_errors(const Errors& errors, std::string_view path) {
  require(!errors.empty());
  for (const Error& error : errors) {
    require(!error.what.empty());
    require(error.where.starts_with(path));
    require(printable(error.where) == error.where);
  }
}

void check(std::string_view text, Layer layer) {
  const FileSource source{"/f.toml", "/", layer};
  const auto file = parse_file(text, source);
  if (!file) return check_errors(file.errors(), source.path);
  for (const ValuePlace& place : file->values) require(place.begin < place.end);

  // What can be read can be edited, or is refused; either way nothing else changes.
  const auto setting = parse_setting_name("memory");
  require(setting.ok());
  const auto edited = with_setting(text, source, *setting, "\"7m\"");
  if (!edited) return check_errors(edited.errors(), source.path);
  const auto reread = parse_file(*edited, source);
  require(reread.ok());
  require(reread->presets.size() == file->presets.size());
  require(reread->bounds.size() == file->bounds.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (Layer layer : {Layer::system_file, Layer::user_file, Layer::project_file}) {
    check(text, layer);
  }
  return 0;
}
