"""Measures issue-sized targets of speed and memory, and writes SPEED.md. Standard library only: what this interpreter
holds in memory would count as the least of its children.

usage: speed.py PAMKMEANS WORK PHOTOGRAPH.jpg KODAK.ppm RESULT.md RUNS MACHINE
"""

import os
import statistics
import subprocess
import sys
import threading
import time

import measure

MEGABYTE = 1e6
RAW = 3 * 4032 * 3024


class Report:
    """Rows of `what was asked | target | measured | met`."""

    def __init__(self):
        self.lines = []

    def section(self, title, *remarks):
        self.lines += ["", f"## {title}", ""] + [line for remark in remarks for line in (remark, "")]
        self.lines += ["| | target | measured | |", "| --- | ---: | ---: | --- |"]

    def row(self, what, target, measured, met):
        self.lines.append(f"| {what} | {target} | {measured} | {'met' if met else '**missed**'} |")
        print(self.lines[-1], flush=True)


def milliseconds(costs, attribute="cpu"):
    spread = measure.Spread.of([getattr(cost, attribute) for cost in costs])
    return f"{spread.fastest * 1000:.0f} / {spread.median * 1000:.0f} ms"


def fastest(costs, attribute="cpu"):
    return min(getattr(cost, attribute) for cost in costs)


def photograph_commands(pamkmeans, ppm, jpeg):
    commands = {"jpegtopnm": {"command": ["jpegtopnm", "-quiet", jpeg]}}
    for count in (16, 64, 256):
        commands[f"pnmquant {count}"] = {"command": ["pnmquant", "-quiet", str(count), ppm]}
    for effort, count in [("fast", 16), ("fast", 256), ("normal", 16), ("normal", 64), ("normal", 256), ("best", 256)]:
        commands[f"{effort} {count}"] = {"command": [pamkmeans, "-k", str(count), "-effort", effort, ppm]}
    return commands


def ratios(report, costs, targets):
    """`targets`: name, what to compare with (None: seconds), the most it may be."""
    for name, other, most in targets:
        took = milliseconds(costs[name])
        if other is None:
            report.row(f"{name.replace(' ', ', K = ')}", f"{most:g} s", took, fastest(costs[name]) <= most)
        else:
            ratio = fastest(costs[name]) / fastest(costs[other])
            target = f"{most:.2g} x {other.split()[0]}"
            measured = f"{ratio:.3f} x ({took} to {milliseconds(costs[other])})"
            report.row(f"{name.replace(' ', ', K = ')}", target, measured, ratio <= most)


def threads(report, pamkmeans, ppm, runs):
    command = [pamkmeans, "-k", "256", ppm]
    outputs = [subprocess.run([*command, "-threads", n], stdout=subprocess.PIPE, timeout=60, check=True).stdout for n in "12"]
    costs = measure.interleaved({n: {"command": [*command, "-threads", n]} for n in "12"}, runs)
    ratio = fastest(costs["1"], "wall") / fastest(costs["2"], "wall")
    measured = f"{ratio:.2f} times faster ({milliseconds(costs['1'], 'wall')} to {milliseconds(costs['2'], 'wall')})"
    report.row("two threads against one, normal, K = 256, wall", "1.6 times, same bytes", measured, ratio >= 1.6 and outputs[0] == outputs[1])


def latency(command, ppm, seconds):
    """Seconds from the last byte in to the last byte out, the input arriving evenly over `seconds`."""
    with open(ppm, "rb") as file:
        data = file.read()
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
    done = []

    def drain():
        while child.stdout.read(1 << 20):
            pass
        done.append(time.perf_counter())

    reader = threading.Thread(target=drain)
    reader.start()
    start, step = time.perf_counter(), 1 << 16
    for at in range(0, len(data), step):
        pause = start + seconds * at / len(data) - time.perf_counter()
        if pause > 0:
            time.sleep(pause)
        child.stdin.write(data[at : at + step])
    child.stdin.close()
    last = time.perf_counter()
    reader.join(60)
    child.wait(60)
    return done[0] - last


