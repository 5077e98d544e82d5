#!/usr/bin/env bash
# Builds the image of Docker/Dockerfile, without a registry of images, and starts it as its users do: as its own user,
# on a root file system that can't be written to. Its base is a Debian that mmdebstrap makes.
#
#   Tests/image.sh            around .build/release/query-worker, which is built if need be
#   Tests/image.sh --full     compiles in the image's build stage too, with this machine's Swift toolchain: minutes
#   Tests/image.sh --require  fails where it can't run, instead of saying so
#   Tests/image.sh --keep     leaves the container's file system where it is
#
# Needs root, for mounts, and the packages of Docker/setup.sh --tests. The Debian is kept for a week in
# ${XDG_CACHE_HOME:-~/.cache}/query-worker.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "image.sh: $*"; }
fail() { say "$*" >&2; exit 1; }

full=no require=no keep=no
while [ $# -gt 0 ]; do
    case "$1" in
        --full) full=yes ;;
        --require) require=yes ;;
        --keep) keep=yes ;;
        --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//p}' "$0"; exit 0 ;;
        *) say "unknown argument $1; see --help" >&2; exit 64 ;;
    esac
    shift
done

# Ends the run: as a failure if it was to prove something.
skip() {
    [ $require = no ] || fail "cannot run: $*"
    say "SKIPPED, NO IMAGE WAS BUILT: $*"
    exit 0
}
[ "$(id -u)" -eq 0 ] || skip "not root"
for program in buildah mmdebstrap unshare; do
    command -v $program > /dev/null || skip "no $program; Docker/setup.sh --tests installs it"
done
unshare --mount --pid --fork true 2> /dev/null || skip "this machine allows no mounts"

cache=${XDG_CACHE_HOME:-$HOME/.cache}/query-worker
debian=$cache/bookworm.tar
work=$(mktemp -d "${TMPDIR:-/tmp}/query-worker-image.XXXXXX")
# Images and containers of its own, which leave with it.
buildah() { command buildah --root "$work/storage" --runroot "$work/run" "$@"; }
finish() {
    local status=$?
    trap - EXIT
    [ -z "${server-}" ] || kill -KILL "$(last_child "$server")" 2> /dev/null || true
    if [ $keep = yes ]; then
        say "kept: $work; the container's file system is ${root-none}"
    else
        buildah rm --all > /dev/null 2>&1 || true
        buildah rmi --all --force > /dev/null 2>&1 || true
        umount "$work/storage/overlay" 2> /dev/null || true
        rm -rf "$work"
    fi
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Prints what a command said only if it fails.
quietly() { "$@" > "$work/log" 2>&1 || { cat "$work/log" >&2; fail "failed: $*"; }; }
build() { quietly buildah bud --isolation chroot --format docker "$@"; }

# MARK: The base

if [ -z "$(find "$debian" -mtime -7 2> /dev/null)" ]; then
    say "making a Debian: $debian"
    mkdir -p "$cache"
    # Mirrors may lag behind, and other runs may do the same.
    quietly mmdebstrap --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' bookworm "$cache/bookworm.$$.tar"
    mv "$cache/bookworm.$$.tar" "$debian"
fi
printf 'FROM scratch\nADD bookworm.tar /\n' > "$work/debian.Dockerfile"
build --file "$work/debian.Dockerfile" --tag localhost/debian "$cache"

# MARK: The image

stage=()
if [ $full = yes ]; then
    # The official image has the toolchain in /usr, and what it needs of Debian. Here it is mounted.
    toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swift)")")")
    cat > "$work/swift.Dockerfile" << 'DOCKERFILE'
FROM localhost/debian
ENV PATH=/swift/bin:$PATH
RUN apt-get update && apt-get install -y --no-install-recommends \
    git libc6-dev libcurl4 libicu72 libncurses6 libsqlite3-0 libxml2 zlib1g-dev
DOCKERFILE
    say "installing what Swift needs, then compiling: this takes minutes"
    build --file "$work/swift.Dockerfile" --tag localhost/swift "$work"
    stage=(--build-arg BUILD_IMAGE=localhost/swift --volume "$toolchain:/swift:ro")
else
    # In the place of the build stage's files, of those that it would have made.
    quietly swift build -c release --static-swift-stdlib --product query-worker
    mkdir -p "$work/built/out"
    ln .build/release/query-worker "$work/built/out/" 2> /dev/null || cp .build/release/query-worker "$work/built/out/"
    stage=(--build-arg BUILD_IMAGE=localhost/none --build-context "build=$work/built")
fi
build --file Docker/Dockerfile --build-arg RUNTIME_IMAGE=localhost/debian "${stage[@]}" --tag localhost/query-worker .
say "built after $SECONDS s"

container=$(buildah from localhost/query-worker)
root=$(buildah mount "$container")
inspected=$(buildah inspect --type image localhost/query-worker)

# MARK: What its users rely on

