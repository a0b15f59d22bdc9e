#!/bin/sh
# One photograph, JPEG or PNG, as a PPM image with maxval 255: what count.sh counts and apply.sh maps. A gray photograph
# becomes RGB, 16-bit samples become 8-bit ones, opacity is dropped.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: decode.sh PHOTO IMAGE.ppm" >&2
  exit 1
fi
for tool in jpegtopnm pngtopnm ppmtoppm pamdepth; do
  command -v "$tool" >/dev/null || { echo "decode.sh: $tool is not installed" >&2; exit 1; }
done

case $1 in
  *.[Jj][Pp][Gg] | *.[Jj][Pp][Ee][Gg]) jpegtopnm -quiet <"$1" >"$2" ;;
  *.[Pp][Nn][Gg]) pngtopnm -quiet <"$1" >"$2" ;;
  *) echo "decode.sh: neither .jpg, .jpeg nor .png: $1" >&2; exit 1 ;;
esac
# Most photographs are what they should be already.
case $(head -n 3 "$2") in
  P6*"
255") ;;
  *)
    ppmtoppm <"$2" >"$2.rgb"
    pamdepth -quiet 255 "$2.rgb" >"$2"
    rm "$2.rgb"
    ;;
esac
