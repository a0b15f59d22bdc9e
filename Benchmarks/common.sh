# shellcheck shell=sh
# What the scripts here share; they source it with `here` set to this folder.
# shellcheck disable=SC2034,SC2154

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

fail() {
  say "$@"
  exit 1
}

# Reads `[--quick] [--table CSV] IMAGES_DIR [OUT_DIR]` into `quick`, `table`, `images` and `out`, absolute paths.
parse_arguments() {
  quick=
  table=$here/best-known.csv
  while [ $# -gt 0 ]; do
    case $1 in
      --quick) quick=--quick ;;
      --table)
        [ $# -gt 1 ] || fail "--table needs a file"
        table=$(realpath "$2")
        shift
        ;;
      -*) fail "usage: ${0##*/} [--quick] [--table CSV] IMAGES_DIR [OUT_DIR]" ;;
      *) break ;;
    esac
    shift
  done
  if [ $# -lt 1 ] || [ $# -gt 2 ]; then fail "usage: ${0##*/} [--quick] [--table CSV] IMAGES_DIR [OUT_DIR]"; fi
  [ -d "$1" ] || fail "$1 is not a folder"
  images=$(realpath "$1")
  out=${2:-${TMPDIR:-/tmp}/pamkmeans-benchmarks}
  mkdir -p "$out"
  out=$(realpath "$out")
}

# Sets `pamkmeans` to the program to measure: $PAMKMEANS if set, else a release build of this tree; and `commit`, which
# ends in + where the tree differs from it.
build_pamkmeans() {
  if [ -n "${PAMKMEANS:-}" ]; then
    pamkmeans=$(realpath "$PAMKMEANS")
    commit="built before"
  else
    say "building pamkmeans"
    commit="commit $(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo none)"
    [ -z "$(git -C "$here" status --porcelain -- ../Sources ../Package.swift 2>/dev/null)" ] || commit=$commit+
    set -- --package-path "$here/.." --scratch-path "$out/build" -c release --static-swift-stdlib --product pamkmeans
    timeout 900 nice swift build "$@" >"$out/build.log" 2>&1 || fail "the build failed; see $out/build.log"
    pamkmeans=$(timeout 100 swift build "$@" --show-bin-path)/pamkmeans
  fi
  [ -x "$pamkmeans" ] || fail "$pamkmeans cannot be run"
  # A copy, so that a build under way cannot change what is measured.
  cp "$pamkmeans" "$out/pamkmeans"
  pamkmeans=$out/pamkmeans
}

# measure_beside_peers NAME RESULT.md: installs the peers, builds, and has NAME.py write the result, beside these scripts or,
# with --quick, to `out`.
measure_beside_peers() {
  export PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
  "$here/peers.sh" "$out/venv"
  build_pamkmeans
  result=$here/$2
  if [ -n "$quick" ]; then result=$out/$2; fi
  # shellcheck disable=SC2086
  timeout 3000 nice "$out/venv/bin/python" "$here/$1.py" "$images" "$out" "$pamkmeans" "$result" "$(describe_machine)" $quick
  say "wrote $result"
}

# Sets `photograph` to the 12-megapixel JPEG, $PHOTOGRAPH if set, else made once in `out`.
find_photograph() {
  photograph=${PHOTOGRAPH:-$out/photograph.jpg}
  [ -e "$photograph" ] || "$here/photograph.sh" "$images" "$photograph"
}

# The words that say what was measured and where.
describe_machine() {
  model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
  # shellcheck disable=SC1091
  system=$(. /etc/os-release && echo "$PRETTY_NAME")
  printf '%s; %s processors, shared with other work; %s; load %s; %s; %s, %s; %s\n' "${model:-$(uname -m)}" \
    "$(nproc --all)" "$system" "$(cut -d ' ' -f 1 /proc/loadavg)" "$(date -u +%Y-%m-%d)" "$("$pamkmeans" -version | head -n 1)" \
    "$commit" "$(swift --version 2>/dev/null | sed -n 's/.*\(Swift version [0-9.]*\).*/\1/p' | head -n 1)"
}
