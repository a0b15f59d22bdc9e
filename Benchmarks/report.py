"""Writes RESULTS.md, and lower-than-known.csv where an error of the table was beaten, from compare.py's cells.

usage: report.py OUT TABLE.csv PAMKMEANS RESULTS_DIR MACHINE
"""

import importlib.metadata
import os
import statistics
import sys

import cells as results
import peers

EFFORTS = ["fast", "normal", "best"]
# Mean above the best known and worst picture, in percent, for K <= 64 and above.
TARGETS = {"fast": [(1.5, 6.0), (1.5, 6.0)], "normal": [(0.3, 1.5), (0.1, 1.0)], "best": [(0.05, 0.5), (-0.3, 0.2)]}


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "| --- |" + " ---: |" * (len(header) - 1)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows] + [""]


def shown(name):
    return f"**{name}**" if name.startswith("pamkmeans") else name


def quality(cells, reference, names, counts):
    rows = []
    for name in names:
        row = [shown(name)]
        for count in counts:
            values = list(results.excesses(cells, reference, name, count).values())
            row.append(f"{statistics.mean(values):.2f} / {max(values):.2f}" if values else "")
        pictures = {image for peer, image, _ in cells if peer == name and not image.startswith("photograph")}
        rows.append(row + [str(len(pictures))])
    return table(["error above, %: mean / worst"] + [f"K = {count}" for count in counts] + ["pictures"], rows)


def targets(cells, reference, counts):
    rows = []
    for effort in EFFORTS:
        row = [f"`-effort {effort}`"]
        for count in counts:
            values = list(results.excesses(cells, reference, f"pamkmeans {effort}", count).values())
            if not values:
                row.append("")
                continue
            mean, worst = TARGETS[effort][count > 64]
            marks = ["" if statistics.mean(values) <= mean else " mean missed", "" if max(values) <= worst else " worst missed"]
            verdict = ",".join(mark for mark in marks if mark) or " met"
            row.append(f"{statistics.mean(values):+.3f} / {max(values):+.2f}{verdict}")
        rows.append(row)
    return table(["mean / worst, %"] + [f"K = {count}" for count in counts], rows)


def beaten(cells, names):
    """For each peer, in how many cells it was run in and its error is below that of pamkmeans normal."""
    rows, listed = [], []
    for name in names:
        both = 0
        for (peer, image, count), cell in sorted(cells.items()):
            ours = cells.get(("pamkmeans normal", image, count))
            if peer != name or cell.get("mse") is None or not ours or ours.get("mse") is None:
                continue
            both += 1
            if cell["mse"] < ours["mse"]:
                listed.append((name, image, count, 100 * (ours["mse"] / cell["mse"] - 1)))
        rows.append([shown(name), str(both), str(sum(item[0] == name for item in listed))])
    lines = table(["peer", "cells", "below pamkmeans normal"], rows)
    for name, image, count, percent in listed:
        if not name.startswith("pamkmeans"):
            lines.append(f"- {name}, {image}, K = {count}: the error of pamkmeans normal is {percent:.3f} % higher")
    return lines + [""]


def speed(cells, names, counts):
    rows = []
    for name in names:
        row = [shown(name)]
        for count in counts:
            took = results.times(cells, name, count)
            row.append(f"{took[0] * 1000:.0f} / {took[1] * 1000:.0f}" if took else "")
        rows.append(row)
    return table(["CPU ms: fastest / median"] + [f"K = {count}" for count in counts], rows)


def ratios(cells, names, counts):
    """Of the fastest runs on the same pictures, mean over the pictures."""
    rows = []
    for name in names:
        row = [shown(name)]
        for count in counts:
            to_pnmquant, to_decoding = [], []
            for (peer, image, colors), cell in cells.items():
                other = cells.get(("pnmquant", image, count))
                if peer == name and colors == count and not image.startswith("photograph") and other:
                    to_pnmquant.append(min(cell["cpu"]) / min(other["cpu"]))
                    to_decoding.append(min(cell["cpu"]) / min(other["jpegtopnm"]))
            row.append(f"{statistics.mean(to_pnmquant):.2f} / {statistics.mean(to_decoding):.1f}" if to_pnmquant else "")
        rows.append(row)
    return table(["CPU to pnmquant / to jpegtopnm"] + [f"K = {count}" for count in counts], rows)


def photograph(cells):
    """The rows of 12 megapixels."""
    rows = []
    for name in peers.PROGRAMS:
        row = [shown(name)]
        for count in (16, 256):
            cell, other = cells.get((name, "photograph 1/1", count)), cells.get(("pnmquant", "photograph 1/1", count))
            if cell and other:
                took, decoding = min(cell["cpu"]), min(cell["jpegtopnm"])
                row += [
                    f"{cell['mse']:.2f}",
                    f"{took * 1000:.0f} / {statistics.median(cell['cpu']) * 1000:.0f}",
                    f"{took / min(other['cpu']):.2f}",
                    f"{took / decoding:.2f}",
                ]
        if len(row) > 1:
            rows.append(row)
    header = ["4032 x 3024"]
    for count in (16, 256):
        header += [f"MSE, K = {count}", "CPU ms: fastest / median", "to pnmquant", "to jpegtopnm"]
    return table(header, rows)


