#!/bin/sh
# Builds pamkmeans and installs the program, its manual page and completions for bash, zsh and fish.
set -eu

usage() {
  cat <<'EOF'
usage: ./install.sh [--prefix DIR] [--with-demo] [--with-tests]
       ./install.sh [--prefix DIR] --uninstall

Builds pamkmeans and installs it with its manual page and completions for bash,
zsh and fish. What the build lacks is installed first, with apt-get where
possible; elsewhere the script says what to install.

  --prefix DIR   install under DIR (default: $PREFIX or /usr/local)
  --with-demo    also get what README's first command takes: Netpbm's programs
  --with-tests   also get what the tests take: Netpbm's programs, Ghostscript,
                 mandoc, ShellCheck
  --uninstall    remove what was installed under DIR
  --help         print this

A variable DESTDIR is put in front of all paths, as packagers need it.
EOF
}

say() { printf 'install.sh: %s\n' "$*"; }

fail() {
  say "$@" >&2
  exit 1
}

# Sets `privileged` to the command that runs others as root, `env` if this is root already.
find_privileges() {
  if [ "$(id -u)" -eq 0 ]; then
    privileged="env"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    privileged="sudo -n"
  elif command -v sudo >/dev/null && [ -t 0 ] && [ -t 2 ]; then
    privileged=sudo
  else
    return 1
  fi
}

# Whether apt's lists have all the packages named.
listed() {
  for package; do
    apt-cache show "$package" >/dev/null 2>&1 || return 1
  done
}

# Whether apt has all the packages named. Lists that are absent or old are fetched, where this may be done.
apt_knows() {
  command -v apt-get >/dev/null || return 1
  listed "$@" && return 0
  find_privileges || return 1
  $privileged DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 update >/dev/null || return 1
  listed "$@"
}

# Fails unless Swift is in PATH in a version that will do, or missing but known to apt, which Debian 13 is the first to
# have it from. A missing Swift is then installed with the rest.
check_swift() {
  advice="pamkmeans needs Swift 6.0 or later: https://www.swift.org/install, or on Debian 13 and later, apt-get install swiftlang"
  if ! command -v swift >/dev/null; then
    apt_knows swiftlang || fail "swift is not in PATH. $advice"
    return 0
  fi
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
  [ -n "$version" ] || fail "$(command -v swift) is not the Swift compiler. $advice"
  [ "${version%%.*}" -ge 6 ] || fail "$(command -v swift) is Swift $version. $advice"
}

# The version of libnetpbm's headers as their package has it, or nothing.
libnetpbm_version() {
  # shellcheck disable=SC2016
  dpkg-query --show --showformat='${Version}\n' libnetpbm-dev libnetpbm10-dev 2>/dev/null ||
    pkg-config --modversion netpbm 2>/dev/null || true
}

# Whether libnetpbm's headers are there, of a version that has what pamkmeans calls: Netpbm 10.0, which Debian 11 and
# Ubuntu 22.04 still have, has not.
have_libnetpbm() {
  homebrew=
  if command -v brew >/dev/null; then homebrew=$(brew --prefix)/include; fi
  for directory in ${homebrew:+"$homebrew"} /usr/local/include /usr/include \
    $(pkg-config --cflags-only-I netpbm 2>/dev/null | sed 's/-I//g'); do
    for header in "$directory/netpbm/pm.h" "$directory/pm.h"; do
      if grep -q pm_setusererrormsgfn "$header" 2>/dev/null; then return 0; fi
    done
  done
  return 1
}

# Whether the libraries are there that Swift's compiler takes from GCC; the packages of Swift do not all ask for them.
have_gcc() {
  [ -e /etc/debian_version ] || return 0
  set -- /usr/lib/gcc/*/*/libstdc++.so
  [ -e "$1" ] && [ -e /usr/include/stdlib.h ]
}

# need PACKAGE COMMAND...: adds the package to those that are missing unless all its commands are there.
need() {
  package=$1
  shift
  for command; do
    command -v "$command" >/dev/null || {
      missing="$missing $package"
      return 0
    }
  done
}

find_missing() {
  missing=
  need swiftlang swift
  have_gcc || missing="$missing g++"
  have_libnetpbm || missing="$missing libnetpbm-dev"
  # Swift's package manager calls both.
  need git git
  need pkgconf pkg-config
  if [ "$with_demo" = yes ] || [ "$with_tests" = yes ]; then
    need netpbm jpegtopnm pnmtopng
  fi
  if [ "$with_tests" = yes ]; then
    need ghostscript gs ps2pdf
    need jq jq
    need gnuplot-nox gnuplot
    need gifsicle gifsicle
    need mandoc mandoc
    need shellcheck shellcheck
  fi
}

