#!/bin/sh
# compare.sh PROJECT: configures, builds and tests a project from Debian's source packages twice
# bare and once under sefaca, as the ordinary user, where user namespaces can't be made, in one and
# the same path. Exit codes, outputs and every file must be equal, but for what differs between the
# two bare builds too.
# shellcheck disable=SC2317  # functions are called by name
. "$(dirname -- "$0")/../lib.sh"

project=$1
here=$(dirname -- "$0")
case $project in
  zlib) package=zlib ;;
  lua) package=lua5.4 ;;
  jsoncpp) package=libjsoncpp ;;
  *) echo "no project $project"; exit 2 ;;
esac
tar_file=$(sh "$here/fetch.sh" "$package" "$SEFACA_BUILD_DIR/real") ||
  skip "the source package $package can't be had"
cp -- "$tar_file" "$work/source.tar"

# steps RUNNER-FUNCTION: calls it with each step: NAME PRESET COMMAND…
steps() {
  case $project in
    zlib)
      "$1" configure compiler ./configure
      "$1" build compiler make
      "$1" test testing make test
      ;;
    lua)
      "$1" build compiler make linux
      "$1" test testing make test
      "$1" program testing ./src/lua -e \
        'local t = {} for i = 1, 10000 do t[i] = i * 7 % 101 end table.sort(t)
         local f = assert(io.open("result", "w")) f:write(table.concat(t, " ")) f:close()
         print(_VERSION, #t, t[5000], os.execute("exit 3"))'
      ;;
    jsoncpp)
      "$1" configure compiler cmake -S . -B build -G 'Unix Makefiles' -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DJSONCPP_WITH_POST_BUILD_UNITTEST=OFF
      "$1" build compiler cmake --build build
      "$1" test testing ctest --test-dir build --output-on-failure
      ;;
  esac
}

results=$work/results
tree=$(place_of user)/tree

step() {  # one step of the variant: its exit code, stdout and stderr are kept
  name=$1
  preset=$2
  shift 2
  [ "$variant" != sefaca ] || set -- SEFACA run --quiet "--preset=$preset" -- "$@"
  attempt as user without-userns "$@"
  # Times that the tools print are no result.
  for stream in out err; do
    sed -E 's/ *[0-9]+\.[0-9]+ *(s|sec|seconds)\b/ TIME/g' "$work/$stream" \
      >"$results/$variant/$name.$stream"
  done
  echo "$code" >"$results/$variant/$name.code"
  [ "$variant" != bare1 ] || exits "$project: bare, $name" 0
}

run_variant() {
  variant=$1
  echo "-- $project, $variant"
  mkdir -p "$results/$variant"
  rm -rf -- "$tree"
  as user mkdir "$tree"
  as user tar -x -f "$work/source.tar" -C "$tree" --strip-components=1
  place=$tree
  steps step
  place=''
  # Path, kind, mode and content of everything there is.
  (cd "$tree" && find . -printf '%p %y %m %l\n' | sort) >"$results/$variant/names"
  (cd "$tree" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$results/$variant/contents"
}

for one in bare1 bare2 sefaca; do run_variant "$one"; done

# lines_that_differ A B: the lines that stand in only one of two files.
lines_that_differ() {
  sort "$results/$1" >"$work/a"
  sort "$results/$2" >"$work/b"
  comm -3 "$work/a" "$work/b" | tr -d '\t'
}

compare_step() {
  for part in code out err; do
    if cmp -s "$results/bare1/$1.$part" "$results/bare2/$1.$part"; then
      out=''
      err=$(diff "$results/bare1/$1.$part" "$results/sefaca/$1.$part")
      check "$project: $1: the same $part" [ -z "$err" ]
    else
      # Only the lines that are equal in the two bare builds can be compared.
      varying=$(lines_that_differ "bare1/$1.$part" "bare2/$1.$part" | wc -l)
      err=$(lines_that_differ "bare1/$1.$part" "sefaca/$1.$part")
      check "$project: $1: the same $part (but for $varying lines)" \
        [ "$(printf '%s\n' "$err" | wc -l)" -le "$varying" ]
    fi
  done
}
steps compare_step

err=$(diff "$results/bare1/names" "$results/sefaca/names")
check "$project: the same $(wc -l <"$results/bare1/names") names, kinds and modes" [ -z "$err" ]
lines_that_differ bare1/contents bare2/contents | cut -d ' ' -f 3- | sort -u >"$work/varying"
lines_that_differ bare1/contents sefaca/contents | cut -d ' ' -f 3- | sort -u >"$work/changed"
# ctest keeps times, which two bare builds may have in common by chance.
err=$(comm -13 "$work/varying" "$work/changed" | grep -v '/Testing/Temporary/')
check "$project: the same contents (but for $(wc -l <"$work/varying") files that vary anyway)" \
  [ -z "$err" ]
check "$project: few files vary anyway" [ "$(wc -l <"$work/varying")" -le 10 ]

finish
