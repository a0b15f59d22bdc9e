#!/usr/bin/env bash
# The figures of examples/EXPERIMENTS.md: stand-ins for the photographs of the two reports are made from
# examples/photo.jpg, and go through numpy/kmeans.py and through pamkmeans. Prints a table.
set -euo pipefail
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

if [ $# -ne 1 ]; then
  echo "usage: experiments.sh OUT_DIR > TABLE.txt" >&2
  exit 1
fi
# How many seconds a run in NumPy may take, and how often pamkmeans runs.
limit=${LIMIT:-100}
repeats=${REPEATS:-5}
# For matrices of three columns more threads only take NumPy longer.
export OPENBLAS_NUM_THREADS=1
for tool in jpegtopnm pamscale pamcut pamkmeans jq python3; do
  command -v "$tool" >/dev/null || { echo "experiments.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p "$1"
cd "$1"

# make WIDTH HEIGHT: the photograph scaled up to fill this size, and cut to it.
make() {
  jpegtopnm -quiet <"$here/../examples/photo.jpg" | pamscale -quiet -xyfill "$1" "$2" |
    pamcut -quiet -left 0 -top 0 -width "$1" -height "$2" >"$1x$2.ppm"
}

# row SIZE K START PROGRAM SECONDS ITERATIONS MSE
row() { printf '%-9s %3s %-7s %-14s %9s %5s %9s\n' "$@"; }

# numpy SIZE K START DISTANCE [ITERATIONS]
numpy() {
  local line
  if line=$(timeout "$limit" python3 "$here/numpy/kmeans.py" "$1.ppm" "$2" --start "$3" --distance "$4" \
    --limit "${5:-1000}"); then
    read -r seconds _ iterations _ _ error _ <<<"$line"
    row "$1" "$2" "$3" "NumPy $4" "$seconds" "$iterations" "${error%,}"
  else
    row "$1" "$2" "$3" "NumPy $4" ">$limit" - -
  fi
}

# ours SIZE K START OPTION...: seconds of the whole command, the least of all runs.
ours() {
  local size=$1 k=$2 start=$3 TIMEFORMAT=%R
  shift 3
  seconds=$(for _ in $(seq "$repeats"); do
    { time pamkmeans -k "$k" "$@" -report report "$size.ppm" >result; } 2>&1
  done | sort -n | head -n 1)
  read -r iterations error <<<"$(jq -r '"\(.iterations) \(.mse * 100 | round / 100)"' report)"
  row "$size" "$k" "$start" pamkmeans "$seconds" "$iterations" "$error"
}

# both SIZE K [ITERATIONS]: the iterations are the limit of NumPy only.
both() {
  for start in random pixels; do
    numpy "$1" "$2" "$start" expanded "${3:-}"
    ours "$1" "$2" "$start" -init "$start" -tolerance 0.001
  done
  ours "$1" "$2" default
}

make 1024 685
make 1920 1080
make 2560 1700
make 4032 3024
row '# size' K start program seconds steps MSE
for k in 3 5 7; do
  both 1920x1080 $k
  numpy 1920x1080 $k random direct
done
for k in 3 5 7; do both 2560x1700 $k; done
for k in 15 30; do both 2560x1700 $k 20; done
for k in 5 10 50; do both 1024x685 $k; done
for k in 3 5 7 30; do both 4032x3024 $k 5; done
