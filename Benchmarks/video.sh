#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Measures flicker, error, speed and memory of -track on short clips, beside other ways to quantize a video; writes
# VIDEO.md beside this script, with --quick on shorter clips and to OUT_DIR. OUT_DIR also gets video-strip-*.png, which
# show the flicker, and video-frames.csv, with the error of each frame. Takes some 600 MB in OUT_DIR.
#
# usage: video.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure. VIDEO names a video whose first frames become one more clip. Needs NumPy
# for python3, Netpbm's programs, ffmpeg with libx264, and taskset.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

for tool in ffmpeg taskset pngtopnm ppmtoppm pamcut pamscale pnmtopng; do
  command -v "$tool" >/dev/null || fail "$tool is not installed"
done
if [ -n "${VIDEO:-}" ] && [ ! -f "$VIDEO" ]; then fail "$VIDEO is not a file"; fi
build_pamkmeans
result=$here/VIDEO.md
[ -z "$quick" ] || result=$out/VIDEO.md
# shellcheck disable=SC2086
timeout 3000 nice python3 "$here/video.py" $quick "$pamkmeans" "$images" "$out" "$result" "$(describe_machine)" \
  "${VIDEO:-}"
say "wrote $result"
