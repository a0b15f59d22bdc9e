#!/bin/sh
# Writes a PNG that shows a photograph in the colors of a palette file (GIMP's .gpl, a list of hex colors or a Netpbm
# image), once with each dither. The photograph is scaled before dithering, so that each pixel of a dither is visible.
set -eu

if [ $# -lt 2 ] || [ $# -gt 3 ]; then
  echo "usage: recolor.sh PHOTO.jpg PALETTE.gpl [SHEET.png], else to standard output" >&2
  exit 1
fi
for tool in jpegtopnm ppmtoppm pamkmeans pamscale pbmtextps gs pamdepth pnmpad pnmcat pnmtopng; do
  command -v "$tool" >/dev/null || { echo "recolor.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

width=384
gutter=12

# Appends the image $1 to the right of the row, with the text $2 below it. The text is drawn four times as large and
# scaled down, for smooth edges.
add() {
  pbmtextps -font=Helvetica -fontsize=20 -resolution=288 -leftmargin=0 -ascent=20 -descent=6 "$2" |
    pamdepth -quiet 255 | pamscale -quiet 0.25 >"$work/text"
  pnmcat -quiet -white -jleft -topbottom "$1" "$work/text" >"$work/panel"
  if [ -e "$work/row" ]; then
    pnmpad -quiet -white -left="$gutter" "$work/panel" | pnmcat -quiet -white -leftright -jtop "$work/row" - >"$work/longer"
    mv "$work/longer" "$work/row"
  else
    mv "$work/panel" "$work/row"
  fi
}

# A dither needs the planes of the palette, so a gray photograph becomes RGB.
jpegtopnm -quiet <"$1" >"$work/photo" || exit 1
ppmtoppm <"$work/photo" | pamscale -quiet -width="$width" >"$work/small"
add "$work/small" Original
for dither in none floyd bayer8 bluenoise; do
  pamkmeans -mapfile "$2" -dither "$dither" "$work/small" >"$work/mapped"
  add "$work/mapped" "$dither"
done
pnmtopng -quiet "$work/row" >"$work/png"
if [ $# -eq 3 ]; then
  cat "$work/png" >"$3"
else
  cat "$work/png"
fi
