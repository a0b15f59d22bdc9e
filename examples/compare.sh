#!/bin/sh
# A photograph and the same in a few numbers of colors side by side, each with its number below, as a PNG.
# README.md's picture is `compare.sh photo.jpg 3 7 16 64`.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: compare.sh PHOTO.jpg COLORS... > COMPARISON.png" >&2
  exit 1
fi
for tool in jpegtopnm pamscale pamkmeans pbmtextps gs pamdepth pnmpad pnmcat pnmtopng; do
  command -v "$tool" >/dev/null || { echo "compare.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

width=300
gutter=12

# Adds the image on standard input, with the text $1 below it, on the right of what is there.
add() {
  cat >"$work/image"
  # Four times too large, then scaled down: the letters get smooth edges.
  pbmtextps -font=Helvetica -fontsize=20 -resolution=288 -leftmargin=0 -ascent=20 -descent=6 "$1" |
    pamdepth -quiet 255 | pamscale -quiet 0.25 >"$work/text"
  pnmcat -quiet -white -topbottom "$work/image" "$work/text" >"$work/panel"
  if [ -e "$work/row" ]; then
    pnmpad -quiet -white -left="$gutter" "$work/panel" | pnmcat -quiet -leftright "$work/row" - >"$work/longer"
    mv "$work/longer" "$work/row"
  else
    mv "$work/panel" "$work/row"
  fi
}

photo=$1
shift
jpegtopnm -quiet <"$photo" | pamscale -quiet -width="$width" >"$work/photo"
add Original <"$work/photo"
for colors; do
  pamkmeans -k "$colors" "$work/photo" | add "K = $colors"
done
pnmtopng -quiet "$work/row"
