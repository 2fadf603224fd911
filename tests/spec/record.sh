#!/bin/sh
# The audit record of the specification: its fields, their types, and where the log lies.
. "$(dirname -- "$0")/../lib.sh"

for who in $people; do
  here=$(place_of "$who")
  log=$(home_of "$who")/audit.jsonl
  attempt as "$who" SEFACA run "--log=$log" --preset=compiler -- sh -c 'exit 3'
  exits "$who: a run with a log" 3
  present "$who: the log is there" "$log"
  is() {  # is NAME EXPRESSION
    check "$who: $1" [ "$(field "$log" "$2")" = True ]
  }
  is 'timestamp' '__import__("re").fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", r["timestamp"]) is not None'
  is 'pid is a number' 'type(r["pid"]) is int and r["pid"] > 1'
  is 'user is text' 'type(r["user"]) is str and r["user"] != ""'
  is 'command is the words' 'r["command"] == ["sh", "-c", "exit 3"]'
  is 'config' 'r["config"]["level"] == "default" and r["config"]["network"] == "deny" and type(r["config"]["timeout"]) is str'
  is 'resources are text' 'type(r["resources"]["max_memory"]) is str and type(r["resources"]["cpu_time"]) is str'
  is 'the peak is in bytes' 'int(r["resources"]["max_memory"]) > 100000'
  is 'result' 'r["result"]["exit_code"] == 3 and r["result"]["signal"] is None and float(r["result"]["duration"]) >= 0'
  is 'violations is a list' 'type(r["violations"]) is list'
  is 'preset and door' 'r["preset"] == "compiler" and r["door"] == "run"'
  is 'what was enforced' 'type(r["enforced"]) is dict and len(r["enforced"]) > 0'
  is 'what was not' 'type(r["not_enforced"]) is list'
  is 'origins' 'type(r["origins"]) is dict'
  is 'cwd' "r['cwd'] == '$here'"
  check "$who: the log is the owner's alone" [ "$(stat -c %a "$log")" = 600 ]
  check "$who: one line" [ "$(wc -l <"$log")" -eq 1 ]

  attempt as "$who" SEFACA run "--log=$log" 'echo "a  b" | cat'
  is 'a shell line' 'r["command"] == ["/bin/sh", "-c", "echo \"a  b\" | cat"]'
  attempt as "$who" SEFACA run "--log=$log" -- sh -c 'kill -SEGV $$'
  is 'a signal' 'r["result"]["exit_code"] is None and r["result"]["signal"] == "SIGSEGV"'
  check "$who: appended" [ "$(wc -l <"$log")" -eq 3 ]

  check "$who: the log fits the published schema" /usr/bin/python3 \
    "$(dirname -- "$0")/../unit/audit/check_schema.py" \
    "$(dirname -- "$0")/../../docs/log-record.schema.json" "$log"

  # The log can't be written from inside.
  attempt as "$who" SEFACA run "--log=$log" -- sh -c "echo forged >>$log"
  exits_not_zero "$who: the log is not writable from inside"
  check "$who: nothing was forged" sh -c "! grep -qx forged '$log'"

  # The variable, and the default place.
  attempt as "$who" env "SEFACA_LOG_FILE=$here/other.jsonl" SEFACA run -- true
  present "$who: SEFACA_LOG_FILE" "$here/other.jsonl"
  as "$who" mkdir "$(home_of "$who")/.sefaca"
  attempt as "$who" SEFACA run -- true
  present "$who: ~/.sefaca/log/audit.jsonl" "$(home_of "$who")/.sefaca/log/audit.jsonl"

  # A log that can't be written: an error before the command at strict, a warning otherwise (once
  # in a session, so here in one of its own).
  attempt as "$who" setsid -w SEFACA run --log=/proc/no/such/log -- touch logged-nowhere
  exits "$who: an unwritable log is a warning" 0
  says "$who: an unwritable log is named" /proc/no/such/log
  attempt as "$who" SEFACA run --level=strict --log=/proc/no/such/log -- true
  exits "$who: an unwritable log is an error at strict" 125
done

finish
