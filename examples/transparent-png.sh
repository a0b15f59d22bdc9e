#!/bin/sh
# Writes a picture with opacity as a small PNG with a palette of at most COLORS colors, each with its opacity.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: transparent-png.sh COLORS LOGO.png > SMALL.png" >&2
  exit 1
fi
for tool in pngtopam pamkmeans pamchannel pnmtopng; do
  command -v "$tool" >/dev/null || { echo "transparent-png.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

pngtopam -quiet -alphapam "$2" >"$work/logo"
pamkmeans -k "$1" "$work/logo" >"$work/few"
# pnmtopng reads color and opacity from separate files. It makes one palette of both if they are few.
case $(head -n 4 "$work/few") in
  *"DEPTH 2"*) planes=0 opacity=1 ;;
  *) planes="0 1 2" opacity=3 ;;
esac
# shellcheck disable=SC2086
pamchannel -infile "$work/few" $planes | pamtopnm -assume >"$work/color"
pamchannel -infile "$work/few" "$opacity" | pamtopnm -assume >"$work/opacity"
pnmtopng -quiet -compression=9 -alpha="$work/opacity" "$work/color"
