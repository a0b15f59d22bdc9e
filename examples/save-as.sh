#!/bin/sh
# Writes a photograph in COLORS colors in several formats at once, to the current directory. For photo.jpg, 7 colors and
# the formats png and pdf, the files are photo-7.png and photo-7.pdf.
set -eu

formats="png, jpg, gif, tiff, pdf and ppm"
if [ $# -lt 3 ]; then
  echo "usage: save-as.sh PHOTO.jpg COLORS FORMAT... ($formats)" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pnmtopng pnmtojpeg pamtogif pamtotiff pnmtops ps2pdf; do
  command -v "$tool" >/dev/null || { echo "save-as.sh: $tool is not installed" >&2; exit 1; }
done
photo=$1
colors=$2
shift 2
for format; do
  case $format in
    png | jpg | gif | tiff | pdf | ppm) ;;
    *) echo "save-as.sh: '$format' is none of $formats" >&2; exit 1 ;;
  esac
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# Writes the picture in the format $1 to standard output.
convert() {
  case $1 in
    png) pnmtopng -quiet "$work/picture" ;;
    # JPEG cannot keep the colors. Quality 100 without subsampling comes close.
    jpg) pnmtojpeg -quality=100 -sample=1x1 "$work/picture" ;;
    gif) pamtogif -quiet "$work/picture" ;;
    tiff) pamtotiff -quiet -lzw -output="$work/tiff" "$work/picture" >&2 && cat "$work/tiff" ;;
    pdf)
      pnmtops -quiet -dpi=144 -equalpixels -noturn "$work/picture" >"$work/postscript"
      ps2pdf -dEPSCrop \
        -dAutoFilterColorImages=false -dColorImageFilter=/FlateEncode -dDownsampleColorImages=false \
        -dAutoFilterGrayImages=false -dGrayImageFilter=/FlateEncode -dDownsampleGrayImages=false \
        "$work/postscript" -
      ;;
    ppm) cat "$work/picture" ;;
  esac
}

jpegtopnm -quiet <"$photo" >"$work/photo" || exit 1
pamkmeans -k "$colors" "$work/photo" >"$work/picture"
name=$(basename -- "$photo")
for format; do
  convert "$format" >"$work/converted"
  # Only finished pictures get their final name.
  cp "$work/converted" "./${name%.*}-$colors.$format"
done
