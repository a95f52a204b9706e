#!/usr/bin/env bash
# Runs everything that was built under dist/test. A part is a folder or, where a folder is too long to be one, a share of its
# files, or one of them. Each prints when it is done, with its time and that of the processors, its own and the system's for
# it. With a folder, folder/file or "folder 1/2" as arguments, only those. The exit code is 0 only if all have passed.
#
# Parts go in lanes. Most of them wait more than they compute, for processes, databases and browsers to start and for time to
# pass: three of these at a time. Those that do nothing but compute go one after the other beside them and give way (nice), so
# that no core is idle and nobody who looks at a clock is held up. What a part took says where it belongs: in a lane for those
# that compute if that is nearly all of its time.
set -uo pipefail
cd "$(dirname "$0")/.."

# How many shares a folder has: every so many-th of its files in the order of their names goes into one. Each share loads
# again what they have in common, so there are as many as keep the longest from being alone at the end, and not more.
declare -A shares=([cluster]=3 [server]=2 [commands]=2 [storage]=2 [browser]=4)
# Folders of which each file is a part.
split=" webkit "
# In each kind the longest first, so that no lane is left alone with one of them at the end; the others follow as they are.
# Shares of one folder want the same at the same time, so others stand between them.
long=("cluster 1/3" "server 1/2" "commands 1/2" "cluster 2/3" "storage 1/2" fuzz "server 2/2" "cluster 3/3" stack
  "browser 1/4" "commands 2/2" "browser 2/4" api "browser 3/4" "storage 2/2" docs "browser 4/4" firefox
  webkit/three webkit/webview outbox)
computing=(teeth world ot prosemirror history conformance protocol testing)

# What is built is tested as it is where the package is followed; elsewhere it is loaded faster.
as_built=" repository promises "

part() {
  local TIMEFORMAT="%U %S" name="$*" share of files mocha log since=$SECONDS code
  IFS=/ read -r share of <<<"${2:-1/1}"
  if [ -f "dist/test/$1.test.js" ]; then files=("dist/test/$1.test.js"); else
    mapfile -t files < <(find "dist/test/$1" -name '*.test.js' | LC_ALL=C sort | awk "NR % $of == $share % $of")
  fi
  [[ $as_built == *" $1 "* ]] || export INTERLINE_JOINED=1
  log=$(mktemp)
  # Tests that have ended but leave something running would keep their process for ever. The program `mocha` would load itself
  # in a first process only to start this one, with the option that `.mocharc.json` asks for. It has to be called by its own name.
  mocha=$(realpath node_modules/mocha/lib/cli/cli.js)
  { time timeout --kill-after=10 1500 node --enable-source-maps "$mocha" "${files[@]}" >"$log" 2>&1; } 2>"$log.took"
  code=$?
  [ $code -eq 124 ] && echo "It had not ended after 25 minutes: something is left running." >>"$log"
  printf '\n%s, %d s, of a processor %.0f + %.0f s\n%s\n' "$name" $((SECONDS - since)) $(cat "$log.took") "$(cat "$log")"
  rm -f "$log" "$log.took"
  return $code
}
export -f part
export as_built

# A folder, its shares, or its files where it is split.
parts() {
  local count=${shares[$1]:-1} file
  if [[ $1 == *" "* ]]; then
    echo "$1"
  elif [[ $split == *" $1 "* ]]; then
    for file in dist/test/"$1"/*.test.js; do
      file=${file#dist/test/}
      echo "${file%.test.js}"
    done
  elif [ "$count" -gt 1 ]; then
    seq -f "$1 %g/$count" "$count"
  elif [ -n "$(find "dist/test/$1" -name '*.test.js' -print -quit 2>/dev/null)" ] || [ -f "dist/test/$1.test.js" ]; then
    echo "$1"
  fi
}

todo=()
if [ $# -gt 0 ]; then
  for name in "$@"; do mapfile -t -O "${#todo[@]}" todo < <(parts "$name"); done
else
  todo=("${computing[@]}" "${long[@]}")
  for path in dist/test/*/; do
    while read -r name; do
      [[ " ${todo[*]/%/ |}" == *" $name |"* ]] || todo+=("$name")
    done < <(parts "$(basename "$path")")
  done
fi

# Of an older build nothing may be left, and whoever runs a part that starts no programs need not wait for them.
if [ ! -f dist/joined/all.cache ] ||
  [ -n "$(find dist package-lock.json -newer dist/joined/all.cache -name '*.js*' -not -path 'dist/bugs/*' -print -quit)" ]; then
  node scripts/join.mjs || exit 1
fi

# So many of the parts that are read at a time, each by way of the command that follows.
lanes() {
  local count=$1
  shift
  xargs -r -P "$count" -I{} "$@" bash -c 'part {}'
}
computes() { [[ " ${computing[*]} " == *" $1 "* ]]; }

for name in "${todo[@]}"; do if computes "$name"; then echo "$name"; fi; done | lanes 1 nice -n 5 &
beside=$!
for name in "${todo[@]}"; do if ! computes "$name"; then echo "$name"; fi; done | lanes 3
code=$?
wait "$beside" && exit "$code"
exit 1
