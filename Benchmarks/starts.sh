#!/bin/sh
# shellcheck disable=SC1091,SC2154
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
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$here/peers.sh" "$out/venv"
build_pamkmeans
result=$here/STARTS.md
if [ -n "$quick" ]; then result=$out/STARTS.md; fi
# shellcheck disable=SC2086
timeout 3000 nice "$out/venv/bin/python" "$here/starts.py" "$images" "$out" "$pamkmeans" "$result" "$(describe_machine)" $quick
say "wrote $result"
