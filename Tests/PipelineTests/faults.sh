#!/bin/sh
# Runs pamkmeans, found in PATH, once for each place where a fault can happen, until none is reached any more.
#
# usage: faults.sh LIBRARY FAULT STEP CODE INPUT [OPTION...]
#
# LIBRARY is faults.c, built to be preloaded; FAULT, CODE are its words; the place goes up by STEP. INPUT is a file;
# `|FILE` pipes it. The palette goes to a file that exists, so does the report. Prints how many faults happened; a line
# on standard error for each run after which something is wrong, and exits 1 then.
set -u
library=$1 fault=$2 step=$3 code=$4 input=$5
shift 5
work=$(mktemp -d) || exit
trap 'rm -rf "$work"' EXIT
mkdir "$work/spool" "$work/files"
# The one is less than a new file would have, the other more.
umask 022
palette_mode=600 report_mode=666
TMPDIR=$work/spool
export TMPDIR

# run COMMAND...: the program with the command before it
run() {
  printf old >"$work/files/palette"
  printf old >"$work/files/report"
  chmod "$palette_mode" "$work/files/palette"
  chmod "$report_mode" "$work/files/report"
  case $input in
    '|'*) { cat 2>/dev/null | "$@" >"$work/out" 2>"$work/err"; } <"${input#?}" ;;
    *) "$@" "$input" >"$work/out" 2>"$work/err" ;;
  esac
}

wrong() {
  echo "$fault $place $code, pamkmeans $options: $1: status $status, $(head -c 300 "$work/err")" >&2
  wrong=1
}

# Whether a file is as it was, or as it is to be; of a report nothing but its end can be foretold.
is_settled() {
  [ "$(cat "$work/files/$1")" = old ] && return
  [ "$1" = report ] && [ "$(tail -c 2 "$work/files/report")" = '}' ] && return
  [ -e "$work/whole-$1" ] && cmp -s "$work/files/$1" "$work/whole-$1"
}

options=$*
wrong=0
place=0
set -- pamkmeans -mapout "$work/files/palette" -report "$work/files/report" "$@"
run "$@"
status=$?
[ "$status" -eq 0 ] || { wrong 'cannot run'; exit 1; }
cp "$work/out" "$work/whole"
cp "$work/files/palette" "$work/whole-palette"

happened=0
# Every call would have to be repeated for ever.
[ "$fault $step" != 'again 1' ] || place=1
while :; do
  place=$((place + step))
  rm -f "$work/mark"
  run env LD_PRELOAD="$library" FAULT="$fault $place $code" FAULT_MARK="$work/mark" "$@"
  status=$?
  [ -e "$work/mark" ] || break
  happened=$((happened + 1))
  if ! { is_settled palette && is_settled report; }; then wrong 'a file is in pieces'; fi
  [ "$(stat -c %a "$work/files/palette" "$work/files/report" | tr '\n' ' ')" = "$palette_mode $report_mode " ] ||
    wrong 'other permissions'
  left=$(find "$work/spool" "$work/files" -type f ! -name palette ! -name report)
  [ -z "$left" ] || wrong "left behind: $left"
  case $fault:$status in
    signal:$((128 + code))) continue ;;
    *:0)
      cmp -s "$work/out" "$work/whole" || wrong 'success, but the image is not whole'
      [ "$(cat "$work/files/palette")" = old ] && wrong 'success, but there is no palette'
      [ "$(cat "$work/files/report")" = old ] && wrong 'success, but there is no report'
      [ -s "$work/err" ] && wrong 'success with a message'
      case $fault in bytes | write | rename | fchmod) wrong 'success in spite of it' ;; esac
      ;;
    *:1)
      size=$(wc -c <"$work/out")
      head -c "$size" "$work/whole" | cmp -s - "$work/out" || wrong 'other bytes than those of the image'
      [ "$(wc -l <"$work/err"):$(head -c 11 "$work/err")" = '1:pamkmeans: ' ] || wrong 'not one line'
      case $fault in short | again) wrong 'failure' ;; esac
      ;;
    *) wrong 'ended otherwise' ;;
  esac
  case $fault in short | again) [ "$place" -lt 3 ] || break ;; esac
done
if [ "$status" -ne 0 ] || ! cmp -s "$work/out" "$work/whole"; then wrong 'without a fault'; fi
echo "$happened"
exit "$wrong"
