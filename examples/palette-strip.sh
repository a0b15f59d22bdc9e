#!/bin/sh
# Writes the COLORS colors of a photograph as a PNG, as a strip of swatches.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: palette-strip.sh COLORS PHOTO.jpg > STRIP.png" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pamenlarge pnmtopng; do
  command -v "$tool" >/dev/null || { echo "palette-strip.sh: $tool is not installed" >&2; exit 1; }
done

# The palette is an image of one row, with one pixel for each color.
jpegtopnm -quiet <"$2" | pamkmeans -k "$1" -mapout - | pamenlarge 64 | pnmtopng -quiet
