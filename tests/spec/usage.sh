#!/bin/sh
# The specification's usage examples that need no namespace, as written there, on small stand-ins
# for what it names (script.py, cargo, a Makefile). usage_tools.sh runs cargo and npm themselves.
. "$(dirname -- "$0")/../lib.sh"
enter_own_network

start_receiver 80
for who in $people; do
  here=$(place_of "$who")
  echo 'print("from Python")' >"$here/script.py"
  printf '#include <stdio.h>\nint main(void) { puts("compiled"); return 0; }\n' >"$here/main.c"
  printf '#!/bin/sh\necho cargo "$@"\n' >"$here/cargo"
  printf 'build:\n\tcc -o program main.c\ntest: build\n\t./program\n' >"$here/Makefile"
  printf '\n.PHONY: safe-build safe-test\n\nsafe-build:\n\tSEFACA run --preset=compiler '"'make build'"'\n\nsafe-test:\n\tSEFACA run --preset=testing '"'make test'"'\n' >>"$here/Makefile"
  chmod 755 "$here/cargo"

  attempt as_written "$who" <<'SPEC'
SEFACA run 'python script.py'
SPEC
  exits "$who: basic sandboxed execution" 0
  prints "$who: basic sandboxed execution" 'from Python'

  attempt as_written "$who" <<'SPEC'
PATH=.:$PATH
SEFACA run --timeout=60 --memory=4g 'cargo build --release'
SPEC
  exits "$who: with resource limits" 0
  prints "$who: with resource limits" 'cargo build --release'

  attempt as_written "$who" <<'SPEC'
SEFACA run --network 'curl -sS http://example.com'
SPEC
  exits "$who: network access" 0
  prints "$who: network access" received

  attempt as_written "$who" <<'SPEC'
SEFACA run --level=permissive 'python script.py'
SPEC
  exits "$who: level permissive" 0
  prints "$who: level permissive" 'from Python'

  attempt as_written "$who" <<'SPEC'
SEFACA run --readonly=/usr --readwrite=/tmp 'cc -o compiled main.c && ./compiled'
SPEC
  exits "$who: filesystem access control" 0
  prints "$who: filesystem access control" compiled

  attempt as_written "$who" <<'SPEC'
SEFACA run --preset=compiler 'gcc main.c' && ./a.out
SPEC
  exits "$who: preset compiler" 0
  prints "$who: preset compiler, what it made runs" compiled

  attempt as_written "$who" <<'SPEC'
SEFACA run --preset=network-client 'curl -sS example.com'
SPEC
  exits "$who: preset network-client" 0
  prints "$who: preset network-client" received

  attempt as "$who" make safe-build
  exits "$who: with make, safe-build" 0
  present "$who: with make, the program is built" "$here/program"
  attempt as "$who" make safe-test
  exits "$who: with make, safe-test" 0
  check "$who: with make, the test ran" grep -qx compiled "$work/out"

  attempt as_written "$who" <<'SPEC'
SEFACA run --preset=compiler --timeout=300 'make build' &&
SEFACA run --preset=testing --timeout=600 'make test'
SPEC
  exits "$who: with continuous integration" 0

  attempt as_written "$who" <<'SPEC'
SEFACA run --network "curl -sS http://127.0.0.1:80"
SPEC
  exits "$who: network access to a number" 0
  prints "$who: network access to a number" received

  # Names that only the examples have.
  printf '#!/bin/sh\necho ran\n' | tee "$here/untrusted-binary" >"$here/development-script.sh"
  chmod 755 "$here/untrusted-binary" "$here/development-script.sh"
  attempt as_written "$who" <<'SPEC'
PATH=.:$PATH
SEFACA run --level=strict 'untrusted-binary' &&
SEFACA run --level=permissive 'development-script.sh'
SPEC
  exits "$who: security levels" 0
  check "$who: security levels, both ran" [ "$(wc -l <"$work/out")" -eq 2 ]

  cat >"$here/wrapper" <<'SPEC'
#!/bin/bash
# Wrapper script that adds sandboxing
exec SEFACA run --preset=development "$@"
SPEC
  chmod 755 "$here/wrapper"
  attempt as "$who" ./wrapper cc -o wrapped main.c
  exits "$who: with scripts, the wrapper" 0
  attempt as "$who" ./wrapper './wrapped && exit 7'
  exits "$who: with scripts, the exit code" 7
  prints "$who: with scripts, the output" compiled

  # Wrappers that need a service outside are named, unless --quiet.
  attempt as "$who" env CC='sccache cc' sefaca run --no-network true
  says "$who: sccache is noticed" '^sefaca: note: sccache: its daemon .* --network=allow, or ccache'
  attempt as "$who" env CC='sccache cc' sefaca run --no-network --quiet true
  check "$who: sccache is not named with --quiet" [ -z "$err" ]

  # The environment's layer, and that the command line beats it.
  before=$(received)
  attempt as_written "$who" <<'SPEC'
export SEFACA_TIMEOUT=60
export SEFACA_MEMORY=512m
export SEFACA_NETWORK=deny
SEFACA run 'curl -sS example.com'
SPEC
  exits_not_zero "$who: SEFACA_NETWORK=deny refuses curl"
  check "$who: SEFACA_NETWORK=deny, the receiver saw nothing" [ "$(received)" -eq "$before" ]
  attempt as_written "$who" <<'SPEC'
export SEFACA_NETWORK=deny
SEFACA run --network 'curl -sS example.com'
SPEC
  exits "$who: --network beats SEFACA_NETWORK=deny" 0
done

finish
