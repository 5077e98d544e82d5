#!/usr/bin/env bash
# Succeeds if this container's HTTP server answers a path with 200: /livez of a worker, unless told otherwise; also if the
# worker has none, by an empty QUERY_WORKER_ADMIN_LISTEN. Needs no program but bash.
#
#   query-worker-healthcheck [PATH [PORT]]
set -euo pipefail

path=${1-/livez}
listen=${2+127.0.0.1:$2}
listen=${listen:-$QUERY_WORKER_ADMIN_LISTEN}
[ -n "$listen" ] || exit 0

host=${listen%:*}
case "$host" in
    0.0.0.0) host=127.0.0.1 ;;
    "[::]") host=::1 ;;
    "["*"]") host=${host:1:-1} ;;
esac
exec 3<> "/dev/tcp/$host/${listen##*:}"
printf 'GET %s HTTP/1.0\r\n\r\n' "$path" >&3
read -r _ status _ <&3
[ "$status" = 200 ]
