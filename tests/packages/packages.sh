#!/bin/sh
# The .tar.gz and the .deb by cpack: named as the GitHub Action fetches them, complete, starting
# where they were unpacked, without a complaint of lintian's that is an error. They stay in
# BUILD/packages with their checksums, as a release has them.
# shellcheck disable=SC2154  # variables of lib.sh
. "$(dirname -- "$0")/../lib.sh"
place=''

into=$SEFACA_BUILD_DIR/packages
rm -rf -- "$into"
attempt cpack --config "$SEFACA_BUILD_DIR/CPackConfig.cmake" -B "$into"
exits 'cpack makes packages' 0
rm -rf -- "$into/_CPack_Packages"
version=$("$work/bin/sefaca" --version | cut -d ' ' -f 2)
machine=$(uname -m)
archive=$into/sefaca-$version-linux-$machine.tar.gz
present 'an archive, by the name that the action fetches' "$archive"
package=$(echo "$into"/sefaca_"$version"-1_*.deb)
present 'a .deb' "$package"
(cd -- "$into" && sha256sum -- *.tar.gz *.deb >SHA256SUMS)

mkdir "$work/archive" "$work/package"
tar -xzf "$archive" -C "$work/archive" --strip-components=1
dpkg-deb -x "$package" "$work/package"
for root in archive package/usr; do
  for part in bin/sefaca bin/SEFACA bin/sefaca-sh bin/sefaca-launch lib/sefaca/sh include/sefaca.mk \
    lib/cmake/Sefaca/Sefaca.cmake share/bash-completion/completions/sefaca; do
    present "$root has $part" "$work/$root/$part"
  done
  check "$root: bin/sefaca is static" sh -c "! readelf -l '$work/$root/bin/sefaca' | grep -q INTERP"
  attempt as user "$work/$root/bin/SEFACA" run --level=strict -- echo started
  prints "$root: it starts where it was unpacked" started
done
present 'the .deb has compressed manuals' "$work/package/usr/share/man/man1/sefaca.1.gz"
check 'the .deb is for this machine' \
  [ "$(dpkg-deb -f "$package" Architecture)" = "$(dpkg --print-architecture)" ]

attempt lintian --no-cfg --allow-root --fail-on error --tag-display-limit 0 "$package"
exits 'lintian finds no error in the .deb' 0
cat "$work/out"
finish
