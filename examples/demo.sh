#!/usr/bin/env bash
# Runs the example server and its load generator against each other for about ten seconds:
#   demo.sh <folder of the programs> [options of http_load]
# Fails when http_load does, or when the server does not end cleanly.
set -euo pipefail
bin=${1:?the folder with http_server and http_load}
shift
state=$(mktemp -d)
server=

# shellcheck disable=SC2317  # called by the trap
cleanup() {
  [ -z "$server" ] || kill -KILL "$server" 2>/dev/null || true
  rm -rf "$state"
}
trap cleanup EXIT

# Short limits, so that ten seconds show each of them many times.
"$bin/http_server" --port-file "$state/port" --idle 1s --header 800ms --request 2500ms \
  --handler 400ms --min-rate 1k --rate-grace 1s --farewell 100ms \
  --max-header 8k --max-body 128k --max-connections 200 >"$state/server.log" 2>&1 &
server=$!

for ((i = 0; i < 100; ++i)); do
  [ ! -s "$state/port" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.05
done
if [ ! -s "$state/port" ]; then
  echo "demo.sh: the server did not start:" >&2
  cat "$state/server.log" >&2
  exit 1
fi

result=0
"$bin/http_load" --port "$(cat "$state/port")" "$@" || result=$?

kill -TERM "$server" 2>/dev/null || true
for ((i = 0; i < 200; ++i)); do
  kill -0 "$server" 2>/dev/null || break
  sleep 0.05
done
ended=0
if kill -0 "$server" 2>/dev/null; then
  echo "demo.sh: the server did not stop within 10 s" >&2
  ended=1
else
  wait "$server" || ended=$?
  server=
fi
if [ "$ended" != 0 ]; then
  echo "demo.sh: the server did not end cleanly ($ended):" >&2
  cat "$state/server.log" >&2
  [ "$result" != 0 ] || result=1
fi
exit "$result"
