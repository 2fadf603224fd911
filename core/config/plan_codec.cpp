// A plan as bytes. Numbers are eight bytes, little end first, strings a number and their bytes,
// lists a number and their members: nothing is skipped, so a reader is right or says where it
// stopped. One list of fields, visited by the writer and by the reader.
#include <algorithm>
#include <bit>
#include <cstring>

#include "core/base/text.h"
#include "core/config/plan_file.h"

namespace sefaca {
namespace {

constexpr std::string_view kMagic = "sefaca plan 3\n";

class Writer {
 public:
  void number(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) out_ += static_cast<char>(value >> shift & 0xFFU);
  }
  void text(const std::string& value) {
    number(value.size());
    out_ += value;
  }
  template <class T>
  void word(const T& value, T /*last*/) {
    number(static_cast<std::uint64_t>(value));
  }
  void flag(bool value) { number(value ? 1 : 0); }
  template <class T>
  void signed_number(const T& value) {
    number(static_cast<std::uint64_t>(value));
  }
  template <class List, class Each>
  void list(const List& list, Each each) {
    number(list.size());
    for (const auto& member : list) each(*this, member);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}

  void number(std::uint64_t& value) {
    value = 0;
    if (in_.size() < 8) return spoil();
    for (int i = 0; i < 8; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(in_[i])) << 8 * i;
    in_.remove_prefix(8);
  }
  void text(std::string& value) {
    std::uint64_t size = 0;
    number(size);
    if (size > in_.size()) return spoil();
    value.assign(in_.substr(0, size));
    in_.remove_prefix(size);
  }
  // An enumeration, whose last member is `last`.
  template <class T>
  void word(T& value, T last) {
    std::uint64_t read = 0;
    number(read);
    if (read > static_cast<std::uint64_t>(last)) return spoil();
    value = static_cast<T>(read);
  }
  void flag(bool& value) {
    std::uint64_t read = 0;
    number(read);
    if (read > 1) return spoil();
    value = read == 1;
  }
  template <class T>
  void signed_number(T& value) {
    std::uint64_t read = 0;
    number(read);
    value = static_cast<T>(read);
  }
  template <class T, class Each>
  void list(std::vector<T>& list, Each each) {
    std::uint64_t size = 0;
    number(size);
    if (size > in_.size() / 8) return spoil();  // each member has at least a number
    list.resize(size);
    for (T& member : list) each(*this, member);
  }
  [[nodiscard]] bool good() const { return good_ && in_.empty(); }

 private:
  void spoil() {
    good_ = false;
    in_ = {};
  }
  std::string_view in_;
  bool good_ = true;
};

constexpr auto kText = [](auto& with, auto& text) { with.text(text); };

template <class With, class Strings>
void visit_texts(With& with, Strings& strings) {
  with.list(strings, kText);
}

template <class With, class Rule>
void visit_rule(With& with, Rule& rule) {
  with.text(rule.path);
  with.word(rule.access, Access::write);
  with.word(rule.kind, PathRule::Kind::protected_);
  with.text(rule.reason);
  with.text(rule.origin);
}

template <class With, class Assigned>
void visit_assignment(With& with, Assigned& one) {
  with.text(one.key);
  visit_texts(with, one.values);
  with.flag(one.add);
  with.word(one.layer, Layer::command_line);
  with.text(one.origin);
  with.text(one.base);
}

template <class With, class Stamp>
void visit_stamp(With& with, Stamp& stamp) {
  with.text(stamp.path);
  with.flag(stamp.present);
  with.number(stamp.inode);
  with.number(stamp.size);
  with.signed_number(stamp.changed_ns);
}

// Sets, maps and optional numbers as lists, so that the reader needs one shape only.
struct Lists {
  std::vector<std::string> allow, values, origins, from_user, note_names;
  std::vector<std::vector<std::string>> notes;
  std::vector<std::uint64_t> limits;       // presence and value, in turn
  std::vector<std::uint64_t> door_limits;  // presence of a time, the time, unlimited; empty: none
};

template <class Limits>
auto limit_members(Limits& limits) {
  return std::array{&limits.memory_bytes, &limits.timeout_ms,      &limits.processes,
                    &limits.cpu_time_ms,  &limits.file_size_bytes, &limits.open_files};
}

Lists lists_of(const Plan& plan) {
  Lists out;
  const PolicyFields& policy = plan.policy;
  out.allow.assign(policy.allow.begin(), policy.allow.end());
  out.from_user.assign(policy.from_user.begin(), policy.from_user.end());
  for (const auto& [key, value] : policy.values) out.values.insert(out.values.end(), {key, value});
  for (const auto& [key, from] : policy.origins) out.origins.insert(out.origins.end(), {key, from});
  for (const auto& [name, lines] : plan.notes) {
    out.note_names.push_back(name);
    out.notes.push_back(lines);
  }
  for (const auto* limit : limit_members(policy.limits))
    out.limits.insert(out.limits.end(), {limit->has_value() ? 1U : 0U, limit->value_or(0)});
  if (plan.door_limits) {
    const auto& time = plan.door_limits->tool_time_ms;
    out.door_limits = {time ? 1U : 0U, time.value_or(0), plan.door_limits->unlimited ? 1U : 0U};
  }
  return out;
}

bool fill_pairs(const std::vector<std::string>& list, std::map<std::string, std::string>& map) {
  if (list.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < list.size(); i += 2) map[list[i]] = list[i + 1];
  return true;
}

bool fill(Plan& plan, Lists lists) {
  PolicyFields& policy = plan.policy;
  policy.allow.insert(lists.allow.begin(), lists.allow.end());
  policy.from_user.insert(lists.from_user.begin(), lists.from_user.end());
  if (!fill_pairs(lists.values, policy.values) || !fill_pairs(lists.origins, policy.origins) ||
      lists.notes.size() != lists.note_names.size())
    return false;
  for (std::size_t i = 0; i < lists.notes.size(); ++i)
    plan.notes[lists.note_names[i]] = std::move(lists.notes[i]);
  const auto members = limit_members(policy.limits);
  if (lists.limits.size() != 2 * members.size()) return false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (lists.limits[2 * i] == 1) *members[i] = lists.limits[2 * i + 1];
  }
  if (const auto& door = lists.door_limits; !door.empty()) {
    if (door.size() != 3) return false;
    plan.door_limits.emplace();
    if (door[0] == 1) plan.door_limits->tool_time_ms = door[1];
    plan.door_limits->unlimited = door[2] == 1;
  }
  const auto is_absolute = [](const PathRule& rule) { return rule.path.starts_with('/'); };
  return std::all_of(policy.paths.begin(), policy.paths.end(), is_absolute);
}

