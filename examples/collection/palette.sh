#!/bin/sh
# The palette of COLORS colors for all photographs that were counted: those of the histograms in a folder.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: palette.sh COLORS HIST_DIR > PALETTE.ppm" >&2
  exit 1
fi
command -v pamkmeans >/dev/null || { echo "palette.sh: pamkmeans is not installed" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

{
  for hist in "$2"/*.hist; do
    [ -s "$hist" ] || { echo "palette.sh: missing or empty: $hist" >&2; exit 1; }
    cat "$hist" || exit 1
  done
  : >"$work/end"
} | pamkmeans -k "$1" -histogram -mapout - >"$work/palette"
[ -e "$work/end" ] || exit 1
cat "$work/palette"
