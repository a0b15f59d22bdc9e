#!/bin/sh
# shellcheck disable=SC1091,SC2154
# Measures time and memory of large and unusual tasks on one thread and writes SCALING.md beside this script; with
# --quick, with a limit of ten seconds and to OUT_DIR. Makes its own images and takes some 250 MB in OUT_DIR. A run that
# was cut off goes on. --case measures one case again; it can be given several times. While OUT_DIR lacks cases of these
# programs, the table is written to OUT_DIR.
#
# usage: scaling.sh [--quick] [--case NAME]... [OUT_DIR]
#
# PAMKMEANS names a built program to measure. BEFORE names another one to compare it with: the two take turns.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
export PYTHONDONTWRITEBYTECODE=1

quick=
cases=
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=--quick ;;
    --case)
      [ $# -gt 1 ] || fail "--case needs a name"
      cases="$cases --case $2"
      shift
      ;;
    -*) fail "usage: ${0##*/} [--quick] [--case NAME]... [OUT_DIR]" ;;
    *) break ;;
  esac
  shift
done
[ $# -le 1 ] || fail "usage: ${0##*/} [--quick] [--case NAME]... [OUT_DIR]"
out=${1:-${TMPDIR:-/tmp}/pamkmeans-benchmarks}
mkdir -p "$out"
out=$(realpath "$out")

build_pamkmeans
before=
if [ -n "${BEFORE:-}" ]; then
  [ -x "$BEFORE" ] || fail "$BEFORE cannot be run"
  before=$out/pamkmeans-before
  [ "$(realpath "$BEFORE")" = "$before" ] || cp "$BEFORE" "$before"
fi
timeout 300 nice python3 "$here/scaling_inputs.py" "$out/scaling"
# shellcheck disable=SC2086
nice python3 "$here/scaling.py" $quick $cases "$out" "$here/SCALING.md" "$(describe_machine)" "$pamkmeans" $before
