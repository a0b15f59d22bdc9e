"""Pictures as arrays, and what a quantized one is worth."""

import subprocess

import numpy


def read_ppm(path):
    """The samples of a raw PPM of maxval 255: h x w x 3."""
    with open(path, "rb") as file:
        data = file.read()
    fields, at = [], 0
    while len(fields) < 4:
        end = at
        while not data[end : end + 1].isspace():
            end += 1
        if data[at:end].startswith(b"#"):
            end = data.index(b"\n", at)
        elif end > at:
            fields.append(data[at:end])
        at = end + 1
    if fields[0] != b"P6" or fields[3] != b"255":
        raise ValueError(f"{path} is not a raw PPM of maxval 255")
    width, height = int(fields[1]), int(fields[2])
    return numpy.frombuffer(data, numpy.uint8, width * height * 3, at).reshape(height, width, 3)


def read_picture(path):
    """The same of a PPM, PNG or GIF."""
    converter = {"png": "pngtopnm", "gif": "giftopnm"}.get(path.rsplit(".", 1)[-1])
    if converter:
        with open(path + ".ppm", "wb") as file:
            pnm = subprocess.run([converter, "-quiet", path], check=True, timeout=60, stdout=subprocess.PIPE).stdout
            subprocess.run(["ppmtoppm"], input=pnm, check=True, timeout=60, stdout=file)
        path += ".ppm"
    return read_ppm(path)


def packed(samples):
    """One integer for each pixel."""
    wide = samples.reshape(-1, 3).astype(numpy.uint32)
    return wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2]


def score(before, after):
    """MSE, that is the mean over pixels of the squared distance in RGB, and the number of colors."""
    difference = before.astype(numpy.int32) - after
    return float((difference**2).sum() / (before.size // 3)), int(numpy.unique(packed(after)).size)


def score_palette(before, palette):
    """The same for the picture with each pixel in the nearest of `palette`, n x 3 integers."""
    colors, counts = numpy.unique(packed(before), return_counts=True)
    points = numpy.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1).astype(numpy.float64)
    palette = numpy.unique(palette, axis=0).astype(numpy.float64)
    total, used = 0.0, set()
    for start in range(0, len(points), 16384):
        some = points[start : start + 16384]
        squares = (some**2).sum(1)[:, None] - 2 * some @ palette.T + (palette**2).sum(1)
        nearest = squares.argmin(1)
        total += float((((some - palette[nearest]) ** 2).sum(1) * counts[start : start + 16384]).sum())
        used.update(nearest.tolist())
    return total / counts.sum(), len(used)
