// docs/degradation.md, from the table of degradations.
#include "core/base/text.h"
#include "core/enforce/degradations.h"
#include "launcher/generators.h"

namespace sefaca {
namespace {

// A cell of a table: no bar and no line may end it.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out.empty() ? "-" : out;
}

std::string remedies(const Degradation& row) {
  std::vector<std::string> out;
  for (const std::string& remedy : all_remedies(row.cure, row.remedy)) {
    const bool is_command = remedy.starts_with("sudo ") || remedy.starts_with("echo ") ||
                            remedy.starts_with("docker ") || remedy.starts_with("podman ") ||
                            remedy.starts_with("sefaca ");
    out.push_back(is_command ? concat("`", cell(remedy), "`") : cell(remedy));
  }
  return out.empty() ? "-" : join(out, "; ");
}

}  // namespace

std::string degradation_markdown() {
  std::string out =
      "# What a host may lack\n\n"
      "Made by `sefaca help --generate=degradation.md` from the table that runs use "
      "(`core/enforce/degradations.cpp`).\n\n"
      "Each row that applies to a run is in its record (`not_enforced`), in `sefaca check` and, "
      "where it is weaker than\nthe policy, on stderr. Of several remedies the record names the "
      "one for that very host. Where a row leaves something\nnot enforced, level strict does not "
      "run.\n\n"
      "| missing | named | what it takes away | what takes its place | not enforced then | what "
      "brings it |\n|---|---|---|---|---|---|\n";
  for (const Degradation& row : degradations()) {
    out += concat("| ", cell(row.missing), " | `", row.what, "` | ", cell(row.lost), " | ",
                  cell(row.instead), " | ", cell(row.open), " | ", remedies(row), " |\n");
  }
  return out;
}

}  // namespace sefaca
