#!/bin/sh
# Writes each photograph of a folder in COLORS colors as a PNG in another folder, with one process per processor.
set -eu

if [ $# -ne 3 ]; then
  echo "usage: quantize-folder.sh COLORS FOLDER-OF-PHOTOS FOLDER-OF-PICTURES" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans pnmtopng; do
  command -v "$tool" >/dev/null || { echo "quantize-folder.sh: $tool is not installed" >&2; exit 1; }
done
mkdir -p "$3"
work=$(mktemp -d "$3/.quantize-folder.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

find "$2" -maxdepth 1 -type f '(' -iname '*.jpg' -o -iname '*.jpeg' ')' -print0 >"$work/photographs"
[ -s "$work/photographs" ] || { echo "quantize-folder.sh: no photographs in $2" >&2; exit 1; }

# shellcheck disable=SC2016
twice=$(xargs -0 sh -c 'for photo; do name=${photo##*/}; printf "%s\n" "${name%.*}"; done' sh <"$work/photographs" |
  sort | uniq -d | head -n 1)
[ -z "$twice" ] || { echo "quantize-folder.sh: two photographs would become $twice.png" >&2; exit 1; }

# Runs a shell for each photograph. $1 is the number of colors, $2 the folder for unfinished pictures, $3 the folder for
# finished ones, and $4 the photograph. One thread each is fastest, because all processors are busy already.
# shellcheck disable=SC2016
xargs -0 -n 1 -P "$(getconf _NPROCESSORS_ONLN)" <"$work/photographs" sh -c '
  name=${4##*/}
  jpegtopnm -quiet <"$4" | pamkmeans -k "$1" -threads 1 | pnmtopng -quiet >"$2/$name" &&
    mv "$2/$name" "$3/${name%.*}.png" ||
    { echo "quantize-folder.sh: failed: $4" >&2; exit 1; }
' sh "$1" "$work" "$3" || exit 1
