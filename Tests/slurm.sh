#!/usr/bin/env bash
# Runs examples/collection/slurm.sh on a Slurm of one node, which this script starts with a configuration of its own: the
# palette must be that of -shared for all photographs, byte for byte, also after a task was killed.
#
# usage: Tests/slurm.sh
#
# Uses the pamkmeans in PATH. Wants Netpbm's programs, slurm-wlm and munge. Exits 77 where Slurm is missing or does not
# start. Takes a minute.
set -uo pipefail
# shellcheck source=SCRIPTDIR/checks.sh disable=SC1091
. "$(dirname "$0")/checks.sh"
scripts=$(cd "$(dirname "$0")/../examples/collection" && pwd) || exit 1
PATH=$PATH:/usr/sbin:/sbin
for command in pamkmeans jpegtopnm munged slurmctld slurmd sbatch squeue sinfo scancel; do
  command -v "$command" >/dev/null || {
    echo "slurm.sh: no $command: not tried" >&2
    exit 77
  }
done
work=$(mktemp -d)
# Others must reach the socket of munged.
chmod 711 "$work"
daemons=()
finish() {
  # Jobs first, since they outlive the daemons.
  [ ${#daemons[@]} -lt 3 ] || scancel --full --signal=KILL --state=RUNNING --user="$(id -un)" 2>/dev/null
  local i
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2>/dev/null && wait "${daemons[i]}" 2>/dev/null
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
export SLURM_CONF=$work/slurm.conf TMPDIR=$work/tmp
mkdir tmp state spool
mkdir -m 711 munge


# daemon COMMAND...: starts it; what it says goes to a file.
daemon() {
  "$@" >>"$1.log" 2>&1 &
  daemons+=($!)
}
is_idle() { [ "$(sinfo -h -o %T 2>/dev/null)" = idle ]; }
slurm() {
  local port=$((RANDOM % 20000 + 20000)) host user
  host=$(hostname -s)
  user=$(id -un)
  head -c 1024 /dev/urandom >munge/key
  chmod 600 munge/key
  cat >slurm.conf <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
SlurmUser=$user
SlurmdUser=$user
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_min_interval=100000
MailProg=/bin/true
NodeName=$host NodeAddr=127.0.0.1 CPUs=2
PartitionName=test Nodes=ALL Default=YES State=UP
END
  daemon munged --force --foreground --key-file="$work/munge/key" --socket="$work/munge/socket" \
    --pid-file="$work/munge/pid" --seed-file="$work/munge/seed" --log-file="$work/munge/log" || return
  until_true 10 [ -S munge/socket ] || return
  daemon slurmctld -D
  daemon slurmd -D
  until_true 30 is_idle
}
slurm || {
  tail -n 3 ./*.log munge/log >&2
  echo "slurm.sh: Slurm does not start: not tried" >&2
  exit 77
}

# Eight photographs, one gray and one a PNG.
mkdir "my photographs"
jpegtopnm -quiet "$scripts/../photo.jpg" | pamscale -quiet -width 300 -height 200 >all.ppm
for i in 1 2 3 4 5 6; do
  pamcut -left $((25 * i)) -top $((10 * i)) -width 140 -height 100 all.ppm | pnmtojpeg -quiet >"my photographs/$i.jpg"
done
ppmtopgm all.ppm | pnmtojpeg -quiet >"my photographs/7.jpg"
pnmtopng -quiet all.ppm >"my photographs/8.png"
printf '%s\n' "my photographs"/* >list
# plain PHOTO: as an image with three planes.
plain() { anytopnm "$1" 2>/dev/null | ppmtoppm; }
while IFS= read -r photo; do plain "$photo"; done <list | pamkmeans -k 24 -shared -mapout - >palette.ppm
[ "$(wc -c <palette.ppm)" -gt 72 ] || exit 1

# submit RUN: shards of two photographs.
submit() { "$scripts/slurm.sh" list 24 2 "$1" >>submitted; }
is_done() { [ -z "$(squeue -h)" ]; }
# mapped DIR: compares all pictures with what pamkmeans makes of the photographs.
mapped() {
  local photo
  while IFS= read -r photo; do
    plain "$photo" | pamkmeans -mapfile palette.ppm >expected || return
    pngtopnm -quiet "$1/$photo.png" | ppmtoppm | cmp - expected || return
  done <list
}

check "the jobs are submitted" submit run
check "they end" until_true 120 is_done
check "the palette is that of -shared" cmp palette.ppm run/palette-24.ppm
check "each photograph has its picture" mapped run/pictures-24

# A task that waits for a photograph is killed, and all is submitted again.
"$scripts/shards.sh" list 2 killed >/dev/null
held=$(sed -n 2p killed/shards/3)
mv "$held" held
mkfifo "$held"
is_waiting() { [ ! -e killed/hists/3.hist ] && [ -e killed/hists/4.hist ] && [ "$(squeue -h -t RUNNING | wc -l)" -eq 1 ]; }
submit killed
check "one task waits" until_true 60 is_waiting
scancel --full --signal=KILL "$(squeue -h -t RUNNING -o %i)"
check "it is killed, and the jobs after it are canceled" until_true 60 is_done
rm "$held"
mv held "$held"
check "its shard has no histogram" [ ! -e killed/hists/3.hist ]
check "and there is no palette" [ ! -e killed/palette-24.ppm ]
submit killed
check "submitted again, the jobs end" until_true 120 is_done
check "the same palette" cmp palette.ppm killed/palette-24.ppm
check "each photograph has its picture" mapped killed/pictures-24

finish_checks
