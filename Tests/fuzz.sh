#!/usr/bin/env bash
# Has libFuzzer look for bytes that break a decoder, under AddressSanitizer, starting from the committed corpus.
#
#   Tests/fuzz.sh TARGET [SECONDS]   for 60 s, or so long; TARGET: job, answer, ledger or credentials
#   Tests/fuzz.sh TARGET FILE...     runs those inputs only
#   Tests/fuzz.sh TARGET --keep      adds to Tests/FuzzTests/Corpus what earlier runs found and reaches further code
#
# What it finds is in .build/fuzz/corpus/TARGET, what breaks a decoder in .build/fuzz/found. FUZZ_OPTIONS are further
# options of libFuzzer. The same targets are driven by a generator in the unit tests, see FuzzTests.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1-}" in
    job | answer | ledger | credentials) target=$1 ;;
    --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "fuzz.sh: unknown target ${1-}; see --help" >&2; exit 64 ;;
esac
shift

# A trap is reported by libFuzzer; Swift's backtracer would wait for a debugger that it cannot be.
export LIBFUZZER=yes SWIFT_BACKTRACE=enable=no
coverage=edge,inline-8bit-counters,pc-table,trace-cmp
runtime=$(clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(uname -m).a
build=(swift build --product fuzz --sanitize address --scratch-path .build/fuzz
    -Xswiftc -sanitize-coverage="$coverage" -Xcxx -fsanitize=fuzzer-no-link
    -Xswiftc -use-ld=lld -Xlinker "$runtime" -Xlinker -lstdc++)
"${build[@]}" >&2
fuzz=$("${build[@]}" --show-bin-path)/fuzz

committed=Tests/FuzzTests/Corpus/$target
corpus=.build/fuzz/corpus/$target
found=.build/fuzz/found
mkdir -p "$corpus" "$found"
options=(-dict=Tests/FuzzTests/Corpus/words.dict -artifact_prefix="$found/" ${FUZZ_OPTIONS-})

case "${1-60}" in
    --keep)
        # The committed files first: what they reach already is not taken from others.
        "$fuzz" "$target" -merge=1 -max_len=2048 "$committed" "$corpus"
        ;;
    *[!0-9]*) "$fuzz" "$target" "${options[@]}" "$@" ;;
    *) "$fuzz" "$target" "${options[@]}" -max_total_time="${1-60}" -timeout=10 "$corpus" "$committed" ;;
esac
