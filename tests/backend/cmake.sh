#!/bin/sh
# A CMake project configured, built and tested in a container, as root: the image has busybox alone,
# the tools of this machine are granted by path.
. "$(dirname -- "$0")/../lib.sh"
. "$(dirname -- "$0")/image.sh"
[ "$(id -u)" -eq 0 ] || skip 'one store is enough: root'
for program in podman busybox cmake make gcc; do
  command -v "$program" >/dev/null || skip "there is no $program"
done
triplet=$(gcc -dumpmachine)
for path in "/usr/lib/$triplet" /lib64/ld-linux-x86-64.so.2; do
  [ -e "$path" ] || skip "this is not laid out like Debian: there is no $path"
done

make_image "$work/image"
image=$work/image
mkdir -p "$image/usr/lib64" "$image/usr/share"
ln -s usr/lib "$image/lib"
ln -s usr/lib64 "$image/lib64"
ln -s "../lib/$triplet/ld-linux-x86-64.so.2" "$image/usr/lib64/ld-linux-x86-64.so.2"
# Links as they are; what they lead to is granted.
programs=''
for name in cmake ctest make gcc cc as ld ar ranlib nm; do
  path=/usr/bin/$name
  while [ -L "$path" ]; do
    link=$(readlink "$path")
    case $link in
      /etc/alternatives/*) link=$(readlink -f "$path") ;;
    esac
    case $link in
      /*) target=$link ;;
      *) target=/usr/bin/$link ;;
    esac
    ln -sf "$target" "$image$path"
    path=$target
  done
  programs="$programs:$path"
done
tar -C "$image" -c . >"$work/image.tar"
podman_settings >"$work/containers.conf"
cat >"$work/bin/podman" <<ENGINE
#!/bin/sh
exec $(command -v podman) --root "$work/store" --runroot "$work/run" --tmpdir "$work/engine" \\
  --storage-driver vfs "\$@"
ENGINE
chmod 755 "$work/bin/podman"
extra_env="CONTAINERS_CONF=$work/containers.conf"
# shellcheck disable=SC2317  # called by the trap
end_engine() {
  as root podman rm --all --force --time 0 >/dev/null 2>&1
  as root podman rmi --all --force >/dev/null 2>&1
  umount "$work/store" "$work/store/overlay" 2>/dev/null
  clean_up
}
trap end_engine EXIT
attempt as root podman import "$work/image.tar" "$image_name"
[ "$code" -eq 0 ] || { cat "$work/err"; skip 'no image could be imported'; }

place=$(place_of root)
cat >"$place/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.13)
project(inside C)
enable_testing()
add_executable(answer answer.c)
add_test(NAME answer COMMAND answer)
add_test(NAME reaches_nobody COMMAND sh -c "! wget -q -O - http://192.0.2.7/")
CMAKE
echo 'int main(void) { return 42 - 6 * 7; }' >"$place/answer.c"
attempt as root sefaca run --backend=podman --container-image="$image_name" \
  --readonly="/usr/lib/$triplet:/usr/lib/gcc:/usr/include:$(echo /usr/share/cmake-*)$programs" \
  --env=PATH=/usr/bin:/bin -- \
  sh -c 'cmake -S . -B build && cmake --build build && cd build && ctest --output-on-failure'
exits 'a project is configured, built and tested in a container' 0
check 'both of its tests have passed' grep -q '100% tests passed, 0 tests failed out of 2' "$work/out"
check 'the record names the backend' [ "$(field "$(log_of root)" 'r["backend"]')" = podman ]
finish
