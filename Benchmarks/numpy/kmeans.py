#!/usr/bin/env python3
"""Color compression by k-means in NumPy, the way two student reports describe it: what pamkmeans is measured against
in examples/EXPERIMENTS.md.

    kmeans.py PHOTO.ppm K [--start random|pixels] [--distance direct|expanded] [--limit N] [--seed N] [--output FILE]

The pixels, not the distinct colors, are clustered. `--start random` begins with colors uniform in 0..255, `pixels` with
colors of different pixels. Distances are squared Euclidean: `direct` subtracts, `expanded` computes
|x|^2 - 2 x.c + |c|^2. An iteration assigns all pixels and moves each color to their mean; it is the last when no
coordinate moved by more than 0.001 on the scale from 0 to 1, or at the limit. A color without pixels stays where it is
(the mean of nothing would be NaN). Prints seconds, iterations and the MSE, planes summed, of the rounded result.
"""
import argparse
import time

import numpy as np

CHUNK = 1 << 20


def read(path):
    """The pixels of a raw PPM, one a row, and its width and height."""
    with open(path, "rb") as file:
        data = file.read()
    fields = data.split(maxsplit=4)
    assert fields[0] == b"P6" and fields[3] == b"255", "not a raw PPM of maxval 255"
    width, height = int(fields[1]), int(fields[2])
    return np.frombuffer(data, np.uint8)[-width * height * 3 :].reshape(-1, 3), width, height


def nearest(pixels, colors, distance):
    """The number of the nearest color of each pixel."""
    labels = np.empty(len(pixels), np.int64)
    for start in range(0, len(pixels), CHUNK):
        part = pixels[start : start + CHUNK]
        if distance == "direct":
            squares = ((part[:, None, :] - colors[None, :, :]) ** 2).sum(axis=2)
        else:
            squares = (part**2).sum(axis=1)[:, None] - 2 * part @ colors.T + (colors**2).sum(axis=1)[None, :]
        labels[start : start + CHUNK] = squares.argmin(axis=1)
    return labels


def means(pixels, labels, colors):
    """The mean of each color's pixels."""
    counts = np.bincount(labels, minlength=len(colors))
    sums = np.stack([np.bincount(labels, pixels[:, plane], len(colors)) for plane in range(3)], axis=1)
    return np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], colors)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("photo")
    parser.add_argument("count", type=int)
    parser.add_argument("--start", choices=["random", "pixels"], default="random")
    parser.add_argument("--distance", choices=["direct", "expanded"], default="direct")
    parser.add_argument("--limit", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--output")
    arguments = parser.parse_args()
    original, width, height = read(arguments.photo)

    began = time.perf_counter()
    pixels = original.astype(np.float64)
    generator = np.random.default_rng(arguments.seed)
    if arguments.start == "random":
        colors = generator.uniform(0, 255, (arguments.count, 3))
    else:
        colors = pixels[generator.choice(len(pixels), arguments.count, replace=False)]
    iterations = 0
    while iterations < arguments.limit:
        labels = nearest(pixels, colors, arguments.distance)
        moved = means(pixels, labels, colors)
        change = np.abs(moved - colors).max() / 255
        colors = moved
        iterations += 1
        if change <= 0.001:
            break
    palette = np.rint(colors).astype(np.uint8)
    labels = nearest(pixels, colors, arguments.distance)
    result = palette[labels]
    seconds = time.perf_counter() - began

    error = ((result.astype(np.int64) - original) ** 2).sum() / len(pixels)
    used = len(np.unique(palette[np.flatnonzero(np.bincount(labels))], axis=0))
    print(f"{seconds:.3f} s, {iterations} iterations, MSE {error:.2f}, {used} colors")
    if arguments.output:
        with open(arguments.output, "wb") as file:
            file.write(b"P6\n%d %d\n255\n" % (width, height) + result.tobytes())


if __name__ == "__main__":
    main()
