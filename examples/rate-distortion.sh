#!/bin/sh
# Measures the PSNR of a photograph and its sizes as PNG and as JPEG for 2 to 256 colors. Standard output gets a table;
# NAME.svg and NAME.png get a plot.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: rate-distortion.sh PHOTO.jpg NAME > TABLE.txt" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans jq pamsplit pnmtopng pnmtojpeg gnuplot; do
  command -v "$tool" >/dev/null || { echo "rate-distortion.sh: $tool is not installed" >&2; exit 1; }
done
photo=$1
name=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# One run makes the images for all numbers of colors.
counts=2,3,4,5,6,7,8,10,12,14,16,20,24,28,32,40,48,56,64,80,96,112,128,160,192,224,256
jpegtopnm -quiet <"$photo" >"$work/photo" || exit 1
pamkmeans -k "$counts" -report "$work/report" "$work/photo" >"$work/images"
pamsplit -quiet - "$work/image%d" <"$work/images"

# If K is at least the number of colors in the photograph, the error is 0 and the table has no row.
jq -r 'select(.psnr) | [.k, .psnr, .mse] | @tsv' "$work/report" >"$work/errors"
if [ ! -s "$work/errors" ]; then
  echo "rate-distortion.sh: $photo has no more than 2 colors" >&2
  exit 1
fi
number=0
printf '# %s\n# colors    PSNR/dB         MSE   PNG/bytes  JPEG/bytes\n' "$(basename -- "$photo")" >"$work/table"
while read -r colors decibels error; do
  pnmtopng -quiet "$work/image$number" >"$work/png"
  pnmtojpeg -quality=90 "$work/image$number" >"$work/jpeg"
  number=$((number + 1))
  printf '%8d %10.3f %11.3f %11d %11d\n' "$colors" "$decibels" "$error" \
    "$(wc -c <"$work/png")" "$(wc -c <"$work/jpeg")" >>"$work/table"
done <"$work/errors"

# Draws the plot with the gnuplot terminal $1.
plot() {
  gnuplot <<END
set terminal $1
set output "$work/plot"
set logscale x 2
set xrange [2:256]
set xlabel "colors"
set ylabel "PSNR, dB"
set y2label "size, kB"
set yrange [*:*]
set y2range [0:*]
set ytics nomirror
set y2tics
set grid x y
set key top left
plot "$work/table" using 1:2 with linespoints linewidth 2 title "PSNR", \
  "$work/table" using 1:(\$4 / 1000) axes x1y2 with linespoints title "size as PNG", \
  "$work/table" using 1:(\$5 / 1000) axes x1y2 with linespoints title "size as JPEG, quality 90"
END
}
plot 'svg size 800,500 background "white" font "Helvetica,14"' && cp -- "$work/plot" "$name.svg"
plot 'pngcairo size 800,500 font "Helvetica,11"' && cp -- "$work/plot" "$name.png"
cat "$work/table"
