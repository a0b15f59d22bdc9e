#!/bin/sh
# Writes all PNGs of a folder, with their opacity, in one palette of COLORS colors to another folder. The palette is
# saved there as palette.pam.
set -eu

if [ $# -ne 3 ]; then
  echo "usage: sprites.sh COLORS FOLDER-OF-SPRITES FOLDER-OF-PICTURES" >&2
  exit 1
fi
for tool in pngtopam pamkmeans pamchannel pamdepth pamtopnm pnmtopng; do
  command -v "$tool" >/dev/null || { echo "sprites.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

mkdir "$work/sprites"
count=0
for sprite in "$2"/*.png; do
  [ -f "$sprite" ] || continue
  count=$((count + 1))
  # All sprites need the same planes and maxval, so those without opacity become opaque.
  pngtopam -quiet -alphapam "$sprite" >"$work/sprite"
  case $(head -n 4 "$work/sprite") in
    *"DEPTH 2"*) planes="0 0 0 1" ;;
    *) planes="0 1 2 3" ;;
  esac
  # shellcheck disable=SC2086
  pamchannel -infile "$work/sprite" -tupletype=RGB_ALPHA $planes >"$work/rgba"
  pamdepth -quiet 255 "$work/rgba" >"$work/sprites/$count"
done
[ "$count" -gt 0 ] || { echo "sprites.sh: no PNGs in $2" >&2; exit 1; }

# The sprites go through a pipe one by one, so their number is not limited.
n=1
while [ "$n" -le "$count" ]; do
  cat "$work/sprites/$n"
  n=$((n + 1))
done | pamkmeans -k "$1" -shared -mapout - >"$work/palette.pam"

mkdir -p "$3"
n=0
for sprite in "$2"/*.png; do
  [ -f "$sprite" ] || continue
  n=$((n + 1))
  pamkmeans -mapfile "$work/palette.pam" "$work/sprites/$n" >"$work/few"
  pamchannel -infile "$work/few" 0 1 2 | pamtopnm -assume >"$work/color"
  pamchannel -infile "$work/few" 3 | pamtopnm -assume >"$work/opacity"
  pnmtopng -quiet -alpha="$work/opacity" "$work/color" >"$work/png"
  # Only finished pictures get their final name.
  cp "$work/png" "$3/${sprite##*/}"
done
cp "$work/palette.pam" "$3/palette.pam"
