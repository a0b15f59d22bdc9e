"""Measures how much the start of k-means matters, and writes STARTS.md.

usage: starts.py IMAGES_DIR OUT PAMKMEANS RESULT.md MACHINE [--quick]

Runs that are in OUT/starts.jsonl, of the same pamkmeans, are not made again.
"""

import glob
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys

import measure
import pixels

COUNTS = [4, 8, 16, 32, 64, 128, 256]
SEEDS = {"random": 5, "pixels": 5, "kmeans++": 5, "wu": 1, "maximin": 1}
# The comparison with scikit-learn: ten seeds each, on the first so many pictures.
PEER_COUNTS = {16: 12, 64: 12, 256: 4}
PEER_SEEDS = 10


class Runs:
    """The file of runs: {(picture, count, method, seed): (mse, CPU seconds)}."""

    def __init__(self, path, program):
        self.path, self.program, self.values = path, program, {}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    key, program_then, value = json.loads(line)
                    if program_then == program or key[2] == "scikit-learn":
                        self.values[tuple(key)] = value

    def add(self, key, value):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps([key, self.program, value]) + "\n")
        self.values[key] = value


def run_pamkmeans(pamkmeans, ppm, count, method, seed):
    """MSE from the inertia that -verbose prints, and CPU seconds of the whole program."""
    command = [pamkmeans, "-k", str(count), "-init", method, "-seed", str(seed), "-threads", "1", "-verbose", ppm]
    message = ppm + ".message"
    cost = measure.run(["sh", "-c", 'out=$1; shift; exec "$@" 2>"$out"', "sh", message, *command])
    with open(message, encoding="utf-8") as file:
        text = file.read()
    inertia = int(re.search(r"inertia ([0-9]+)", text).group(1))
    width, height = map(int, re.search(r"([0-9]+) x ([0-9]+)", text).groups())
    return inertia / (width * height), cost.cpu


def run_scikit_learn(ppm, count, seed):
    """MSE of the rounded palette, and CPU seconds of fit on distinct colors and counts."""
    import time

    import numpy
    from sklearn.cluster import KMeans

    samples = pixels.read_ppm(ppm)
    start = time.process_time()
    colors, counts = numpy.unique(pixels.packed(samples), return_counts=True)
    points = numpy.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1).astype(numpy.float64)
    fit = KMeans(count, init="k-means++", n_init=1, random_state=seed).fit(points, sample_weight=counts)
    cpu = time.process_time() - start
    return pixels.score_palette(samples, numpy.rint(fit.cluster_centers_).astype(numpy.int64))[0], cpu


def geometric(ratios):
    return 100 * (statistics.geometric_mean(ratios) - 1)


def table_of_starts(runs, pictures, counts):
    """Rows of the manual's table: percents above the lowest of all runs, and CPU relative to wu."""
    rows, cpu = [], {}
    for method, seeds in SEEDS.items():
        row = []
        for count in counts:
            ratios = []
            for picture in pictures:
                lowest = min(
                    runs.values[picture, count, other, seed][0] for other in SEEDS for seed in range(1, SEEDS[other] + 1)
                )
                mean = statistics.mean(runs.values[picture, count, method, seed][0] for seed in range(1, seeds + 1))
                ratios.append(mean / lowest)
            row.append(f"{geometric(ratios):.1f}")
        cpu[method] = sum(
            runs.values[picture, count, method, seed][1] / seeds
            for picture in pictures
            for count in counts
            for seed in range(1, seeds + 1)
        )
        rows.append((method, row))
    return [(method, row + [f"{cpu[method] / cpu['wu']:.2f}"]) for method, row in rows]


def peer_rows(runs, pictures, counts):
    rows = []
    for count, most in counts.items():
        ratios, better, cells, cpu = [], 0, 0, {"kmeans++": [], "scikit-learn": []}
        for picture in pictures[:most]:
            ours = [runs.values[picture, count, "kmeans++", seed] for seed in range(1, PEER_SEEDS + 1)]
            theirs = [runs.values[picture, count, "scikit-learn", seed] for seed in range(1, PEER_SEEDS + 1)]
            ratios.append(statistics.mean(run[0] for run in ours) / statistics.mean(run[0] for run in theirs))
            better += ratios[-1] < 1
            cells += 1
            cpu["kmeans++"] += [run[1] for run in ours]
            cpu["scikit-learn"] += [run[1] for run in theirs]
        medians = [f"{statistics.median(values) * 1000:.0f}" for values in cpu.values()]
        rows.append([str(count), f"{geometric(ratios):+.2f}", f"{better} of {cells}", *medians])
    return rows


