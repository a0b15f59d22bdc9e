"""Makes the pictures of quality.py in a folder: two sets, which are the same every time.

usage: quality_inputs.py DIR
"""

import os
import sys
import zlib

import numpy

import inputs

SETS = ["A", "B"]
SIDE = 256
PIXELS = SIDE * SIDE
FINE = 8  # rows and columns in each pixel of a drawing; the mean over them makes soft edges


def blobs(random, count, spread, weights=None):
    """Normally distributed blobs, of equal weight unless there are weights. Their centers are uniform in the cube of colors,
    at least three standard deviations from its faces."""
    centers = random.uniform(3 * spread, 255 - 3 * spread, (count, 3))
    ends = numpy.cumsum(numpy.ones(count) if weights is None else weights)
    blob = numpy.searchsorted(numpy.rint(ends / ends[-1] * PIXELS), numpy.arange(PIXELS), side="right")
    return shuffled(random, centers[blob] + random.normal(0, spread, (PIXELS, 3)))


def unequal_blobs(random):
    """The weight of a blob is proportional to 1 / its rank."""
    return blobs(random, 128, 4, 1 / numpy.arange(1, 129))


def shuffled(random, colors):
    return colors[random.permutation(PIXELS)].reshape(SIDE, SIDE, 3)


def cube(random):
    """All colors of a cubic lattice, equally frequent to within one pixel."""
    side, step = random.randint(10, 17), random.randint(8, 15)
    start = random.randint(0, 256 - step * (side - 1))
    return shuffled(random, numpy.resize(start + step * numpy.indices((side, side, side)).reshape(3, -1).T, (PIXELS, 3)))


def dense(random):
    """The same with the lattice of the densest packing of spheres, turned at random."""
    points = numpy.indices((49, 49, 49)).reshape(3, -1).T - 24
    points = points[points.sum(1) % 2 == 0] * random.uniform(11, 14)
    w, x, y, z = quaternion = random.normal(size=4)
    w, x, y, z = quaternion / numpy.sqrt((quaternion**2).sum())
    axes = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    points = 127.5 + sum(points[:, [axis]] * numpy.array(row) for axis, row in enumerate(axes))
    return shuffled(random, numpy.resize(points[((points > 0) & (points < 255)).all(1)], (PIXELS, 3)))


class Drawing:
    """Shapes without soft edges on a fine raster. Coordinates are in pixels."""

    def __init__(self, background):
        self.raster = numpy.empty((SIDE * FINE, SIDE * FINE, 3), numpy.uint8)
        self.raster[:] = background
        self.y, self.x = (numpy.indices(self.raster.shape[:2], numpy.float32) + 0.5) / FINE

    def rectangle(self, left, top, width, height, color):
        rows, columns = (slice(max(0, round(FINE * a)), max(0, round(FINE * (a + b)))) for a, b in ((top, height), (left, width)))
        self.raster[rows, columns] = color

    def disc(self, x, y, radius, color):
        self.raster[(self.x - x) ** 2 + (self.y - y) ** 2 < radius**2] = color

    def line(self, start, end, width, color):
        (x, y), (u, v) = start, (end[0] - start[0], end[1] - start[1])
        length = (u * u + v * v) ** 0.5
        along, across = ((self.x - x) * u + (self.y - y) * v) / length, ((self.x - x) * v - (self.y - y) * u) / length
        self.raster[(along > 0) & (along < length) & (abs(across) < width / 2)] = color

    def text(self, random, left, top, width, color):
        """A line of strokes that look like words."""
        x = left
        while x < left + width:
            for _ in range(random.randint(2, 8)):
                height = random.choice([4, 6])
                self.rectangle(x, top + 6 - height, random.choice([0.75, 1.25]), height, color)
                self.rectangle(x, top + random.choice([0.5, 2.5, 5.25]), 2.5, 0.75, color)
                x += random.choice([2.75, 3.5, 4.25])
            x += 3

    def picture(self):
        return self.raster.reshape(SIDE, FINE, SIDE, FINE, 3).mean((1, 3))


def screen(random):
    """Windows with text in a few colors, and buttons."""
    desk, frame, paper, button, *inks = random.uniform(0, 255, (9, 3)).round()
    paper, inks = 200 + paper // 5, [ink // 2 for ink in inks]
    drawing = Drawing(desk)
    for _ in range(3):
        left, top, width, height = (random.uniform(*ends) for ends in ((4, 110), (4, 110), (110, 180), (90, 150)))
        drawing.rectangle(left, top, width, height, paper)
        drawing.rectangle(left, top, width, 12, frame)
        drawing.text(random, left + 5, top + 3, 40, paper)
        drawing.disc(left + width - 7, top + 6, 3.5, button)
        for row in numpy.arange(top + 20, top + height - 24, 9.5):
            drawing.text(random, left + 6, row, random.uniform(0.3, 0.8) * width, inks[random.randint(len(inks))])
        drawing.rectangle(left + width - 34, top + height - 16, 28, 10.5, button)
        drawing.text(random, left + width - 30, top + height - 13, 12, paper)
    drawing.rectangle(0, 0, 96, 10, frame)
    drawing.text(random, 3, 2, 80, paper)
    return drawing.picture()


