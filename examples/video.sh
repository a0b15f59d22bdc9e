#!/bin/sh
# Writes a video with COLORS colors per frame, without flicker and without sound. VIDEO can have any
# format that ffmpeg reads. PICTURES is a Matroska file.
set -eu

if [ $# -ne 3 ]; then
  echo "usage: video.sh COLORS VIDEO PICTURES" >&2
  exit 1
fi
for tool in ffmpeg ffprobe pamkmeans; do
  command -v "$tool" >/dev/null || { echo "video.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

rate=$(ffprobe -v error -select_streams v:0 -show_entries stream=r_frame_rate -of csv=p=0 -- "$2")
# The frames go through pipes, without files of their own. FFV1 keeps the colors exactly.
{
  ffmpeg -nostdin -v error -i "$2" -f image2pipe -c:v ppm - || echo >"$work/failed"
} | {
  pamkmeans -k "$1" -effort fast -track || echo >"$work/failed"
} | ffmpeg -v error -y -f image2pipe -c:v ppm -framerate "$rate" -i - -c:v ffv1 -pix_fmt bgr0 \
  -f matroska "$work/video"
[ ! -e "$work/failed" ] || exit 1
cp "$work/video" "$3"
