#!/bin/sh
# Installs the peers that are missing: programs with apt-get, Python libraries in the virtual environment DIR.
# What cannot be had is named on standard error and left out of the comparison.
set -u

if [ $# -ne 1 ]; then
  echo "usage: peers.sh DIR" >&2
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then privileged="env"; else privileged="sudo -n"; fi

missing=
for pair in pnmquant:netpbm pngquant:pngquant convert:imagemagick gm:graphicsmagick ffmpeg:ffmpeg \
  gifsicle:gifsicle vips:libvips-tools; do
  if [ "${pair%%:*}" = convert ] && command -v convert-im6.q16 magick >/dev/null; then continue; fi
  command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
  echo "peers.sh: installing$missing" >&2
  $privileged timeout 300 apt-get update -q >/dev/null
  for package in $missing; do
    $privileged timeout 300 apt-get install -y -q --no-install-recommends "$package" >/dev/null ||
      echo "peers.sh: no $package" >&2
  done
fi

[ -x "$1/bin/python" ] || timeout 100 python3 -m venv "$1" || exit 1
while read -r module package; do
  "$1/bin/python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$module') is None)" ||
    timeout 300 "$1/bin/python" -m pip install -q "$package" || echo "peers.sh: no $package" >&2
done <<'EOF'
numpy numpy
PIL pillow
matplotlib matplotlib
sklearn scikit-learn
cv2 opencv-python-headless
faiss faiss-cpu
imagequant imagequant
EOF
"$1/bin/python" -c 'import numpy' || { echo "peers.sh: nothing can be compared without numpy" >&2; exit 1; }