def pipe(report, pamkmeans, ppm, runs):
    for seconds in (0.25, 1.0):
        values = [latency([pamkmeans, "-k", "16", "-effort", "fast"], ppm, seconds) for _ in range(runs)]
        spread = measure.Spread.of(values)
        measured = f"{spread.fastest * 1000:.0f} / {spread.median * 1000:.0f} ms"
        report.row(f"last byte in to last byte out, fast, K = 16, arriving in {seconds:g} s", "30 ms", measured, spread.fastest <= 0.03)


def starts(report, pamkmeans, inputs, runs):
    one = os.path.join(inputs, "one.ppm")
    costs = measure.interleaved({"ours": {"command": [pamkmeans, "-k", "16", one]}, "ppmtoppm": {"command": ["ppmtoppm"], "stdin": one}}, 20 * runs)
    for attribute, name in (("wall", "wall"), ("cpu", "CPU")):
        ours, theirs = ([getattr(cost, attribute) for cost in costs[key]] for key in ("ours", "ppmtoppm"))
        ratio = statistics.median(ours) / statistics.median(theirs)
        measured = f"{min(ours) * 1000:.1f} / {statistics.median(ours) * 1000:.1f} ms, {ratio:.1f} x ppmtoppm"
        report.row(f"1 x 1 image, start to exit, {name}", "4 ms, 6 x ppmtoppm", measured, min(ours) <= 0.004 and ratio <= 6)


def streams(report, pamkmeans, inputs, runs):
    tiles = [pamkmeans, "-k", "16", os.path.join(inputs, "tiles.ppm")]
    video = [pamkmeans, "-k", "64", "-effort", "fast", "-threads", "1", os.path.join(inputs, "video.ppm")]
    costs = measure.interleaved({"tiles": {"command": tiles}, "video": {"command": video}}, max(1, runs - 2))
    for key, images, least, what in [
        ("tiles", 10000, 5000, "stream of 32 x 32 images, K = 16, normal"),
        ("video", 60, 30, "stream of 1920 x 1080 images, K = 64, fast, one thread"),
    ]:
        rates = [images / cost.wall for cost in costs[key]]
        measured = f"{max(rates):.0f} / {statistics.median(rates):.0f} a second ({images / fastest(costs[key]):.0f} a CPU second)"
        report.row(what, f"{least} a second", measured, max(rates) >= least)


def memory(report, pamkmeans, ppm):
    most = RAW + 64 * MEGABYTE
    for effort in ("fast", "normal", "best"):
        command = [pamkmeans, "-k", "256", "-effort", effort]
        for name, peak in [
            ("a file", measure.peak([*command, ppm])),
            ("a pipe", measure.peak(["sh", "-c", 'cat "$0" | "$@"', ppm, *command])),
        ]:
            report.row(f"peak memory, {effort}, K = 256, from {name}", f"{most / MEGABYTE:.0f} MB", f"{peak / MEGABYTE:.0f} MB", peak <= most)


