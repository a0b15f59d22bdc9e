#!/bin/sh
# A collection of photographs in one palette of COLORS colors, as four jobs of Slurm: an array that counts the shards, an
# array that merges their histograms, one that chooses the palette, and an array that maps the shards. Prints their IDs.
# All is kept in RUN_DIR, which all machines see at the same path. Submitted again after a failure, it goes on.
set -eu

# What a job runs: STEP HERE RUN_DIR COLORS. Slurm starts a copy of this script, so it is told where the others are.
if [ $# -eq 5 ] && [ "$1" = --job ]; then
  palette=$4/palette-$5.ppm
  case $2 in
    count) exec "$3/count.sh" "$4/shards/$SLURM_ARRAY_TASK_ID" "$4/hists" ;;
    merge) exec "$3/merge.sh" "$4/groups/$SLURM_ARRAY_TASK_ID" "$4/merged" ;;
    palette)
      [ ! -e "$palette" ] || exit 0
      "$3/palette.sh" "$5" "$4/merged" >"$palette.part"
      exec mv "$palette.part" "$palette"
      ;;
    apply) exec "$3/apply.sh" "$4/shards/$SLURM_ARRAY_TASK_ID" "$palette" "$4/pictures-$5" ;;
  esac
fi

if [ $# -lt 4 ]; then
  echo "usage: slurm.sh LIST COLORS SHARD_SIZE RUN_DIR [OPTION-OF-SBATCH...]" >&2
  exit 1
fi
command -v sbatch >/dev/null || { echo "slurm.sh: sbatch is not installed" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
colors=$2
numbers=$("$here/shards.sh" "$1" "$3" "$4")
run=$(cd "$4" && pwd)
mkdir -p "$run/logs"
shift 4

# submit STEP OPTION...: prints the ID of the job. Slurm cancels it if the one before fails.
submit() {
  step=$1
  shift
  sbatch --parsable --job-name="$step" --output="$run/logs/$step-%A-%a" --kill-on-invalid-dep=yes "$@" \
    "$here/slurm.sh" --job "$step" "$here" "$run" "$colors"
}
count=$(submit count --array="1-${numbers% *}" "$@")
merge=$(submit merge --array="1-${numbers#* }" --dependency="afterok:$count" "$@")
palette=$(submit palette --array=1 --dependency="afterok:$merge" "$@")
apply=$(submit apply --array="1-${numbers% *}" --dependency="afterok:$palette" "$@")
echo "$count $merge $palette $apply"
