#!/bin/sh
# fetch_kernel.sh SUITE DIRECTORY: puts the newest kernel for virtual machines of that suite of Debian's into
# DIRECTORY/SUITE and prints its path; does nothing but that when it is there. The mirror is the one that this
# machine's package sources name, which are read, not changed. Needs no root.
set -eu

suite=$1
mkdir -p -- "$2"
directory=$(cd -- "$2" && pwd -P)/$suite
if [ ! -e "$directory/vmlinuz" ]; then
  command -v apt-get >/dev/null || { echo 'there is no apt-get here' >&2; exit 1; }
  # shellcheck disable=SC2016  # apt's own words
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Created-By: Packages' |
    grep -v security | head -n 1)
  [ -n "$mirror" ] || { echo "no source of this machine's is Debian's" >&2; exit 1; }
  fresh=$(mktemp -d "$2/fresh.XXXXXX")
  trap 'rm -rf -- "$fresh"' EXIT
  mkdir -p "$fresh/lists/partial" "$fresh/cache/archives/partial" "$fresh/unpacked"
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [$([ ! -r $keys ] || echo "signed-by=$keys ")arch=amd64] $mirror $suite main" >"$fresh/sources.list"
  set -- -qq -o "Dir::Etc::SourceList=$fresh/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o "Dir::State::Lists=$fresh/lists" -o "Dir::Cache=$fresh/cache" -o APT::Sandbox::User= \
    -o Acquire::Languages=none -o APT::Architecture=amd64
  apt-get "$@" update >&2
  # linux-image-cloud-amd64 names the package; since 7.1 the kernel itself lies in one beside it.
  kernel=$(apt-cache "$@" depends linux-image-cloud-amd64 |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
  [ -n "$kernel" ] || { echo "$suite has no kernel for virtual machines" >&2; exit 1; }
  for package in "$kernel" "linux-binary-${kernel#linux-image-}"; do
    (cd -- "$fresh" && apt-get "$@" download "$package" >&2 2>/dev/null) || continue
    for file in "$fresh"/*.deb; do
      dpkg-deb --fsys-tarfile "$file" |
        tar -C "$fresh/unpacked" --wildcards -xf - '*/vmlinuz*' 2>/dev/null || :
      rm -f -- "$file"
    done
  done
  found=$(find "$fresh/unpacked" -type f -name 'vmlinuz*' | head -n 1)
  [ -n "$found" ] || { echo "no kernel was found in $kernel" >&2; exit 1; }
  mkdir "$fresh/done"
  mv -- "$found" "$fresh/done/vmlinuz"
  echo "$kernel" >"$fresh/done/name"
  mv -T -- "$fresh/done" "$directory" 2>/dev/null || [ -e "$directory/vmlinuz" ]
fi
echo "$directory/vmlinuz"
