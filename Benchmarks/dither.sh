#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Measures how well dithered photographs keep the local means of colors, without and with -ditherspread and beside other
# programs, and what -ditherspread costs; writes DITHER.md beside this script, with --quick on two photographs and to
# OUT_DIR. A run that was cut off goes on.
#
# usage: dither.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure. Needs NumPy for python3, Netpbm's programs, pngquant and ImageMagick.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

for tool in pngtopnm ppmtopgm ppmtoppm pnmtopng pnmquant pngquant; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done
build_pamkmeans
result=$here/DITHER.md
[ -z "$quick" ] || result=$out/DITHER.md
# shellcheck disable=SC2086
timeout 3000 nice python3 "$here/dither.py" "$images" "$out" "$pamkmeans" "$result" "$(describe_machine)" $quick
say "wrote $result"
