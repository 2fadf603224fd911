#include "launcher/plan_text.h"

#include <algorithm>
#include <string>

#include "core/base/text.h"

namespace sefaca {
namespace {

std::string value_and_origin(const Session& session, const std::string& key) {
  const auto value = session.policy->values.find(key);
  const auto origin = session.policy->origins.find(key);
  return concat(value == session.policy->values.end() ? "unset" : printable(value->second), "  (",
                origin == session.policy->origins.end() ? "built-in" : origin->second, ")");
}

void print_gaps(FILE* out, const LaunchPlan& plan) {
  if (plan.gaps.empty()) return;
  std::fputs("Not enforced as the policy says:\n", out);
  for (const Gap& gap : plan.gaps) {
    std::fprintf(out, "  %-16s %s%s\n", gap.what.c_str(), gap.why.c_str(),
                 gap.effect == Gap::Effect::narrower ? " (narrower)" : "");
    if (!gap.instead.empty()) std::fprintf(out, "  %-16s instead: %s\n", "", gap.instead.c_str());
    if (!gap.remedy.empty()) std::fprintf(out, "  %-16s remedy: %s\n", "", gap.remedy.c_str());
  }
}

void print_enforced(FILE* out, const LaunchPlan& plan) {
  std::fputs("Enforced:\n", out);
  for (const auto& [what, how] : plan.enforced)
    std::fprintf(out, "  %-16s %s\n", what.c_str(), how.c_str());
}

// What needs the supervisor or a mount, and has neither.
bool is_left_open(const LaunchPlan& plan, const PathRule& rule) {
  const bool by_socket = rule.access == Access::hide;  // decided when it is connected to
  return rule.kind == PathRule::Kind::protected_ && !plan.namespaces.view.holds(rule) &&
         !(by_socket ? plan.notify.connects : plan.notify.performs);
}

void print_grants(FILE* out, const LaunchPlan& plan) {
  std::fputs("Paths (the longest wins):\n", out);
  std::vector<const PathRule*> rules;
  for (const PathRule& rule : plan.paths) rules.push_back(&rule);
  std::sort(rules.begin(), rules.end(),
            [](const PathRule* a, const PathRule* b) { return a->path < b->path; });
  for (const PathRule* rule : rules) {
    std::fprintf(out, "  %-5s %s  %s (%s)%s\n", name_of(rule->access),
                 printable(rule->path).c_str(), rule->reason.c_str(), rule->origin.c_str(),
                 is_left_open(plan, *rule) ? "  not enforced on this host" : "");
  }
}

void print_enclosure(FILE* out, const Session& session) {
  const Enclosure& what = *session.enclosure;
  std::fputs("Runs:\n", out);
  for (std::size_t i = 0; i < what.argv.size(); ++i)
    std::fprintf(out, "  %s%s%s\n", i == 0 ? "" : "  ", shell_quote(what.argv[i]).c_str(),
                 i + 1 < what.argv.size() ? " \\" : "");
  if (!what.end.empty())
    std::fprintf(out, "Then, and when it is ended before:\n  %s\n", shell_join(what.end).c_str());
  for (const Enclosure::File& file : what.files)
    std::fprintf(out, "File %s:\n%s", file.name.c_str(), file.text.c_str());
}

}  // namespace

void print_summary(FILE* out, const Session& session) {
  print_enforced(out, session.plan);
  print_gaps(out, session.plan);
}

void print_plan(FILE* out, const Session& session) {
  std::fprintf(out, "Command:  %s\n", shell_join(session.command.argv).c_str());
  if (!session.enclosure)
    std::fprintf(out, "Program:  %s\n", printable(session.plan.program).c_str());
  for (const char* key : {"level", "preset", "network", "read", "tmp", "memory", "timeout", "pids"})
    std::fprintf(out, "%-9s %s\n", concat(key, ":").c_str(),
                 value_and_origin(session, key).c_str());
  if (session.enclosure) {
    std::fprintf(out, "Backend:  %s\n", value_and_origin(session, "backend").c_str());
    print_summary(out, session);
    print_enclosure(out, session);
    return;
  }
  print_grants(out, session.plan);
  if (session.plan.landlock_abi > 0)
    std::fprintf(out, "Landlock: %zu rules\n", session.plan.landlock.rules.size());
  if (!session.policy->withheld.empty())
    std::fprintf(out, "Withheld from the environment: %s\n",
                 join(session.policy->withheld, ", ").c_str());
  print_summary(out, session);
}

}  // namespace sefaca
