#!/usr/bin/env bash
# Runs everything that was built under dist/test, two parts at a time: what computes and what waits for servers, disks and
# browsers share two cores well. A part is a folder, or, where a folder is too long to be one, a file of it. Each prints when
# it is done, with its time. With folders or folder/file as arguments, only those. The exit code is 0 only if all have passed.
set -uo pipefail
cd "$(dirname "$0")/.."

# The longest first, so that no lane is left alone with one of them at the end; the others follow as they are.
long=(cluster server commands teeth storage world fuzz stack ot prosemirror api docs browser/pages webkit/three
  browser/composition browser/accessibility browser/offline browser/network webkit/webview outbox)
split=" browser webkit "

part() {
  local log since=$SECONDS code files="dist/test/$1/**/*.test.js"
  [ -f "dist/test/$1.test.js" ] && files="dist/test/$1.test.js"
  log=$(mktemp)
  # Tests that have ended but leave something running would keep their process for ever.
  timeout --kill-after=10 1500 node_modules/.bin/mocha "$files" >"$log" 2>&1
  code=$?
  [ $code -eq 124 ] && echo "It had not ended after 25 minutes: something is left running." >>"$log"
  printf '\n%s, %d s\n%s\n' "$1" $((SECONDS - since)) "$(cat "$log")"
  rm -f "$log"
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
  todo=("${long[@]}")
  for path in dist/test/*/; do
    while read -r name; do
      [[ " ${long[*]} " == *" $name "* ]] || todo+=("$name")
    done < <(parts "$(basename "$path")")
  done
fi

printf '%s\n' "${todo[@]}" | xargs -P 2 -I{} bash -c 'part {}'
