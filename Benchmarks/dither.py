"""Measures how well dithered photographs keep local means, and what -ditherspread costs, and writes DITHER.md.

usage: dither.py IMAGES_DIR OUT PAMKMEANS RESULT.md MACHINE [--quick]

Results that are in OUT/dither.jsonl, of the same program on the same pixels, are not made again.
"""

import glob
import hashlib
import json
import os
import statistics
import sys
import textwrap

import numpy

import measure
import peers
import pixels

COUNTS, GRAY_COUNTS, TIMED_COUNTS = [2, 4, 8, 16, 64, 256], [2, 4, 16], [16, 64, 256]
DITHERS, SPREADS = ["floyd", "bluenoise"], ["2", "4", "8", "16"]
SIZES = {8: "Means of 8 x 8 pixels", 4: "Means of 4 x 4 pixels", 1: "Single pixels"}
TIMED_RUNS = 3
# Title: the command, where K is the number of colors, IN and OUT are files; and the formats of these.
PEERS = {
    "pnmquant": ("pnmquant -quiet -floyd -randomseed=1 K IN", "pnm", "pnm"),
    "pngquant": ("pngquant K - < IN", "png", "png"),
    "ImageMagick": (f"{peers.CONVERT} IN -dither FloydSteinberg -colors K ppm:OUT", "pnm", "ppm"),
}


def title_of(dither, spread=None):
    return f"`{dither}`, spread {spread}" if spread else f"`{dither}`"


def options_of(dither, spread=None):
    return ["-dither", dither, *(["-ditherspread", spread] if spread else [])]


# Title: options.
OURS = {"no dither": [], **{title_of(d, s): options_of(d, s) for d in DITHERS for s in (None, *SPREADS)}}


def rms(before, after, size):
    """The root mean square difference of the means of size x size pixels; all samples of all blocks count alike."""
    difference = before.astype(numpy.int32) - after
    height, width, planes = difference.shape
    if height % size or width % size:
        raise ValueError(f"{width} x {height} pixels are not divisible into blocks of {size}")
    blocks = difference.reshape(height // size, size, width // size, size, planes).mean((1, 3))
    return float((blocks**2).mean() ** 0.5)


class Bench:
    """The programs, and their results: {(program, picture, count): [rms of each size, number of colors]}, and times."""

    def __init__(self, out, pamkmeans):
        self.pamkmeans = pamkmeans
        self.folder = os.path.join(out, "dither")
        os.makedirs(self.folder, exist_ok=True)
        with open(pamkmeans, "rb") as file:
            program = hashlib.sha256(file.read()).hexdigest()[:16]
        versions = peers.versions(pamkmeans)
        self.versions = {"pamkmeans": versions["pamkmeans"], "pnmquant": versions["Netpbm"]}
        self.versions.update({title: versions[title] for title in ("pngquant", "ImageMagick")})
        # Title: what it is, in words that change with the program.
        self.programs = {title: f"{program} {' '.join(options)}" for title, options in OURS.items()}
        self.programs.update({title: f"{PEERS[title][0]}, {self.versions[title]}" for title in PEERS if self.versions[title]})
        self.log = os.path.join(out, "dither.jsonl")
        self.results = {}
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8") as file:
                self.results = {tuple(key): value for key, value in map(json.loads, file)}

    def path(self, name):
        return os.path.join(self.folder, name)

    def picture(self, png, gray):
        """The photograph as PPM or PGM, `{"pnm": path, "png": path}`, and its samples, three for a pixel."""
        name = os.path.splitext(os.path.basename(png))[0] + ("-gray" if gray else "")
        files = {ending: self.path(f"{name}.{ending}") for ending in ("pnm", "png")}
        color = self.path("color.ppm")
        measure.run(["pngtopnm", "-quiet", png], stdout=color)
        measure.run(["ppmtopgm" if gray else "ppmtoppm"], color, files["pnm"])
        measure.run(["pnmtopng", "-quiet", files["pnm"]], stdout=files["png"])
        return files, self.samples(files["pnm"])

    def samples(self, path):
        if path.endswith(".pnm"):  # PGM or PPM
            measure.run(["ppmtoppm"], path, self.path("wide.ppm"))
            path = self.path("wide.ppm")
        return pixels.read_picture(path)

    def command(self, title, count, files):
        """The command, a list, the files for its standard input and output, and the result's."""
        if title in OURS:
            result = self.path("result.pnm")
            return [self.pamkmeans, "-k", str(count), *OURS[title], "-threads", "1", files["pnm"]], None, result, result
        text, given, ending = PEERS[title]
        result = self.path(f"result.{ending}")
        words = [{"K": str(count), "IN": files[given], "ppm:OUT": f"ppm:{result}"}.get(word, word) for word in text.split()]
        stdin = None
        if "<" in words:
            words, stdin = words[:-2], words[-1]
        return words, stdin, os.devnull if "OUT" in text else result, result

    def keep(self, key, value):
        self.results[key] = value
        with open(self.log, "a", encoding="utf-8") as file:
            file.write(json.dumps([key, value]) + "\n")

    def run(self, title, count, files, before, checksum):
        key = (self.programs[title], checksum, count)
        if key not in self.results:
            command, stdin, stdout, result = self.command(title, count, files)
            measure.run(command, stdin, stdout)
            after = self.samples(result)
            colors = int(numpy.unique(pixels.packed(after)).size)
            self.keep(key, [[rms(before, after, size) for size in SIZES], colors])
        return self.results[key]


def measure_all(bench, photographs, gray, counts):
    """{(title, count): [(rms of each size, number of colors) of each photograph]}."""
    found = {}
    for number, png in enumerate(photographs):
        print(f"{os.path.basename(png)}{', gray' if gray else ''} ({number + 1} of {len(photographs)})", file=sys.stderr)
        files, before = bench.picture(png, gray)
        checksum = hashlib.sha256(before.tobytes()).hexdigest()[:16] + (" gray" if gray else "")
        for count in counts:
            for title in bench.programs:
                found.setdefault((title, count), []).append(bench.run(title, count, files, before, checksum))
    return found


def times(bench, photographs, counts):
    """CPU seconds, {(title, count): mean over the photographs of the fastest run}."""
    titles = [title for title in OURS if title != "no dither"]
    fastest = {}
    for number, png in enumerate(photographs):
        print(f"times of {os.path.basename(png)} ({number + 1} of {len(photographs)})", file=sys.stderr)
        files, before = bench.picture(png, False)
        checksum = hashlib.sha256(before.tobytes()).hexdigest()[:16]
        for count in counts:
            key = (bench.programs["no dither"] + "CPU", checksum, count)
            if key not in bench.results:
                commands = {title: {"command": bench.command(title, count, files)[0]} for title in titles}
                costs = measure.interleaved(commands, TIMED_RUNS)
                bench.keep(key, {title: min(cost.cpu for cost in costs[title]) for title in titles})
            for title, cpu in bench.results[key].items():
                fastest.setdefault((title, count), []).append(cpu)
    return {key: statistics.mean(values) for key, values in fastest.items()}


def table(header, rows, words=1):
    """The first `words` columns are words, the others numbers."""
    rules = ["---"] * words + ["---:"] * (len(header) - words)
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join(rules) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def paragraph(text):
    return [textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False), ""]


