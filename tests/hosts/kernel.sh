#!/bin/sh
# kernel.sh [NAME…]: what sefaca claims on other kernels than this machine's, each in a virtual machine that is
# emulated in software (qemu, no root, no KVM): kernels.table lists them, kernel_inside.sh is what is tried.
# Prints for each a row of the matrix.
. "$(dirname -- "$0")/../lib.sh"
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
[ "$(uname -m)" = x86_64 ] || skip 'the kernels are of x86_64'
for program in qemu-system-x86_64 apt-get busybox strace git; do
  command -v "$program" >/dev/null || skip "there is no $program"
done

image=$work/initrd
PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/kernel_image.py" "$image" "$here/kernel_init.sh" \
  "usr/bin/sefaca=$SEFACA_BINARY" "usr/bin/as-host=$SEFACA_AS_HOST" tests/lib.sh="$here/../lib.sh" \
  "tests/hosts=$here" || exit 1

# shellcheck disable=SC2317  # attempt calls it
boot() {  # boot KERNEL WORD…: what it said is in $work/said
  vmlinuz=$1
  shift
  timeout 600 qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -machine q35 \
    -accel tcg,thread=multi -cpu max -smp 2 -m 2048 -kernel "$vmlinuz" -initrd "$image" \
    -append "console=ttyS0 quiet panic=-1 $*" \
    -serial "file:$work/console" -serial "file:$work/said"
}

while read -r name suite facts words <&3; do
  case $name in '' | '#'*) continue ;; esac
  [ $# -eq 0 ] || case " $* " in *" $name "*) ;; *) continue ;; esac
  vmlinuz=$(sh "$here/fetch_kernel.sh" "$suite" "$SEFACA_BUILD_DIR/kernels" 2>"$work/err") || {
    cat "$work/err"
    echo "$name: not tried, no kernel of $suite came"
    continue
  }
  # shellcheck disable=SC2086  # words on purpose
  attempt boot "$vmlinuz" $words
  tr -d '\r' <"$work/said" >"$work/out"
  for fact in $(echo "$facts" | tr , ' '); do
    check "$name: the machine has $fact" grep -qx -- "$fact" "$work/out"
  done
  grep -q '^inside: exit code 0$' "$work/out" || { cat "$work/out"; tail -n 40 "$work/console"; }
  check "$name: all that was tried inside is as said" grep -q '^inside: exit code 0$' "$work/out"
  echo "$name: $(cat "$(dirname -- "$vmlinuz")/name"), $(grep -c '^ok:' "$work/out") checks inside"
  sed -n -e '/^host  /p' -e "s/^full \(user\|root\) /$name \1 /p" "$work/out"
done 3<"$here/kernels.table"
[ $((passed + failed)) -gt 0 ] || skip 'no kernel came'
finish
