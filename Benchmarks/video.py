"""Measures flicker, error, speed and memory of -track on short clips, and writes VIDEO.md and OUT/video-strip-*.png.

usage: video.py [--quick] PAMKMEANS IMAGES_DIR OUT RESULT.md MACHINE VIDEO

VIDEO may be empty.
"""

import os
import re
import subprocess
import sys
from typing import NamedTuple

import numpy

import measure
import pixels

quick = sys.argv[1] == "--quick"
pamkmeans, images, out, result, machine, video = sys.argv[-6:]

FRAMES = 9 if quick else 24
RUNS = 1 if quick else 5  # of each command whose speed is measured
GIVEN_FRAMES = 120  # taken from the user's video
SMALL, LARGE = (640, 360), (1920, 1080)
COUNT, OTHER_COUNTS = 64, [16, 256]
RATES = {64: 60, 256: 30}  # K: the frames per second that -track should reach
MOST_ERROR = 3  # percent that -track may add
LESS_FLICKER = 20  # the factor by which -track should lower the flicker of a noisy still scene
PAN_STEP = (20, 10)  # pixels to the right and down, per frame
SEED = 7
CORE = str(max(os.sched_getaffinity(0)))
STILL, NOISE, PAN, FADE, OBJECT, CUTS, HEAD = "still", "noise", "pan", "fade", "object", "cuts", "head"
ALONE, TRACK, SHARED, DIFF, SINGLE = "frame by frame", "`-track`", "`-shared`", "ffmpeg diff", "ffmpeg single"

DESCRIPTIONS = {
    STILL: "a still scene: kodim05, without noise",
    NOISE: "the same scene with Gaussian noise of standard deviation 2 in each sample",
    PAN: f"a pan over kodim05, {PAN_STEP[0]} pixels to the right and {PAN_STEP[1]} down per frame",
    FADE: "a linear fade from black to kodim05",
    OBJECT: "a magenta disc that crosses kodim03 and covers 0.14 % of the pixels",
    CUTS: "three still scenes, kodim05, kodim03 and kodim12, with two cuts",
    HEAD: "kodim04, whose face sways by up to 6 pixels; noise of standard deviation 1",
}


class Clip(NamedTuple):
    name: str
    path: str  # a stream of PPM images
    motion: tuple = (0, 0)  # pixels that the whole scene moves from one frame to the next, to the left and up


def path(name):
    return os.path.join(out, name)


def program(command, data=None):
    """What a command prints."""
    done = subprocess.run(command, input=data, capture_output=True, check=True, timeout=measure.LIMIT)
    return done.stdout


# Clips


def photograph(number, size):
    """A part of a Kodak photograph of the shape of a frame, without the photograph's gray border, scaled to `size`."""
    name = os.path.join(images, f"kodim{number:02}")
    if os.path.exists(name + ".png"):
        data = program(["ppmtoppm"], program(["pngtopnm", "-quiet", name + ".png"]))
    else:
        data = open(name + ".ppm", "rb").read()
    portrait = int(data.split()[1]) < int(data.split()[2])
    left, top, width, height = (16, 255, 480, 270) if portrait else (16, 49, 736, 414)
    data = program(["pamcut", f"-left={left}", f"-top={top}", f"-width={width}", f"-height={height}"], data)
    data = program(["pamscale", "-filter=catrom", f"-width={size[0]}", f"-height={size[1]}"], data)
    name = path("video-picture.ppm")
    with open(name, "wb") as file:
        file.write(data)
    return pixels.read_ppm(name).astype(float)


def noisy(frames, deviation):
    random = numpy.random.RandomState(SEED)
    for frame in frames:
        yield frame + random.normal(0, deviation, frame.shape)


def still(size):
    scene = photograph(5, size)
    return (scene for _ in range(FRAMES))


