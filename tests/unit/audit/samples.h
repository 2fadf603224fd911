// Records that the tests of the log share.
#pragma once

#include "core/audit/record.h"

namespace sefaca {

// The run that the specification prints, and what the contract adds to it.
inline Record specification_record() {
  Record record;
  record.id = "01984d7e-5040-7abc-8def-0123456789ab";
  record.start_ms = 1'753'644'600'000;  // 2025-07-27T19:30:00Z
  record.pid = 12345;
  record.user = "jwalsh";
  record.cwd = "/home/jwalsh/project";
  record.command = {"python", "script.py"};
  record.door = "run";
  record.level = "default";
  record.network = "localhost";
  record.timeout = "2m";
  record.memory = "1g";
  record.enforced = {{"filesystem", "landlock abi 7"}, {"network", "network namespace"}};
  record.origins = {{"timeout", "--timeout"}};
  record.outcome = Record::Outcome{.exit_code = 0,
                                   .signal = "",
                                   .duration_ms = 45'200,
                                   .cpu_time_ms = 45'200,
                                   .max_memory_bytes = 1'073'741'824};
  return record;
}

// Every field that there is.
inline Record full_record() {
  Record record = specification_record();
  record.door = "cmake";
  record.target = "app";
  record.parent = "01984d7e-4fff-7abc-8def-0123456789ab";
  record.preset = "compiler";
  Gap gap;
  gap.effect = Gap::Effect::narrower;
  gap.what = "private_tmp";
  gap.why = "no mount namespace: user namespaces are refused (EPERM)";
  gap.remedy = "sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  record.not_enforced.push_back(gap);
  gap.effect = Gap::Effect::weaker;
  gap.remedy = "";
  record.not_enforced.push_back(gap);
  record.withheld_env = {"AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN"};
  record.outcome->exit_code.reset();
  record.outcome->signal = "SIGSEGV";

  Violation network;
  network.kind = ViolationKind::network_access_denied;
  network.suggestion = "Use --network flag if network access needed";
  network.attempted_host = "malicious.example.com";
  network.operation = "connect";
  network.address = "203.0.113.7";
  network.port = 443;
  network.pid = 12346;
  network.program = "/usr/bin/curl";
  network.count = 3;
  record.violations.push_back(network);

  Violation file;
  file.kind = ViolationKind::filesystem_write_denied;
  file.blocked = false;
  file.path = "/etc/caf\xE9";  // Latin-1, not UTF-8
  file.operation = "open";
  record.violations.push_back(file);

  Violation memory;
  memory.kind = ViolationKind::memory_limit_exceeded;
  memory.suggestion = "Use --memory=2g if more memory is needed";
  memory.limit = 1'073'741'824;
  memory.peak = 1'073'745'920;
  record.violations.push_back(memory);
  return record;
}

}  // namespace sefaca
