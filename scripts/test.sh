#!/usr/bin/env bash
# Runs everything that was built under dist/test, in two lanes side by side: tests that compute, and tests that wait for
# servers, disks and browsers. Each lane prints when it is done. With folders as arguments, only those, in one lane.
set -uo pipefail
cd "$(dirname "$0")/.."

computing=(client editor ot prosemirror protocol teeth world)

run() {
  local patterns=()
  for folder in "$@"; do patterns+=("dist/test/$folder/**/*.test.js"); done
  node_modules/.bin/mocha "${patterns[@]}"
}

if [ $# -gt 0 ]; then
  run "$@"
  exit
fi

waiting=()
for folder in dist/test/*/; do
  folder=$(basename "$folder")
  [ -n "$(find "dist/test/$folder" -name '*.test.js' -print -quit)" ] || continue
  [[ " ${computing[*]} " == *" $folder "* ]] || waiting+=("$folder")
done

logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
lane() {
  local name=$1 since=$SECONDS
  shift
  run "$@" >"$logs/$name" 2>&1
  local code=$?
  printf '\n%s (%d s): %s\n' "$name" $((SECONDS - since)) "$*"
  cat "$logs/$name"
  return $code
}

lane "Tests that compute" "${computing[@]}" &
first=$!
lane "Tests that wait" "${waiting[@]}" &
second=$!
code=0
wait "$first" || code=$?
wait "$second" || code=$?
exit $code
