"""Measures large and unusual tasks on one thread, and writes the table SCALING.md. Standard library only: what this
interpreter holds in memory would count as the least of its children.

usage: scaling.py [--quick] [--case NAME]... OUT RESULT.md MACHINE PAMKMEANS [BEFORE]

Runs that are in OUT/scaling.jsonl, of the same programs, are not made again, except for the cases that are named.
"""

import argparse
import hashlib
import json
import os
import sys
from typing import NamedTuple

import measure

LIMIT, QUICK_LIMIT = 300, 10  # CPU seconds
RUNS = [(10, 1), (1, 3), (0, 9)]  # of a case whose longest run took more than so many CPU seconds


class Case(NamedTuple):
    what: str  # the image
    file: str
    options: str
    images: int = 1


A_MILLION = "a million colors"
CASES = {
    "kmeans++-5000": Case(A_MILLION, "million.ppm", "-init kmeans++ -k 5000"),
    "kmeans++-60000": Case(A_MILLION, "million.ppm", "-init kmeans++ -k 60000"),
    "maximin-5000": Case(A_MILLION, "million.ppm", "-init maximin -k 5000"),
    "mapfile": Case(A_MILLION, "million.ppm", "-mapfile palette.ppm"),
    "mapfile-floyd": Case(A_MILLION, "million.ppm", "-mapfile palette.ppm -dither floyd"),
    "mapfile-bluenoise": Case(A_MILLION, "million.ppm", "-mapfile palette.ppm -dither bluenoise"),
    "bluenoise-256": Case(A_MILLION, "million.ppm", "-k 256 -dither bluenoise"),
    "fast-256": Case(A_MILLION, "million.ppm", "-k 256 -effort fast"),
    "normal-256": Case(A_MILLION, "million.ppm", "-k 256"),
    "best-4096": Case(A_MILLION, "million.ppm", "-k 4096 -effort best"),
    "column-256": Case("the same in one column", "column.ppm", "-k 256"),
    "row-256": Case("the same in one row", "row.ppm", "-k 256"),
    "planes-16": Case("64 planes", "planes.pam", "-k 16"),
    "gray-256": Case("16-bit gray", "gray.pgm", "-k 256"),
    "tiny-4": Case("100,000 images of 4 x 4", "tiny.ppm", "-k 4", 100000),
    "frames-64": Case("10,000 frames of 64 x 64", "frames.ppm", "-k 64", 10000),
    "crops-16": Case("20,000 images of 32 x 32", "crops.ppm", "-k 16 -effort normal", 20000),
}

REMARKS = """\
- CPU seconds are user and system time of the process, with `-threads 1`. Each figure is the minimum of three runs. Cases
  of more than 10 seconds run once, and cases of less than a second nine times. Differences below a third may be noise.
  `>{limit}` means that the program was stopped after {limit} CPU seconds.
- MB is the peak memory of the process, the minimum of the same runs. It is the largest resident set in units of
  1,000,000 bytes. The interpreter that starts the program sets a lower bound of some 20 MB.
- Images a second are the images of the stream divided by the CPU seconds.
- The input is a file, and the output goes to /dev/null. scaling_inputs.py makes the images from fixed seeds:

  - A million colors: a PPM image of 1000 x 1000 pixels and maxval 65535. The samples have a normal distribution with
    mean 32768 and standard deviation 8000. All pixels are distinct. One column has the same pixels in 1 x 1,000,000,
    one row in 1,000,000 x 1.
  - palette.ppm: 100,000 distinct colors with maxval 65535, uniform in the cube.
  - 64 planes: a PAM image of 400 x 250 pixels and maxval 255, with tuple type OTHER. The samples are uniform noise.
  - 16-bit gray: a PGM image of 1000 x 1000 pixels and maxval 65535 in which each of the 65536 values occurs.
  - Images of 4 x 4 and frames of 64 x 64: streams of 8-bit PPM images of uniform noise.
  - Images of 32 x 32: a stream of crops of one 8-bit PPM image of smooth noise. It resembles a photograph: the planes
    are alike, and there is some grain. A crop has about 850 distinct colors.
"""


