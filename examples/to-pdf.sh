#!/bin/sh
# Writes a photograph in COLORS colors as a PDF of one page, with 144 pixels per inch.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: to-pdf.sh COLORS PHOTO.jpg > PICTURE.pdf" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pnmtops ps2pdf; do
  command -v "$tool" >/dev/null || { echo "to-pdf.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# These are two steps, because ps2pdf makes an empty page from an empty pipe.
jpegtopnm -quiet <"$2" | pamkmeans -k "$1" | pnmtops -quiet -dpi=144 -equalpixels -noturn >"$work/picture.ps"

# By default, ps2pdf compresses pictures as JPEG and scales them down, which changes the colors.
ps2pdf -dEPSCrop \
  -dAutoFilterColorImages=false -dColorImageFilter=/FlateEncode -dDownsampleColorImages=false \
  -dAutoFilterGrayImages=false -dGrayImageFilter=/FlateEncode -dDownsampleGrayImages=false \
  "$work/picture.ps" -
