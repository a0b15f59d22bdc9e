#!/bin/sh
# The COLORS colors of a photograph as a palette for GIMP and its kin, the darkest first.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: palette-to-gpl.sh COLORS PHOTO.jpg > PALETTE.gpl" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans awk; do
  command -v "$tool" >/dev/null || { echo "palette-to-gpl.sh: $tool is not installed" >&2; exit 1; }
done
name=$(basename -- "$2" | tr -d '\n')

# A gray photograph is read as three equal planes; an empty pipe has no color, which is awk's to tell.
jpegtopnm -quiet <"$2" | pamkmeans -k "$1" -sort luminance -mapout - -plain | NAME=${name%.*} awk '
  { for (i = 1; i <= NF; i++) word[++count] = $i }
  END {
    if (count < 5) exit 1
    print "GIMP Palette\nName: " ENVIRON["NAME"] "\nColumns: 8\n#"
    step = word[1] == "P3" ? 1 : 0
    for (i = 5; i <= count; i += 2 * step + 1) {
      red = word[i]; green = word[i + step]; blue = word[i + 2 * step]
      printf "%3d %3d %3d\t#%02x%02x%02x\n", red, green, blue, red, green, blue
    }
  }'
