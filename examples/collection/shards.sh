#!/bin/sh
# Divides a list of photographs, one path per line, into shards of SIZE photographs: RUN_DIR/shards/1, 2, 3 and so on. Also
# writes RUN_DIR/groups/1, 2, 3 and so on: the histograms of 32 shards each, for merge.sh. Does nothing if these are there
# already, so a shard may be edited. Prints the number of shards and that of groups.
set -eu

if [ $# -ne 3 ]; then
  echo "usage: shards.sh LIST SIZE RUN_DIR" >&2
  exit 1
fi
case $2 in
  0* | *[!0-9]* | "") echo "shards.sh: not a number of photographs: $2" >&2; exit 1 ;;
esac

mkdir -p "$3"
run=$(cd "$3" && pwd)

# divide SIZE DIR: the lines of standard input as files in DIR, which appears when all are written.
divide() {
  rm -rf "$2.part"
  mkdir "$2.part"
  (
    cd "$2.part"
    LC_ALL=C awk -v size="$1" '
      NR % size == 1 || size == 1 { if (file) close(file); file = ++files "" }
      { print >file }'
  )
  mv "$2.part" "$2"
}

if [ ! -e "$run/shards" ]; then
  [ -s "$1" ] || { echo "shards.sh: no photographs in $1" >&2; exit 1; }
  # Pictures go to the same paths in another folder, and must not leave it.
  if LC_ALL=C grep -E '(^|/)\.\.(/|$)' "$1" >&2; then
    echo "shards.sh: .. in the paths above" >&2
    exit 1
  fi
  divide "$2" "$run/shards" <"$1"
fi
shards=$(find "$run/shards" -type f | wc -l)
if [ ! -e "$run/groups" ]; then
  i=0
  while [ "$i" -lt "$shards" ]; do
    i=$((i + 1))
    printf '%s\n' "$run/hists/$i.hist"
  done | divide 32 "$run/groups"
fi
groups=$(find "$run/groups" -type f | wc -l)
echo "$((shards)) $((groups))"
