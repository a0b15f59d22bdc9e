"""Counts how often a small area keeps a color of its own, and writes EMPHASIS.md and OUT/blobs-*.png.

usage: blobs.py IMAGES_DIR OUT PAMKMEANS RESULT.md MACHINE [--quick]

Runs that are in OUT/blobs.jsonl, of the same program on the same pixels, are not made again.
"""

import colorsys
import glob
import hashlib
import importlib.metadata
import importlib.util
import json
import math
import os
import random
import statistics
import sys
import textwrap

import numpy

import measure
import peers
import pixels

COUNTS = [8, 16, 32, 64]
PHOTOGRAPHS = 12
EMPHASES = ["0", "0.25", "0.5", "1"]
PEERS = {"pngquant": "pngquant --speed 1", "ImageMagick": "ImageMagick"}  # title: name in peers.py
SHARES = {"far": ["1", "0.3", "0.1"], "near": ["0.3", "0.1"]}  # percent of the pixels that a blob covers
LOSS_SHARE = "0.3"  # the blob in the pictures whose PSNR is reported
SHEET_COUNT, SHEET_SHARE = 16, "0.1"  # what the sheets show
KEPT = 10  # samples that the mean color of a blob may move
NEAR = 64  # the distance in RGB that a near color has from the picture
NOISE = 4
# Candidates for the color of a blob leave room for the noise.
SATURATED = [tuple(round(20 + 215 * part) for part in colorsys.hsv_to_rgb(hue / 24, 1, 1)) for hue in range(24)]
ALL_HUES = [
    tuple(round(255 * part) for part in colorsys.hsv_to_rgb(hue / 24, saturation, value))
    for hue in range(24)
    for saturation in (0.35, 0.5, 0.7, 0.85)
    for value in (0.35, 0.5, 0.65, 0.8, 0.95)
]
WIDTH, HEIGHT = 512, 384
DRAWING_SEED, BLOB_SEED = 1, 2


class Canvas:
    """A picture to draw on. Edges are antialiased: a pixel is covered by its signed distance to the shape."""

    def __init__(self, color):
        self.samples = numpy.empty((HEIGHT, WIDTH, 3))
        self.samples[:] = color

    def paint(self, distance, color, left, top, right, bottom):
        """Covers what lies at a negative `distance`, a function of x and y, within the given box."""
        left, top = max(0, int(left) - 2), max(0, int(top) - 2)
        right, bottom = min(WIDTH, int(right) + 3), min(HEIGHT, int(bottom) + 3)
        if left < right and top < bottom:
            y, x = numpy.mgrid[top:bottom, left:right] + 0.5
            coverage = numpy.clip(0.5 - distance(x, y), 0, 1)[..., None]
            part = self.samples[top:bottom, left:right]
            part += coverage * (numpy.array(color) - part)

    def rectangle(self, left, top, right, bottom, color):
        def distance(x, y):
            return numpy.maximum(numpy.maximum(left - x, x - right), numpy.maximum(top - y, y - bottom))

        self.paint(distance, color, left, top, right, bottom)

    def disc(self, x0, y0, radius, color):
        self.paint(lambda x, y: numpy.hypot(x - x0, y - y0) - radius, color, x0 - radius, y0 - radius, x0 + radius, y0 + radius)

    def line(self, points, width, color):
        for (x0, y0), (x1, y1) in zip(points, points[1:]):

            def distance(x, y):
                square = (x1 - x0) ** 2 + (y1 - y0) ** 2
                along = numpy.clip(((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / max(square, 1e-9), 0, 1)
                return numpy.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0)) - width / 2

            reach = width / 2
            self.paint(distance, color, min(x0, x1) - reach, min(y0, y1) - reach, max(x0, x1) + reach, max(y0, y1) + reach)

    def text(self, generator, x, y, letters, size, color):
        """Words of strokes that look like letters from afar; y is the base line."""
        for _ in range(letters):
            if generator.random() > 0.15:
                nodes = [(x + size * i * 0.25, y - size * j * 0.5) for i in (0, 2) for j in (0, 1, 2)]
                for _ in range(3):
                    self.line(generator.sample(nodes, 2), size / 8, color)
            x += size * 0.75
        return x