def bullet(text):
    return [textwrap.fill("- " + text, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)]


def mean(found, title, count, index):
    return f"{statistics.mean(errors[index] for errors, _ in found[title, count]):.2f}"


def table_of_size(bench, found, counts, index):
    header = ["", *(f"K = {count}" for count in counts)]
    return table(header, [[title, *(mean(found, title, count, index) for count in counts)] for title in bench.programs])


def table_of_gray(bench, found, counts):
    header = ["", *(f"{'pixels' if size == 1 else f'{size} x {size}'}, K = {count}" for size in SIZES for count in counts)]
    rows = [[title, *(mean(found, title, count, index) for index in range(len(SIZES)) for count in counts)] for title in bench.programs]
    return table(header, rows)


def table_of_ratios(found, counts):
    """Per dither and N: the ratio of the rms of means of 8 x 8 pixels to that without the option."""
    rows = []
    for dither in DITHERS:
        for spread in SPREADS:
            row = [f"`{dither}`", spread]
            for count in counts:
                pairs = zip(found[title_of(dither, spread), count], found[title_of(dither), count])
                ratios = [ours[0][0] / base[0][0] for ours, base in pairs]
                row.append(f"{statistics.geometric_mean(ratios):.2f}, {max(ratios):.2f}, {sum(ratio > 1 for ratio in ratios)}")
            rows.append(row)
    return table(["dither", "N", *(f"K = {count}" for count in counts)], rows)


def table_of_times(seconds, counts):
    rows = []
    for dither in DITHERS:
        for count in counts:
            base = seconds[title_of(dither), count]
            spread = [seconds[title_of(dither, spread), count] for spread in SPREADS]
            cells = [f"{1000 * value:.0f} ({value / base:.1f})" for value in spread]
            rows.append([f"`{dither}`", str(count), f"{1000 * base:.0f}", *cells])
    return table(["dither", "K", "without", *(f"N = {spread}" for spread in SPREADS)], rows)


