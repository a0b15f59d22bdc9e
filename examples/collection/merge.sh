#!/bin/sh
# Adds up the histograms of a group, a file with one path per line: OUT_DIR/GROUP.hist. Does nothing if that is there
# already. Groups share the work where one processor would need long for all histograms.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: merge.sh GROUP OUT_DIR" >&2
  exit 1
fi
command -v pamkmeans >/dev/null || { echo "merge.sh: pamkmeans is not installed" >&2; exit 1; }
result=$2/${1##*/}.hist
[ ! -e "$result" ] || exit 0
[ -s "$1" ] || { echo "merge.sh: no histograms in $1" >&2; exit 1; }
mkdir -p "$2"
part=
trap 'rm -rf ${part:+"$part"}' EXIT
trap 'exit 1' HUP INT TERM
part=$(mktemp -d "$2/.part.XXXXXX")

{
  while IFS= read -r hist || [ -n "$hist" ]; do
    [ -s "$hist" ] || { echo "merge.sh: missing or empty: $hist" >&2; exit 1; }
    cat "$hist" || exit 1
  done <"$1"
  : >"$part/end"
} | pamkmeans -histogram -threads 1 -histout - >"$part/hist"
[ -e "$part/end" ] || exit 1
mv "$part/hist" "$result"
