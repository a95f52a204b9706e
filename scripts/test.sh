#!/usr/bin/env bash
# Runs everything that was built under dist/test. A part is a folder, or, where a folder is too long to be one, a file of it.
# Each prints when it is done, with its time and that of the processors, its own and the system's for it. With folders or folder/file as
# arguments, only those. The exit code is 0 only if all have passed.
#
# Parts go in lanes. Most of them wait more than they compute, for processes, databases and browsers to start and for time to
# pass: three of these at a time. Those that do nothing but compute go one after the other beside them and give way (nice), so
# that no core is idle and nobody who looks at a clock is held up. What a part took says where it belongs: in a lane for those
# that compute if that is nearly all of its time.
set -uo pipefail
cd "$(dirname "$0")/.."

# In each kind the longest first, so that no lane is left alone with one of them at the end; the others follow as they are.
long=(cluster server commands storage fuzz stack api docs browser/pages webkit/three
  browser/composition browser/accessibility browser/offline browser/network webkit/webview outbox)
computing=(teeth world ot prosemirror history conformance protocol testing)
split=" browser webkit "

part() {
  local TIMEFORMAT="%U %S" log since=$SECONDS code files="dist/test/$1/**/*.test.js"
  [ -f "dist/test/$1.test.js" ] && files="dist/test/$1.test.js"
  log=$(mktemp)
  # Tests that have ended but leave something running would keep their process for ever.
  { time timeout --kill-after=10 1500 node_modules/.bin/mocha "$files" >"$log" 2>&1; } 2>"$log.took"
  code=$?
  [ $code -eq 124 ] && echo "It had not ended after 25 minutes: something is left running." >>"$log"
  printf '\n%s, %d s, of a processor %.0f + %.0f s\n%s\n' "$1" $((SECONDS - since)) $(cat "$log.took") "$(cat "$log")"
  rm -f "$log" "$log.took"
  return $code
}
export -f part

# A folder, or its files where it is split.
parts() {
  if [[ $split == *" $1 "* ]]; then
    for file in dist/test/"$1"/*.test.js; do
      file=${file#dist/test/}
      echo "${file%.test.js}"
    done
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
      [[ " ${todo[*]} " == *" $name "* ]] || todo+=("$name")
    done < <(parts "$(basename "$path")")
  done
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