# The process at the end of a chain of those that only wait for it.
last_child() {
    local child
    # A line without an end, at which read fails.
    read -r child _ < "/proc/$1/task/$1/children" || true
    if [ -n "$child" ]; then last_child "$child"; else echo "$1"; fi
}

# One word of the image's configuration per line.
configured() { python3 -c '
import json, sys
value = json.load(sys.stdin)["Docker"]["config"]
for name in sys.argv[1].split("."):
    value = (value or {}).get(name)
print(*(value if isinstance(value, (list, dict)) else [value]), sep="\n")' "$1" <<< "$inspected"; }

expect() { [ "$2" = "$3" ] || fail "$1 is '$2', not '$3'"; }
expect User "$(configured User)" 10001:10001
expect StopSignal "$(configured StopSignal)" SIGTERM
expect ExposedPorts "$(configured ExposedPorts)" 9464/tcp
expect Cmd "$(configured Cmd)" run
mapfile -t entrypoint < <(configured Entrypoint)
mapfile -t environment < <(configured Env)
mapfile -t healthcheck < <(configured Healthcheck.Test)
expect "the health check's form" "${healthcheck[0]}" CMD

for program in curl gcc swift; do
    [ -z "$(find "$root"/bin/ "$root"/usr/bin/ -name $program)" ] || fail "the image has $program in it"
done

# Runs a command as a container does: nothing but the image's environment, its user, and a root that is read-only but
# for /tmp. The network is this machine's.
contained() {
    unshare --mount --pid --fork --kill-child bash -euc '
        root=$1; shift
        mount --make-rprivate /
        mount --bind "$root" "$root"
        mount -o remount,bind,ro "$root"
        mount -t proc proc "$root/proc"
        mount --bind /dev "$root/dev"
        mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
        exec chroot --userspec=10001:10001 "$root" "$@"' - "$root" env -i "${environment[@]}" "$@"
}
contained bash -c '[ "$(id -u)" = 10001 ] && ! touch /x 2> /dev/null && touch /tmp/x' ||
    fail "the container is not what this test takes it for"

say "help, config, demo"
contained "${entrypoint[@]}" --help > "$work/help"
grep -q '^Usage: query-worker' "$work/help" || fail "no help"
contained "${entrypoint[@]}" demo > "$work/replies" 2> "$work/demo.log" ||
    { tail -20 "$work/demo.log" >&2; fail "the demo failed"; }
Tests/python.sh Tests/validate.py replies "$work/replies"

say "what Kubernetes would start"
mkdir -p "$root/etc/query-worker" "$root/run/secrets/query-worker"
cp Docker/kubernetes/worker.conf "$root/etc/query-worker/"
echo secret > "$root/run/secrets/query-worker/wechat"
contained QUERY_WORKER_INSTANCE_ID=query-worker-5d8f-x7k2p "${entrypoint[@]}" \
    config --config /etc/query-worker/worker.conf > "$work/config" || fail "the worker refuses worker.conf"
grep -q '^instance.id .* query-worker-5d8f-x7k2p ' "$work/config" || fail "instance.id is not the pod's name"
grep -q '^admin.listen .* 0.0.0.0:9464 ' "$work/config" || fail "admin.listen is not the image's"

say "a worker, its health check, and SIGTERM"
# On a free port, since the network is this machine's; its brokers are nowhere.
port=$(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
started=(QUERY_WORKER_ADMIN_LISTEN="0.0.0.0:$port" QUERY_WORKER_KAFKA_BOOTSTRAP_SERVERS=127.0.0.1:1
    QUERY_WORKER_ACCOUNT_WX1_SECRET=any QUERY_WORKER_API_BASE_URL=http://127.0.0.1:1)
mapfile -t command < <(configured Cmd)
contained "${started[@]}" "${entrypoint[@]}" "${command[@]}" > "$work/worker.log" 2>&1 &
server=$!
is_healthy() { contained "${started[@]}" "${healthcheck[@]:1}" "$@" 2>> "$work/health.log"; }
for _ in {1..50}; do
    ! is_healthy || break
    kill -0 $server 2> /dev/null || { cat "$work/worker.log" >&2; fail "the worker ended"; }
    sleep 0.2
done
is_healthy || { cat "$work/worker.log" "$work/health.log" >&2; fail "the health check does not pass"; }
! is_healthy /readyz || fail "a worker without brokers is ready"
! is_healthy /livez 1 || fail "the health check passes without a worker"
! grep -q 'instance.id is random' "$work/worker.log" || fail "the worker found no place for its lock"
# Process 1 of its container, which the kernel spares signals that it does not handle.
kill -TERM "$(last_child $server)"
status=0
wait $server || status=$?
server=
[ $status -eq 0 ] || { cat "$work/worker.log" >&2; fail "SIGTERM ended the worker with $status"; }

say "passed after $SECONDS s: $(du -shx "$root" | cut -f1) unpacked"
