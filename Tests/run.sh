#!/usr/bin/env bash
# Proves the product: installs what is missing, builds, and runs every test, with a real Kafka broker if one can be had.
#
#   Tests/run.sh                    everything
#   Tests/run.sh --unit             all but the integration tests; needs no broker
#   Tests/run.sh --integration      the integration tests alone
#   Tests/run.sh --filter PATTERN   only tests whose name (Target.Suite/test) matches; may be given with the others
#   Tests/run.sh --skip PATTERN     all but those; may be given with the others
#   Tests/run.sh --sanitize NAME    builds in .build/NAME with that sanitizer: address or thread
#   Tests/run.sh --release          builds optimised, so that FUZZ_RECORDS=1000000 takes minutes
#   Tests/run.sh --build-only       builds what the other arguments ask for, and runs nothing
#   Tests/run.sh --require-kafka    fails where no broker can be had, instead of skipping what needs one
#
# The broker: KAFKA_BOOTSTRAP=host:port of one that runs (the tests make topics of their own there); else one that is
# started from KAFKA_LIBS, a folder with Kafka's jars; else the same from the jars that Maven fetches. Some tests start
# brokers of their own, for which KAFKA_BOOTSTRAP does not do: they need the jars too, but do not ask Maven then.
set -euo pipefail
cd "$(dirname "$0")/.."
source Tests/kafka.sh

# A test that hangs ends the run.
test_seconds=1200

