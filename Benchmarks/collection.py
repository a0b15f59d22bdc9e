"""Measures the steps of examples/collection, calculates what ten million photographs take, and writes COLLECTION.md.
Standard library only; takes pamkmeans from PATH.

usage: collection.py [--quick] WORK PHOTOGRAPH.jpg IMAGES_DIR RESULT.md MACHINE
"""

import glob
import json
import os
import shutil
import sys
import textwrap

import measure

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "examples", "collection")
COUNT = ["pamkmeans", "-threads", "1", "-histout", "-"]
ADD = ["pamkmeans", "-threads", "1", "-histogram", "-histout", "-"]
CHOOSE = ["pamkmeans", "-threads", "1", "-histogram", "-k", "256", "-mapout", "-"]
PIXELS = 4032 * 3024
MOST_PIXELS = (2**63 - 1) // 65535  # that -histogram chooses colors for

# The collection.
PHOTOGRAPHS = 10**7
MACHINES = 10
CORES = 32
SHARDS = 1000
GROUP = 32  # shards whose histograms merge.sh adds up
NETWORK = 1.25e9  # bytes a second and machine, 10 Gbit/s


def colors(hist):
    """The number of colors of a histogram: of its tuples, the first has none."""
    with open(hist, "rb") as file:
        header = file.read(200).split(b"ENDHDR")[0].split(b"\n")
    return int(next(line for line in header if line.startswith(b"WIDTH")).split()[1]) - 1


def concatenate(files, target):
    with open(target, "wb") as sink:
        for name in files:
            with open(name, "rb") as source:
                shutil.copyfileobj(source, sink)


def fastest(costs):
    return min(cost.cpu for cost in costs)


def spread(costs, per=1):
    values = measure.Spread.of([cost.cpu / per for cost in costs])
    return f"{values.fastest * 1000:.0f} / {values.median * 1000:.0f}"


class Photograph:
    """What a JPEG takes, step by step, and in the scripts as one of a shard of such photographs."""

    def __init__(self, name, jpeg, work, runs, shard_size):
        path = lambda end: os.path.join(work, f"{name}-{end}")
        ppm, hist, palette, few = (path(end) for end in ("all.ppm", "hist", "palette.ppm", "few.ppm"))
        png, small = path("few.png"), path("small.png")
        measure.run(["jpegtopnm", "-quiet", jpeg], stdout=ppm)
        measure.run([*COUNT, ppm], stdout=hist)
        measure.run([*CHOOSE, hist], stdout=palette)
        shard = path("shard")
        with open(shard, "w", encoding="utf-8") as file:
            for number in range(shard_size):
                link = path(f"{number}.jpg")
                if not os.path.lexists(link):
                    os.symlink(jpeg, link)
                file.write(link + "\n")
        commands = {
            "decode": {"command": ["jpegtopnm", "-quiet", jpeg]},
            "count": {"command": [*COUNT, ppm]},
            "map": {"command": ["pamkmeans", "-threads", "1", "-mapfile", palette, ppm], "stdout": few},
            "write": {"command": ["pnmtopng", "-quiet", "-compression=1", few], "stdout": png},
            "write small": {"command": ["pnmtopng", "-quiet", few], "stdout": small},
        }
        measure.run(**commands["map"])
        self.costs = measure.interleaved(commands, runs)
        self.scripts = {"count.sh": [], "apply.sh": []}
        for _ in range(2):
            results = path("results")
            shutil.rmtree(results, ignore_errors=True)
            self.scripts["count.sh"].append(measure.run([os.path.join(SCRIPTS, "count.sh"), shard, results]))
            self.scripts["apply.sh"].append(measure.run([os.path.join(SCRIPTS, "apply.sh"), shard, palette, results]))
        shutil.rmtree(results)
        self.shard_size = shard_size
        self.colors = colors(hist)
        self.hist = hist
        self.bytes = {"jpeg": jpeg, "hist": hist, "png": png, "small": small}
        self.bytes = {key: os.path.getsize(file) for key, file in self.bytes.items()}

    def seconds(self, script):
        return fastest(self.scripts[script]) / self.shard_size


