#!/usr/bin/env bash
# Installs the Debian packages that query-worker needs; the only list of them. Installs what is missing, removes nothing.
#
#   Docker/setup.sh              to build and run it
#   Docker/setup.sh --tests      the same, and what its tests need
#   Docker/setup.sh --runtime    only to run an executable that was built elsewhere
#
# Needs root, or sudo, if anything is missing. The Swift toolchain (6.3 or later) is no Debian package: https://swift.org/install
set -euo pipefail

runtime=(
    ca-certificates     # to trust WeChat's certificate
    libcurl4            # HTTP client
    libjemalloc2        # memory allocator
    libmicrohttpd12     # admin port
    librdkafka1         # Kafka client
    libsimdjson14       # JSON parser
    libssl3             # seals credentials that are kept in Kafka
    libstdc++6
)
build=(
    "${runtime[@]}"
    g++                 # the C and C++ headers and the linker that Swift's compiler uses
    libcurl4-openssl-dev
    libjemalloc-dev
    libmicrohttpd-dev
    librdkafka-dev
    libsimdjson-dev
    libssl-dev
    pkg-config
)
tests=(
    "${build[@]}"
    buildah                    # Tests/image.sh: builds and starts the image
    chromium                   # Tests/page.py
    kcat                       # a Kafka client that shares no code of ours, for looking at topics
    mmdebstrap                 # Tests/image.sh: makes the Debian that the image is based on
    prometheus                 # scrapes a worker; promtool tries the alerts and checks the metrics
    python3-confluent-kafka    # a Kafka client, for scripts
    python3-venv               # Tests/python.sh
    strace                     # kills a process at each step of a write
)

say() { echo "setup.sh: $*"; }
fail() { say "$*" >&2; exit 1; }

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

case "${1-}" in
    "") wanted=("${build[@]}") ;;
    --runtime) wanted=("${runtime[@]}") ;;
    --tests)
        wanted=("${tests[@]}")
        # Any JDK from 17 on runs the broker of the integration tests and their Java clients, Debian's or not.
        command -v javac >/dev/null || wanted+=(default-jdk-headless)
        ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
command -v dpkg-query >/dev/null ||
    fail "this is not Debian; install the counterparts of: ${wanted[*]}"

missing=()
for package in "${wanted[@]}"; do is_installed "$package" || missing+=("$package"); done

if [ ${#missing[@]} -eq 0 ]; then
    say "all ${#wanted[@]} packages are installed"
else
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "run this as root, or install sudo; missing: ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

if [ "${1-}" != --runtime ] && ! command -v swift >/dev/null; then
    fail "no swift in PATH; install the Swift toolchain, 6.3 or later: https://swift.org/install"
fi
