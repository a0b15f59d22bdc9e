#!/bin/sh
# shellcheck disable=SC1091
# Measures how much the start of k-means matters, the manual's table of -init, and writes STARTS.md beside this script;
# with --quick, on two pictures and to OUT_DIR. A run that was cut off goes on.
#
# usage: starts.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
measure_beside_peers starts STARTS.md
