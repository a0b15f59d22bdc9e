#!/usr/bin/env bash
# Runs the scripts of examples/collection on a dozen small photographs: here, and through GNU parallel on two ssh servers
# that stand for two machines. Whatever the shards, their order and what was killed on the way, the palette is that of
# -shared for all photographs, byte for byte.
#
# usage: Tests/collection.sh
#
# Uses the pamkmeans in PATH. Wants Netpbm's programs, GNU parallel, rsync and OpenSSH; the servers listen on the loopback
# address, with keys and a configuration of their own. Exits 77 where a program is missing or a server cannot be reached.
# Takes a minute.
set -uo pipefail
# shellcheck source=SCRIPTDIR/checks.sh disable=SC1091
. "$(dirname "$0")/checks.sh"
scripts=$(cd "$(dirname "$0")/../examples/collection" && pwd) || exit 1
sshd=$(PATH=$PATH:/usr/sbin:/sbin command -v sshd)
for command in pamkmeans jpegtopnm parallel rsync ssh ssh-keygen setsid "${sshd:-sshd}"; do
  command -v "$command" >/dev/null || {
    echo "collection.sh: no $command: not tried" >&2
    exit 77
  }
done
work=$(mktemp -d)
declare -A server=()

# tree PROCESS: it and all that it started.
tree() {
  ps -e -o pid=,ppid= | awk -v root="$1" '
    { parent[$1] = $2 }
    END {
      for (process in parent) {
        ancestor = process
        while (ancestor != root && ancestor in parent) ancestor = parent[ancestor]
        if (ancestor == root) print process
      }
    }'
}
# destroy PROCESS: ends it and all that it started, all at once and without a warning.
destroy() {
  local processes
  mapfile -t processes < <(tree "$1")
  kill -STOP "${processes[@]}" 2>/dev/null
  kill -KILL "${processes[@]}" 2>/dev/null
  wait "$1" 2>/dev/null
}
finish() {
  local name
  for name in "${!server[@]}"; do destroy "${server[$name]}"; done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM
cd "$work" || exit 1
export PARALLEL_HOME=$work/parallel TMPDIR=$work/tmp
mkdir parallel tmp

fails() { ! "$@"; }

# Photographs of every kind: gray, of one bit, of 16 bits, with opacity, with a space or quotes in the name, and of the
# same name but for the folder or the ending.
photographs() {
  local i
  mkdir -p a "b c"
  jpegtopnm -quiet "$scripts/../photo.jpg" | pamscale -quiet -width 300 -height 200 >all.ppm
  for i in 1 2 3 4 5; do
    pamcut -left $((30 * i)) -top $((10 * i)) -width 140 -height 100 all.ppm | pnmtojpeg -quiet -quality 90 >"a/$i.jpg"
  done
  ppmtopgm all.ppm | pnmtojpeg -quiet -quality 90 >a/gray.JPG
  ppmtopgm all.ppm | pamditherbw | pamtopnm | pnmtopng -quiet >a/bits.png
  pamdepth -quiet 65535 all.ppm | pamscale -quiet 0.7 | pnmtopng -quiet >a/deep.png
  pgmramp -lr 300 200 >ramp.pgm
  pamflip -lr all.ppm | pnmtopng -quiet -alpha ramp.pgm >a/opacity.png
  pamcut -width 100 all.ppm | pnmtopng -quiet >a/1.png
  pamcut -left 200 all.ppm | pnmtojpeg -quiet >"b c/1.jpg"
  pamcut -top 120 all.ppm | pnmtojpeg -quiet >"b c/it's \"7\".jpeg"
}
# plain PHOTO: as an image with three planes and maxval 255.
plain() {
  case $1 in
    *.png) pngtopnm -quiet "$1" ;;
    *) jpegtopnm -quiet "$1" ;;
  esac | ppmtoppm | pamdepth -quiet 255
}
# shared COLORS: the palette for all photographs at once, which the scripts must reach.
shared() {
  while IFS= read -r photo; do plain "$photo"; done <list | pamkmeans -k "$1" -shared -mapout -
}
# counted LIST SIZE RUN: shards, one after the other.
counted() {
  local shard
  "$scripts/shards.sh" "$1" "$2" "$3" >/dev/null || return
  for shard in "$3"/shards/*; do "$scripts/count.sh" "$shard" "$3/hists" || return; done
}
# merged RUN
merged() {
  local group
  for group in "$1"/groups/*; do "$scripts/merge.sh" "$group" "$1/merged" || return; done
}
# chosen DIR: compares the palette for the histograms of a folder.
chosen() { "$scripts/palette.sh" 24 "$1" | cmp - palette.ppm; }
# applied RUN
applied() {
  local shard
  for shard in "$1"/shards/*; do "$scripts/apply.sh" "$shard" palette.ppm "$1/pictures-24" || return; done
}
# mapped DIR: compares all pictures with what pamkmeans makes of the photographs; they must be PNGs with a palette, or gray.
mapped() {
  local photo picture type
  while IFS= read -r photo; do
    picture=$1/$photo.png
    type=$(od -An -tu1 -j25 -N1 "$picture") || return
    [ "$((type))" -eq 3 ] || [ "$((type))" -eq 0 ] || return
    plain "$photo" | pamkmeans -mapfile palette.ppm >expected || return
    pngtopnm -quiet "$picture" | ppmtoppm | cmp - expected || return
  done <list
  [ "$(find "$1" -type f | wc -l)" -eq "$(wc -l <list)" ]
}
# times DIR: what tells whether a file was written again.
times() { find "$1" -type f -printf '%p %i %T@\n' | sort; }

# hold PHOTO: whoever reads it waits. release PHOTO: it is as before.
hold() { mv "$1" held && mkfifo "$1"; }
release() { rm "$1" && mv held "$1"; }
# reads PROCESS PHOTO: whether one of the processes decodes the photograph.
reads() { ps -o args= -p "$(tree "$1" | paste -s -d , -)" | grep -qF "decode.sh $2 "; }

# configure NAME PORT: of a server and of its client.
configure() {
  cat >"ssh/$1.server" <<END
ListenAddress 127.0.0.1
Port $2
HostKey $work/ssh/$1
AuthorizedKeysFile $work/ssh/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
SetEnv "PATH=$PATH" "TMPDIR=$TMPDIR"
END
  cat >"ssh/$1.client" <<END
Host $1
  HostName 127.0.0.1
  Port $2
  User $(id -un)
  IdentityFile $work/ssh/user
  IdentitiesOnly yes
  BatchMode yes
  UserKnownHostsFile $work/ssh/$1.known
END
  echo "[127.0.0.1]:$2 $(cut -d ' ' -f 1,2 "ssh/$1.pub")" >"ssh/$1.known"
}
# start NAME: starts a server and waits until it can be reached.
start() {
  local tries=0
  "$sshd" -D -f "$work/ssh/$1.server" -E "$work/ssh/$1.log" &
  server[$1]=$!
  until ssh -F "ssh/$1.client" "$1" true 2>"ssh/$1.errors"; do
    kill -0 "${server[$1]}" 2>/dev/null && [ "$((tries += 1))" -le 20 ] || return 1
    sleep 0.3
  done
}
# machines: two servers on free ports.
machines() {
  local name
  mkdir -m 700 ssh
  ssh-keygen -q -t ed25519 -N "" -f ssh/user
  # Only root's server needs this folder.
  [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
  for name in one two; do
    ssh-keygen -q -t ed25519 -N "" -f "ssh/$name"
    for _ in 1 2 3 4 5; do
      configure "$name" $((RANDOM % 20000 + 20000))
      if start "$name"; then continue 2; fi
      destroy "${server[$name]}"
    done
    cat "ssh/$name.errors" "ssh/$name.log" >&2
    return 1
  done
}
# on_machines LIST SIZE RUN: one job at a time on each.
on_machines() {
  "$scripts/parallel.sh" "$1" 24 "$2" "$3" --sshlogin "1/ssh -F $work/ssh/one.client one" \
    --sshlogin "1/ssh -F $work/ssh/two.client two" >>parallel.out 2>>parallel.errors
}
# both RUN: whether both machines counted.
both() { grep -q 'one\.client' "$1/count.log" && grep -q 'two\.client' "$1/count.log"; }

photographs
find a "b c" -type f | sort >list
echo "$work/a/2.jpg" >>list
tac list >reversed
shared 24 >palette.ppm
[ "$(wc -c <palette.ppm)" -gt 72 ] || exit 1
echo "$(wc -l <list) photographs"

# Here.
counted list 5 run && merged run
check "the palette of shards is that of -shared" chosen run/hists
check "so is that of merged shards" chosen run/merged
applied run
check "each photograph has its picture" mapped run/pictures-24
times run >before
counted list 5 run && merged run && applied run
check "what is done is not done again" cmp before <(times run)
for size in 1 4 100; do
  counted reversed "$size" "run-$size"
  check "in reversed order, by $size: the same palette" chosen "run-$size/hists"
done
mkdir fewer
cp run/hists/[12].hist fewer
check "without a shard, another palette" fails cmp -s palette.ppm <("$scripts/palette.sh" 24 fewer)
check "a folder without histograms is refused" fails chosen a 2>errors
echo a/../a/1.jpg >up
check "and a list with .. in its paths" fails "$scripts/shards.sh" up 1 run-up 2>errors

# A broken photograph.
head -c 2000 a/3.jpg >broken.jpg
head -c 2000 a/deep.png >broken.png
printf '%s\n' a/1.jpg broken.jpg missing.jpg "b c/1.jpg" broken.png >shard
check "a shard with broken photographs fails" fails "$scripts/count.sh" shard run-broken 2>errors
check "they are named" cmp -s run-broken/shard.failed <(printf '%s\n' broken.jpg missing.jpg broken.png)
check "and there is no histogram" [ ! -e run-broken/shard.hist ]
grep -vxFf run-broken/shard.failed shard >rest && mv rest shard
check "without them it is counted" "$scripts/count.sh" shard run-broken
check "and nothing else is left" [ "$(ls -A run-broken)" = shard.hist ]
check "a shard without photographs is counted" "$scripts/count.sh" /dev/null run-none
cp run/hists/*.hist run-none
check "it adds nothing" chosen run-none

# A worker that is killed half way.
"$scripts/shards.sh" list 3 run-killed >/dev/null
held=$(sed -n 2p run-killed/shards/2)
hold "$held"
"$scripts/count.sh" run-killed/shards/2 run-killed/hists 2>errors &
worker=$!
until_true 30 reads "$worker" "$held"
destroy "$worker"
release "$held"
check "a killed count leaves no histogram" [ ! -e run-killed/hists/2.hist ]
check "but something half done" [ "$(find run-killed/hists -type f | wc -l)" -eq 1 ]
counted list 3 run-killed
check "repeated, the same palette" chosen run-killed/hists

# Two machines.
machines || {
  echo "collection.sh: the ssh servers cannot be reached: $passed tests passed, the others not tried" >&2
  [ "$failed" -eq 0 ] && exit 77
  exit 1
}
check "two machines" on_machines list 1 "run both"
check "both have counted" both "run both"
check "the same palette" cmp palette.ppm "run both/palette-24.ppm"
check "and each picture" mapped "run both/pictures-24"

# A machine that dies.
"$scripts/shards.sh" list 2 run-dead >/dev/null
held=$(sed -n 2p run-dead/shards/4)
hold "$held"
on_machines list 2 run-dead &
front=$!
dead=
holds() {
  for dead in one two; do
    if reads "${server[$dead]}" "$held"; then return; fi
  done
  false
}
until_true 30 holds || destroy "$front"
destroy "${server[$dead]}"
release "$held"
check "a machine dies, and the run fails" fails wait "$front"
check "its shard has no histogram" [ ! -e run-dead/hists/4.hist ]
check "others have" [ "$(find run-dead/hists -name '*.hist' | wc -l)" -ge 3 ]
times run-dead/hists >before
start "$dead"
check "repeated with both machines" on_machines list 2 run-dead
check "what was counted is not counted again" [ "$(times run-dead/hists | grep -cxFf before)" -eq "$(wc -l <before)" ]
check "the same palette" cmp palette.ppm run-dead/palette-24.ppm
check "and each picture" mapped run-dead/pictures-24

# Machines that share no folder: the histograms are fetched.
"$scripts/shards.sh" list 6 run-apart >/dev/null
n=0
for shard in run-apart/shards/*; do
  n=$((n + 1))
  name=$([ $((n % 2)) -eq 0 ] && echo two || echo one)
  ssh -F "ssh/$name.client" "$name" "cd '$work' && '$scripts/count.sh' '$shard' 'own-$name'"
done
for name in one two; do
  rsync -a -e "ssh -F ssh/$name.client" "$name:$work/own-$name/*.hist" run-apart/hists/
done
check "fetched from machines that share no folder" [ "$(find run-apart/hists -name '*.hist' | wc -l)" -eq "$n" ]
check "the same palette" chosen run-apart/hists

finish_checks
