#!/usr/bin/env bash
# Runs everything that was built under dist/test, folder by folder, two at a time: what computes and what waits for servers,
# disks and browsers share two cores well. Each folder prints when it is done, with its time. With folders as arguments, only
# those. The exit code is 0 only if every folder's tests have passed.
set -uo pipefail
cd "$(dirname "$0")/.."

# The longest first, so that no lane is left alone with one of them at the end; the others follow as they are.
long=(server world teeth cluster storage browser commands stack webkit ot outbox)

folder() {
  local log since=$SECONDS code
  log=$(mktemp)
  # Tests that have ended but leave something running would keep their process for ever.
  timeout --kill-after=10 1200 node_modules/.bin/mocha "dist/test/$1/**/*.test.js" >"$log" 2>&1
  code=$?
  [ $code -eq 124 ] && echo "It had not ended after 20 minutes: something is left running." >>"$log"
  printf '\n%s, %d s\n%s\n' "$1" $((SECONDS - since)) "$(cat "$log")"
  rm -f "$log"
  return $code
}
export -f folder

if [ $# -gt 0 ]; then
  folders=("$@")
else
  folders=("${long[@]}")
  for path in dist/test/*/; do
    name=$(basename "$path")
    [ -n "$(find "$path" -name '*.test.js' -print -quit)" ] || continue
    [[ " ${long[*]} " == *" $name "* ]] || folders+=("$name")
  done
fi

printf '%s\n' "${folders[@]}" | xargs -P 2 -I{} bash -c 'folder {}'