def worst_cases(report, pamkmeans, ppm, inputs, runs):
    def path(name):
        return os.path.join(inputs, name)

    def took(file, count, *options):
        return measure.run([pamkmeans, "-k", str(count), *options, file])

    for count, most in ((16, 5), (256, 30)):
        cost = took(path("noise.ppm"), count)
        report.row(f"8-bit noise, K = {count}, normal", f"{most} s, 1 GB", f"{cost.cpu:.2f} s, {cost.peak / MEGABYTE:.0f} MB", cost.cpu <= most and cost.peak < 1e9)
    plain = [took(ppm, 16) for _ in range(runs)]
    deep = [took(path("deep.ppm"), 16) for _ in range(2)]
    ratio = fastest(deep) / fastest(plain)
    report.row("16-bit photograph with random low bits, K = 16, normal", "10 x its 8-bit self", f"{ratio:.1f} x ({milliseconds(deep)} to {milliseconds(plain)}), {deep[0].peak / MEGABYTE:.0f} MB", ratio <= 10)
    cost = took(path("planes8.pam"), 16)
    report.row("8 planes, K = 16, normal", "20 s", f"{cost.cpu:.2f} s, {cost.peak / MEGABYTE:.0f} MB", cost.cpu <= 20)
    for name, what in [("gray.pgm", "gray"), ("planes2.pam", "2 planes"), ("planes4.pam", "4 planes")]:
        for count in (16, 256):
            ours = [took(path(name), count) for _ in range(2)]
            base = plain if count == 16 else [took(ppm, count) for _ in range(2)]
            ratio = fastest(ours) / fastest(base)
            report.row(f"{what}, K = {count}, normal", "like RGB (1.5 x)", f"{ratio:.2f} x ({milliseconds(ours)} to {milliseconds(base)})", ratio <= 1.5)
    cost = took(ppm, 4096, "-effort", "fast")
    report.row("photograph, K = 4096, fast", "5 s", f"{cost.cpu:.2f} s", cost.cpu < 5)


def main():
    pamkmeans, work, jpeg, kodak, result, runs, machine = sys.argv[1:]
    runs, ppm, inputs = int(runs), os.path.join(work, "photograph.ppm"), os.path.join(work, "inputs")
    report = Report()
    report.lines += ["# Speed", "", "Written by `Benchmarks/speed.sh IMAGES_DIR`; not edited by hand.", ""]
    report.lines += [f"- Machine: {machine}.", f"- The Kodak photograph is `{os.path.basename(kodak)}`; photograph.sh makes the photograph of 12 megapixels."]
    report.lines += [f"- Figures are the fastest / the median of {runs} runs. Commands that are compared take turns, and ratios compare their"]
    report.lines += ["  fastest runs. Commands that take seconds run once."]
    report.lines += ["- CPU is user and system time of the whole command and its child processes. The input is a PPM file, and the output"]
    report.lines += ["  goes to /dev/null."]

    report.section("12 megapixels, CPU")
    costs = measure.interleaved(photograph_commands(pamkmeans, ppm, jpeg), runs)
    ratios(report, costs, [
        ("fast 16", "jpegtopnm", 0.8), ("fast 16", "pnmquant 16", 1 / 12), ("fast 256", "jpegtopnm", 1.3), ("fast 256", "pnmquant 256", 1 / 10),
        ("normal 16", "jpegtopnm", 1.2), ("normal 64", "jpegtopnm", 2), ("normal 256", "pnmquant 256", 1 / 2), ("best 256", None, 5),
    ])  # fmt: skip
    report.section("Kodak, CPU")
    costs = measure.interleaved(photograph_commands(pamkmeans, kodak, kodak[:-4] + ".jpg"), 2 * runs)
    ratios(report, costs, [
        ("fast 16", "pnmquant 16", 1 / 5), ("fast 256", "pnmquant 256", 1 / 5), ("normal 16", "pnmquant 16", 1 / 3),
        ("normal 64", "pnmquant 64", 2 / 3), ("normal 256", "pnmquant 256", 1), ("best 256", None, 2),
    ])  # fmt: skip
    report.section("Waiting")
    threads(report, pamkmeans, ppm, runs)
    pipe(report, pamkmeans, ppm, runs)
    starts(report, pamkmeans, inputs, runs)
    streams(report, pamkmeans, inputs, runs)
    report.section("Memory", f"The target is the {RAW / MEGABYTE:.0f} MB of the raw raster plus 64 MB.")
    memory(report, pamkmeans, ppm)
    report.section("Worst cases", "inputs.py makes the images, which have 4032 x 3024 pixels. Figures are CPU seconds and peak memory.")
    worst_cases(report, pamkmeans, ppm, inputs, runs)
    with open(result, "w", encoding="utf-8") as file:
        file.write("\n".join(report.lines) + "\n")


main()
