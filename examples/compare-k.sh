#!/bin/sh
# Writes a PNG that shows a photograph beside its versions in several numbers of colors. The text below each gives the
# number of colors, the PSNR and the size as PNG. README.md's picture is `compare-k.sh photo.jpg 3 7 16 64`.
set -eu

if [ $# -lt 2 ]; then
  echo "usage: compare-k.sh PHOTO.jpg COLORS... > SHEET.png" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans jq pamsplit pamscale pbmtextps gs pamdepth pnmpad pnmcat pnmtopng; do
  command -v "$tool" >/dev/null || { echo "compare-k.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

width=300
gutter=12
photo=$1
shift

# Makes a line of text, black on white. It is drawn four times as large and scaled down, for smooth edges.
text() {
  pbmtextps -font=Helvetica -fontsize="$1" -resolution=288 -leftmargin=0 -ascent=20 -descent=6 "$2" |
    pamdepth -quiet 255 | pamscale -quiet 0.25
}

# Appends the image $1 to the right of the row, with the texts $2 and $3 below it.
add() {
  pnmtopng -quiet "$1" >"$work/png"
  pamscale -quiet -width="$width" "$1" >"$work/small"
  text 20 "$2" >"$work/first"
  text 15 "$3$(($(wc -c <"$work/png") / 1000)) kB" >"$work/second"
  pnmcat -quiet -white -jleft -topbottom "$work/small" "$work/first" "$work/second" >"$work/panel"
  if [ -e "$work/row" ]; then
    pnmpad -quiet -white -left="$gutter" "$work/panel" | pnmcat -quiet -white -leftright -jtop "$work/row" - >"$work/longer"
    mv "$work/longer" "$work/row"
  else
    mv "$work/panel" "$work/row"
  fi
}

# One run gives a stream with all images, and a report with a line for each.
jpegtopnm -quiet <"$photo" >"$work/photo" || exit 1
list=$(IFS=, && echo "$*")
pamkmeans -k "$list" -report "$work/report" "$work/photo" >"$work/images"
pamsplit -quiet - "$work/image%d" <"$work/images"

add "$work/photo" Original ""
number=0
jq -r '"K = \(.k)\t" + (if .psnr then "\(.psnr * 100 | round / 100) dB, " else "" end)' "$work/report" >"$work/labels"
while IFS="$(printf '\t')" read -r first second; do
  add "$work/image$number" "$first" "$second"
  number=$((number + 1))
done <"$work/labels"
pnmtopng -quiet "$work/row"
