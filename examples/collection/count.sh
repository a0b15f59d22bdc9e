#!/bin/sh
# Counts the colors of a shard, a file with the path of one photograph per line: OUT_DIR/SHARD.hist. Does nothing if that is
# there already. Photographs that cannot be decoded are named, also in OUT_DIR/SHARD.failed; then there is no histogram.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: count.sh SHARD OUT_DIR" >&2
  exit 1
fi
for tool in jpegtopnm pngtopnm ppmtoppm pamdepth pamkmeans; do
  command -v "$tool" >/dev/null || { echo "count.sh: $tool is not installed" >&2; exit 1; }
done
here=$(cd "$(dirname "$0")" && pwd)
result=$2/${1##*/}
[ ! -e "$result.hist" ] || exit 0
[ -r "$1" ] || { echo "count.sh: cannot read $1" >&2; exit 1; }
mkdir -p "$2"
# Photographs are decoded in TMPDIR. The histogram grows beside its place, and only what is whole gets its name.
work=$(mktemp -d)
part=
trap 'rm -rf "$work" ${part:+"$part"}' EXIT
trap 'exit 1' HUP INT TERM
part=$(mktemp -d "$2/.part.XXXXXX")

{
  while IFS= read -r photo || [ -n "$photo" ]; do
    if "$here/decode.sh" "$photo" "$work/photo"; then
      cat "$work/photo" || exit 1
    else
      echo "count.sh: failed: $photo" >&2
      printf '%s\n' "$photo" >>"$part/failed"
    fi
  done <"$1"
  : >"$work/end"
} | if [ -s "$1" ]; then
  pamkmeans -shared -threads 1 -histout -
else
  # All photographs were removed from this shard: a histogram with its maxval and no colors.
  printf 'P7\nWIDTH 1\nHEIGHT 1\nDEPTH 7\nMAXVAL 65535\nTUPLTYPE HISTOGRAM_RGB\nENDHDR\n'
  printf '\0\377\0\377\0\377\0\0\0\0\0\0\0\0'
fi >"$part/hist" || rm -f "$work/end"
if [ -e "$part/failed" ]; then
  mv "$part/failed" "$result.failed"
  exit 1
fi
[ -e "$work/end" ] || exit 1
rm -f "$result.failed"
mv "$part/hist" "$result.hist"
