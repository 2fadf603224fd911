# What the make tests share: an installation, and a project to run make in.
# shellcheck shell=sh
# shellcheck source=tests/lib.sh
. "$(dirname -- "$0")/../lib.sh"

mkdir -p "$work/lib/sefaca" "$work/include"
ln -s sefaca "$work/bin/sefaca-sh"
ln -s sefaca "$work/bin/sefaca-launch"
ln -s ../../bin/sefaca "$work/lib/sefaca/sh"
cp -- "$(dirname -- "$0")/../../make-shim/sefaca.mk" "$work/include/sefaca.mk"

# project PERSON NAME: an empty directory of that person's, named by $place from then on.
project() {
  place=$(place_of "$1")/$2
  mkdir "$place"
  [ "$1" != user ] || [ "$(id -u)" -ne 0 ] || chown "$SEFACA_TEST_USER:" "$place"
}

# makefile: the Makefile of $place, from the standard input; a leading '>' stands for a tab.
makefile() {
  sed 's/^>/\t/' >"${place}/${1:-Makefile}"
}

# twice NAME PERSON [ARGUMENT…]: the same make with dash and with sefaca-sh says and does the same,
# exit code included. (Make executes plain lines of /bin/sh by itself, so that is no fair twin.)
# Notes of sefaca itself are left out.
twice() {
  twice_name=$1
  twice_person=$2
  shift 2
  attempt as "$twice_person" make --no-print-directory SHELL=/bin/dash "$@"
  bare_out=$out
  bare_err=$err
  bare_code=$code
  extra_env="SEFACA_SHELL=/bin/dash $extra_env"
  attempt as "$twice_person" make --no-print-directory SHELL=sefaca-sh "$@"
  extra_env=${extra_env#SEFACA_SHELL=/bin/dash }
  err=$(printf '%s\n' "$err" | grep -v '^sefaca: ')
  check "$twice_name" same_as_bare
}
same_as_bare() {
  [ "$code" -eq "$bare_code" ] && [ "$out" = "$bare_out" ] && [ "$err" = "$bare_err" ] && return
  printf '  bare (%s): %s\n%s\n' "$bare_code" "$bare_out" "$bare_err" | head -n 20
  return 1
}
