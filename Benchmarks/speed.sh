#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Measures time and memory of pamkmeans against its targets and writes SPEED.md beside this script; with --quick, with
# fewer runs and to OUT_DIR. Takes some 600 MB in OUT_DIR.
#
# usage: speed.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure, PHOTOGRAPH another JPEG of 4032 x 3024 pixels.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1

for tool in pnmquant jpegtopnm pngtopnm pnmtojpeg ppmtoppm; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done
build_pamkmeans
find_photograph
[ -e "$out/photograph.ppm" ] || timeout 60 jpegtopnm -quiet "$photograph" >"$out/photograph.ppm"
timeout 300 nice python3 "$here/inputs.py" "$out/photograph.ppm" "$out/inputs"
[ -e "$out/kodim03.ppm" ] || timeout 60 pngtopnm -quiet "$images/kodim03.png" >"$out/kodim03.ppm"
[ -e "$out/kodim03.jpg" ] || timeout 60 pnmtojpeg -quiet -quality=90 "$out/kodim03.ppm" >"$out/kodim03.jpg"

result=$here/SPEED.md
runs=5
if [ -n "$quick" ]; then
  result=$out/SPEED.md
  runs=2
fi
timeout 1800 nice python3 "$here/speed.py" "$pamkmeans" "$out" "$photograph" "$out/kodim03.ppm" "$result" "$runs" \
  "$(describe_machine)"
say "wrote $result"
