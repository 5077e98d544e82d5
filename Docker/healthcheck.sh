#!/usr/bin/env bash
# Succeeds if this container's HTTP server answers a path with 200: /livez of a worker, unless told otherwise. Needs no
# program but bash.
#
#   query-worker-healthcheck [PATH [PORT]]
set -euo pipefail

path=${1-/livez}
port=${2-${QUERY_WORKER_ADMIN_LISTEN##*:}}

exec 3<> "/dev/tcp/127.0.0.1/$port"
printf 'GET %s HTTP/1.0\r\n\r\n' "$path" >&3
read -r _ status _ <&3
[ "$status" = 200 ]