def colors(cells, names):
    """How many of the wanted colors each peer writes."""
    lines = []
    for name in names:
        short = {}
        for (peer, image, count), cell in cells.items():
            if peer == name and cell.get("colors") is not None and cell["colors"] != count:
                short.setdefault(count, []).append(cell["colors"])
        text = ", ".join(
            f"{'-'.join(map(str, sorted({min(values), max(values)})))} for {count} on {len(values)} pictures" for count, values in sorted(short.items())
        )
        lines.append(f"- {shown(name)}: {text or 'exactly K'}")
    return lines + [""]


def commands(versions):
    lines = []
    for name, (words, _) in peers.PROGRAMS.items():
        command = words.replace("PPM", "picture.ppm").replace("PNG", "picture.png").replace("GIF", "picture.gif")
        lines.append(f"- {shown(name)}: `{command}`")
    for name, (_, text) in peers.LIBRARIES.items():
        lines.append(f"- {name}: `{text}`")
    lines.append("")
    for name, version in versions.items():
        lines.append(f"- {name}: {version or 'missing'}")
    for package in peers.DISTRIBUTIONS.values():
        try:
            lines.append(f"- {package}: {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            lines.append(f"- {package}: missing")
    return lines + [""]


def lower(cells, known, path):
    """Writes what pamkmeans found below the table, with the command that found it."""
    lines = []
    for (image, count), error in sorted(known.items()):
        found = [
            (cells[key]["mse"], effort)
            for effort in EFFORTS
            if (key := (f"pamkmeans {effort}", image, count)) in cells
        ]
        if found and min(found)[0] < error - 1e-6:
            mse, effort = min(found)
            lines.append(f"{image},{count},{mse:.6f},{error:.6f},pamkmeans -k {count} -effort {effort}")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(["image,k,mse,mse_known_before,command"] + lines) + "\n")
    return len(lines)


def main():
    out, table_path, pamkmeans, directory, machine = sys.argv[1:]
    cells, known = results.read(out, pamkmeans), results.read_table(table_path)
    reference = results.references(cells, known)
    kodak = [key for key in cells if not key[1].startswith("photograph")]
    counts = sorted({count for _, _, count in kodak})
    pictures = sorted({image for _, image, _ in kodak})
    present = {peer for peer, _, _ in kodak}
    programs = [name for name in peers.PROGRAMS if name in present]
    libraries = [name for name in peers.LIBRARIES if name in present]
    names = programs + libraries
    missing = [name for name in [*peers.PROGRAMS, *peers.LIBRARIES] if name not in present]
    count_lower = lower(cells, known, os.path.join(directory, "lower-than-known.csv"))
    lines = [
        "# Results",
        "",
        "Written by `Benchmarks/run.sh IMAGES_DIR`; not edited by hand.",
        "",
        f"- Machine: {machine}.",
        f"- Pictures: {', '.join(pictures)}.",
        "- The error is the mean over pixels of the squared distance in RGB between a picture and the written result. The",
        "  tables give the percentage by which it exceeds the lowest error known for a palette of 8-bit samples, from",
        "  best-known.csv. Where best-known.csv has no value, they use the lowest error of this run. Dithering is off in all",
        "  programs.",
        "- CPU time is user and system time of the whole command and its child processes. Commands read and write PPM files,",
        "  with three exceptions: pngquant reads and writes PNG, libvips writes GIF, and gifsicle reads and writes GIF. The",
        "  input of gifsicle is a GIF of the 256 colors that pnmquant -meanpixel chooses.",
        "- Commands take turns and run three times. A command that takes more than 0.15 s (2 s for the large photograph)",
        "  runs once. pamkmeans runs once if it takes more than 1 s.",
        "- Each library is timed in its own process, on one thread, from the array of pixels to the 8-bit palette. The time",
        "  excludes starting the interpreter, importing, reading, and mapping the pixels.",
        "- Slow peers run only on every third picture.",
    ]
    lines += [f"- Missing here: {', '.join(missing)}."] if missing else []
    lines += ["", "![Error against CPU time](error-against-time.svg)", "", "![CPU time against size](time-against-size.svg)"]
    lines += ["", "## Error", ""] + quality(cells, reference, names, counts)
    lines += ["Comparison with the targets, mean / worst picture:", ""] + targets(cells, reference, counts)
    lines += [f"A cell is a combination of a picture and a K. In {count_lower} cells, pamkmeans found a lower error than that in best-known.csv;", "lower-than-known.csv lists them.", ""]
    lines += ["The next table gives the number of cells of each peer, including those of the large photograph. The last column counts", "the cells in which the peer has a lower error than pamkmeans at its default.", ""]
    lines += beaten(cells, [name for name in names if name != "pamkmeans normal"])
    lines += ["## CPU time", ""] + speed(cells, names, counts)
    lines += ["The next table gives the ratios of the CPU time to that of pnmquant and to that of jpegtopnm, which decodes the picture", "as JPEG of quality 90. Each ratio compares the fastest runs on one picture; the table gives means over the pictures.", ""]
    lines += ratios(cells, names, counts)
    if ("pamkmeans normal", "photograph 1/1", 16) in cells:
        lines += ["## Twelve megapixels", "", "photograph.sh makes the photograph from four Kodak photographs.", ""] + photograph(cells)
    lines += ["## Colors", "", "Numbers of colors that differ from K, by peer:", ""] + colors(cells, names)
    lines += ["## Commands and versions", ""] + commands(peers.versions(pamkmeans))
    with open(os.path.join(directory, "RESULTS.md"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines).rstrip() + "\n")


main()