# Installs what is missing, all of it Debian's names of packages.
install_missing() {
  find_missing
  [ -n "$missing" ] || return 0
  say "missing:$missing"
  case $missing in
    *libnetpbm-dev*)
      version=$(libnetpbm_version | head -n 1)
      [ -z "$version" ] || say "libnetpbm $version is here, but too old"
      ;;
  esac
  if command -v apt-get >/dev/null; then
    find_privileges || fail "run this as root, then $0 again: apt-get install$missing"
    apt_get="$privileged DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300"
    install="$apt_get install -y --no-install-recommends $missing"
    # The lists of packages may be absent, or so old that what they name is gone.
    # shellcheck disable=SC2086
    if ! listed $missing || ! $install; then
      $apt_get update || true
      $install || fail "apt-get could not install:$missing (libnetpbm-dev is in Debian 12, Ubuntu 24.04 and later)"
    fi
  elif command -v brew >/dev/null; then
    fail "run this, then $0 again: brew install$(printf '%s' "$missing" | sed 's/libnetpbm-dev/netpbm/')"
  else
    fail "install these, then run $0 again (Debian's names of the packages):$missing"
  fi
  find_missing
  [ -z "$missing" ] || fail "installed, but still missing or too old:$missing"
}

build() {
  # Apple's systems have Swift's libraries, and no static ones.
  static=--static-swift-stdlib
  if [ "$(uname)" = Darwin ]; then static=; fi
  swift build --package-path "$source" -c release ${static:+"$static"} --product pamkmeans
  binary=$(swift build --package-path "$source" -c release ${static:+"$static"} --show-bin-path)/pamkmeans
}

# Lays all files out below the directory $1 as they are to lie below the prefix.
stage() {
  (cd "$1" && mkdir -p bin "$man" "$bash" "$zsh" "$fish")
  cp "$binary" "$1/bin/pamkmeans"
  # Half of the program's size is names for debuggers.
  if [ "$(uname)" = Linux ] && command -v strip >/dev/null; then strip "$1/bin/pamkmeans"; fi
  cp "$source/man/pamkmeans.1" "$1/$man/pamkmeans.1"
  "$binary" --generate-completion-script bash >"$1/$bash/pamkmeans"
  "$binary" --generate-completion-script zsh >"$1/$zsh/_pamkmeans"
  "$binary" --generate-completion-script fish >"$1/$fish/pamkmeans.fish"
}

# Sets `writer` to the command that runs those that write below the directory $1.
find_writer() {
  writer="env"
  existing=$1
  while [ ! -e "$existing" ]; do existing=$(dirname "$existing"); done
  if [ ! -w "$existing" ]; then
    find_privileges || fail "cannot write to $existing: run this as root or choose another --prefix"
    writer=$privileged
  fi
}

prefix=${PREFIX:-/usr/local}
with_demo=no
with_tests=no
uninstall=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -gt 1 ] || fail "--prefix needs a directory"
      prefix=$2
      shift
      ;;
    --prefix=*) prefix=${1#*=} ;;
    --with-demo) with_demo=yes ;;
    --with-tests) with_tests=yes ;;
    --uninstall) uninstall=yes ;;
    --help | -h)
      usage
      exit
      ;;
    *)
      usage >&2
      fail "unknown argument: $1"
      ;;
  esac
  shift
done
case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac
source=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
target=${DESTDIR:-}$prefix
man=share/man/man1
bash=share/bash-completion/completions
zsh=share/zsh/site-functions
fish=share/fish/vendor_completions.d
files="bin/pamkmeans $man/pamkmeans.1 $bash/pamkmeans $zsh/_pamkmeans $fish/pamkmeans.fish"

if [ "$uninstall" = yes ]; then
  find_writer "$target"
  for file in $files; do
    [ ! -e "$target/$file" ] || $writer rm "$target/$file"
  done
  say "removed from $target"
  exit
fi

check_swift
find_writer "$target"
install_missing
check_swift
build
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT
trap 'exit 1' HUP INT TERM
stage "$staged"
for file in $files; do
  mode=644
  case $file in bin/*) mode=755 ;; esac
  $writer mkdir -p "$(dirname "$target/$file")"
  $writer install -m "$mode" "$staged/$file" "$target/$file"
done
say "installed $target/bin/pamkmeans"
if [ -z "${DESTDIR:-}" ] && [ "$(command -v pamkmeans || true)" != "$target/bin/pamkmeans" ]; then
  say "note: PATH does not lead to $target/bin/pamkmeans first"
fi
