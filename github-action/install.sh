#!/bin/sh
# install.sh find: looks at the inputs and says where sefaca will come from, and where to.
# install.sh install: fetches the release or builds the checkout, and puts it on PATH.
# No sudo anywhere; what is fetched is used only when its checksum is right.
set -eu

say() { echo "sefaca: $*"; }

stop() {
  echo "::error title=sefaca::$*"
  exit 1
}

source_directory=$(dirname -- "$GITHUB_ACTION_PATH")
server=${GITHUB_SERVER_URL:-https://github.com}
machine=$(uname -m)
[ "$machine" != arm64 ] || machine=aarch64

output() { echo "$1=$2" >>"$GITHUB_OUTPUT"; }

# OWNER/REPO that this checkout was fetched from, empty for a checkout of one's own (uses: ./…).
# GitHub's runner puts it into the path; `github.action_repository` names the outer action where
# one composite action uses another.
repository() {
  case $GITHUB_ACTION_PATH in
    */_actions/*/*/*)
      fetched=${GITHUB_ACTION_PATH#*/_actions/}
      project=${fetched#*/}
      echo "${fetched%%/*}/${project%%/*}"
      ;;
    "${GITHUB_WORKSPACE:-/}"/*) ;;
    *) echo "$SEFACA_ACTION_REPOSITORY" ;;
  esac
}

# The commit that a workflow pins the action by (uses: …@0123…); empty: a tag or a branch.
pinned_commit() {
  case $GITHUB_ACTION_PATH in
    */_actions/*/*/*) ref=${GITHUB_ACTION_PATH#*/_actions/*/*/} ;;
    *) return ;;
  esac
  ref=${ref%%/*}
  case $ref in
    *[!0-9a-f]*) ;;
    *) [ "${#ref}" -ne 40 ] || echo "$ref" ;;
  esac
}

# The release that this very checkout is of.
own_version() {
  sed -n 's/^project(sefaca VERSION \([0-9.]*\).*/v\1/p' "$source_directory/CMakeLists.txt"
}

# What the program is made from, as one number.
digest_of_sources() {
  (cd -- "$source_directory" && find CMakeLists.txt cmake cmake-module core launcher make-shim \
    shipper -type f -exec sha256sum {} + | LC_ALL=C sort -k 2 | sha256sum | cut -c 1-32)
}

boolean() {
  case $2 in
    true | false) ;;
    *) stop "$1: '$2' is neither true nor false" ;;
  esac
}

find_it() {
  boolean install-only "$SEFACA_INPUT_INSTALL_ONLY"
  boolean fail-on-violation "$SEFACA_INPUT_FAIL_ON_VIOLATION"
  [ "$(uname -s)" = Linux ] || stop "this is $(uname -s); the action is for Linux runners"
  version=${SEFACA_INPUT_VERSION:-$(own_version)}
  case $version in
    source | v[0-9]*) ;;
    *) stop "version: '$version' is no release (v0.1.0) and not source" ;;
  esac
  case $version in
    *[!A-Za-z0-9.+-]*) stop 'version: a character that no release has' ;;
  esac
  repository=$(repository)
  # A checkout of one's own (uses: ./github-action) has no repository with releases to ask.
  if [ "$version" = source ] || [ -z "$repository" ]; then
    output from source
  else
    output from release
  fi
  digest=$(digest_of_sources)
  output version "$version"
  output repository "$repository"
  output prefix "$RUNNER_TEMP/sefaca-$digest"
  output key "sefaca-$machine-$(. /etc/os-release && echo "$ID-${VERSION_ID:-}")-$digest"
}

fetch() {  # fetch URL FILE
  if command -v curl >/dev/null; then
    # A server that is asked by https leads nowhere else.
    case $1 in https:*) set -- "$1" "$2" --proto =https ;; *) set -- "$1" "$2" --proto =http,https ;; esac
    curl "$3" "$4" --fail --silent --show-error --location --retry 3 --max-time 300 --output "$2" -- "$1"
  elif wget --version 2>/dev/null | grep -q 'GNU Wget'; then
    # busybox's own believes any certificate.
    wget -q -T 60 -O "$2" -- "$1"
  else
    say 'neither curl nor GNU wget to fetch a release with'
    return 1
  fi
}