def exceptions(bench, found, kind):
    """Bullets for the programs whose results have other than K colors."""
    lines = []
    for title in bench.programs:
        pairs = [(colors, count) for (name, count), values in found.items() if name == title for _, colors in values]
        for word, number in (("fewer", sum(a < b for a, b in pairs)), ("more", sum(a > b for a, b in pairs))):
            if number:
                lines += bullet(f"{title}, {kind}: {word} in {number} of {len(pairs)} results")
    return lines


def main():
    quick = "--quick" in sys.argv
    images, out, pamkmeans, result, machine = [argument for argument in sys.argv[1:] if argument != "--quick"]
    bench = Bench(out, pamkmeans)
    photographs = sorted(glob.glob(os.path.join(images, "kodim*.png")))[: 2 if quick else None]
    counts, gray_counts, timed_counts = ([4, 16], [4], [16]) if quick else (COUNTS, GRAY_COUNTS, TIMED_COUNTS)
    found = measure_all(bench, photographs, False, counts)
    gray = measure_all(bench, photographs, True, gray_counts)
    timed = photographs[::3]
    seconds = times(bench, timed, timed_counts)
    names = [os.path.splitext(os.path.basename(png))[0] for png in photographs]

    lines = ["# Dithering", "", "Written by `Benchmarks/dither.sh IMAGES_DIR`; not edited by hand.", "", f"Machine: {machine}.", ""]
    lines += [f"Photographs: {', '.join(names)}.", ""]
    lines += paragraph(
        "Dithering preserves local means. `-ditherspread N` chooses the palette whose mixtures have the lowest expected error "
        "of the means of N x N pixels. This page measures the means, the grain and the time."
    )
    ours = "`pamkmeans -k K {} -threads 1 IN`"
    version = bench.versions["pamkmeans"]
    rows = [["no dither", ours.format("").replace("  ", " "), version]]
    rows += [["METHOD", ours.format("-dither METHOD"), version], ["METHOD, spread N", ours.format("-dither METHOD -ditherspread N"), version]]
    rows += [[title, f"`{words}`".replace("ppm:OUT", "OUT"), bench.versions[title] or "not installed"] for title, (words, *_) in PEERS.items()]
    lines += table(["row", "command", "version"], rows, 3)
    lines += paragraph("The other programs choose a palette of their own and diffuse errors; pngquant does so by default.")
    lines += ["## Errors", ""]
    lines += paragraph(
        "Each photograph and its result are divided into blocks. The error is the root mean square difference between the means "
        "of a block in the photograph and in the result, over all blocks and the three planes, on a scale of 0 to 255. The "
        "means are those of samples, not of linear light. Each table gives the mean over the photographs. A lower error of "
        "single pixels means less grain."
    )
    for index, heading in enumerate(SIZES.values()):
        lines += [f"### {heading}", "", *table_of_size(bench, found, counts, index)]
    lines += ["### Photograph by photograph", ""]
    lines += paragraph(
        "For each photograph, the error of the means of 8 x 8 pixels with `-ditherspread N` is divided by that without it. The "
        f"table gives the geometric mean, the largest ratio, and the number of photographs, of {len(photographs)}, whose error "
        "is higher with the option. A ratio below 1 means that the option helps."
    )
    lines += table_of_ratios(found, counts)
    lines += ["## Gray", ""]
    lines += paragraph(
        "ppmtopgm makes the photographs gray. The errors are measured as above. Gray samples count as three equal planes, "
        "because pngquant's results are RGB."
    )
    lines += table_of_gray(bench, gray, gray_counts)
    lines += ["## Time", ""]
    timed_names = ", ".join(os.path.splitext(os.path.basename(png))[0] for png in timed)
    lines += paragraph(
        "The table gives CPU milliseconds, user and system time of the whole command with one thread, and in parentheses the "
        f"ratio to the time without the option. Each figure is the mean over {timed_names} of the fastest of {TIMED_RUNS} runs. "
        "The commands take turns. The input is a PPM file, and the output goes to /dev/null. Differences below a third may be "
        "noise."
    )
    lines += table_of_times(seconds, timed_counts)
    other = exceptions(bench, found, "color") + exceptions(bench, gray, "gray")
    lines += ["## Numbers of colors", ""]
    lines += ["Each result has exactly K colors, with these exceptions:", "", *other] if other else ["Each result has exactly K colors."]
    with open(result, "w", encoding="utf-8") as file:
        file.write("\n".join(lines).rstrip() + "\n")


main()
