#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Counts how often small areas keep a color of their own with -emphasis and with other programs, measures what -emphasis
# costs, and writes EMPHASIS.md beside this script; with --quick, on four pictures and to OUT_DIR. OUT_DIR also gets
# blobs-far.png and blobs-near.png, which show the areas. A run that was cut off goes on.
#
# usage: blobs.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$here/peers.sh" "$out/venv"
build_pamkmeans
result=$here/EMPHASIS.md
if [ -n "$quick" ]; then result=$out/EMPHASIS.md; fi
# shellcheck disable=SC2086
timeout 3000 nice "$out/venv/bin/python" "$here/blobs.py" "$images" "$out" "$pamkmeans" "$result" "$(describe_machine)" $quick
say "wrote $result"
