#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Measures how far the error of each effort lies above the lowest known error of the photographs, and above that of
# scikit-learn on pictures that it makes; writes QUALITY.md beside this script, with --quick for a few pictures and to
# OUT_DIR. A run that was cut off goes on.
#
# usage: quality.sh [--quick] [--table CSV] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

"$out/venv/bin/python" -c 'import sklearn' 2>/dev/null || "$here/peers.sh" "$out/venv"
build_pamkmeans
result=$here/QUALITY.md
[ -z "$quick" ] || result=$out/QUALITY.md
timeout 300 nice "$out/venv/bin/python" "$here/quality_inputs.py" "$out/quality"
# shellcheck disable=SC2086
timeout 3600 nice "$out/venv/bin/python" "$here/quality.py" $quick "$images" "$out" "$table" "$pamkmeans" "$result" \
  "$(describe_machine)"
say "wrote $result"
