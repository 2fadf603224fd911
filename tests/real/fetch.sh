#!/bin/sh
# fetch.sh PACKAGE DIRECTORY [RELEASE]: puts the upstream tar file of a Debian source package into
# DIRECTORY and prints its path; does nothing but that when it lies there already. The machine's own
# package sources are read, not changed: a copy of theirs, for sources (of another release when one
# is named), is used for this one call.
set -eu

package=$1
mkdir -p -- "$2"
directory=$(cd -- "$2" && pwd -P)

upstream() {
  find "$directory" -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc' ! -name '*.part' |
    head -n 1
}

found=$(upstream)
if [ -z "$found" ]; then
  command -v apt-get >/dev/null || { echo 'there is no apt-get here' >&2; exit 1; }
  # shellcheck disable=SC1091  # a file of the system
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  apt=$directory/apt-$package
  rm -rf -- "$apt"
  trap 'rm -rf -- "$apt"' EXIT
  mkdir -p "$apt/parts" "$apt/lists/partial" "$apt/cache/archives/partial"
  # The distribution's own suite, in both forms that apt reads.
  for file in /etc/apt/sources.list.d/*.sources; do
    [ -r "$file" ] || continue
    awk -v codename="$codename" -v release="${3:-$codename}" 'BEGIN { RS = ""; ORS = "\n\n" }
      $0 ~ "\nSuites:[^\n]*[ ]" codename "([ \n]|$)" && /\nComponents:[^\n]*[ ]main/ {
        gsub(/(^|\n)#[^\n]*/, "")
        sub(/(^|\n)Types:[^\n]*/, "\nTypes: deb-src")
        sub(/\nSuites:[^\n]*/, "\nSuites: " release)
        sub(/^\n/, "")
        print
      }' "$file"
  done >"$apt/parts/source.sources"
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -r "$file" ] || continue
    awk -v codename="$codename" -v release="${3:-$codename}" '$1 == "deb" {
      for (i = 2; i <= NF; ++i) if ($i == codename) { $1 = "deb-src"; $i = release; print; next }
    }' "$file"
  done >"$apt/parts/source.list"
  set -- -qq -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$apt/parts" \
    -o "Dir::State::Lists=$apt/lists" -o "Dir::Cache=$apt/cache" -o "APT::Sandbox::User=" \
    -o "Acquire::Languages=none"
  apt-get "$@" update >&2
  (cd -- "$apt" && apt-get "$@" source --download-only --tar-only --only-source "$package" >&2)
  found=$(find "$apt" -maxdepth 1 -name "${package}_*.orig.tar.*" ! -name '*.asc' | head -n 1)
  [ -n "$found" ] || { echo "no upstream tar file of $package came" >&2; exit 1; }
  mv -- "$found" "$directory/"
  found=$(upstream)
fi
echo "$found"
