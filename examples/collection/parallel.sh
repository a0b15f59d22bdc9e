#!/bin/sh
# A collection of photographs in one palette of COLORS colors, through GNU parallel: on this machine, or on those that its
# options name. All is kept in RUN_DIR, which all machines see at the same path. Repeated after a failure, it goes on.
set -eu

if [ $# -lt 4 ]; then
  echo "usage: parallel.sh LIST COLORS SHARD_SIZE RUN_DIR [OPTION-OF-PARALLEL...]" >&2
  exit 1
fi
for tool in parallel pamkmeans; do
  command -v "$tool" >/dev/null || { echo "parallel.sh: $tool is not installed" >&2; exit 1; }
done
here=$(cd "$(dirname "$0")" && pwd)
colors=$2
numbers=$("$here/shards.sh" "$1" "$3" "$4")
run=$(cd "$4" && pwd)
palette=$run/palette-$colors.ppm
shift 4

# The logs tell which machine did what, and how long it took.
seq "${numbers% *}" | parallel --quote --workdir "$PWD" --joblog "$run/count.log" "$@" \
  "$here/count.sh" "$run/shards/{}" "$run/hists" ||
  { echo "parallel.sh: some shards were not counted" >&2; exit 1; }
seq "${numbers#* }" | parallel --quote --workdir "$PWD" --joblog "$run/merge.log" "$@" \
  "$here/merge.sh" "$run/groups/{}" "$run/merged" ||
  { echo "parallel.sh: some histograms were not merged" >&2; exit 1; }
if [ ! -e "$palette" ]; then
  "$here/palette.sh" "$colors" "$run/merged" >"$palette.part"
  mv "$palette.part" "$palette"
fi
seq "${numbers% *}" | parallel --quote --workdir "$PWD" --joblog "$run/apply.log" "$@" \
  "$here/apply.sh" "$run/shards/{}" "$palette" "$run/pictures-$colors" ||
  { echo "parallel.sh: some photographs were not mapped" >&2; exit 1; }
