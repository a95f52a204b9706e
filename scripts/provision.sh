#!/usr/bin/env bash
# Sees to it that what the tests need from the system is here. Installs it on Debian as root; anywhere else it says
# exactly what is missing and fails. `npm test` runs it first, so that no test is ever skipped for want of a program.
set -euo pipefail

declare -A package=([openssl]=openssl [curl]=curl [chromium]=chromium [chromium-headless-shell]=chromium-headless-shell [firefox-esr]=firefox-esr [strace]=strace [redis-server]=redis-server [haproxy]=haproxy [xvfb-run]=xvfb [xauth]=xauth)

missing=()
for program in "${!package[@]}"; do
  command -v "$program" >/dev/null || missing+=("${package[$program]}")
done
# Debian keeps the server's programs out of everybody's way.
compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null || command -v postgres >/dev/null || missing+=(postgresql)
# Text in Hebrew, emoji and CJK is part of what the browser tests look at; WebKit comes as a library, called from Python.
libraries=(fonts-noto-core fonts-noto-color-emoji gir1.2-webkit2-4.1 python3-gi)
if command -v dpkg-query >/dev/null; then
  for library in "${libraries[@]}"; do
    dpkg-query -W -f='${Status}' "$library" 2>/dev/null | grep -q 'install ok installed' || missing+=("$library")
  done
fi
[ ${#missing[@]} -eq 0 ] && exit 0

if command -v apt-get >/dev/null && [ "$(id -u)" -eq 0 ]; then
  echo "Installing for the tests: ${missing[*]}"
  log=$(mktemp)
  if apt-get update -qq >"$log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    exit 0
  fi
  tail -n 20 "$log" >&2
fi

echo "The tests need programs that are not here: ${missing[*]}" >&2
echo "On Debian or Ubuntu: sudo apt-get install ${missing[*]}" >&2
exit 1
