#!/bin/sh
# Makes an animated GIF of photographs. Each frame has COLORS colors and lasts DELAY hundredths of a second.
set -eu

if [ $# -lt 4 ]; then
  echo "usage: gif.sh COLORS DELAY FRAME.jpg FRAME.jpg... > ANIMATION.gif" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pamsplit pamtogif gifsicle; do
  command -v "$tool" >/dev/null || { echo "gif.sh: $tool is not installed" >&2; exit 1; }
done
colors=$1
delay=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

n=0
for photo; do
  n=$((n + 1))
  jpegtopnm -quiet <"$photo" >"$work/photo" || exit 1
  cat "$work/photo" >>"$work/stream"
done
# A GIF has a palette of up to 256 colors for each frame. With -track, each palette follows the one before, so still
# parts stay still.
pamkmeans -k "$colors" -track -mapout "$work/palettes" "$work/stream" >"$work/frames"
pamsplit -quiet "$work/frames" "$work/frame-%d"
pamsplit -quiet "$work/palettes" "$work/palette-%d"
: >"$work/names"
i=0
while [ "$i" -lt "$n" ]; do
  pamtogif -quiet -mapfile="$work/palette-$i" "$work/frame-$i" >"$work/$i.gif"
  set -- "$@" "$work/$i.gif"
  i=$((i + 1))
done
shift "$n"
gifsicle --no-warnings --delay="$delay" --loopcount --optimize=2 "$@"