def main():
    quick = "--quick" in sys.argv
    images, out, pamkmeans, result, machine = [argument for argument in sys.argv[1:] if argument != "--quick"]
    with open(pamkmeans, "rb") as file:
        runs = Runs(os.path.join(out, "starts.jsonl"), hashlib.sha256(file.read()).hexdigest()[:16])
    paths = sorted(glob.glob(os.path.join(images, "*.png")))[: 2 if quick else None]
    counts = [4, 16, 64] if quick else COUNTS
    peer_counts = {16: 2, 64: 2} if quick else PEER_COUNTS
    pictures = [os.path.splitext(os.path.basename(path))[0] for path in paths]
    has_peer = subprocess.run([sys.executable, "-c", "import sklearn"], capture_output=True, timeout=60, check=False).returncode == 0
    for number, (picture, path) in enumerate(zip(pictures, paths)):
        print(f"{picture} ({number + 1} of {len(paths)})", file=sys.stderr)
        ppm = os.path.join(out, picture + ".ppm")
        if not os.path.exists(ppm):
            with open(ppm, "wb") as file:
                subprocess.run(["pngtopnm", "-quiet", path], stdout=file, check=True, timeout=60)
        for count in counts:
            compared = has_peer and number < peer_counts.get(count, 0)
            for method, seeds in SEEDS.items():
                for seed in range(1, (PEER_SEEDS if compared and method == "kmeans++" else seeds) + 1):
                    key = (picture, count, method, seed)
                    if key not in runs.values:
                        runs.add(key, run_pamkmeans(pamkmeans, ppm, count, method, seed))
            for seed in range(1, PEER_SEEDS + 1 if compared else 1):
                key = (picture, count, "scikit-learn", seed)
                if key not in runs.values:
                    runs.add(key, run_scikit_learn(ppm, count, seed))
    rows = table_of_starts(runs, pictures, counts)
    header = ["`-init`"] + [f"K = {count}" for count in counts] + ["CPU"]
    lines = ["# Starts", "", "Written by `Benchmarks/starts.sh IMAGES_DIR`; not edited by hand.", "", f"Machine: {machine}.", ""]
    lines += [f"Pictures: {', '.join(pictures)}.", ""]
    lines += ["The command is `pamkmeans -k K -init METHOD -seed S -threads 1 -verbose`, with seeds 1 to 5 for methods that make random"]
    lines += ["choices. The table gives the percentage by which a method's mean squared error exceeds the lowest of the seventeen runs"]
    lines += ["on the same picture. The error is the mean over the method's seeds, and the table gives geometric means over the"]
    lines += ["pictures. The last column is the CPU time of the whole program for all K together, relative to that of `wu`."]
    lines += ["", "| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    lines += [f"| `{method}` | " + " | ".join(row) + " |" for method, row in rows]
    lines += ["", "The same table, separated by tabs:", "", "```"] + ["\t".join([method, *row]) for method, row in rows] + ["```", ""]
    if has_peer:
        import sklearn

        lines += [f"The next table compares `-init kmeans++` with scikit-learn {sklearn.__version__}, with ten seeds each. scikit-learn runs"]
        lines += ["`KMeans(K, init='k-means++', n_init=1)` on distinct colors and counts, with its default tolerance. Its palette is"]
        lines += ["rounded to samples.", ""]
        lines += ["- \"error\" is the percentage by which the mean error of pamkmeans exceeds that of scikit-learn, as the geometric mean"]
        lines += ["  over the pictures. A negative value means that pamkmeans has the lower error."]
        lines += ["- \"lower on\" is the number of pictures on which pamkmeans has the lower mean error."]
        lines += ["- The times are median CPU times: of the whole program for pamkmeans, and of `fit` alone for scikit-learn.", ""]
        lines += ["| K | error, % | lower on | pamkmeans, ms | scikit-learn, ms |", "| ---: | ---: | ---: | ---: | ---: |"]
        lines += ["| " + " | ".join(row) + " |" for row in peer_rows(runs, pictures, peer_counts)]
    with open(result, "w", encoding="utf-8") as file:
        file.write("\n".join(lines).rstrip() + "\n")


main()
