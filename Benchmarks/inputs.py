"""Makes the hard inputs of speed.py in a folder, from the photograph as PPM; each the same every time.

usage: inputs.py PHOTOGRAPH.ppm DIR
"""

import os
import random
import sys

WIDTH, HEIGHT = 4032, 3024


def write(directory, name, *parts):
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        with open(path + ".part", "wb") as file:
            for part in parts:
                file.write(part)
        os.rename(path + ".part", path)


def pam(depth, kind):
    return f"P7\nWIDTH {WIDTH}\nHEIGHT {HEIGHT}\nDEPTH {depth}\nMAXVAL 255\nTUPLTYPE {kind}\nENDHDR\n".encode()


def planes(*sources):
    """Samples of planes side by side, plane after plane in each pixel."""
    raster = bytearray(len(sources) * WIDTH * HEIGHT)
    for plane, source in enumerate(sources):
        raster[plane :: len(sources)] = source
    return raster


def cut(raster, width, height, left, top):
    rows = (raster[3 * ((top + row) * WIDTH + left) :][: 3 * width] for row in range(height))
    return f"P6\n{width} {height}\n255\n".encode() + b"".join(rows)


def main():
    photograph, directory = sys.argv[1:]
    os.makedirs(directory, exist_ok=True)
    with open(photograph, "rb") as file:
        raster = memoryview(file.read())[-3 * WIDTH * HEIGHT :]
    red, green, blue = (bytes(raster[plane::3]) for plane in range(3))
    noise = random.Random(1).randbytes(len(raster))
    write(directory, "one.ppm", b"P6\n1 1\n255\nabc")
    write(directory, "noise.ppm", f"P6\n{WIDTH} {HEIGHT}\n255\n".encode(), noise)
    deep = bytearray(2 * len(raster))
    deep[0::2], deep[1::2] = raster, noise
    write(directory, "deep.ppm", f"P6\n{WIDTH} {HEIGHT}\n65535\n".encode(), deep)
    write(directory, "gray.pgm", f"P5\n{WIDTH} {HEIGHT}\n255\n".encode(), green)
    # Opacity from the photograph itself, upside down.
    write(directory, "planes2.pam", pam(2, "GRAYSCALE_ALPHA"), planes(green, green[::-1]))
    write(directory, "planes4.pam", pam(4, "RGB_ALPHA"), planes(red, green, blue, green[::-1]))
    eight = planes(red, green, blue, red[::-1], green[::-1], blue[::-1], green[WIDTH:] + green[:WIDTH], noise[: len(red)])
    write(directory, "planes8.pam", pam(8, "OTHER"), eight)
    tiles = [cut(raster, 32, 32, left, top) for top in range(0, HEIGHT - 31, 32) for left in range(0, WIDTH, 32)]
    write(directory, "tiles.ppm", *tiles[:10000])
    frames = [cut(raster, 1920, 1080, 34 * number, 31 * number) for number in range(60)]
    write(directory, "video.ppm", *frames)


if __name__ == "__main__":
    main()
