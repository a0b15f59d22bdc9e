#!/bin/sh
# Writes a photograph in COLORS colors as a JPEG. The decoded JPEG has more colors, because JPEG smooths edges.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: jpeg-to-jpeg.sh COLORS PHOTO.jpg > PICTURE.jpg" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pnmtojpeg; do
  command -v "$tool" >/dev/null || { echo "jpeg-to-jpeg.sh: $tool is not installed" >&2; exit 1; }
done

jpegtopnm -quiet <"$2" | pamkmeans -k "$1" | pnmtojpeg -quiet -quality=95 -optimize