# False when there is no such release for this machine; a wrong checksum or attestation ends all.
from_release() {
  archive=sefaca-${SEFACA_VERSION#v}-linux-$machine.tar.gz
  base=$server/$SEFACA_REPOSITORY/releases/download/$SEFACA_VERSION
  place=$(mktemp -d "$RUNNER_TEMP/sefaca-fetch.XXXXXX")
  if ! fetch "$base/SHA256SUMS" "$place/SHA256SUMS" || ! fetch "$base/$archive" "$place/$archive"; then
    rm -rf -- "$place"
    return 1
  fi
  expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$place/SHA256SUMS")
  [ "$(sha256sum "$place/$archive" | cut -d ' ' -f 1)" = "$expected" ] ||
    stop "$archive is not what SHA256SUMS of $SEFACA_VERSION says"
  if [ "$server" != https://github.com ]; then
    proof="checksum verified; attestations are GitHub's, not $server's"
  elif ! command -v gh >/dev/null || [ -z "$GH_TOKEN" ]; then
    proof='checksum verified; no gh to verify the attestation with'
  else
    gh attestation verify "$place/$archive" --repo "$SEFACA_REPOSITORY" >/dev/null ||
      stop "the attestation of $archive can't be verified"
    proof='checksum and attestation verified'
  fi
  mkdir -p -- "$SEFACA_PREFIX"
  tar -xzf "$place/$archive" -C "$SEFACA_PREFIX" --strip-components=1 --no-same-owner
  rm -rf -- "$place"
  say "installed from release $SEFACA_VERSION of $SEFACA_REPOSITORY ($proof)"
  [ -z "$(pinned_commit)" ] ||
    say "the workflow pins the action by its commit, which a release is not: 'version: source' builds that commit"
}

debian_packages='g++ cmake make libseccomp-dev libboost-program-options-dev libtomlplusplus-dev
  nlohmann-json3-dev libcurl4-openssl-dev'

# As CMakePresets.json has `release`, by whatever generator is there.
configure() {
  cmake -S "$source_directory" -B "$build" -DCMAKE_BUILD_TYPE=Release -DSEFACA_TESTS=OFF \
    -DCMAKE_CXX_FLAGS_RELEASE='-O2 -DNDEBUG' -DCMAKE_EXE_LINKER_FLAGS_RELEASE=-s \
    -DSEFACA_SHIP="$1" -DCMAKE_INSTALL_PREFIX="$SEFACA_PREFIX" >"$build.out" 2>&1
}

from_source() {
  # Nothing that is built has a use for the job's token.
  unset GH_TOKEN
  build=$(mktemp -d "$RUNNER_TEMP/sefaca-build.XXXXXX")
  if ! configure ON && ! configure OFF; then
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
      say 'installing what the build needs (as root)'
      apt-get -qq update || say 'apt-get update failed; trying with the lists there are'
      # shellcheck disable=SC2086  # words on purpose
      DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install \
        $debian_packages </dev/null >"$build.apt" 2>&1 || tail -n 20 "$build.apt"
      rm -rf -- "$build" "$build.apt"
    fi
    if ! configure ON && ! configure OFF; then
      tail -n 20 "$build.out"
      # shellcheck disable=SC2086  # words on purpose
      stop "sefaca can't be built here, and there is no release to fetch; it needs:" $debian_packages
    fi
  fi
  if ! cmake --build "$build" --parallel "$(getconf _NPROCESSORS_ONLN)" >"$build.out" 2>&1 ||
    ! cmake --install "$build" >>"$build.out" 2>&1; then
    tail -n 40 "$build.out"
    stop 'building sefaca failed'
  fi
  rm -rf -- "$build" "$build.out"
  say "built from the action's own checkout"
}

# It alone is no static program. Asked for nothing it ends with 2, where the loader finds its
# libraries.
has_ship() {
  ship=$SEFACA_PREFIX/libexec/sefaca/sefaca-ship
  code=0
  "$ship" </dev/null >/dev/null 2>&1 || code=$?
  [ "$code" -eq 2 ]
}

install_it() {
  if [ -x "$SEFACA_PREFIX/bin/sefaca" ]; then
    say 'found as an earlier step or the cache left it'
  elif [ "$SEFACA_FROM" = release ]; then
    from_release || {
      say "no release $SEFACA_VERSION for $machine could be fetched; building it"
      from_source
    }
  else
    from_source
  fi
  cp -- "$GITHUB_ACTION_PATH/sefaca-step" "$SEFACA_PREFIX/bin/sefaca-step"
  chmod 755 "$SEFACA_PREFIX/bin/sefaca-step"
  version=$("$SEFACA_PREFIX/bin/sefaca" --version) || stop 'the program does not start here'
  say "$version"
  has_ship || say 'sefaca-ship does not start here (it needs libcurl 7.85): no records to an endpoint'
  # Only the owner's: the logs of this job.
  (umask 077 && mkdir -p -- "$RUNNER_TEMP/sefaca")
  log=$RUNNER_TEMP/sefaca/audit.jsonl
  output log "$log"
  # For the steps after this one; a log that the workflow chose stays.
  echo "$SEFACA_PREFIX/bin" >>"$GITHUB_PATH"
  [ -n "${SEFACA_LOG_FILE:-}" ] || echo "SEFACA_LOG_FILE=$log" >>"$GITHUB_ENV"
}

case $1 in
  find) find_it ;;
  install) install_it ;;
esac
