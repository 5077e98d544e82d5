#!/usr/bin/env bash
# Shows query-worker at work, from a fresh checkout: installs what is missing, builds, and runs `query-worker demo`:
# jobs go in, each reply comes out as one JSON line on standard output. All else is said on standard error.
# Arguments are handed on to `query-worker demo`.
set -euo pipefail
cd "$(dirname "$0")/.."

Docker/setup.sh >&2
echo "demo.sh: building query-worker; the first time takes a minute or two" >&2
swift build -c release --static-swift-stdlib --product query-worker >&2
exec .build/release/query-worker demo "$@"
