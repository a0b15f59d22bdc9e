"""Makes the images of scaling.py in a folder; each the same every time.

usage: scaling_inputs.py DIR
"""

import array
import os
import random
import sys

import inputs

MILLION = 1000 * 1000
SIDE = 512  # of the field that the crops are taken from


def ppm(width, height, raster, maxval=255):
    return b"P6\n%d %d\n%d\n" % (width, height, maxval) + raster


def big_endian(values):
    """The bytes of 16-bit samples."""
    samples = array.array("H", values)
    if sys.byteorder == "little":
        samples.byteswap()
    return samples.tobytes()


def normal_samples(generator, count):
    return (min(65535, max(0, round(generator.gauss(32768, 8000)))) for _ in range(count))


def distinct_colors(generator, count):
    return b"".join(color.to_bytes(6, "big") for color in generator.sample(range(1 << 48), count))


def mixed(a, b, part):
    return [x + part * (y - x) for x, y in zip(a, b)]


def smooth(generator):
    """A random field of SIDE x SIDE in lists of rows. Lattices of random values, two pixels apart up to 128, are
    interpolated and added; the coarser the lattice, the larger its values."""
    field = [[0.0] * SIDE for _ in range(SIDE)]
    for step in (2, 4, 8, 16, 32, 64, 128):
        lattice = []
        for _ in range(SIDE // step + 1):
            nodes = [generator.gauss(0, step**0.7) for _ in range(SIDE // step + 1)]
            slopes = [(right - left) / step for left, right in zip(nodes, nodes[1:])]
            lattice.append([nodes[x // step] + x % step * slopes[x // step] for x in range(SIDE)])
        for y, row in enumerate(field):
            between = mixed(lattice[y // step], lattice[y // step + 1], y % step / step)
            field[y] = [a + b for a, b in zip(row, between)]
    return field


def crops(generator, count, size):
    """Parts of a picture like a photograph: smooth noise that the planes share, less noise of their own, and grain."""
    shared = smooth(generator)
    samples = bytearray(3 * SIDE * SIDE)
    for plane in range(3):
        own = smooth(generator)
        values = (128 + a + 0.3 * b + generator.gauss(0, 1.5) for rows in zip(shared, own) for a, b in zip(*rows))
        samples[plane::3] = bytes(min(255, max(0, round(value))) for value in values)
    for _ in range(count):
        left, top = generator.randrange(SIDE - size), generator.randrange(SIDE - size)
        starts = (3 * (y * SIDE + left) for y in range(top, top + size))
        yield ppm(size, size, b"".join(samples[start : start + 3 * size] for start in starts))


def noise(generator, count, size):
    return (ppm(size, size, generator.randbytes(3 * size * size)) for _ in range(count))


def main():
    directory = sys.argv[1]
    os.makedirs(directory, exist_ok=True)
    if not os.path.exists(os.path.join(directory, "row.ppm")):
        raster = big_endian(normal_samples(random.Random(1), 3 * MILLION))
        inputs.write(directory, "million.ppm", ppm(1000, 1000, raster, 65535))
        inputs.write(directory, "column.ppm", ppm(1, MILLION, raster, 65535))
        inputs.write(directory, "row.ppm", ppm(MILLION, 1, raster, 65535))
    inputs.write(directory, "palette.ppm", ppm(1000, 100, distinct_colors(random.Random(2), 100000), 65535))
    header = b"P7\nWIDTH 400\nHEIGHT 250\nDEPTH 64\nMAXVAL 255\nTUPLTYPE OTHER\nENDHDR\n"
    inputs.write(directory, "planes.pam", header, random.Random(3).randbytes(64 * 400 * 250))
    inputs.write(directory, "tiny.ppm", *noise(random.Random(4), 100000, 4))
    inputs.write(directory, "frames.ppm", *noise(random.Random(5), 10000, 64))
    inputs.write(directory, "crops.ppm", *crops(random.Random(6), 20000, 32))
    gray = [*range(65536), *random.Random(7).choices(range(65536), k=MILLION - 65536)]
    inputs.write(directory, "gray.pgm", b"P5\n1000 1000\n65535\n", big_endian(gray))


main()
