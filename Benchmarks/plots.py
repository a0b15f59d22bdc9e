"""Draws error against CPU time, and CPU time against size, from compare.py's cells, as SVG.

usage: plots.py OUT PAMKMEANS TABLE.csv RESULTS_DIR
"""

import os
import statistics
import sys

import matplotlib

matplotlib.use("agg")
matplotlib.rcParams.update({"svg.hashsalt": "pamkmeans", "svg.fonttype": "none", "font.size": 10, "axes.grid": True})
matplotlib.rcParams.update({"grid.alpha": 0.3, "axes.axisbelow": True})
import matplotlib.ticker  # noqa: E402
import matplotlib.transforms  # noqa: E402
import matplotlib.pyplot as pyplot  # noqa: E402

import cells as results  # noqa: E402
import compare  # noqa: E402
import peers  # noqa: E402

FLOOR = 0.03  # percent; what lies lower is drawn there


def place_labels(axes, points):
    """Names beside points; of places to the right, left, above and below, the first that hits nothing."""
    figure = axes.figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    taken = []
    for x, y, _, _ in points:
        px, py = axes.transData.transform((x, y))
        taken.append(matplotlib.transforms.Bbox.from_bounds(px - 5, py - 5, 10, 10))
    inside = axes.get_window_extent(renderer)
    for x, y, name, color in points:
        best = None
        for dx, dy, across in [
            (7, -3, "left"), (-7, -3, "right"), (0, 8, "center"), (0, -14, "center"), (7, 6, "left"), (-7, 6, "right"),
            (7, -12, "left"), (-7, -12, "right"), (0, 19, "center"), (0, -25, "center"), (12, 17, "left"),
            (-12, 17, "right"), (12, -23, "left"), (-12, -23, "right"),
        ]:
            label = axes.annotate(
                name, (x, y), (dx, dy), textcoords="offset points", ha=across, fontsize=9, color=color,
                fontweight="bold" if name.startswith("pamkmeans") else "normal",
            )
            box = label.get_window_extent(renderer)
            hits = sum(box.overlaps(other) for other in taken)
            hits += 3 * (box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1)
            if best is None or hits < best[0]:
                if best:
                    best[1].remove()
                best = (hits, label, box)
            else:
                label.remove()
            if best[0] == 0:
                break
        taken.append(best[2])


def error_against_time(cells, reference, path):
    figure, panels = pyplot.subplots(2, 1, figsize=(9, 11))
    for axes, count in zip(panels, (16, 256)):
        points = []
        for name in [*peers.PROGRAMS, *peers.LIBRARIES]:
            took = results.times(cells, name, count)
            values = results.excesses(cells, reference, name, count).values()
            if took and values:
                error = max(FLOOR, statistics.mean(values))
                ours, library = name.startswith("pamkmeans"), name in peers.LIBRARIES
                color = "#b3261e" if ours else "#3b6ea5" if library else "#333333"
                axes.plot(took[0], error, marker="s" if library else "o", color=color, markersize=8 if ours else 6)
                points.append((took[0], error, name, color))
        axes.set_xscale("log")
        axes.set_yscale("log")
        high = max(point[1] for point in points)
        axes.set_ylim(FLOOR / 2, high * 2)
        left, right = min(point[0] for point in points), max(point[0] for point in points)
        axes.set_xlim(left / (right / left) ** 0.08, right * (right / left) ** 0.12)
        axes.yaxis.set_major_locator(matplotlib.ticker.FixedLocator([FLOOR, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000]))
        axes.yaxis.set_major_formatter(lambda error, _: f"{error:g}" if error > FLOOR else f"<{error:g}")
        axes.yaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.xaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.set_title(f"K = {count}")
        axes.set_ylabel("mean squared error above the best known, %")
        place_labels(axes, points)
    panels[1].set_xlabel("CPU seconds for a Kodak photograph (circles: whole command; squares: inside a library)")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def time_against_size(cells, path):
    figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.8), sharey=True)
    for axes, count in zip(panels, (16, 256)):
        for name in [*compare.SIZE_PEERS, "jpegtopnm"]:
            across, up = [], []
            for numerator, denominator in compare.SIZES:
                image = f"photograph {numerator}/{denominator}"
                cell = cells.get((name if name != "jpegtopnm" else "pnmquant", image, count))
                if cell:
                    across.append(4032 * 3024 / 1e6 * numerator / denominator)
                    up.append(min(cell["jpegtopnm" if name == "jpegtopnm" else "cpu"]))
            if across:
                ours = name.startswith("pamkmeans")
                style = "--" if name == "jpegtopnm" else "-"
                axes.plot(across, up, style, marker="o", label=name, linewidth=2.2 if ours else 1.3)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_locator(matplotlib.ticker.FixedLocator([0.762, 3.05, 12.2, 48.8]))
        axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.xaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%.3g"))
        axes.yaxis.set_major_locator(matplotlib.ticker.LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.yaxis.set_major_formatter(matplotlib.ticker.FormatStrFormatter("%g"))
        axes.set_title(f"K = {count}")
        axes.set_xlabel("megapixels")
    low, high = panels[0].get_ylim()
    panels[0].set_ylim(low, 6 * high)
    panels[0].set_ylabel("CPU seconds")
    panels[0].legend(loc="upper left")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def main():
    out, pamkmeans, table, directory = sys.argv[1:]
    cells = results.read(out, pamkmeans)
    reference = results.references(cells, results.read_table(table))
    error_against_time(cells, reference, os.path.join(directory, "error-against-time.svg"))
    time_against_size(cells, os.path.join(directory, "time-against-size.svg"))


main()
