# What the tests of the action share beside tests/lib.sh.
# shellcheck shell=sh disable=SC2154,SC2034  # variables of tests/lib.sh, and of the scripts
tests=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
root=$(CDPATH='' cd -- "$tests/../.." && pwd -P)

# The action's checkout where the ordinary user can read it, as a runner fetches actions:
# $work/actions/github-action.
put_action() {
  mkdir "$work/actions"
  for part in CMakeLists.txt LICENSE cmake cmake-module core docs launcher make-shim shipper \
    github-action; do
    cp -R -- "$root/$part" "$work/actions/"
  done
  chmod -R a+rX "$work/actions"
}

# The runner of the tests, with GitHub's expressions: $work/runner.
put_runner() {
  put_action
  cp -R -- "$tests/runner" "$work/runner"
  cp -R -- "$SEFACA_BUILD_DIR/action-modules/node_modules" "$work/runner/"
  cp -R -- "$root/examples" "$work/examples"
  chmod -R a+rX "$work/runner" "$work/examples"
}

# release OWNER/REPO: a release of this version, from the packages that cpack made.
release() {
  release_place=$work/releases/$1/releases/download/v$version
  mkdir -p "$release_place"
  cp -- "$SEFACA_BUILD_DIR/packages/SHA256SUMS" "$SEFACA_BUILD_DIR/packages/$archive" \
    "$release_place/"
}

# A server with a release of OWNER/sefaca, and some that are wrong; $settings is what the cases in
# JavaScript read.
serve_releases() {
  version=$("$work/bin/sefaca" --version | cut -d ' ' -f 2)
  archive=sefaca-$version-linux-$(uname -m).tar.gz
  for name in sefaca changed unnamed; do
    release "OWNER/$name"
  done
  echo more >>"$work/releases/OWNER/changed/releases/download/v$version/$archive"
  sed -i "/$archive/d" "$work/releases/OWNER/unnamed/releases/download/v$version/SHA256SUMS"
  make_certificates ca >"$work/openssl" 2>&1 || { cat "$work/openssl"; exit 1; }
  /usr/bin/python3 "$tests/releases.py" "$work/releases" "$work/server.pem" "$work/server.key" \
    "$work/server.ready" &
  server_pid=$!
  await "$work/server.ready" 'the server of releases'
  # An endpoint for records, whose answer a case chooses.
  mkdir -m 777 "$work/endpoint"
  echo a-token-of-the-endpoint >"$work/endpoint/token"
  /usr/bin/python3 "$root/tests/sinks/endpoint.py" "$work/endpoint" 0 "$work/server.pem" \
    "$work/server.key" &
  server_pid="$server_pid $!"
  await "$work/endpoint/ready" 'the endpoint'
  settings=$(printf '{"server": "https://localhost:%s", "authority": "%s", "action": "%s",
    "examples": "%s", "version": "%s", "path": "%s", "endpoint": "https://localhost:%s/logs",
    "endpointDirectory": "%s"}' "$(cat "$work/server.ready")" "$work/ca.pem" "$work/actions" \
    "$work/examples" "$version" "$plain_path" "$(cat "$work/endpoint/ready")" "$work/endpoint")
}
