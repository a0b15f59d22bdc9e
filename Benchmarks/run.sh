#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Compares pamkmeans with its peers on the pictures IMAGES_DIR/*.png: writes RESULTS.md and its pictures beside this
# script. What it makes on the way is kept in OUT_DIR, so that a run that was cut off goes on. With --quick, two
# pictures and three numbers of colors, and the results go to OUT_DIR.
#
# usage: run.sh [--quick] [--table CSV] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure, PHOTOGRAPH another JPEG for the rows of 12 megapixels.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1

"$here/peers.sh" "$out/venv"
build_pamkmeans
find_photograph
results=$here
if [ -n "$quick" ]; then results=$out; fi

# shellcheck disable=SC2086
timeout 3600 nice "$out/venv/bin/python" "$here/compare.py" "$images" "$out" "$pamkmeans" "$photograph" $quick
timeout 100 nice "$out/venv/bin/python" "$here/report.py" "$out" "$table" "$pamkmeans" "$results" "$(describe_machine)"
timeout 100 nice "$out/venv/bin/python" "$here/plots.py" "$out" "$pamkmeans" "$table" "$results" ||
  say "no pictures"
say "wrote $results/RESULTS.md"