def checksum(program):
    """In parts: the program has more bytes than this interpreter should hold."""
    digest = hashlib.sha256()
    with open(program, "rb") as file:
        while part := file.read(1 << 16):
            digest.update(part)
    return digest.hexdigest()[:16]


class Bench:
    """The programs, and a file of what they took."""

    def __init__(self, out, programs, limit):
        self.out, self.programs, self.limit = out, programs, limit
        self.key = [limit, *map(checksum, programs)]
        self.log = os.path.join(out, "scaling.jsonl")
        self.taken = {}  # name: for each program the least CPU seconds, None above the limit, and the peak in bytes
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8") as file:
                for key, name, figures in map(json.loads, file):
                    if key == self.key:
                        self.taken[name] = figures

    def run(self, name):
        case, inputs = CASES[name], os.path.join(self.out, "scaling")
        words = case.options.replace("palette.ppm", os.path.join(inputs, "palette.ppm")).split()
        costs = {program: [] for program in self.programs}
        turn, longest = 0, 0
        while turn < next(runs for least, runs in RUNS if longest >= least):
            for program in measure.rotated(self.programs, turn):
                command = [program, *words, "-threads", "1", os.path.join(inputs, case.file)]
                cost = measure.run(command, cpu_limit=self.limit)
                costs[program].append(cost)
                longest = max(longest, cost.cpu if cost else self.limit)
            turn += 1
        figures = [self.least(row) for row in costs.values()]
        with open(self.log, "a", encoding="utf-8") as file:
            file.write(json.dumps([self.key, name, figures]) + "\n")
        self.taken[name] = figures

    @staticmethod
    def least(costs):
        if None in costs:
            return None, None
        return min(cost.cpu for cost in costs), min(cost.peak for cost in costs)


def seconds(value, limit):
    if value is None:
        return f">{limit}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio(before, after, limit):
    """After divided by before; a bound where one of them met the limit."""
    if before is None and after is None:
        return ""
    sign = "<" if before is None else ">" if after is None else ""
    return f"{sign}{(after or limit) / (before or limit):.2f}"


def megabytes(peak):
    return "" if peak is None else f"{peak / 1e6:.0f}"


def rate(images, value):
    return "" if value is None or images == 1 else f"{images / value:.0f}"


def row(bench, name):
    """The cells of a case: name, image, options, then columns of each program."""
    case, figures = CASES[name], bench.taken[name]
    times = [time for time, _ in figures]
    cells = [name, case.what, f"`{case.options}`", *(seconds(time, bench.limit) for time in times)]
    if len(figures) > 1:
        cells.append(ratio(*times, bench.limit))
    return [*cells, *(megabytes(peak) for _, peak in figures), *(rate(case.images, time) for time in times)]


def table(bench, names):
    titles = ["before, ", "after, "] if len(bench.programs) > 1 else [""]
    header = ["case", "image", "options", *(title + "CPU s" for title in titles)]
    if len(titles) > 1:
        header.append("after / before")
    header += [title + unit for unit in ("MB", "images a second") for title in titles]
    rows = [header, ["---"] * 3 + ["---:"] * (len(header) - 3), *(row(bench, name) for name in names)]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--case", action="append", default=[], choices=CASES, dest="again")
    parser.add_argument("out")
    parser.add_argument("result")
    parser.add_argument("machine")
    parser.add_argument("pamkmeans")
    parser.add_argument("before", nargs="?")
    options = parser.parse_args()
    programs = [options.before, options.pamkmeans] if options.before else [options.pamkmeans]
    bench = Bench(options.out, programs, QUICK_LIMIT if options.quick else LIMIT)
    for name in options.again or [name for name in CASES if name not in bench.taken]:
        bench.run(name)
        print(" | ".join(row(bench, name)).rstrip(" |"), file=sys.stderr)
    names = [name for name in CASES if name in bench.taken]
    path = options.result
    if options.quick or len(names) < len(CASES):
        path = os.path.join(options.out, os.path.basename(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write("# Scaling\n\nWritten by `Benchmarks/scaling.sh`; not edited by hand.\n\n")
        file.write(f"Machine: {options.machine}.\n\n{table(bench, names)}\n")
        file.write(REMARKS.format(limit=bench.limit))
    print(f"wrote {path}", file=sys.stderr)


main()