def pan(size):
    width, height = size
    # Room for 24 frames in the same shape.
    scene = photograph(5, (width + 480, height + 270))
    for frame in range(FRAMES):
        x, y = PAN_STEP[0] * frame, PAN_STEP[1] * frame
        yield scene[y : y + height, x : x + width]


def fade(size):
    scene = photograph(5, size)
    return (scene * frame / (FRAMES - 1) for frame in range(FRAMES))


def disc(size, frame):
    """The pixels that the moving object covers."""
    y, x = numpy.mgrid[: size[1], : size[0]]
    return (x - 40 - 20 * frame) ** 2 + (y - size[1] // 2) ** 2 < 100


def moving_object(size):
    scene = photograph(3, size)
    for frame in range(FRAMES):
        image = scene.copy()
        image[disc(size, frame)] = (255, 0, 200)
        yield image


def cuts(size):
    for number in (5, 3, 12):
        scene = photograph(number, size)
        for _ in range(FRAMES // 3):
            yield scene


def head(size):
    """The face is an ellipse with a soft edge; what lies around it stands still."""
    scene = photograph(4, size)
    width, height = size
    y, x = numpy.mgrid[:height, :width]
    distance = numpy.hypot((x / width - 0.52) / 0.3, (y / height - 0.5) / 0.6)
    share = numpy.clip((1 - distance) / 0.25, 0, 1)[..., None]
    scale = width / SMALL[0]
    for frame in range(FRAMES):
        right, down = (int(round(scale * most * numpy.sin(frame / slowness))) for most, slowness in ((6, 4), (4, 3)))
        yield scene + share * (numpy.roll(scene, (down, right), (0, 1)) - scene)


def write(name, frames, motion=(0, 0)):
    clip = Clip(name, path(f"video-{name.replace(' ', '-')}.ppm"), motion)
    with open(clip.path, "wb") as file:
        for frame in frames:
            samples = numpy.clip(numpy.rint(frame), 0, 255).astype(numpy.uint8)
            file.write(b"P6\n%d %d\n255\n" % (samples.shape[1], samples.shape[0]) + samples.tobytes())
    return clip


def own_clips(size):
    return [
        write(STILL, still(size)),
        write(NOISE, noisy(still(size), 2)),
        write(PAN, pan(size), PAN_STEP),
        write(FADE, fade(size)),
        write(OBJECT, moving_object(size)),
        write(CUTS, cuts(size)),
        write(HEAD, noisy(head(size), 1)),
    ]


def ffmpeg(source, target, *options):
    """Runs ffmpeg from file to file; a .ppm file is a stream of PPM images."""
    stream = ["-f", "image2pipe", "-c:v", "ppm"]
    before = [*stream, "-i", source] if source.endswith(".ppm") else ["-i", source]
    after = [*options, *(stream if target.endswith(".ppm") else []), target]
    program(["ffmpeg", "-nostdin", "-y", "-v", "error", *before, "-an", "-fps_mode", "passthrough", *after])


def through_codec(clip):
    """The clip as H.264 leaves it. One thread: the encoder's output depends on their number."""
    coded = path("video-coded.mp4")
    ffmpeg(clip.path, coded, "-c:v", "libx264", "-threads", "1", "-crf", "20", "-pix_fmt", "yuv420p")
    ffmpeg(coded, clip.path)
    return clip


def codec_clips():
    return [
        through_codec(write("head 1080p", noisy(head(LARGE), 1))),
        through_codec(write("pan 1080p", noisy(pan(LARGE), 2))),
    ]


def given_clip():
    clip = Clip("given", path("video-given.ppm"))
    ffmpeg(video, clip.path, "-frames:v", str(FRAMES if quick else GIVEN_FRAMES), "-vf", f"scale={SMALL[0]}:-2")
    return clip


# Flicker and error


def read_stream(name):
    """The samples of a stream of raw PPM images of one size and maxval 255: frames x h x w x 3."""
    with open(name, "rb") as file:
        header = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", file.read(100))
    if not header:
        raise ValueError(f"{name} is not a stream of raw PPM images")
    width, height = int(header[1]), int(header[2])
    size = header.end() + 3 * width * height
    whole = numpy.memmap(name, numpy.uint8, "r")
    if whole.size % size or any(whole[::size] != ord("P")):
        raise ValueError(f"{name} has images of more than one size")
    return whole.reshape(-1, size)[:, header.end() :].reshape(-1, height, width, 3)


def quantize(clip, way, count):
    """Runs a way on a clip: the stream it writes."""
    target = path("video-result.ppm")
    palette = f"palettegen=max_colors={count}:reserve_transparent=0:stats_mode="
    if way == DIFF:
        ffmpeg(clip.path, target, "-lavfi", f"split[a][b];[a]{palette}diff[p];[b][p]paletteuse=dither=none")
    elif way == SINGLE:
        ffmpeg(clip.path, target, "-lavfi", f"split[a][b];[a]{palette}single[p];[b][p]paletteuse=new=1:dither=none")
    else:
        measure.run([*command(way, count), clip.path], stdout=target)
    return read_stream(target)


def command(way, count):
    options = {ALONE: [], TRACK: ["-track"], SHARED: ["-shared"]}[way]
    return [pamkmeans, "-k", str(count), "-effort", "fast", *options]


class Quality(NamedTuple):
    same: float  # percent of the pixels that the input did not change
    flicker: float  # percent of those that the output changed
    change: float  # the mean over those of the squared distance between the outputs
    errors: list  # the mean squared error of each frame

    @property
    def error(self):
        return sum(self.errors) / len(self.errors)


def parts(frames, index, motion):
    """The parts of a frame and the one before that show the same part of the scene."""
    x, y = motion
    _, height, width, _ = frames.shape
    return frames[index, : height - y, : width - x], frames[index - 1, y:, x:]


def compare(clip, after):
    before = read_stream(clip.path)
    if before.shape != after.shape:
        raise ValueError(f"{clip.name}: {after.shape} came from {before.shape}")
    errors = [pixels.score(*pair)[0] for pair in zip(before, after)]
    total = same = changed = change = 0
    for index in range(1, len(before)):
        now, last = parts(before, index, clip.motion)
        unchanged = (now == last).all(2)
        now, last = parts(after, index, clip.motion)
        squares = ((now.astype(int) - last) ** 2).sum(2)[unchanged]
        total += unchanged.size
        same += squares.size
        changed += int((squares > 0).sum())
        change += int(squares.sum())
    return Quality(100 * same / total, 100 * changed / max(same, 1), change / max(same, 1), errors)


class Table:
    """The quality of each way on each clip. OUT/video-frames.csv gets the errors."""

    def __init__(self):
        self.qualities = {}
        self.log = open(path("video-frames.csv"), "w")
        print("clip,k,way,frame,mse", file=self.log)

    def measure(self, clip, way, count, keep=None):
        quality = compare(clip, quantize(clip, way, count))
        if keep:
            os.replace(path("video-result.ppm"), path(keep))
        self.qualities[clip.name, way, count] = quality
        for frame, error in enumerate(quality.errors):
            print(clip.name, count, way.strip("`"), frame, f"{error:.3f}", sep=",", file=self.log, flush=True)
        told = f"flicker {quality.flicker:.3f} %, change {quality.change:.4f}, error {quality.error:.3f}"
        print(f"{clip.name}, K = {count}, {way}: {told}", flush=True)

    def __contains__(self, key):
        return key in self.qualities

    def __getitem__(self, key):
        return self.qualities[key]

    def added(self, clip, way, count):
        """The percentage by which the error exceeds that of frame by frame."""
        return 100 * (self[clip.name, way, count].error / self[clip.name, ALONE, count].error - 1)

    def worst_frame(self, clips, count):
        """The largest percentage by which the error of a frame exceeds that of frame by frame, and the frame."""
        return max(
            (100 * (error / alone - 1), f"frame {index + 1} of {clip.name}")
            for clip in clips
            for index, (error, alone) in enumerate(zip(self[clip.name, TRACK, count].errors, self[clip.name, ALONE, count].errors))
            if alone > 0
        )


# Speed and memory


def speeds(clips):
    """Frames per second of one core, {(clip, K, way): Spread of the CPU time's, median of the wall time's}."""
    commands = {
        (clip.name, count, way): {"command": ["taskset", "-c", CORE, *command(way, count), "-threads", "1", clip.path]}
        for clip in clips
        for count in RATES
        for way in (ALONE, TRACK)
    }
    costs = measure.interleaved(commands, RUNS)
    return {
        name: (
            measure.Spread.of([FRAMES / cost.cpu for cost in some]),  # its `slowest` is the highest rate
            measure.Spread.of([FRAMES / cost.wall for cost in some]).median,
        )
        for name, some in costs.items()
    }


def peak(clip, way, times):
    """The peak memory of a way in megabytes, the clip coming `times` times through a pipe."""
    script = 'clip=$1 times=$2; shift 2; while [ "$times" -gt 0 ]; do cat "$clip"; times=$((times - 1)); done | "$@"'
    arguments = ["sh", "-ec", script, "sh", clip.path, str(times), *command(way, COUNT), "-threads", "1"]
    return measure.peak(arguments) / 1e6


# Strips


def strip(clip, kept):
    """A PNG of three frames: a column for each; rows for the input and what each way made of it, and below each the
    difference to the frame before, 8 times. A moving scene is compared along its motion."""
    first = FRAMES // 2
    left, top, width, height = 200, 90, 320, 180
    x, y = clip.motion
    rows = []
    for name in (clip.path, *map(path, kept)):
        frames = read_stream(name).astype(int)
        now = [frames[index, top : top + height, left : left + width] for index in range(first, first + 3)]
        last = [frames[index, top + y : top + y + height, left + x : left + x + width] for index in range(first - 1, first + 2)]
        rows.append(numpy.hstack(now))
        rows.append(numpy.hstack([numpy.minimum(255, 8 * abs(a - b)) for a, b in zip(now, last)]))
    with open(path(f"video-strip-{clip.name}.png"), "wb") as file:
        samples = numpy.vstack(rows).astype(numpy.uint8)
        file.write(program(["pnmtopng"], b"P6 %d %d 255\n" % (samples.shape[1], samples.shape[0]) + samples.tobytes()))


# The page


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def heading(*titles):
    """The first two lines of a table whose first column is text."""
    return [row(*titles), row("---", *["---:"] * (len(titles) - 1))]


def number(value, digits):
    return f"{value:.{digits}f}" if value else "0"


def signed(value):
    return f"{value:+.1f}" if abs(value) >= 0.05 else "0.0"


def ffmpeg_version():
    return program(["ffmpeg", "-version"]).decode().split()[2]


def introduction(clips):
    version = program([pamkmeans, "-version"]).decode().split("\n")[0]
    palette = "palettegen=max_colors=K:reserve_transparent=0:stats_mode="
    given = [len(read_stream(clip.path)) for clip in clips if clip.name == "given"]
    return [
        "# Video",
        "",
        "Written by `Benchmarks/video.sh IMAGES_DIR`; not edited by hand.",
        "",
        f"Machine: {machine}.",
        "",
        "## Clips and programs",
        "",
        f"Each clip has {FRAMES} frames of {SMALL[0]} x {SMALL[1]} pixels, which video.py makes from Kodak photographs.",
        "",
        "| clip | |",
        "| --- | --- |",
        *[row(name, text) for name, text in DESCRIPTIONS.items()],
        "| head 1080p | head at 1920 x 1080, encoded and decoded by ffmpeg: `-c:v libx264 -crf 20 -pix_fmt yuv420p` |",
        "| pan 1080p | pan at 1920 x 1080 with noise of standard deviation 2, encoded and decoded in the same way |",
        *[row("given", f"the first {count} frames of a video, {SMALL[0]} pixels wide") for count in given],
        "",
        "No program dithers.",
        "",
        "| name | command | version |",
        "| --- | --- | --- |",
        row(ALONE, "`pamkmeans -k K -effort fast`", version),
        row(TRACK, "`pamkmeans -k K -effort fast -track`", version),
        row(SHARED, "`pamkmeans -k K -effort fast -shared`; needs the whole clip", version),
        row(DIFF, f"`{palette}diff`, `paletteuse=dither=none`; needs the whole clip", f"ffmpeg {ffmpeg_version()}"),
        row(SINGLE, f"`{palette}single`, `paletteuse=new=1:dither=none`", f"ffmpeg {ffmpeg_version()}"),
    ]


def aims(table, clips, rates):
    """What -track should reach, and what it reaches."""
    lines = [
        "",
        "## Aims of `-track`",
        "",
        "| | aim | measured | |",
        "| --- | ---: | ---: | --- |",
    ]

    def line(what, aim, measured, met):
        lines.append(row(what, aim, measured, "met" if met else "**missed**"))

    still_flicker = table[STILL, TRACK, COUNT].flicker
    line(f"flicker of a still scene, K = {COUNT}", "0 %", number(still_flicker, 2) + " %", still_flicker == 0)
    noise, alone = (table[NOISE, way, COUNT].flicker for way in (TRACK, ALONE))
    line(
        f"the same with noise, against {ALONE}",
        f"{LESS_FLICKER} times less",
        f"{number(alone, 2)} % to {number(noise, 2)} %" + (f", {alone / noise:.1f} times less" if noise else ""),
        noise * LESS_FLICKER <= alone,
    )
    for count in sorted([COUNT, *OTHER_COUNTS]):
        error, name = max((table.added(clip, TRACK, count), clip.name) for clip in clips if (clip.name, TRACK, count) in table)
        measured = f"{signed(error)} % ({name})"
        line(f"error against {ALONE}, K = {count}, largest of all clips", f"at most +{MOST_ERROR} %", measured, error <= MOST_ERROR)
    for count, aim in RATES.items():
        medians = [(spread.median, name) for (name, k, way), (spread, _) in rates.items() if (k, way) == (count, TRACK)]
        rate, name = min(medians)
        line(f"frames per second at 1080p, K = {count}, slowest clip", aim, f"{rate:.1f} ({name})", rate >= aim)
    return lines


def by_way(table, clips):
    ways = [ALONE, TRACK, SHARED, DIFF, SINGLE]
    lines = [
        "",
        f"## Flicker and error, K = {COUNT}",
        "",
        "Flicker is measured on the unchanged pixels: those that are equal in a frame of the input and the one before. In pan,",
        "these are the points of the scene that are in both frames. The first table gives the unchanged pixels in percent of all",
        "pixels, and the percentage of them that changes in the output. The second table gives the mean squared change: the mean",
        "of their squared distance in RGB between the outputs of both frames. A 0 without decimals is exact.",
        "",
        *heading("clip", "unchanged, %", *[f"{way}, %" for way in ways]),
    ]
    for clip in clips:
        some = [table[clip.name, way, COUNT] for way in ways]
        lines.append(row(clip.name, f"{some[0].same:.2f}", *[number(quality.flicker, 2) for quality in some]))
    lines += ["", *heading("clip", *ways)]
    for clip in clips:
        lines.append(row(clip.name, *[number(table[clip.name, way, COUNT].change, 3) for way in ways]))
    lines += [
        "",
        f"Error is the mean over frames of the mean squared error. The table gives that of {ALONE}, and the percentages by",
        "which the others exceed it.",
        "",
        *heading("clip", f"{ALONE}, MSE", *[f"{way}, %" for way in ways[1:]]),
    ]
    for clip in clips:
        added = [signed(table.added(clip, way, COUNT)) for way in ways[1:]]
        lines.append(row(clip.name, f"{table[clip.name, ALONE, COUNT].error:.2f}", *added))
    return lines


def by_count(table, clips):
    counts = " and ".join(f"K = {count}" for count in OTHER_COUNTS)
    columns = [f"flicker, {ALONE}, %", f"flicker, {TRACK}, %", f"error, {TRACK}, %"]
    titles = [f"K = {count}: {column}" for count in OTHER_COUNTS for column in columns]
    lines = ["", f"## The same for {counts}", "", *heading("clip", *titles)]
    for clip in clips:
        cells = []
        for count in OTHER_COUNTS:
            cells += [number(table[clip.name, way, count].flicker, 2) for way in (ALONE, TRACK)]
            cells.append(signed(table.added(clip, TRACK, count)))
        lines.append(row(clip.name, *cells))
    lines += [
        "",
        f"The error of a single frame exceeds that of {ALONE} by at most:",
        "",
        "| K | `-track`, % | |",
        "| ---: | ---: | --- |",
    ]
    for count in sorted([COUNT, *OTHER_COUNTS]):
        added, name = table.worst_frame(clips, count)
        lines.append(row(count, signed(added), name))
    return lines


def distinct_colors(clip):
    return int(numpy.median([numpy.unique(pixels.packed(frame)).size for frame in read_stream(clip.path)]))


def speed_and_memory(table, clips, rates):
    lines = [
        "",
        "## Speed",
        "",
        "The command is `taskset -c CORE pamkmeans ... -threads 1 FILE > /dev/null`, on one core. The table gives frames per",
        f"second: {FRAMES} frames divided by the user and system time of the process. It gives the fastest and the median of {RUNS} runs,",
        "which take turns. Wall is the median for elapsed time, which grows with other work on the machine. Flicker and error",
        "are those of the same clips.",
        "",
        "| clip | colors of a frame, median | K | name | fastest | median | wall | flicker, % | error, % |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for clip in clips:
        colors = distinct_colors(clip)
        for count in RATES:
            for way in (ALONE, TRACK):
                spread, wall = rates[clip.name, count, way]
                flicker = number(table[clip.name, way, count].flicker, 2)
                error = signed(table.added(clip, way, count)) if way == TRACK else ""
                frames = [f"{rate:.1f}" for rate in (spread.slowest, spread.median, wall)]
                lines.append(row(clip.name, f"{colors:,}", count, way, *frames, flicker, error))
    clip = clips[0]
    lines += [
        "",
        "## Memory",
        "",
        f"The table gives peak memory in MB, for K = {COUNT} and one thread. The frames of {clip.name} come repeatedly through a pipe.",
        "",
        *heading("name", f"{FRAMES} frames", f"{10 * FRAMES} frames"),
    ]
    for way in (ALONE, TRACK):
        lines.append(row(way, *[f"{peak(clip, way, times):.1f}" for times in (1, 10)]))
    return lines


def main():
    table = Table()
    clips = own_clips(SMALL) + ([given_clip()] if video else [])
    for clip in clips:
        kept = []
        for way in (ALONE, TRACK, SHARED, DIFF, SINGLE):
            name = f"video-{clip.name}-{len(kept)}.ppm" if clip.name in (NOISE, PAN) and way in (ALONE, TRACK) else None
            table.measure(clip, way, COUNT, name)
            kept += [name] if name else []
        if kept:
            strip(clip, kept)
        for count in OTHER_COUNTS:
            for way in (ALONE, TRACK):
                table.measure(clip, way, count)
    large = codec_clips()
    for clip in large:
        for count in RATES:
            for way in (ALONE, TRACK):
                table.measure(clip, way, count)
    rates = speeds(large)
    lines = introduction(clips) + aims(table, clips + large, rates) + by_way(table, clips) + by_count(table, clips)
    lines += speed_and_memory(table, large, rates)
    with open(result, "w") as file:
        file.write("\n".join(lines) + "\n")


main()
