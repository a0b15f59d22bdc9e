#!/usr/bin/env bash
# Types README's two commands on a Debian 13 that has nothing else: in a fresh clone of this repository's last commit, in
# a directory with a space in its name, with the Swift that Debian ships.
#
# Exits 77 where such a system cannot be made: that takes root, debootstrap and a Debian mirror. The minimal system is
# kept for the next time, in $XDG_CACHE_HOME or ~/.cache; remove it there to have it made anew.
set -euo pipefail
source=$(cd "$(dirname "$0")/.." && pwd)

skip() {
  echo "debian13.sh: $*: not tried" >&2
  exit 77
}

# The mounts below are in a namespace of their own, so that they end with it, whatever happens.
if [ "${1-}" != --inside ]; then
  [ "$(id -u)" -eq 0 ] || skip "not root"
  command -v debootstrap >/dev/null || skip "no debootstrap"
  unshare --mount true 2>/dev/null || skip "no mount namespaces"
  root=$(mktemp -d)
  trap 'rm -rf "$root"' EXIT
  unshare --mount --propagation private "$0" --inside "$root"
  exit
fi
root=$2

# The system, as an archive.
archive=${XDG_CACHE_HOME:-$HOME/.cache}/pamkmeans/debian13.tar
if [ ! -e "$archive" ]; then
  mkdir -p "$(dirname "$archive")"
  debootstrap --variant=minbase --include=ca-certificates trixie "$root" >"$archive.log" 2>&1 ||
    skip "debootstrap failed, see $archive.log"
  tar -cf "$archive.new" -C "$root" .
  mv "$archive.new" "$archive"
else
  tar -xf "$archive" -C "$root"
fi

# What Debian's installer would have set up.
cp /etc/resolv.conf "$root/etc/resolv.conf"
cat /etc/apt/apt.conf.d/*proxy* >"$root/etc/apt/apt.conf.d/proxy" 2>/dev/null || true
mount -t proc proc "$root/proc"
mount --bind /dev "$root/dev"
mount --bind /dev/pts "$root/dev/pts"

# The package that the build takes comes from outside, where it may come from a mirror.
url=$(sed -n 's/.*\.package(url: "\([^"]*\)".*/\1/p' "$source/Package.swift")
git clone --quiet --mirror "$url" "$root/srv/package.git"
printf '[url "/srv/package.git"]\n\tinsteadOf = %s\n[safe]\n\tdirectory = *\n' "$url" >"$root/etc/gitconfig"

work="$root/root/a directory with a space"
git clone --quiet "$source" "$work/pamkmeans"

# readme_command N: the N-th of README's two commands.
readme_command() {
  awk -v wanted="$1" '
    /^## / { inside = $0 == "## Two commands" }
    inside && /^```/ { fenced = !fenced; if (fenced) block++; next }
    inside && fenced && block == wanted' "$work/pamkmeans/README.md"
}

# type COMMAND...: what a user would type, in the clone, on that system.
type_there() {
  printf '\n$ %s\n' "$1"
  chroot "$root" env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    bash -c "cd '/root/a directory with a space/pamkmeans' && $1"
}

type_there "$(readme_command 1)"
# shellcheck disable=SC2016
type_there '[ "$(pngtopnm photo-7.png | ppmhist -noheader | wc -l)" -eq 7 ]'
type_there "$(readme_command 2)"