template <class With, class PlanType, class ListsType>
void visit(With& with, PlanType& plan, ListsType& lists) {
  auto& p = plan.policy;
  // A field that is added to PolicyFields fails to compile here until it is kept below, or is one
  // of the three that a step computes for itself.
  auto& [level, preset, network, read, tmp, tmp_directory, paths, watched, environment_rule,
         environment, withheld, given_values, given, limits, keep_fds, keep_background, allow,
         report, on_unavailable, log_file, sinks, backend, container, values, origins, from_user,
         make_directories] = p;
  (void)environment, (void)withheld, (void)given_values, (void)limits, (void)allow, (void)values,
      (void)origins, (void)from_user;
  with.word(level, Level::permissive);
  with.text(preset);
  with.word(network, Network::allow);
  with.word(read, ReadScope::all);
  with.word(tmp, TmpKind::host);
  with.text(tmp_directory);
  with.list(paths, [](auto& w, auto& rule) { visit_rule(w, rule); });
  with.list(watched, [](auto& w, auto& rule) { visit_rule(w, rule); });
  with.word(environment_rule, EnvironmentRule::all);
  visit_texts(with, given);
  with.list(keep_fds, [](auto& w, auto& fd) { w.signed_number(fd); });
  with.flag(keep_background);
  with.word(report, Report::full);
  with.word(on_unavailable, OnUnavailable::warn);
  with.text(log_file);
  with.text(sinks.endpoint);
  with.text(sinks.token_file);
  with.text(sinks.ca_file);
  with.number(sinks.spool_bytes);
  with.flag(sinks.syslog);
  with.text(sinks.syslog_socket);
  with.word(backend, Backend::seatbelt);
  with.text(container.engine);
  with.text(container.image);
  with.text(container.pull);
  with.flag(container.workspace);
  visit_texts(with, make_directories);
  with.list(plan.door, [](auto& w, auto& one) { visit_assignment(w, one); });
  with.list(plan.files, [](auto& w, auto& stamp) { visit_stamp(w, stamp); });
  for (auto* texts :
       {&lists.allow, &lists.values, &lists.origins, &lists.from_user, &lists.note_names})
    visit_texts(with, *texts);
  with.list(lists.notes, [](auto& w, auto& texts) { visit_texts(w, texts); });
  for (auto* numbers : {&lists.limits, &lists.door_limits})
    with.list(*numbers, [](auto& w, auto& number) { w.number(number); });
}

// A word at a time, each mixed into all bits (the finalizer of MurmurHash3). Against damage, not
// against malice: see the header.
std::string check_sum(std::string_view bytes) {
  constexpr std::uint64_t kFirst = 0xFF51AFD7ED558CCDULL, kSecond = 0xC4CEB9FE1A85EC53ULL;
  std::uint64_t sum = bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min<std::size_t>(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), size);
    bytes.remove_prefix(size);
    sum = std::rotl(sum, 29) ^ word;
    sum = (sum ^ sum >> 33) * kFirst;
    sum = (sum ^ sum >> 33) * kSecond;
  }
  Writer out;
  out.number(sum ^ sum >> 33);
  return out.take();
}

}  // namespace

std::string plan_body(const Plan& plan) {
  Writer writer;
  const Lists lists = lists_of(plan);
  visit(writer, plan, lists);
  return writer.take();
}

Result<Plan> parse_plan_body(std::string_view body) {
  Reader reader(body);
  Plan plan;
  Lists lists;
  visit(reader, plan, lists);
  if (!reader.good() || !fill(plan, std::move(lists))) return Error{.what = "the plan is damaged"};
  return plan;
}

std::string plan_text(const Plan& plan, std::string_view build_id) {
  const std::string body = plan_body(plan);
  return concat(kMagic, build_id, "\n", check_sum(body), body);
}

Result<Plan> parse_plan(std::string_view text, std::string_view build_id) {
  if (!text.starts_with(kMagic)) return Error{.what = "this is no plan, or one of another format"};
  text.remove_prefix(kMagic.size());
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos || text.substr(0, line) != build_id)
    return Error{.what = "the plan was made by another build of sefaca"};
  text.remove_prefix(line + 1);
  constexpr std::size_t kSumSize = 8;
  if (text.size() < kSumSize || check_sum(text.substr(kSumSize)) != text.substr(0, kSumSize))
    return Error{.what = "the plan was changed since it was made: its check sum is wrong"};
  return parse_plan_body(text.substr(kSumSize));
}

}  // namespace sefaca