def diagram(random):
    """Bars, curves and points on a grid."""
    paper, grid, ink, *colors = random.uniform(0, 255, (8, 3)).round()
    paper, ink = 220 + paper // 8, ink // 4
    drawing = Drawing(paper)
    for at in range(16, SIDE, 32):
        drawing.line((0, at + 0.5), (SIDE, at + 0.5), 1, grid)
    for color in colors[:2]:
        for left in range(random.randint(14, 30), SIDE - 20, 48):
            top = random.uniform(90, 220)
            drawing.rectangle(left, top, 16.5, 240 - top, color)
    for color in colors[2:]:
        heights = random.uniform(20, 200, 6)
        places = [(16 + 45 * number, height) for number, height in enumerate(heights)]
        for start, end in zip(places, places[1:]):
            drawing.line(start, end, 2.5, color)
        for x, y in places:
            drawing.disc(x, y, 4.5, color)
    drawing.line((14, 240), (250, 240), 1.5, ink)
    drawing.line((14, 240), (14, 8), 1.5, ink)
    for row in (4, 246):
        drawing.text(random, 20, row, random.uniform(80, 200), ink)
    return drawing.picture()


def ramp(random):
    """A gradient between two colors."""
    ends = numpy.array([random.uniform(0, 60, 3), random.uniform(195, 255, 3)])
    ends = numpy.where(numpy.append(True, random.randint(2, size=2) == 1), ends, ends[::-1])
    row = ends[0] + numpy.linspace(0, 1, SIDE)[:, None] * (ends[1] - ends[0])
    return numpy.broadcast_to(row, (SIDE, SIDE, 3))


def corners(random):
    """A gradient between the colors of four corners."""
    a, b, c, d = random.uniform(0, 255, (4, 3))
    y, x = numpy.indices((SIDE, SIDE))[..., None] / (SIDE - 1)
    return (1 - y) * ((1 - x) * a + x * b) + y * ((1 - x) * c + x * d)


def smooth(random):
    """A random field: the sum of interpolated lattices of random values. Their steps are 2 to 128 pixels; the coarser the
    lattice, the larger its values."""
    field = numpy.zeros((SIDE, SIDE))
    for step in (2, 4, 8, 16, 32, 64, 128):
        layer = random.normal(0, step**0.7, (SIDE // step + 1, SIDE // step + 1))
        at, part = numpy.arange(SIDE) // step, numpy.arange(SIDE) % step / step
        layer = (1 - part)[:, None] * layer[at] + part[:, None] * layer[at + 1]
        field += (1 - part) * layer[:, at] + part * layer[:, at + 1]
    return field


def clouds(random):
    """Like a photograph: smooth noise that the planes share, less noise of each plane's own, and grain."""
    shared = smooth(random)
    planes = [random.uniform(100, 156) + shared + 0.3 * smooth(random) for _ in range(3)]
    return numpy.stack(planes, axis=2) + random.normal(0, 1.5, (SIDE, SIDE, 3))


# Name: what makes the picture. libraries.py wants four colors in the first 64 rows and columns of each.
PICTURES = {
    "blobs-16": lambda random: blobs(random, 16, 10),
    "blobs-64": lambda random: blobs(random, 64, 4),
    "blobs-64-wide": lambda random: blobs(random, 64, 14),
    "blobs-256": lambda random: blobs(random, 256, 3),
    "unequal": unequal_blobs,
    "cube": cube,
    "dense": dense,
    "screen": screen,
    "diagram": diagram,
    "ramp": ramp,
    "corners": corners,
    "clouds": clouds,
}


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    for group in SETS:
        for name, make in PICTURES.items():
            # The random numbers of RandomState are frozen; those of a Generator may change with NumPy.
            samples = make(numpy.random.RandomState(zlib.crc32(f"{group} {name}".encode())))
            raster = samples.round().clip(0, 255).astype(numpy.uint8).tobytes()
            inputs.write(directory, f"{group}-{name}.ppm", b"P6\n%d %d\n255\n" % (SIDE, SIDE), raster)


if __name__ == "__main__":
    main()
