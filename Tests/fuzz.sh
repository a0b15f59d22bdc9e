#!/usr/bin/env bash
# Fuzzes with libFuzzer and the address sanitizer what takes bytes from outside, and the engine.
#
# usage: Tests/fuzz.sh MINUTES [TARGET...]
#
# Each target (stream, options, palette, engine, mapping; all if none is named) runs for MINUTES on one processor, two
# targets at a time. Begins with Tests/Fuzz/corpus; what it learns is kept in FUZZ_CORPUS (default .build/fuzz-corpus),
# what it finds there too, as crash-*: to be mended, and copied to Tests/Fuzz/corpus, which `swift test` tries. Prints
# for each target executions, and edges ("cov") and other features ("ft") of the code that were reached.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
minutes=${1:?usage: Tests/fuzz.sh MINUTES [TARGET...]}
shift
[ $# -gt 0 ] || set -- stream options palette engine mapping
scratch=${FUZZ_SCRATCH:-.build/fuzz}
learned=${FUZZ_CORPUS:-.build/fuzz-corpus}
PAMKMEANS_FUZZ=1 swift build --scratch-path "$scratch" || exit 1
program=$(PAMKMEANS_FUZZ=1 swift build --scratch-path "$scratch" --show-bin-path)/Fuzz

mkdir -p "$learned"
# libnetpbm forgets what it has of a header when it reports an error; the program ends then.
echo leak:libnetpbm >"$learned/suppressions"
export LSAN_OPTIONS=suppressions=$learned/suppressions:print_suppressions=0
# Where it cannot see the process it waits for ever.
export SWIFT_BACKTRACE=enable=no

# fuzz TARGET
fuzz() {
  local target=$1 status
  mkdir -p "$learned/$target"
  FUZZ_TARGET=$target "$program" -max_total_time=$((minutes * 60)) -timeout=20 -rss_limit_mb=4096 \
    -print_final_stats=1 -artifact_prefix="$learned/$target-" "$learned/$target" "Tests/Fuzz/corpus/$target" \
    >"$learned/$target.log" 2>&1
  status=$?
  printf '%s: %s executions, %s, corpus %s files, status %s\n' "$target" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$learned/$target.log")" \
    "$(grep -o 'cov: [0-9]* ft: [0-9]*' "$learned/$target.log" | tail -1)" \
    "$(find "$learned/$target" -type f | wc -l)" "$status"
  return "$status"
}

status=0
while [ $# -gt 0 ]; do
  fuzz "$1" &
  first=$!
  if [ $# -gt 1 ]; then
    fuzz "$2" || status=1
    shift
  fi
  wait "$first" || status=1
  shift
done
exit "$status"
