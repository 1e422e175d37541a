#!/usr/bin/env bash
# Runs the example server and its load generator against each other for about ten seconds, and ends
# the server amid requests:
#   demo.sh <folder of the programs> [options of http_load]
# Fails when http_load does, or when the server does not end cleanly, with all requests answered;
# 77 where there is no openssl. THREADS=4 runs the server on as many threads.
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

die() {
  echo "demo.sh: $1:" >&2
  cat "$state/$2.log" >&2
  exit 1
}

command -v openssl >/dev/null || { echo 'demo.sh: openssl is needed for a certificate' >&2; exit 77; }
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$state/key.pem" -out "$state/certificate.pem" \
  >"$state/openssl.log" 2>&1 || die 'there is no certificate' openssl

# Short limits, so that ten seconds show each of them many times.
"$bin/http_server" --port-file "$state/ports" --idle 1500ms --header 800ms --request 2500ms \
  --tls-port 0 --certificate "$state/certificate.pem" --key "$state/key.pem" --handshake 700ms \
  --handler 600ms --min-rate 1k --rate-grace 1s --farewell 100ms --threads "${THREADS-1}" \
  --max-header 8k --max-body 128k --max-connections 200 \
  --drain-delay 200ms --drain-limit 3s --cancel-limit 1s >"$state/server.log" 2>&1 &
server=$!

for ((i = 0; i < 100; ++i)); do
  [ ! -s "$state/ports" ] || break
  kill -0 "$server" 2>/dev/null || break
  sleep 0.05
done
[ -s "$state/ports" ] || die 'the server did not start' server
read -r port _ <"$state/ports"

result=0
"$bin/http_load" --port "$port" --trust "$state/certificate.pem" --shutdown "$@" || result=$?

# It has been sent SIGTERM, unless something went wrong before.
[ "$result" = 0 ] || kill -TERM "$server" 2>/dev/null || true
for ((i = 0; i < 200; ++i)); do
  kill -0 "$server" 2>/dev/null || break
  sleep 0.05
done
! kill -0 "$server" 2>/dev/null || die 'the server did not stop within 10 s' server
ended=0
wait "$server" || ended=$?
server=
[ "$ended" = 0 ] || die "the server did not end cleanly ($ended)" server
grep -q '"stopped": 0, "failed": 0' "$state/server.log" || die 'requests were not answered' server
echo "server: exit code $ended"
sed -n '/^shutdown: /,/^{/{/^{/!p}' "$state/server.log"
exit "$result"
