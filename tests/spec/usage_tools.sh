#!/bin/sh
# usage_tools.sh cargo|npm: the specification's usage examples for that tool, as written there, with
# the tool itself on a small project that needs no network. usage.sh has all other examples.
. "$(dirname -- "$0")/../lib.sh"
tool=$1

# The ordinary user does not see what lies in root's home: only the system's tools count.
PATH=$plain_path command -v "$tool" >/dev/null ||
  skip "not here: $tool (Debian's package $tool has it)"
enter_own_network "$@"

cargo_examples() {
  mkdir "$here/src"
  printf '[package]\nname = "empty"\nversion = "0.1.0"\nedition = "2021"\n' >"$here/Cargo.toml"
  printf 'fn main() {\n    println!("from Rust");\n}\n' >"$here/src/main.rs"
  chmod -R a+rwX "$here"
  attempt as_written "$who" <<'SPEC'
SEFACA run --timeout=60 --memory=4g 'cargo build --release'
SPEC
  exits "$who: with resource limits, cargo builds" 0
  attempt as "$who" target/release/empty
  prints "$who: what cargo built runs" 'from Rust'
}

npm_examples() {
  mkdir "$here/local"
  echo '{"name": "local", "version": "1.0.0"}' >"$here/local/package.json"
  echo 'module.exports = "from npm";' >"$here/local/index.js"
  package() { printf '{"name": "app", "version": "1.0.0", "dependencies": {"local": "%s"}}\n' "$1"; }
  package file:./local >"$here/package.json"
  chmod -R a+rwX "$here"
  attempt as_written "$who" <<'SPEC'
SEFACA run --no-network 'npm install'  # Fail if tries to access network
SPEC
  exits "$who: npm installs what is local" 0
  attempt as "$who" node -e 'console.log(require("local"))'
  prints "$who: what npm installed loads" 'from npm'

  # The comment of that line: the same with a package that is elsewhere.
  package http://example.com/local.tgz >"$here/package.json"
  rm -rf -- "$here/node_modules" "$here/package-lock.json"
  before=$(received)
  attempt as_written "$who" <<'SPEC'
SEFACA run --no-network 'npm install'  # Fail if tries to access network
SPEC
  exits_not_zero "$who: npm fails where it needs the network"
  check "$who: the receiver saw nothing of it" [ "$(received)" -eq "$before" ]
  attempt as "$who" npm install
  check "$who: bare, the receiver saw it" [ "$(received)" -gt "$before" ]
}

start_receiver 80
extra_env='npm_config_fetch_retries=0 npm_config_update_notifier=false'
for who in $people; do
  here=$(place_of "$who")
  case $tool in
    cargo) cargo_examples ;;
    npm) npm_examples ;;
    *) check "no examples for $tool" false ;;
  esac
done

finish