def waves(generator, count, longest):
    """A smooth random field: sine waves of falling length and height."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    field = numpy.zeros((HEIGHT, WIDTH))
    for number in range(count):
        length = longest * 0.8**number
        angle, phase = generator.random() * 2 * math.pi, generator.random() * 2 * math.pi
        field += 0.8**number * numpy.sin(2 * math.pi / length * (x * math.cos(angle) + y * math.sin(angle)) + phase)
    return field / abs(field).max()


def ramp(field, stops):
    """The color of each value, between the stops [(value, color)]."""
    values = [value for value, _ in stops]
    return numpy.stack([numpy.interp(field, values, [color[plane] for _, color in stops]) for plane in range(3)], axis=2)


def relief(generator):
    """Land and sea, tinted by height and shaded from the northwest."""
    height = waves(generator, 16, 500)
    sea = [(-1, (38, 84, 140)), (-0.3, (90, 150, 200)), (-0.01, (180, 215, 235))]
    land = [(0.01, (120, 170, 110)), (0.25, (190, 200, 130)), (0.5, (190, 150, 100)), (0.75, (140, 105, 80)), (1, (245, 245, 245))]
    canvas = Canvas((0, 0, 0))
    dy, dx = numpy.gradient(height)
    shade = numpy.where(height > 0, numpy.clip(1 + 8 * (dx + dy), 0.6, 1.25), 1)
    canvas.samples = numpy.clip(ramp(height, sea + land) * shade[..., None], 0, 255)
    return canvas


def streets(generator):
    """Flat areas, buildings, and streets of three widths with outlines."""
    canvas = Canvas((242, 239, 233))
    for _ in range(9):
        x, y = generator.random() * WIDTH, generator.random() * HEIGHT
        canvas.rectangle(x, y, x + 30 + 70 * generator.random(), y + 30 + 50 * generator.random(), (205, 230, 190))
    canvas.line([(x, 290 + 40 * math.sin(x / 70)) for x in range(-20, WIDTH + 40, 20)], 34, (170, 211, 223))
    rows = [30 + 54 * number + 20 * generator.random() for number in range(7)]
    columns = [25 + 62 * number + 25 * generator.random() for number in range(8)]
    for y in rows:
        for x in columns:
            for _ in range(5):
                left, top = x + 10 + 26 * generator.random(), y + 10 + 22 * generator.random()
                canvas.rectangle(left, top, left + 5 + 9 * generator.random(), top + 5 + 8 * generator.random(), (217, 208, 201))
    roads = [([(-5, y), (WIDTH + 5, y + 30 * generator.random() - 15)], 7, (255, 255, 255), (200, 196, 190)) for y in rows]
    roads += [([(x, -5), (x + 40 * generator.random() - 20, HEIGHT + 5)], 7, (255, 255, 255), (200, 196, 190)) for x in columns]
    roads.append(([(-5, 60), (180, 130), (330, 120), (WIDTH + 5, 250)], 10, (252, 214, 164), (205, 160, 105)))
    roads.append(([(90, -5), (140, 180), (260, 300), (280, HEIGHT + 5)], 12, (240, 160, 130), (190, 95, 75)))
    for points, width, _, outline in roads:
        canvas.line(points, width + 2, outline)
    for points, width, color, _ in roads:
        canvas.line(points, width, color)
    for _ in range(24):
        canvas.text(generator, generator.random() * WIDTH, generator.random() * HEIGHT, generator.randrange(5, 11), 8, (70, 70, 70))
    return canvas


def heat(generator):
    """A field from dark to white by way of red and yellow, with a grid and a legend."""
    field = (waves(generator, 10, 420) + 1) / 2
    stops = [(0, (20, 11, 53)), (0.25, (101, 21, 110)), (0.5, (188, 55, 84)), (0.7, (237, 105, 37)), (0.88, (251, 180, 26))]
    stops.append((1, (252, 255, 200)))
    canvas = Canvas((0, 0, 0))
    canvas.samples = ramp(field, stops)
    for number in range(1, 8):
        canvas.line([(64.5 * number, 0), (64.5 * number, HEIGHT)], 1, (90, 80, 90))
        if number < 6:
            canvas.line([(0, 64.5 * number), (WIDTH, 64.5 * number)], 1, (90, 80, 90))
    canvas.rectangle(WIDTH - 52, 30, WIDTH - 8, HEIGHT - 30, (255, 255, 255))
    bar = numpy.repeat(numpy.linspace(1, 0, HEIGHT - 80)[:, None], 12, 1)
    canvas.samples[40 : HEIGHT - 40, WIDTH - 46 : WIDTH - 34] = ramp(bar, stops)
    for number in range(8):
        canvas.text(generator, WIDTH - 30, 48 + 42 * number, 3, 8, (30, 30, 30))
    return canvas


def window(generator):
    """A light window: title bar, sidebar, paragraphs, links and icons."""
    canvas = Canvas((255, 255, 255))
    canvas.rectangle(0, 0, WIDTH, 26, (222, 225, 230))
    canvas.rectangle(0, 26, 120, HEIGHT, (243, 244, 246))
    canvas.line([(120, 26), (120, HEIGHT)], 1, (205, 208, 214))
    canvas.text(generator, 190, 18, 16, 10, (60, 64, 72))
    for number, color in enumerate(((237, 106, 94), (245, 191, 79), (98, 197, 84))):
        canvas.disc(14 + 18 * number, 13, 5.5, color)
    canvas.rectangle(6, 72, 114, 92, (200, 220, 245))
    for number in range(13):
        canvas.rectangle(12, 52 + 25 * number, 22, 62 + 25 * number, (120, 160, 210))
        canvas.text(generator, 30, 61 + 25 * number, 10, 9, (70, 74, 82))
    canvas.text(generator, 140, 58, 22, 16, (25, 28, 33))
    for number in range(19):
        if number % 6 != 5:
            x = canvas.text(generator, 140, 86 + 15 * number, generator.randrange(30, 44), 9, (45, 48, 54))
            if number % 4 == 1:
                canvas.text(generator, x, 86 + 15 * number, 8, 9, (20, 95, 200))
    return canvas


def terminal(generator):
    """A dark terminal: gray text, green prompts and some yellow."""
    canvas = Canvas((24, 26, 31))
    canvas.rectangle(0, 0, WIDTH, 20, (48, 51, 58))
    canvas.text(generator, 200, 14, 18, 9, (170, 174, 182))
    for number in range(26):
        x, y = 8, 36 + 13.5 * number
        if number % 5 == 0:
            x = canvas.text(generator, x, y, 12, 9, (110, 190, 110))
            canvas.text(generator, x + 8, y, generator.randrange(10, 25), 9, (225, 228, 232))
        else:
            x = canvas.text(generator, x, y, generator.randrange(15, 50), 9, (165, 170, 178))
            if generator.random() < 0.25:
                canvas.text(generator, x + 8, y, 7, 9, (215, 180, 90))
    canvas.rectangle(8, HEIGHT - 16, 14, HEIGHT - 5, (225, 228, 232))
    return canvas


def dashboard(generator):
    """Cards with numbers, bars, lines and a gauge."""
    canvas = Canvas((238, 241, 245))
    canvas.rectangle(0, 0, WIDTH, 30, (33, 47, 75))
    canvas.text(generator, 12, 20, 14, 11, (235, 238, 243))
    cards = [(12 + 125 * number, 42, 125 + 125 * number, 104) for number in range(4)]
    cards += [(12, 116, 250, 370), (262, 116, 500, 240), (262, 252, 500, 370)]
    for left, top, right, bottom in cards:
        canvas.rectangle(left - 1, top - 1, right + 1, bottom + 2, (214, 219, 227))
        canvas.rectangle(left, top, right, bottom, (255, 255, 255))
        canvas.text(generator, left + 8, top + 15, 11, 8, (120, 128, 142))
    for left, top, _, _ in cards[:4]:
        canvas.text(generator, left + 8, top + 48, 6, 20, (33, 47, 75))
    for number in range(14):
        height = 40 + 150 * generator.random()
        canvas.rectangle(24 + 16 * number, 358 - height, 35 + 16 * number, 358, (66, 122, 190))
        canvas.rectangle(24 + 16 * number, 358 - height * 0.4, 35 + 16 * number, 358, (140, 180, 225))
    for color, start in (((66, 122, 190), 200), ((235, 150, 70), 175)):
        points = [(272 + 18 * number, start - 5 * number * generator.random()) for number in range(13)]
        canvas.line(points, 2, color)
    for number in range(5):
        canvas.line([(270, 145 + 21 * number), (492, 145 + 21 * number)], 1, (225, 229, 235))
    for radius, color in ((44, (66, 122, 190)), (28, (255, 255, 255))):
        canvas.disc(325, 318, radius, color)
    for number in range(5):
        canvas.rectangle(395, 282 + 16 * number, 403, 290 + 16 * number, (66, 122, 190) if number % 2 else (235, 150, 70))
        canvas.text(generator, 409, 290 + 16 * number, 10, 8, (90, 97, 110))
    return canvas


DRAWINGS = {"relief": relief, "streets": streets, "heat": heat, "window": window, "terminal": terminal, "dashboard": dashboard}


def write_ppm(path, samples):
    with open(path, "wb") as file:
        file.write(b"P6\n%d %d\n255\n" % (samples.shape[1], samples.shape[0]) + samples.astype(numpy.uint8).tobytes())
    return path


def distances(samples, colors):
    """The distance of each color to the nearest one in the picture, of every seventh pixel."""
    some = numpy.unique(samples.reshape(-1, 3)[::7], axis=0).astype(numpy.float64)
    return numpy.array([((some - color) ** 2).sum(1).min() ** 0.5 for color in colors])


def colors_of_blobs(samples):
    """Colors that the picture does not have, and their distances: the farthest of the saturated ones, and a near one."""
    far, near = distances(samples, SATURATED), distances(samples, ALL_HUES)
    first, second = int(far.argmax()), int(abs(near - NEAR).argmin())
    return {"far": (SATURATED[first], far[first]), "near": (ALL_HUES[second], near[second])}


def put_blob(samples, color, share, seed):
    """The picture with a disc of so many percent of the pixels, and their numbers. Discs of all sizes have one center."""
    height, width, _ = samples.shape
    generator = random.Random(seed)
    x0, y0 = ((0.15 + 0.7 * generator.random()) * size for size in (width, height))
    y, x = numpy.mgrid[0:height, 0:width] + 0.5
    inside = numpy.argsort((x - x0) ** 2 + (y - y0) ** 2, axis=None, kind="stable")
    inside = inside[: round(float(share) / 100 * height * width)]
    result = samples.reshape(-1, 3).copy()
    noise = [generator.randrange(-NOISE, NOISE + 1) for _ in range(3 * len(inside))]
    result[inside] = numpy.array(color) + numpy.array(noise).reshape(-1, 3)
    return result.reshape(samples.shape), inside


class Bench:
    """The programs, and their runs: {(program, picture, count): (mse, how far the blob moved)}."""

    def __init__(self, out, pamkmeans):
        self.pamkmeans = pamkmeans
        self.folder = os.path.join(out, "blobs")
        os.makedirs(self.folder, exist_ok=True)
        with open(pamkmeans, "rb") as file:
            program = hashlib.sha256(file.read()).hexdigest()[:16]
        # Title: what it is, in words that change with the program.
        self.programs = {x: f"{program} -emphasis {x}" for x in EMPHASES}
        found, versions = peers.found(), peers.versions(pamkmeans)
        self.versions = {title: versions[title] for title, name in PEERS.items() if name in found}
        self.programs.update({title: f"{PEERS[title]}, {version}" for title, version in self.versions.items()})
        self.versions["pamkmeans"] = versions["pamkmeans"]
        if importlib.util.find_spec("sklearn"):
            self.versions["scikit-learn"] = importlib.metadata.version("scikit-learn")
            self.programs["scikit-learn"] = f"scikit-learn {self.versions['scikit-learn']}"
        self.log = os.path.join(out, "blobs.jsonl")
        self.runs = {}
        if os.path.exists(self.log):
            with open(self.log, encoding="utf-8") as file:
                self.runs = {tuple(key): value for key, value in map(json.loads, file)}

    def described(self):
        """The rows of a table: title, command and version."""
        fit = "`KMeans(K, n_init=1, random_state=1)` on all distinct colors, weighted by their counts"
        commands = {title: f"`{peers.PROGRAMS[name][0]}`".replace("ppm:OUT", "OUT") for title, name in PEERS.items()}
        commands["scikit-learn"] = fit
        rows = [[title, words, self.versions.get(title, "not installed")] for title, words in commands.items()]
        return [["X = ...", "`pamkmeans -k K -emphasis X PPM`", self.versions["pamkmeans"]], *rows]

    def quantized(self, title, count, ppm):
        """The samples of the picture that a program makes of a PPM."""
        result = os.path.join(self.folder, "result.ppm")
        if title == "scikit-learn":
            return scikit_learn(pixels.read_ppm(ppm), count)
        if title in EMPHASES:
            command, _ = peers.command("pamkmeans normal", count, {"PPM": ppm}, self.pamkmeans)
            measure.run([*command, "-emphasis", title, "-threads", "1"], stdout=result)
            return pixels.read_ppm(result)
        words, ending = peers.PROGRAMS[PEERS[title]]
        files = {"PPM": ppm, "PNG": os.path.join(self.folder, "input.png"), "OUT": f"{result[:-4]}.{ending}"}
        measure.run(["pnmtopng", "-quiet", ppm], stdout=files["PNG"])
        command, stdin = peers.command(PEERS[title], count, files, self.pamkmeans)
        measure.run(command, stdin, os.devnull if "OUT" in words else files["OUT"])
        return pixels.read_picture(files["OUT"])

    def run(self, title, count, ppm, inside=()):
        """The mean squared error, and by how many samples the mean color of the pixels `inside` moves at most."""
        with open(ppm, "rb") as file:
            key = (self.programs[title], hashlib.sha256(file.read()).hexdigest()[:16], count)
        if key not in self.runs:
            before, after = pixels.read_ppm(ppm), self.quantized(title, count, ppm)
            moved = 0.0
            if len(inside):
                means = [picture.reshape(-1, 3)[inside].mean(0) for picture in (before, after)]
                moved = float(abs(means[0] - means[1]).max())
            self.runs[key] = pixels.score(before, after)[0], moved
            with open(self.log, "a", encoding="utf-8") as file:
                file.write(json.dumps([key, self.runs[key]]) + "\n")
        return self.runs[key]


def scikit_learn(samples, count):
    """The picture in the colors that KMeans finds from one start, on distinct colors and counts."""
    from sklearn.cluster import KMeans

    colors, where, counts = numpy.unique(pixels.packed(samples), return_inverse=True, return_counts=True)
    points = numpy.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1).astype(numpy.float64)
    fit = KMeans(count, n_init=1, random_state=1).fit(points, sample_weight=counts)
    palette = numpy.rint(fit.cluster_centers_).astype(numpy.uint8)
    return palette[fit.labels_][where].reshape(samples.shape)


def psnr(mse):
    return 10 * math.log10(255**2 / (mse / 3))


def write_sheet(bench, path, rows):
    """A row for each of `rows`, a PPM and its blob: the part around the blob, as it is and by each program."""
    try:
        from PIL import Image, ImageDraw
    except ImportError:
        print(f"no Pillow, so no {path}", file=sys.stderr)
        return
    titles = ["original", *EMPHASES, *(title for title in PEERS if title in bench.programs)]
    width, height, head = 200, 150, 16
    sheet = Image.new("RGB", ((width + 4) * len(titles), head + (height + 4) * len(rows)), "white")
    draw = ImageDraw.Draw(sheet)
    for column, title in enumerate(titles):
        draw.text((column * (width + 4) + 4, 2), f"-emphasis {title}" if title in EMPHASES else title, fill="black")
        for row, (ppm, inside) in enumerate(rows):
            original = pixels.read_ppm(ppm)
            samples = bench.quantized(title, SHEET_COUNT, ppm) if column else original
            y, x = divmod(int(inside[0]), original.shape[1])
            left = min(max(0, x - width // 2), original.shape[1] - width)
            top = min(max(0, y - height // 2), original.shape[0] - height)
            part = Image.fromarray(samples.astype(numpy.uint8)[top : top + height, left : left + width])
            sheet.paste(part, (column * (width + 4), head + row * (height + 4)))
    sheet.save(path)


def table(header, rows):
    """Columns of numbers, that is whose cells start with a digit, are aligned on the right."""
    rules = ["---:" if cell[0].isdigit() else "---" for cell in rows[0]]
    lines = ["| " + " | ".join(header) + " |", "| " + " | ".join(rules) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def paragraph(text):
    return [textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False), ""]


def table_of_kept(bench, moves, counts, kind):
    header = ["area, %", "K"] + [f"X = {title}" if title in EMPHASES else title for title in bench.programs]
    rows = []
    for share in SHARES[kind]:
        for count in counts:
            columns = [moves[kind, share, count, title] for title in bench.programs]
            kept = [f"{sum(move <= KEPT for move in column)} of {len(column)}" for column in columns]
            rows.append([share, str(count), *kept])
    return table(header, rows)


def main():
    quick = "--quick" in sys.argv
    images, out, pamkmeans, result, machine = [argument for argument in sys.argv[1:] if argument != "--quick"]
    bench = Bench(out, pamkmeans)
    counts = [SHEET_COUNT] if quick else COUNTS
    photographs = sorted(glob.glob(os.path.join(images, "kodim*.png")))[: 2 if quick else PHOTOGRAPHS]
    drawings = list(DRAWINGS)[:: 3 if quick else 1]
    names = [os.path.splitext(os.path.basename(path))[0] for path in photographs] + drawings
    # Of each picture: the distances of the blobs' colors, and the rows of the sheets.
    away, sheets = {kind: [] for kind in SHARES}, {kind: [] for kind in SHARES}
    moves, losses, ratios = {}, {}, {}
    for number, name in enumerate(names):
        print(f"{name} ({number + 1} of {len(names)})", file=sys.stderr)
        ppm = os.path.join(bench.folder, name + ".ppm")
        if name in DRAWINGS:
            write_ppm(ppm, DRAWINGS[name](random.Random(f"{DRAWING_SEED} {name}")).samples.round())
        else:
            measure.run(["pngtopnm", "-quiet", photographs[number]], stdout=ppm)
            for count in counts:
                least = bench.run("0", count, ppm)[0]
                for x in EMPHASES[1:]:
                    ratios.setdefault((count, x), []).append(bench.run(x, count, ppm)[0] / least)
        samples = pixels.read_ppm(ppm)
        for kind, (color, distance) in colors_of_blobs(samples).items():
            away[kind].append(distance)
            for share in SHARES[kind]:
                mixed, inside = put_blob(samples, color, share, f"{BLOB_SEED} {name}")
                ppm = write_ppm(os.path.join(bench.folder, f"{name}-{kind}-{share}.ppm"), mixed)
                errors = {}
                for count in counts:
                    for title in bench.programs:
                        errors[title], moved = bench.run(title, count, ppm, inside)
                        moves.setdefault((kind, share, count, title), []).append(moved)
                    if (kind, share) == ("far", LOSS_SHARE):
                        for x in EMPHASES[1:]:
                            losses.setdefault((count, x), []).append(psnr(errors["0"]) - psnr(errors[x]))
                if share == SHEET_SHARE and (name in DRAWINGS or number % 3 == 0):
                    sheets[kind].append((ppm, inside))

    lines = ["# Emphasis", "", "Written by `Benchmarks/blobs.sh IMAGES_DIR`; not edited by hand.", "", f"Machine: {machine}.", ""]
    lines += ["## Small areas of a color of their own", ""]
    lines += paragraph(
        f"The pictures are {len(photographs)} photographs, and {len(drawings)} maps and screens that blobs.py draws: "
        f"{', '.join(drawings)}. Each gets one blob: a disc of a color that the picture does not have, with noise of up to "
        f"{NOISE} in each sample. A blob of 0.1 % has 393 pixels in a photograph and {round(WIDTH * HEIGHT / 1000)} in a drawing."
    )
    lines += paragraph(
        f"A program keeps the blob if the mean color of its pixels moves by at most {KEPT} of 255 in each plane. The tables "
        "count the pictures whose blob is kept. No program dithers. Distances between a blob and the picture's colors are "
        "measured at every seventh pixel."
    )
    lines += table(["column", "command", "version"], bench.described())
    lines += ["### A color far from all others", ""]
    lines += paragraph(
        "The blob has the saturated hue that is farthest in RGB from the colors of the picture. The distance to the nearest "
        f"of them is {min(away['far']):.0f} to {max(away['far']):.0f}."
    )
    lines += table_of_kept(bench, moves, counts, "far")
    lines += ["### A color near others", ""]
    lines += paragraph(
        f"The blob has a color whose distance to the nearest color of the picture is about {NEAR}: "
        f"{min(away['near']):.1f} to {max(away['near']):.1f}."
    )
    lines += table_of_kept(bench, moves, counts, "near")
    lines += ["## What emphasis costs", ""]
    lines += paragraph(
        "The table gives how many decibels the PSNR with `-emphasis X` is below that with `-emphasis 0`, as the mean over the "
        f"pictures. The pictures have the blob of {LOSS_SHARE} % whose color is far from all others."
    )
    rows = []
    groups = (("photographs", slice(len(photographs))), ("drawings", slice(len(photographs), None)), ("all", slice(None)))
    for title, part in groups:
        for count in counts:
            rows.append([title, str(count), *(f"{statistics.mean(losses[count, x][part]):.2f}" for x in EMPHASES[1:])])
    lines += table(["pictures", "K", *(f"X = {x}" for x in EMPHASES[1:])], rows)
    lines += paragraph(
        "The next table gives the percentage by which `-emphasis X` raises the mean squared error of the photographs without "
        "a blob, as the geometric mean and the largest value."
    )
    rows = []
    for (count, x), values in ratios.items():
        percents = [100 * (ratio - 1) for ratio in (statistics.geometric_mean(values), max(values))]
        rows.append([str(count), x, *(f"{percent:.2f}" for percent in percents)])
    lines += table(["K", "X", "mean", "largest"], rows)
    with open(result, "w", encoding="utf-8") as file:
        file.write("\n".join(lines).rstrip() + "\n")
    for kind, parts in sheets.items():
        write_sheet(bench, os.path.join(out, f"blobs-{kind}.png"), parts)


main()
