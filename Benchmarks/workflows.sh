#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Palettes, streams and opacity beside pnmremap and pngquant: writes WORKFLOWS.md beside this script; with --quick, on
# four photographs and to OUT_DIR.
#
# usage: workflows.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure. Needs NumPy for python3, Netpbm's programs and pngquant.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1

build_pamkmeans
target=$here/WORKFLOWS.md
[ -z "$quick" ] || target=$out/WORKFLOWS.md
# shellcheck disable=SC2086
timeout 1800 python3 "$here/workflows.py" $quick "$pamkmeans" "$images" "$out" >"$out/workflows.new" || fail "no results"
cp "$out/workflows.new" "$target"
say "wrote $target"
