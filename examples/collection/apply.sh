#!/bin/sh
# Maps the photographs of a shard to a palette: OUT_DIR/PATH.png for the photograph PATH, a PNG with a palette if that has
# up to 256 colors. Skips those that are there already. If a photograph fails, names it, maps the others and fails.
set -eu

if [ $# -ne 3 ]; then
  echo "usage: apply.sh SHARD PALETTE OUT_DIR" >&2
  exit 1
fi
for tool in jpegtopnm pngtopnm ppmtoppm pamdepth pamkmeans pnmtopng; do
  command -v "$tool" >/dev/null || { echo "apply.sh: $tool is not installed" >&2; exit 1; }
done
[ -r "$1" ] || { echo "apply.sh: cannot read $1" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$3"
# Photographs are decoded in TMPDIR. A picture grows beside its place, and only what is whole gets its name.
work=$(mktemp -d)
part=
trap 'rm -rf "$work" ${part:+"$part"}' EXIT
trap 'exit 1' HUP INT TERM
part=$(mktemp -d "$3/.part.XXXXXX")

# Writing PNGs takes most of the time; -compression=1 halves that.
status=0
while IFS= read -r photo || [ -n "$photo" ]; do
  # The whole path, so that photographs of the same name do not meet; with the ending, so that a.jpg and a.png do not.
  picture=$3/${photo#/}.png
  [ ! -e "$picture" ] || continue
  case /$photo/ in
    */../*) echo "apply.sh: failed: .. in the path: $photo" >&2; status=1; continue ;;
  esac
  if "$here/decode.sh" "$photo" "$work/photo" &&
    pamkmeans -threads 1 -mapfile "$2" "$work/photo" >"$work/few" &&
    pnmtopng -quiet -compression=1 "$work/few" >"$part/png" &&
    mkdir -p "${picture%/*}" &&
    mv "$part/png" "$picture"; then continue; fi
  echo "apply.sh: failed: $photo" >&2
  status=1
done <"$1"
exit "$status"