unit=yes integration=yes require_kafka=no build_only=no
filter=()
build=()
optimised=()
while [ $# -gt 0 ]; do
    case "$1" in
        --unit) integration=no ;;
        --integration) unit=no ;;
        --require-kafka) require_kafka=yes ;;
        --build-only) build_only=yes ;;
        --release) optimised=(-c release -Xswiftc -enable-testing) ;;
        --filter)
            [ $# -gt 1 ] || { echo "run.sh: --filter needs a pattern" >&2; exit 64; }
            filter+=(--filter "$2")
            shift
            ;;
        --skip)
            [ $# -gt 1 ] || { echo "run.sh: --skip needs a pattern" >&2; exit 64; }
            filter+=(--skip "$2")
            shift
            ;;
        --sanitize)
            [ $# -gt 1 ] || { echo "run.sh: --sanitize needs address or thread" >&2; exit 64; }
            build=(--sanitize "$2" --scratch-path ".build/$2")
            export SANITIZER=$2
            shift
            ;;
        --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "run.sh: unknown argument $1; see --help" >&2; exit 64 ;;
    esac
    shift
done
build+=("${optimised[@]}")
if [ $unit = no ] && [ $integration = no ]; then
    echo "run.sh: --unit and --integration exclude each other; for both give neither" >&2
    exit 64
fi

current_step=
step() {
    current_step=$1
    printf '\n== %s (after %d s)\n' "$1" "$SECONDS"
}

output=$(mktemp -d)
declare -A test_process=()

finish() {
    local status=$?
    trap - EXIT
    [ ${#test_process[@]} -eq 0 ] || kill "${test_process[@]}" 2> /dev/null || true
    stop_kafka "$status"
    rm -rf "$output"
    [ "$status" -eq 0 ] || echo "run.sh: FAILED: $current_step (after $SECONDS s); output of workers: ${logs-none}" >&2
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Runs tests that are built, in a process of their own, and shows what is not a test that passed.
#
#   start_tests NAME ARGUMENT...   begins, with the output in a file
#   await_tests NAME               shows the output, waits for the end, and adds to `tests_run`
tests_run=0
start_tests() {
    local name=$1
    shift
    # What awaits it looks for the file at once.
    : > "$output/$name"
    # One at a time: they share one event loop, on which a long test would use up the time limits of the others.
    # Bash has what it starts beside itself ignore interrupts, and so would the workers of the tests.
    env --default-signal=INT,QUIT timeout "$test_seconds" "$program" --testing-library swift-testing --no-parallel \
        "${filter[@]}" "$@" > "$output/$name" 2>&1 < /dev/null &
    test_process[$name]=$!
}

await_tests() {
    local name=$1 status=0 count
    printf '\n-- %s tests (after %d s)\n' "$name" "$SECONDS"
    # Ends with the process.
    tail -n +1 -f --pid="${test_process[$name]}" "$output/$name" |
        awk '/^◇/ || (/^✔/ && !/^✔ Test run with/) { next } { print; fflush() }'
    wait "${test_process[$name]}" || status=$?
    unset "test_process[$name]"
    [ "$status" -ne 124 ] || echo "the tests did not end within $test_seconds s" >&2
    # The library's way to say that no test matches.
    [ "$status" -ne 69 ] || status=0
    echo "the slowest, in seconds:"
    sed -n '/Test run with/!s/.*Test \(.*\) passed after \([0-9.]*\) seconds.*/  \2 \1/p' "$output/$name" |
        sort -rn | sed -n 1,12p
    count=$(sed -n 's/.*Test run with \([0-9]*\) tests\{0,1\}.*/\1/p' "$output/$name")
    tests_run=$((tests_run + ${count:-0}))
    # A pattern that matches nothing is an error of those who gave it, who look at the sum; without one it is ours.
    if [ ${#filter[@]} -eq 0 ] && [ "${count:-0}" -eq 0 ]; then
        echo "run.sh: there are no $name tests" >&2
        return 1
    fi
    return "$status"
}

step "Packages"
Docker/setup.sh --tests

if [ $build_only = no ]; then
    step "The contract: schemas, examples, asyncapi.yaml, README.md"
    Tests/python.sh Tests/validate.py examples
    Tests/python.sh Tests/contract.py

    step "What operates it: alerts, dashboard, compose.yaml, Kubernetes"
    Tests/python.sh Tests/operations.py

    step "Promises"
    python3 Tests/promises.py

    if [ ${#filter[@]} -eq 0 ] && [ -z "${SANITIZER-}" ]; then
        step "The status page in a browser"
        python3 Tests/page.py
    fi
fi

step "Build"
swift build --build-tests "${build[@]}" -Xswiftc -warnings-as-errors
[ $build_only = no ] || exit 0
products=$(swift build --show-bin-path "${build[@]}")
program=$products/query-workerPackageTests.xctest
# The output of the workers that the tests start.
logs=$products/test-logs
rm -rf "$logs"

# Not under ThreadSanitizer, under which librdkafka does not run.
if [ $unit = yes ] && [ "${SANITIZER-}" != thread ]; then
    step "Metrics that alerts and dashboard ask for"
    Tests/python.sh Tests/operations.py metrics "$products/query-worker"
fi

without_kafka=
if [ $integration = yes ]; then
    step "Kafka"
    libs=
    if [ -n "${KAFKA_BOOTSTRAP-}" ]; then
        kcat -b "$KAFKA_BOOTSTRAP" -L -m 20 > /dev/null ||
            { echo "the broker at KAFKA_BOOTSTRAP=$KAFKA_BOOTSTRAP does not answer" >&2; exit 1; }
        if ! { command -v java > /dev/null && libs=$(kafka_jars_at_hand); }; then
            [ $require_kafka = no ] || { echo "no java, or no jars, to start brokers from" >&2; exit 1; }
            without_kafka=", but without Kafka's jars: NO TEST RAN WITH BROKERS OF ITS OWN (see --help)"
        fi
    elif libs=$(find_kafka_jars); then
        start_kafka "$libs" || { echo "the broker did not start" >&2; exit 1; }
    elif [ $require_kafka = yes ]; then
        exit 1
    else
        without_kafka=", but without a Kafka broker: NO TEST RAN AGAINST A REAL ONE (see --help)"
    fi
    # Where the tests find the jars, or none.
    export KAFKA_LIBS=${libs:+$(realpath "$libs")}
    echo "${KAFKA_BOOTSTRAP:-none}"
fi

# Most of the time tests wait, so one process waits beside another. In the one the tests on the shared broker; in the
# other the unit tests, then those with brokers of their own.
step "Tests"
failed=0
if [ $integration = yes ]; then
    start_tests shared --skip '^(?!IntegrationTests\.)' --skip '^IntegrationTests\.OnKafkaCluster'
fi
if [ $unit = yes ]; then
    start_tests unit --skip '^IntegrationTests\.'
    await_tests unit
fi
if [ $integration = yes ]; then
    start_tests cluster --skip '^(?!IntegrationTests\.OnKafkaCluster)'
    await_tests shared || failed=1
    await_tests cluster || failed=1
fi
[ $failed -eq 0 ]

step "Summary"
[ "$tests_run" -gt 0 ] || { echo "no test matches" >&2; exit 1; }
echo "passed: $tests_run tests$without_kafka"
