#!/bin/sh
# Writes a photograph in at most COLORS colors as a PNG.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: jpeg-to-png.sh COLORS PHOTO.jpg > PICTURE.png" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pnmtopng; do
  command -v "$tool" >/dev/null || { echo "jpeg-to-png.sh: $tool is not installed" >&2; exit 1; }
done

# If a program fails, the next one gets no image and fails, too. The exit status of the last one is therefore enough.
jpegtopnm -quiet <"$2" | pamkmeans -k "$1" | pnmtopng -quiet
