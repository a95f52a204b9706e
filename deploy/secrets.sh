#!/bin/sh
# Makes the secrets of compose.yaml, once: files in deploy/secrets, or in the folder that is given. Nobody else may enter the
# folder; the files are readable because each container reads its own as another user.
set -eu
folder=${1:-$(dirname "$0")/secrets}
if [ -e "$folder" ]; then
  echo "$folder is there already; it is left as it is." >&2
  exit 0
fi
draw() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
making="$folder.making"
rm -rf "$making"
mkdir -m 700 "$making"
postgres=$(draw)
redis=$(draw)
draw >"$making/jwt-secret"
printf '%s' "$postgres" >"$making/postgres"
printf 'postgres://interline:%s@postgres:5432/interline' "$postgres" >"$making/database"
printf 'redis://default:%s@redis:6379' "$redis" >"$making/redis"
printf 'requirepass %s\nsave ""\nappendonly no\n' "$redis" >"$making/redis.conf"
chmod 644 "$making"/*
mv "$making" "$folder"
