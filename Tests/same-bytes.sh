#!/usr/bin/env bash
# same-bytes.sh BEFORE AFTER: compares the outputs of two builds of pamkmeans, byte by byte, over some hundred commands.
#
# A change that only moves code passes it: image, palette, report (without its times) and messages are all the same. The
# images are the photograph in examples/ and what this script makes of it. Needs Netpbm's programs.
set -uo pipefail
[ $# -eq 2 ] || {
  echo "usage: $0 BEFORE AFTER" >&2
  exit 2
}
before=$(realpath "$1")
# shellcheck disable=SC2034 # read as ${!build}
after=$(realpath "$2")
photo=$(dirname "$(realpath "$0")")/../examples/photo.jpg
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1

jpegtopnm "$photo" 2>/dev/null | pamscale 0.35 >rgb.pam
ppmtopgm rgb.pam >gray.pgm
pamdepth 1000 rgb.pam >deep.ppm 2>/dev/null
pamdepth 65535 rgb.pam >deepest.ppm 2>/dev/null
pamditherbw gray.pgm | pamtopnm >bits.pbm
pamstack -tupletype=RGB_ALPHA rgb.pam gray.pgm >alpha.pam
pgmramp -lr "$(pamfile -width gray.pgm 2>/dev/null || echo 200)" 64 >ramp.pgm 2>/dev/null || cp gray.pgm ramp.pgm
pamstack rgb.pam rgb.pam >six.pam
cat rgb.pam gray.pgm >mixed.pam
cat rgb.pam rgb.pam >twice.pam
"$before" -k 5 -mapout map.ppm rgb.pam >/dev/null
printf '%s\n' 000000 ffffff c0392b >list.hex

commands=0
different=0
refused=0
# compare ARGUMENTS...: runs both builds and compares all they write.
compare() {
  local build
  # A report does not go with these.
  case " $*" in *" -mapfile"* | *" -floyd"* | *" -dither"* | *" -shared"*) local report= ;; *) local report=yes ;; esac
  for build in before after; do
    rm -rf "$build" && mkdir "$build"
    "${!build}" "$@" -mapout "$build/map" ${report:+-report "$build/report"} >"$build/out" 2>"$build/errors"
    echo $? >"$build/status"
    if [ -e "$build/report" ]; then sed -i -E 's/"seconds":\{[^}]*\}|"seconds":[0-9.e-]+//g' "$build/report"; fi
    sed -i "s|$build/|DIR/|g" "$build/errors"
  done
  commands=$((commands + 1))
  [ "$(cat before/status)" -eq 0 ] || refused=$((refused + 1))
  diff -rq before after >/dev/null || {
    different=$((different + 1))
    echo "different: $*"
  }
}

for image in rgb.pam gray.pgm deep.ppm deepest.ppm bits.pbm alpha.pam six.pam mixed.pam; do
  for options in "-k 1" "-k 2" "-k 7" "-k 40" "-k 200" "-k 7 -effort fast" "-k 12 -effort best" "-psnr 28" \
    "-k 9 -init random" "-k 9 -init pixels -seed 3" "-k 9 -init kmeans++ -runs 3" "-k 9 -init wu" \
    "-k 9 -init maximin -maxiter 2" "-k 9 -tolerance 0.01" "-k 3,5,9" "-k 6 -sort luminance" "-k 6 -sort count -index" \
    "-mapfile list.hex" "-k 8 -fixed list.hex" "-initfile list.hex" "-k 8 -floyd" "-k 8 -dither bayer8" \
    "-k 8 -dither bluenoise -ditherstrength 0.5" "-method meanshift -bandwidth 0.2" "-k 20 -threads 1" \
    "-k 9 -snap" "-k 9 -depths 4" "-k 9 -alpha binary" "-k 9 -floyd -ditherspread 4" "-k 9 -emphasis 0.5" \
    "-k 9 -track" "-k 9 -mapformat hex" "-mapfile list.hex -sort file -index"; do
    # shellcheck disable=SC2086
    compare $options "$image"
  done
done
for image in rgb.pam gray.pgm alpha.pam deep.ppm; do
  for options in "-k 7 -space linear" "-k 7 -space oklab" "-k 60 -space oklab -effort fast" "-k 7 -alpha planes" \
    "-k 8 -space oklab -fixed list.hex" "-mapfile map.ppm -space oklab" "-k 8 -space linear -dither bluenoise" \
    "-method meanshift -space oklab -bandwidth 0.2" "-k 7 -weightfile ramp.pgm" "-initfile map.ppm -space linear"; do
    # shellcheck disable=SC2086
    compare $options "$image"
  done
done
for options in "-k 7 -shared" "-k 7 -track" "-k 7 -track -dither bayer8 -index" "-k 7 -shared -histout hist" "-k 7 -shared -index" "-psnr 30 -shared" "-k 7 -shared -dither bayer8" "-k 0" "-k" "-foo"; do
  # shellcheck disable=SC2086
  compare $options twice.pam
done
echo "$commands commands ($refused of them refused), $different differ"
[ "$different" -eq 0 ]
