#!/bin/sh
# Shows how much the start of k-means matters. Standard output gets a table of the seconds, iterations and MSE of each
# start at 3, 5, 7, 15 and 30 colors, over ten seeds. The PNG shows the best and the worst of ten random starts at 5
# colors, and the result of the default search.
set -eu

if [ $# -ne 2 ]; then
  echo "usage: init-comparison.sh PHOTO.jpg LOTTERY.png > TABLE.txt" >&2
  exit 1
fi
for tool in jpegtopnm pamkmeans jq pamscale pbmtextps gs pamdepth pnmpad pnmcat pnmtopng; do
  command -v "$tool" >/dev/null || { echo "init-comparison.sh: $tool is not installed" >&2; exit 1; }
done
photo=$1
picture=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

jpegtopnm -quiet <"$photo" >"$work/photo" || exit 1
for start in random pixels kmeans++ default; do
  for seed in 1 2 3 4 5 6 7 8 9 10; do
    set -- -init "$start"
    [ "$start" != default ] || set --
    pamkmeans -k 3,5,7,15,30 "$@" -seed "$seed" -report "$work/report" "$work/photo" >/dev/null
    jq -c --arg start "$start" '. + {start: $start}' "$work/report" >>"$work/reports"
  done
done

# The spread is the percentage by which the highest error exceeds the lowest.
jq -rs '
  ["random", "pixels", "kmeans++", "default"] as $starts
  | group_by(.k)[] | group_by(.start as $start | $starts | index($start))[]
  | map(.mse) as $errors | ($errors | add / length) as $mean | ($errors | min) as $low | ($errors | max) as $high
  | [.[0].k, .[0].start, (map(.seconds.clustering) | add / length), (map(.iterations) | add / length),
     $mean, $low, $high, if $high == 0 then 0 elif $low == 0 then "inf" else 100 * ($high / $low - 1) end] | @tsv' \
  "$work/reports" >"$work/rows"
{
  printf '# %s\n' "$(basename -- "$photo")"
  printf '# colors start     seconds iterations         MSE: mean     lowest    highest  spread\n'
  while read -r colors start seconds iterations mean low high spread; do
    printf '%8d %-9s %7.4f %10.1f %17.3f %10.3f %10.3f %6.2f%%\n' \
      "$colors" "$start" "$seconds" "$iterations" "$mean" "$low" "$high" "$spread"
  done <"$work/rows"
} >"$work/table"

# Quantizes the photograph with the options $2... and appends it to the right of the row, with the text $1 below it.
add() {
  label=$1
  shift
  pamkmeans -k 5 "$@" "$work/photo" >"$work/image"
  pamscale -quiet -width=400 "$work/image" >"$work/small"
  # The text is drawn four times as large and scaled down, for smooth edges.
  pbmtextps -font=Helvetica -fontsize=18 -resolution=288 -leftmargin=0 -ascent=20 -descent=6 "$label" |
    pamdepth -quiet 255 | pamscale -quiet 0.25 >"$work/text"
  pnmcat -quiet -white -jleft -topbottom "$work/small" "$work/text" >"$work/panel"
  if [ -e "$work/row" ]; then
    pnmpad -quiet -white -left=12 "$work/panel" | pnmcat -quiet -white -leftright -jtop "$work/row" - >"$work/longer"
    mv "$work/longer" "$work/row"
  else
    mv "$work/panel" "$work/row"
  fi
}

# Prints the seed and the MSE of the random start that is first in the order $1.
drawn() {
  jq -rs "map(select(.k == 5 and .start == \"random\")) | sort_by($1)[0] | \"\(.seed) \(.mse * 10 | round / 10)\"" \
    "$work/reports"
}
for order in .mse -.mse; do
  drawn "$order" >"$work/drawn"
  read -r seed error <"$work/drawn"
  add "random, seed $seed: MSE $error" -init random -seed "$seed"
done
error=$(jq -rs 'map(select(.k == 5 and .start == "default"))[0].mse * 10 | round / 10' "$work/reports")
add "default: MSE $error" -seed 1
pnmtopng -quiet "$work/row" >"$work/lottery"
cp -- "$work/lottery" "$picture"
cat "$work/table"
