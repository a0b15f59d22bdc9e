#!/usr/bin/env bash
# Compiles the C kernels for this machine and for 64-bit Arm, runs them on both, and compares all results bit by bit. The
# other C files are compiled for 64-bit Arm, too, without warnings.
#
# usage: Tests/kernels.sh
#
# Wants gcc, gcc-aarch64-linux-gnu and qemu-user. Exits 77 where these are missing. What it cannot show: that the Swift
# part is built and runs on 64-bit Arm; its loops have no code for one processor.
set -euo pipefail
cd "$(dirname "$0")/.."
for command in gcc aarch64-linux-gnu-gcc qemu-aarch64; do
  command -v "$command" >/dev/null || {
    echo "kernels.sh: no $command: not tried" >&2
    exit 77
  }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# GCC takes no notice of the pragma that keeps Clang from fusing multiplications and additions.
# It warns about vectors in the middle of the kernels' functions, which are all inlined.
flags="-std=gnu11 -O2 -Wall -Werror -Wno-psabi -Wno-unknown-pragmas -ffp-contract=off"
compile() {
  # shellcheck disable=SC2086
  "$1" $flags -ISources/CKernels/include Sources/CKernels/kernels.c Tests/Kernels/kernels.c -o "$2" -static
}
compile gcc "$scratch/native"
compile aarch64-linux-gnu-gcc "$scratch/arm"
for file in Sources/CPamStream/*.c; do
  # libnetpbm's headers are the same on all machines.
  # shellcheck disable=SC2046,SC2086
  aarch64-linux-gnu-gcc $flags -ISources/CPamStream/include -idirafter /usr/include \
    $(pkg-config --cflags netpbm 2>/dev/null || true) -c "$file" -o "$scratch/object"
done
native=$("$scratch/native")
arm=$(qemu-aarch64 "$scratch/arm")
echo "native $native, 64-bit Arm $arm"
[ "$native" = "$arm" ]
