#!/usr/bin/env bash
# The full versions of what the tests hold in short: RELIABILITY.md says what each shows. Takes some hours.
#
# usage: Tests/reliability.sh [ROUNDS]
#
# ROUNDS (default 2000) is the number of random images whose laws are tested. Wants 10 GB in TMPDIR and Netpbm's tools.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
rounds=${1:-2000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0

# check NAME COMMAND...
check() {
  local name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@" || {
    failed=1
    echo "== failed: $name"
  }
}

# Runs a command and prints its peak of memory in KiB; with a number, fails where it is more.
peak() {
  local limit=$1
  shift
  python3 -c '
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:]).returncode
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print("peak", peak, "KiB", file=sys.stderr)
sys.exit(status or peak > int(sys.argv[1]))' "$limit" "$@"
}

# Noise of WIDTH x HEIGHT pixels.
noise() {
  python3 -c '
import random, sys
random.seed(2)
width, height = int(sys.argv[1]), int(sys.argv[2])
sys.stdout.buffer.write(b"P6 %d %d 255\n" % (width, height) + random.randbytes(3 * width * height))' "$1" "$2"
}

# limited LIMITS OPTIONS...: at each limit of address space, in KiB, done, or one line and nothing else; never a trap.
limited() {
  local limits=$1 limit status wrong=0 runs=0 floor=
  shift
  pamkmeans "$@" >"$scratch/whole" || return
  for limit in $limits; do
    (
      ulimit -v "$limit"
      exec timeout -s KILL 1200 pamkmeans "$@"
    ) >"$scratch/out" 2>"$scratch/err"
    status=$?
    runs=$((runs + 1))
    case $status in
      0) cmp -s "$scratch/out" "$scratch/whole" && continue ;;
      1) [ ! -s "$scratch/out" ] && [ "$(wc -l <"$scratch/err")" -eq 1 ] && continue ;;
      127) # The loader found no room for the libraries.
        floor=$limit
        continue
        ;;
    esac
    echo "$*, $limit KiB: status $status: $(head -1 "$scratch/err")"
    wrong=$((wrong + 1))
  done
  echo "$*: $runs runs, $wrong wrong, the loader's floor at ${floor:-less than the least} KiB"
  [ "$wrong" -eq 0 ]
}

# Few colors, where the search has most to remember.
address_space() {
  noise 700 500 >"$scratch/noise"
  for threads in 1 2 8; do
    limited "$(seq 23000 1000 100000) $(seq 100000 10000 600000)" -k 300 -threads "$threads" "$scratch/noise" ||
      failed=1
  done
}

# Many colors, in a megapixel of noise: what has an entry for each of them.
address_space_of_colors() {
  local limits
  limits="$(seq 25000 5000 300000) $(seq 310000 10000 700000)"
  noise 1000 1000 >"$scratch/noise"
  noise 400 250 >"$scratch/colors"
  limited "$(seq 22500 500 80000) $(seq 80000 2000 100000)" -k 20000 -init pixels -maxiter 0 "$scratch/noise" || failed=1
  limited "$limits" -k 200000 -init pixels -maxiter 0 "$scratch/noise" || failed=1
  limited "$limits" -k 200000 -init random -maxiter 1 "$scratch/noise" || failed=1
  limited "$limits" -mapfile "$scratch/colors" "$scratch/noise" || failed=1
}

# Whatever number of threads and processes the user may have, the bytes are the same.
processes() {
  local limit as=() wrong=0
  # For root there is no such limit.
  [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chmod 755 "$scratch"
  cp "$(command -v pamkmeans)" "$scratch/program"
  jpegtopnm -quiet examples/photo.jpg >"$scratch/photo"
  pamkmeans -k 64 "$scratch/photo" >"$scratch/whole"
  for limit in 1 2 3 4 8 16; do
    (
      ulimit -u "$limit"
      exec "${as[@]}" "$scratch/program" -k 64 -threads 8 "$scratch/photo"
    ) | cmp - "$scratch/whole" || wrong=$((wrong + 1))
  done
  [ "$wrong" -eq 0 ]
}

# One stream of N tiny images.
many_images() {
  python3 -c '
import random, sys
random.seed(1)
for _ in range(int(sys.argv[1])):
    sys.stdout.buffer.write(b"P6 8 8 255\n" + random.randbytes(192))' "$1" >"$scratch/stream"
  # shellcheck disable=SC2016
  time peak 60000 sh -c 'pamkmeans -k 4 -threads 2 "$1" | wc -c' sh "$scratch/stream"
}

# timed COMMAND: a command of the shell and, if it writes to the disk, `sync`; their seconds and processor time.
timed() {
  local TIMEFORMAT='%R s (%U + %S s of processor time)'
  printf '%s: ' "$1"
  time (
    cd "$scratch" || exit
    set -o pipefail
    eval "$1" || exit
    case $1 in *'>copy' | *'>out') sync ;; esac
  )
}

# 32768 x 32768 pixels, made of a photograph: what the disk and a pipe take alone, then the program; then its memory.
gigapixel() {
  local command
  jpegtopnm -quiet examples/photo.jpg | pnmtile 32768 32768 >"$scratch/large" || return
  for command in 'cat large >/dev/null' 'cat large | cat >/dev/null' 'cat large >copy' 'cat large | cat >copy' \
    'pamkmeans -k 16 -memory 256M large | cat >/dev/null' 'cat large | pamkmeans -k 16 -memory 256M | cat >/dev/null' \
    'pamkmeans -k 16 -memory 256M large >out' 'cat large | pamkmeans -k 16 -memory 256M >out'; do
    timed "$command" || return
    rm -f "$scratch/copy" "$scratch/out"
  done
  peak 400000 pamkmeans -k 16 -memory 256M "$scratch/large" | cksum || return
  # shellcheck disable=SC2016
  peak 400000 sh -c 'cat "$1" | pamkmeans -k 16 -memory 256M' sh "$scratch/large" | cksum
}

# 16384 x 16384 pixels of 16-bit noise, hardly two of one color, through a pipe.
deep_noise() {
  # shellcheck disable=SC2016
  peak 400000 sh -c '{ printf "P6 16384 16384 65535\n"; head -c 1610612736 /dev/urandom; } |
    pamkmeans -k 16 -effort fast -memory 256M | wc -c'
}

check "build" swift build -c release --static-swift-stdlib || exit 1
PATH=$(swift build -c release --static-swift-stdlib --show-bin-path):$PATH
check "address space" address_space
check "address space, many colors" address_space_of_colors
check "processes" processes
check "1,000 images" many_images 1000
check "100,000 images" many_images 100000
rm -f "$scratch/stream"
check "a gigapixel" gigapixel
rm -f "$scratch/large"
check "16-bit noise" deep_noise
export PAMKMEANS_RELIABILITY=$rounds
check "faults at every call and byte" swift test --filter InjectedFaultTests
check "laws, $rounds random images" swift test --filter LawTests
check "changed bytes, $rounds of each image" swift test --filter MutationTests
# XCTest and, on errors, libnetpbm forget memory of theirs.
export ASAN_OPTIONS=detect_leaks=0
check "data races" swift test --sanitize=thread --scratch-path .build/thread --filter "QuantizationTests"
check "memory errors" swift test --sanitize=address --scratch-path .build/address \
  --filter "QuantizationTests|PamStreamTests|FuzzTests"
check "an hour of fuzzing" Tests/fuzz.sh 60
[ "$failed" -eq 0 ]
