#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Measures what examples/collection takes for a photograph and for histograms, and calculates from that what it takes for ten
# million photographs; writes COLLECTION.md beside this script, with --quick with fewer runs, smaller histograms and to
# OUT_DIR. Takes some 900 MB in OUT_DIR.
#
# usage: collection.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure, PHOTOGRAPH another JPEG of 4032 x 3024 pixels. Needs Netpbm's programs.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1

for tool in jpegtopnm pngtopnm pnmtojpeg pnmtopng ppmtoppm pamdepth pgmnoise pamfunc pamarith; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done
build_pamkmeans
find_photograph
if [ ! -e "$out/noisy.jpg" ]; then
  timeout 60 jpegtopnm -quiet "$photograph" >"$out/photograph.ppm"
  timeout 60 pgmnoise -quiet -randomseed=1 4032 3024 | pamfunc -quiet -multiplier=0.1 >"$out/noise.pgm"
  timeout 60 pamarith -quiet -add "$out/photograph.ppm" "$out/noise.pgm" >"$out/noisy.ppm"
  timeout 60 pnmtojpeg -quiet -quality=90 -sample=2x2,1x1,1x1 "$out/noisy.ppm" >"$out/noisy.jpg.part"
  mv "$out/noisy.jpg.part" "$out/noisy.jpg"
  rm "$out/noise.pgm" "$out/noisy.ppm"
fi

result=$here/COLLECTION.md
[ -z "$quick" ] || result=$out/COLLECTION.md
# The scripts in examples take the program from PATH.
# shellcheck disable=SC2086
PATH=$out:$PATH timeout 3000 nice python3 "$here/collection.py" $quick "$out" "$photograph" "$images" "$result" \
  "$(describe_machine)"
say "wrote $result"
