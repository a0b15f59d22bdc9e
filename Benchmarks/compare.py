"""Runs all peers on all pictures and adds what they took and reached to OUT/cells.jsonl, one JSON object a line.

usage: compare.py IMAGES_DIR OUT PAMKMEANS PHOTOGRAPH.jpg [--quick]

Cells that are there, of the same pamkmeans, are not run again, so a run that was cut off goes on.
"""

import glob
import hashlib
import json
import os
import subprocess
import sys

import measure
import peers
import pixels

COUNTS = [4, 8, 16, 32, 64, 128, 256]
SIZES = [(1, 16), (1, 4), (1, 1), (4, 1)]  # of the photograph's pixels
ENOUGH = {"photograph": 2}  # seconds above which a peer is run once, not thrice
SIZE_PEERS = ["pamkmeans fast", "pamkmeans normal", "pnmquant", "pngquant"]
PHOTOGRAPH_PEERS = [name for name in peers.PROGRAMS if name not in ("gifsicle", "pngquant --speed 1")]


def make(path, *commands):
    """Runs a pipe of commands into `path`, unless it is there."""
    if not os.path.exists(path):
        data = None
        for command in commands:
            data = subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True, timeout=120).stdout
        with open(path + ".part", "wb") as file:
            file.write(data)
        os.rename(path + ".part", path)
    return path


class Cells:
    """The file of results, and which of them are there."""

    def __init__(self, path, program):
        self.path, self.program, self.keys = path, program, set()
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    cell = json.loads(line)
                    self.keys.add((cell["program"], cell["image"], cell["k"], cell["peer"]))

    def has(self, image, count, peer):
        return (self.program, image, count, peer) in self.keys

    def add(self, image, count, peer, **values):
        cell = {"program": self.program, "image": image, "k": count, "peer": peer, **values}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(cell) + "\n")
        self.keys.add((self.program, image, count, peer))


def files_of(image, ppm, out):
    """The picture in the formats peers read, but GIF."""
    base = os.path.join(out, image)
    return {
        "PPM": ppm,
        "PNG": make(base + ".png", ["pnmtopng", "-quiet", ppm]),
        "JPEG": make(base + ".jpg", ["pnmtojpeg", "-quiet", "-quality=90", ppm]),
    }


def gif_of(image, ppm, out):
    return make(os.path.join(out, image + ".gif"), ["pnmquant", "-quiet", "-meanpixel", "256", ppm], ["pamtogif", "-quiet"])


def compare_programs(cells, image, count, files, names, pamkmeans, out, scored=True):
    """One cell for each of `names`: commands in turn, thrice what takes little, and jpegtopnm among them."""
    todo = [name for name in names if peers.is_possible(name, count) and not cells.has(image, count, name)]
    if not todo:
        return
    costs, scores = {name: [] for name in todo}, {}
    decoding = []
    for turn in range(3):
        decoding.append(measure.run(["jpegtopnm", "-quiet", files["JPEG"]], stdout=os.path.join(out, "result.ppm")).cpu)
        for name in measure.rotated(list(todo), turn):
            enough = 1 if name.startswith("pamkmeans") else ENOUGH.get(image.split()[0], 0.15)
            if turn and costs[name][0] > enough:
                continue
            result = os.path.join(out, "result." + peers.PROGRAMS[name][1])
            command, stdin = peers.command(name, count, {**files, "OUT": result}, pamkmeans)
            writes_itself = "OUT" in peers.PROGRAMS[name][0]
            try:
                costs[name].append(measure.run(command, stdin, os.devnull if writes_itself else result).cpu)
                if not turn and scored:
                    scores[name] = pixels.score(pixels.read_ppm(files["PPM"]), pixels.read_picture(result))
            except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
                print(f"{image}, K = {count}, {name}: {error}", file=sys.stderr)
                todo.remove(name)
    for name in todo:
        mse, colors = scores.get(name, (None, None))
        cells.add(image, count, name, mse=mse, colors=colors, cpu=costs[name], jpegtopnm=decoding)


def compare_libraries(cells, image, counts, ppm, names):
    for name in names:
        todo = [str(count) for count in counts if not cells.has(image, count, name)]
        if todo:
            driver = os.path.join(os.path.dirname(os.path.abspath(__file__)), "libraries.py")
            command = [sys.executable, driver, name, ppm, *todo]
            reply = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=300, check=False)
            for line in reply.stdout.splitlines():
                cell = json.loads(line)
                cells.add(image, cell.pop("k"), name, **cell)
            if reply.returncode:
                print(f"{image}, {name}: {reply.stderr.strip().splitlines()[-1]}", file=sys.stderr)


def sized(photograph, numerator, denominator, out):
    """The photograph with that part of its pixels, as PPM, and its JPEG."""
    image = f"photograph {numerator}/{denominator}"
    ppm = make(os.path.join(out, "photograph.ppm"), ["jpegtopnm", "-quiet", photograph])
    if (numerator, denominator) != (1, 1):
        factor = str((numerator / denominator) ** 0.5)
        ppm = make(os.path.join(out, image.replace("/", "-") + ".ppm"), ["pamscale", "-quiet", factor, ppm])
    return image, files_of(image.replace("/", "-"), ppm, out)


def main():
    quick = "--quick" in sys.argv
    images, out, pamkmeans, photograph = [argument for argument in sys.argv[1:] if argument != "--quick"]
    with open(pamkmeans, "rb") as file:
        program = hashlib.sha256(file.read()).hexdigest()[:16]
    cells = Cells(os.path.join(out, "cells.jsonl"), program)
    libraries = [
        name
        for name, (module, _) in peers.LIBRARIES.items()
        if subprocess.run([sys.executable, "-c", f"import {module}"], capture_output=True, timeout=60, check=False).returncode == 0
    ]
    counts = [4, 16, 256] if quick else COUNTS
    paths = sorted(glob.glob(os.path.join(images, "*.png")))
    for number, path in enumerate(paths[2:4] if quick else paths):
        image = os.path.splitext(os.path.basename(path))[0]
        print(f"{image} ({number + 1} of {2 if quick else len(paths)})", file=sys.stderr)
        ppm = make(os.path.join(out, image + ".ppm"), ["pngtopnm", "-quiet", path])
        files = {**files_of(image, ppm, out), "GIF": gif_of(image, ppm, out)}
        for count in counts:
            compare_programs(cells, image, count, files, peers.found(), pamkmeans, out)
        often = [name for name in libraries if number % 3 == 0 or name not in peers.RARE]
        compare_libraries(cells, image, counts, ppm, often)
    sizes = SIZES[:2] if quick else SIZES
    for part in sizes:
        print(f"photograph, {part[0]}/{part[1]} of its size", file=sys.stderr)
        image, files = sized(photograph, *part, out)
        whole = part == (1, 1)
        names = [name for name in peers.found() if name in (PHOTOGRAPH_PEERS if whole else SIZE_PEERS)]
        for count in (16, 256):
            compare_programs(cells, image, count, files, names, pamkmeans, out, scored=whole)


if __name__ == "__main__":
    main()
