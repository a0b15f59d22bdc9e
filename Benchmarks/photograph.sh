#!/bin/sh
# Makes the test photograph of 12 megapixels, 4032 x 3024, JPEG of quality 90 with 4:2:0, and checks its checksum.
#
# It stands in for the photograph of a telephone: kodim01, kodim02, kodim06 (768 x 512) and kodim09 (512 x 768, turned
# on its side) of the Kodak set, https://r0k.us/graphics/kodak/, each scaled up to fill 2016 x 1512 and cut to it, two
# by two. So edges are softer than in a sharp photograph of that size, and the scenes are four. What is decoded has
# 201,190 distinct colors.
set -eu

checksum=bafd7732bd5d3bacbf50fb4252199149b4a3b7ba3638e8d1bdef099d05e4d4b2
decoded=7c0abbbd863b61cea23e6260d6fc93894d692b30de442b59f5de9eb652ab8da4

if [ $# -ne 2 ]; then
  echo "usage: photograph.sh IMAGES_DIR PHOTOGRAPH.jpg" >&2
  exit 1
fi
for tool in pngtopnm pamflip pamscale pamcut pnmcat pnmtojpeg jpegtopnm sha256sum; do
  command -v "$tool" >/dev/null || { echo "photograph.sh: $tool is not installed" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for image in kodim01 kodim02 kodim06 kodim09; do
  turn=-null
  if [ $image = kodim09 ]; then turn=-ccw; fi
  timeout 60 pngtopnm "$1/$image.png" >"$work/source"
  timeout 60 pamflip -quiet $turn "$work/source" >"$work/turned"
  timeout 60 pamscale -quiet -xyfill 2016 1512 "$work/turned" >"$work/scaled"
  timeout 60 pamcut -quiet -left=0 -top=0 -width=2016 -height=1512 "$work/scaled" >"$work/$image"
done
pnmcat -quiet -leftright "$work/kodim01" "$work/kodim02" >"$work/upper"
pnmcat -quiet -leftright "$work/kodim06" "$work/kodim09" >"$work/lower"
pnmcat -quiet -topbottom "$work/upper" "$work/lower" >"$work/all"
timeout 60 pnmtojpeg -quiet -quality=90 -sample=2x2,1x1,1x1 "$work/all" >"$work/photograph"

# Another libjpeg may write other bytes of the same picture, so its pixels are looked at too.
if [ "$(sha256sum <"$work/photograph")" != "$checksum  -" ]; then
  echo "photograph.sh: these are not the bytes of the figures' photograph" >&2
  if [ "$(timeout 60 jpegtopnm -quiet <"$work/photograph" | sha256sum)" != "$decoded  -" ]; then
    echo "photograph.sh: nor its pixels: figures are not to be compared with the published ones" >&2
  fi
fi
mv "$work/photograph" "$2"
