#!/bin/sh
# shellcheck disable=SC1091
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
measure_beside_peers blobs EMPHASIS.md