class Histograms:
    """What adding up histograms takes, and choosing colors for the sum."""

    def __init__(self, name, files, work):
        self.name = name
        self.sources = len(files)
        self.read = sum(map(colors, files))
        stream, merged, report = (os.path.join(work, end) for end in ("stream.hist", "merged.hist", "report.json"))
        concatenate(files, stream)
        self.merge = measure.run(ADD, stdin=stream, stdout=merged)
        os.remove(stream)
        self.colors = colors(merged)
        self.bytes = os.path.getsize(merged)
        self.choose = measure.run([*CHOOSE, "-report", report, merged], stdout=os.path.join(work, "palette.ppm"))
        with open(report, encoding="utf-8") as file:
            self.clustering = json.load(file)["seconds"]["clustering"]
        self.peak = max(self.merge.peak, self.choose.peak)
        os.remove(merged)

    @property
    def merge_per_million(self):
        return self.merge.cpu / self.read * 1e6

    def row(self):
        return (
            f"| {self.name} | {self.sources} | {self.read / 1e6:.3f} | {self.colors / 1e6:.3f} | {self.bytes / 1e6:.1f} "
            f"| {self.merge.cpu:.2f} | {self.merge_per_million:.2f} | {self.choose.cpu:.2f} | {self.clustering:.2f} "
            f"| {self.peak / 1e6:.0f} |"
        )


def kodak(images, work):
    """The histograms of twelve photographs; checks that the palette is that of the images."""
    hists, pictures = [], []
    for png in sorted(glob.glob(os.path.join(images, "kodim*.png")))[:12]:
        name = os.path.join(work, os.path.basename(png)[:-4])
        measure.run(["pngtopnm", "-quiet", png], stdout=name + ".ppm")
        measure.run([*COUNT, name + ".ppm"], stdout=name + ".hist")
        pictures.append(name + ".ppm")
        hists.append(name + ".hist")
    for files, target, command in (
        (pictures, "shared", ["pamkmeans", "-k", "256", "-shared", "-mapout", "-"]),
        (hists[::-1], "summed", CHOOSE),
    ):
        stream = os.path.join(work, "stream")
        concatenate(files, stream)
        measure.run(command, stdin=stream, stdout=os.path.join(work, target + ".ppm"))
        os.remove(stream)
    with open(os.path.join(work, "shared.ppm"), "rb") as one, open(os.path.join(work, "summed.ppm"), "rb") as other:
        if one.read() != other.read():
            raise RuntimeError("the palette of the histograms is not that of the images")
    return hists


