"""The results of compare.py, read back: by peer, picture and number of colors."""

import csv
import hashlib
import json
import os
import statistics


def read(out, pamkmeans):
    """{(peer, picture, count): cell} of this pamkmeans."""
    with open(pamkmeans, "rb") as file:
        program = hashlib.sha256(file.read()).hexdigest()[:16]
    cells = {}
    with open(os.path.join(out, "cells.jsonl"), encoding="utf-8") as file:
        for line in file:
            cell = json.loads(line)
            if cell["program"] == program:
                cells[cell["peer"], cell["image"], cell["k"]] = cell
    return cells


def read_table(path):
    """{(picture, count): lowest mean squared error known for an 8-bit palette}."""
    with open(path, newline="", encoding="utf-8") as file:
        return {
            (row["image"], int(row["k"])): float(row.get("mse") or row.get("mse_8bit_palette"))
            for row in csv.DictReader(file)
        }


def references(cells, known):
    """What errors are related to: the lowest known, or where none is known the lowest seen."""
    lowest = {}
    for (_, image, count), cell in cells.items():
        if cell.get("mse") is not None:
            lowest[image, count] = min(cell["mse"], lowest.get((image, count), cell["mse"]))
    return {key: known.get(key, value) for key, value in lowest.items()}


def excesses(cells, reference, peer, count):
    """By how many percent the peer's error lies above the reference, for each picture it ran on."""
    result = {}
    for (name, image, colors), cell in cells.items():
        if name == peer and colors == count and cell.get("mse") is not None and not image.startswith("photograph"):
            lowest = reference[image, count]
            result[image] = 100 * (cell["mse"] / lowest - 1) if lowest else 0.0
    return result


def times(cells, peer, count):
    """The fastest and the median run of each picture, averaged over the pictures, in seconds; None without any."""
    runs = [
        cell["cpu"]
        for (name, image, colors), cell in cells.items()
        if name == peer and colors == count and not image.startswith("photograph")
    ]
    if not runs:
        return None
    return statistics.mean(map(min, runs)), statistics.mean(map(statistics.median, runs))
