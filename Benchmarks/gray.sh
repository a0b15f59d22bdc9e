#!/bin/sh
# shellcheck disable=SC1091,SC2016,SC2154
# Measures what the optimum of gray images gains over plain k-means, and what it takes; writes GRAY.md beside this script,
# with --quick on one picture and to OUT_DIR.
#
# usage: gray.sh [--quick] IMAGES_DIR [OUT_DIR]
#
# PAMKMEANS names a built program to measure. Needs Netpbm's programs and jq.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/common.sh"
parse_arguments "$@"
build_pamkmeans
results=$here
pictures=$(echo "$images"/kodim*.png)
if [ -n "$quick" ]; then
  results=$out
  pictures=$images/kodim03.png
fi
report=$out/report.jsonl

# measure KEY OPTION...: a number of the report on standard input's image.
measure() {
  key=$1
  shift
  "$pamkmeans" "$@" -threads 1 -report "$report" >/dev/null
  jq "$key" "$report"
}

# Prints for each K the geometric mean and the largest of ratios, in percent above 1. Lines: K RATIO.
summarize() {
  awk '{ if (!($1 in count)) order[++n] = $1; count[$1]++; sum[$1] += log($2); if ($2 > most[$1]) most[$1] = $2 }
    END { for (i = 1; i <= n; i++) { k = order[i]; printf "%s %.2f %.2f\n", k, 100 * (exp(sum[k] / count[k]) - 1), 100 * (most[k] - 1) } }'
}

gray_errors() {
  for picture in $pictures; do
    pngtopam "$picture" | ppmtopgm >"$out/gray.pgm"
    for k in 8 16 32 64 128 200; do
      least=$(measure .mse -k "$k" <"$out/gray.pgm")
      one=$(measure .mse -k "$k" -init kmeans++ <"$out/gray.pgm")
      ten=$(measure .mse -k "$k" -init kmeans++ -runs 10 <"$out/gray.pgm")
      echo "$k $least $one $ten"
    done
  done
}

gray_seconds() {
  pamseq 1 65535 >"$out/ramp.pam"
  for k in 2 16 64 256 1000 20000; do
    for _ in 1 2 3 4 5; do measure .seconds.clustering -k "$k" <"$out/ramp.pam"; done | sort -g | head -n 1 |
      sed "s/^/$k /"
  done
}

machine=$(describe_machine)
say "gray errors"
gray_errors >"$out/gray.txt"
say "gray seconds"
gray_seconds >"$out/seconds.txt"
{
  printf '# Gray images\n\nWritten by `Benchmarks/gray.sh IMAGES_DIR`; not edited by hand.\n\nMachine: %s.\n\n' "$machine"
  printf 'The photographs went through ppmtopgm. The result of `pamkmeans -k K` is the optimum. The table gives the percentage\n'
  printf 'by which the mean squared error of plain k-means exceeds the optimum, as the geometric mean and the largest value.\n\n'
  printf '| K | `-init kmeans++`, mean | largest | with `-runs 10`, mean | largest |\n| ---: | ---: | ---: | ---: | ---: |\n'
  awk '{ print $1, $3 / $2 }' "$out/gray.txt" | summarize >"$out/one.txt"
  awk '{ print $1, $4 / $2 }' "$out/gray.txt" | summarize >"$out/ten.txt"
  paste -d ' ' "$out/one.txt" "$out/ten.txt" | awk '{ printf "| %s | %s | %s | %s | %s |\n", $1, $2, $3, $5, $6 }'
  printf '\nThe next table gives the time of the exact solver for 65,536 gray values (`pamseq 1 65535`), with one thread, as the\nminimum of five runs:\n\n'
  printf '| K | seconds |\n| ---: | ---: |\n'
  awk '{ printf "| %s | %.3f |\n", $1, $2 }' "$out/seconds.txt"
} >"$results/GRAY.md"
say "wrote $results/GRAY.md"