def every_color(work, bits):
    """The histogram of a picture that has each color of BITS bits once, a pixel a color."""
    ppm, hist = os.path.join(work, "every.ppm"), os.path.join(work, "every.hist")
    values = range(0, 256, 256 >> (bits // 3))
    with open(ppm, "wb") as file:
        side = len(values) ** 3
        file.write(b"P6 %d %d 255\n" % (len(values), side // len(values)))
        for red in values:
            file.write(bytes(sample for green in values for blue in values for sample in (red, green, blue)))
    count = measure.run([*COUNT, ppm], stdout=hist)
    os.remove(ppm)
    return hist, count


def paragraph(text):
    return textwrap.fill(text, 120, break_on_hyphens=False)


def bullet(text):
    return textwrap.fill(text, 120, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


def time_of(seconds):
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


class Step:
    def __init__(self, name, seconds, read, written, machines=MACHINES):
        self.name, self.seconds, self.read, self.written, self.machines = name, seconds, read, written, machines

    @property
    def moving(self):
        return (self.read + self.written) / (NETWORK * self.machines)

    @property
    def rate(self):
        return (self.read + self.written) / self.seconds / self.machines

    def row(self):
        return (
            f"| {self.name} | {time_of(self.seconds)} | {self.read / 1e12:.2f} | {self.written / 1e12:.2f} "
            f"| {self.rate / 1e6:.0f} | {time_of(self.moving)} |"
        )


def collection(photograph, worst):
    """The steps for all photographs, with histograms as large as they can be."""
    cores = MACHINES * CORES
    groups = -(-SHARDS // GROUP)
    per_color = worst.merge_per_million / 1e6
    one = worst.colors * per_color  # seconds to add one full histogram
    rounds = -(-groups // cores)
    steps = [
        Step(
            "count", PHOTOGRAPHS * photograph.seconds("count.sh") / cores,
            PHOTOGRAPHS * photograph.bytes["jpeg"], SHARDS * worst.bytes,
        ),
        Step("merge", rounds * GROUP * one, SHARDS * worst.bytes, groups * worst.bytes),
        Step("choose", groups * one + worst.clustering, groups * worst.bytes, 0, machines=1),
        Step(
            "map", PHOTOGRAPHS * photograph.seconds("apply.sh") / cores,
            PHOTOGRAPHS * photograph.bytes["jpeg"], PHOTOGRAPHS * photograph.bytes["png"],
        ),
    ]
    return steps, SHARDS * one + worst.clustering


def page(machine, quick, photographs, histograms, every_count):
    soft, noisy = photographs.values()
    worst = histograms[-1]
    steps, alone = collection(noisy, worst)
    total = sum(step.seconds for step in steps)
    longest = max(steps, key=lambda step: step.seconds)
    write, small = fastest(noisy.costs["write"]), fastest(noisy.costs["write small"])
    apply = noisy.seconds("apply.sh")
    moved = sum(step.read + step.written for step in steps)

    def cells(name, text):
        return f"| {name} | {text(soft)} | {text(noisy)} |"

    size = lambda key: lambda one: f"{one.bytes[key] / 1e6:.2f}"
    cost = lambda key: lambda one: spread(one.costs[key])
    script = lambda key: lambda one: spread(one.scripts[key], one.shard_size)
    lines = [
        "# A collection of photographs",
        "",
        "Written by `Benchmarks/collection.sh IMAGES_DIR`; not edited by hand.",
        "",
        f"- Machine: {machine}.",
        "- All commands run with one thread. Times are user and system time of a command and its child processes: the",
        "  fastest / the median of the runs.",
        "- The first photograph is that of photograph.sh, 4032 x 3024. The second is the same with noise, so that its JPEG is",
        "  as large as that of a telephone.",
        "",
        "## One photograph of 12 megapixels",
        "",
        "| | photograph | with noise |",
        "| --- | ---: | ---: |",
        cells("JPEG, MB", size("jpeg")),
        cells("distinct colors", lambda one: f"{one.colors:,}"),
        cells("its histogram, MB", size("hist")),
        cells("PNG with 256 colors, MB", size("png")),
        cells("the same, without `-compression=1`, MB", size("small")),
        cells("decode, `jpegtopnm`, ms", cost("decode")),
        cells("count, `pamkmeans -histout -`, ms", cost("count")),
        cells("map, `pamkmeans -mapfile`, 256 colors, ms", cost("map")),
        cells("write the PNG, `pnmtopng -compression=1`, ms", cost("write")),
        cells("the same, without `-compression=1`, ms", cost("write small")),
        cells(f"`count.sh`, {soft.shard_size} photographs, ms each", script("count.sh")),
        cells(f"`apply.sh`, {soft.shard_size} photographs, ms each", script("apply.sh")),
        "",
        "## Histograms",
        "",
        paragraph(
            "`pamkmeans -histogram -histout -` adds up a stream of histograms; `-histogram -k 256 -mapout -` reads the sum and "
            "chooses its colors. Peak memory is the larger of the two. The last row is the worst case for 8-bit samples: a "
            f"picture with every color once. Counting this picture takes {every_count.cpu:.1f} s and {every_count.peak / 1e6:.0f} MB."
        ),
        "",
        "| histograms | number | million colors read | million colors | MB | add up, s | s per million read "
        "| choose, s | of it clustering, s | peak, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        *[one.row() for one in histograms],
        "",
        "The palette for the twelve Kodak histograms, in reversed order, is that of `-shared` for the images, byte for byte.",
        "",
        "## Ten million photographs on ten machines",
        "",
        paragraph(
            f"This is a calculation from the rates above, for 10^7 photographs like the noisy one, {MACHINES} machines of {CORES} "
            f"cores as fast as this one, {SHARDS} shards of {PHOTOGRAPHS // SHARDS:,} photographs, and groups of {GROUP} shards. It "
            "assumes the worst case for the histograms: every color in each shard. It ignores that the cores of a machine share "
            "caches and memory, so a fully loaded machine is slower."
        ),
        "",
        "| step | computing | read, TB | written, TB | MB/s per machine | moving the bytes at 10 Gbit/s |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        *[step.row() for step in steps],
        f"| all | {time_of(total)} | {sum(step.read for step in steps) / 1e12:.2f} "
        f"| {sum(step.written for step in steps) / 1e12:.2f} | | {time_of(sum(step.moving for step in steps))} |",
        "",
        bullet(
            f"**The bottleneck is the step '{longest.name}'**: {longest.seconds / total:.0%} of the time."
            + (
                f" Writing PNGs takes {write / apply:.0%} of that. Without `-compression=1`, mapping takes "
                f"{time_of(longest.seconds * (1 + (small - write) / apply))}."
                if longest.name == "map" else ""
            )
        ),
        bullet(
            f"The palette alone, without mapping, takes {time_of(total - steps[-1].seconds)}. During counting, all machines "
            f"together read {steps[0].read / steps[0].seconds / 1e9:.1f} GB/s. If the storage is slower, it is the bottleneck."
        ),
        bullet(f"Storage that delivers 2 GB/s to all machines together needs {time_of(moved / 2e9)} for the bytes of all steps."),
        bullet(
            f"In this worst case, counting takes {every_count.peak / 1e9:.1f} GB per worker, and merging "
            f"{worst.peak / 1e9:.1f} GB. With a worker on each core, a machine needs {CORES * every_count.peak / 1e9:.0f} GB "
            f"for counting and {CORES * worst.peak / 1e9:.0f} GB for merging."
        ),
        bullet(f"Without groups, one core needs {time_of(alone)} for the {SHARDS} histograms."),
        bullet(
            f"A worker that is killed while it counts loses its shard, at most "
            f"{time_of(noisy.seconds('count.sh') * PHOTOGRAPHS / SHARDS)}. While it maps, it loses one photograph."
        ),
        bullet(
            f"`-histogram` chooses colors for at most {MOST_PIXELS / 1e14:.3f} x 10^14 pixels. These photographs have "
            f"{PHOTOGRAPHS * PIXELS / 1e14:.3f} x 10^14, {PHOTOGRAPHS * PIXELS / MOST_PIXELS:.0%} of that."
        ),
    ]
    if quick:
        lines.insert(4, "**A quick run, not for publication.**\n")
    return "\n".join(lines) + "\n"


def main():
    arguments = sys.argv[1:]
    quick = arguments[0] == "--quick"
    work, jpeg, images, result, machine = arguments[quick:]
    runs, shard_size, bits = (2, 2, 18) if quick else (5, 10, 24)
    photographs = {}
    for name, file in (("photograph", jpeg), ("noisy", os.path.join(work, "noisy.jpg"))):
        print(f"collection.sh: {name}", file=sys.stderr, flush=True)
        photographs[name] = Photograph(name, os.path.abspath(file), work, runs, shard_size)
    print("collection.sh: histograms", file=sys.stderr, flush=True)
    hists = kodak(images, work)
    every, every_count = every_color(work, bits)
    histograms = [
        Histograms("the photograph, twice", [photographs["photograph"].hist] * 2, work),
        Histograms("with noise, twice", [photographs["noisy"].hist] * 2, work),
        Histograms("twelve Kodak photographs", hists, work),
        Histograms("every color, twice", [every] * 2, work),
    ]
    text = page(machine, quick, photographs, histograms, every_count)
    with open(result + ".part", "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(result + ".part", result)


if __name__ == "__main__":
    main()
