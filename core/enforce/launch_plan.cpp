#include "core/enforce/launch_plan.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/enforce/planner.h"

namespace sefaca {

LaunchPlan Planner::make() {
  plan_.program = in_.program;
  plan_.argv = in_.command.argv;
  plan_.paths = policy_.paths;
  plan_.keep_fds = in_.keep_fds;
  std::sort(plan_.keep_fds.begin(), plan_.keep_fds.end());
  // A background process that is meant to stay outlives sefaca; in place there is no parent.
  plan_.die_with_parent = supervised() && !policy_.keep_background;
  listener();
  namespaces();
  environment();
  own_paths();
  files();
  target_view();
  private_places();
  calls();
  network();
  capabilities();
  limits();
  outside_processes();
  return std::move(plan_);
}

void LaunchPlan::drop_variable(std::string_view name) {
  const std::string prefix = concat(name, "=");
  std::erase_if(environment, [&](const auto& entry) { return entry.starts_with(prefix); });
}

void LaunchPlan::set_variable(std::string_view name, std::string_view value) {
  drop_variable(name);
  environment.push_back(concat(name, "=", value));
}

bool LaunchPlan::weaker_than_policy() const {
  return std::any_of(gaps.begin(), gaps.end(),
                     [](const Gap& gap) { return gap.effect == Gap::Effect::weaker; });
}

LaunchPlan make_launch_plan(const LaunchInputs& inputs, const Surroundings& surroundings) {
  return Planner(inputs, surroundings).make();
}

}  // namespace sefaca
