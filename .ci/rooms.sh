#!/usr/bin/env bash
# Prints the references between the rooms of Sources, and fails if they form a circle.
#
# A room is a folder of Swift files. One room refers to another where its code names a type or a function that is declared
# at the top level of a file there.
set -euo pipefail
cd "$(dirname "$0")/../Sources"
references=$(mktemp)
trap 'rm -f "$references"' EXIT

# shellcheck disable=SC2016 # the program is awk's
find . -name '*.swift' -print0 | sort -z | xargs -0 awk '
  # What is not code: comments, and string literals without interpolations.
  function code(line) {
    sub(/^[ \t]*\/\/.*/, "", line)
    sub(/ \/\/ .*/, "", line)
    gsub(/"[^"\\]*"/, "", line)
    return line
  }
  FNR == 1 {
    room = FILENAME
    sub(/^\.\//, "", room)
    sub(/\/[^\/]*$/, "", room)
  }
  {
    line = code($0)
    if (match(line, /^((package|public|final|indirect|@[A-Za-z]+(\([^)]*\))?) )*(struct|class|enum|protocol|func|typealias) [A-Za-z_][A-Za-z0-9_]*/)) {
      name = substr(line, RSTART, RLENGTH)
      sub(/.* /, "", name)
      if (!(name in home)) home[name] = room
      else if (home[name] != room) home[name] = "several"
    }
    lines[++count] = line
    rooms[count] = room
  }
  END {
    for (number = 1; number <= count; number++) {
      rest = lines[number]
      while (match(rest, /[A-Za-z_][A-Za-z0-9_]*/)) {
        word = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (word in home && home[word] != rooms[number] && home[word] != "several") references[rooms[number] " -> " home[word]]++
      }
    }
    for (pair in references) print pair, references[pair]
  }' | sort >"$references"
cat "$references"
[ -s "$references" ]
# tsort names the rooms of a circle on standard error, and fails.
awk '{ print $1, $3 }' "$references" | tsort >/dev/null
echo "no circle"
