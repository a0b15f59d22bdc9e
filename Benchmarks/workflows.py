"""One palette for many images, given palettes, dithers and opacity: what workflows.sh puts in a page.

usage: workflows.py [--quick] PAMKMEANS IMAGES_DIR OUT_DIR
"""

import os
import random
import subprocess
import sys

import numpy

import measure
import pixels

quick = sys.argv[1] == "--quick"
pamkmeans, images, out = sys.argv[-3:]
names = [f"kodim{number:02}" for number in range(1, 5 if quick else 13)]


def shell(command, **variables):
    """What a pipeline prints."""
    done = subprocess.run(["sh", "-ec", command], check=True, capture_output=True, env={**os.environ, **variables})
    return done.stdout


def path(name):
    return os.path.join(out, name)


def picture(name):
    """The file of a photograph as PPM."""
    result = path(name + ".ppm")
    if not os.path.exists(result):
        png, ppm = (os.path.join(images, name + end) for end in (".png", ".ppm"))
        data = shell('pngtopnm -quiet "$PNG"', PNG=png) if os.path.exists(png) else open(ppm, "rb").read()
        with open(result, "wb") as file:
            file.write(data)
    return result


def given_palettes():
    """Twenty palettes: five sizes, from two sources, of two maxvals."""
    random.seed(7)
    for count in (2, 8, 16, 64, 256):
        for source in ("pnmcolormap", "random"):
            for maxval in (255, 31):
                if source == "pnmcolormap":
                    data = shell(f'pnmcolormap -quiet {count} "$IMAGE" | pamdepth -quiet {maxval}', IMAGE=picture(names[-1]))
                else:
                    data = b"P6 %d 1 %d\n" % (count, maxval) + bytes(random.randint(0, maxval) for _ in range(3 * count))
                name = path(f"{source}-{count}-{maxval}.ppm")
                with open(name, "wb") as file:
                    file.write(data)
                yield f"{source}, {count}, maxval {maxval}", name


def score(before, after):
    """The mean squared error with samples scaled to 255, whatever the maxval of the result."""
    wide = path("wide.ppm")
    # To the nearest sample of 255: for maxval 31 that adds less than 0.1 to an error, the same to both.
    with open(wide, "wb") as file:
        file.write(shell('pamdepth -quiet 255 "$IMAGE" | ppmtoppm', IMAGE=after))
    return pixels.score(pixels.read_ppm(before), pixels.read_ppm(wide))[0]


def remapping():
    print("## Given palettes: `-mapfile` beside pnmremap\n")
    print("Both programs map the photograph " + names[2] + " to 20 palettes. Half of the palettes have random colors; pnmcolormap made")
    print("the other half for another photograph. The error is the mean over pixels of the squared distance. CPU is user and")
    print(f"system time, as the median of {3} runs, which take turns.\n")
    print("| palette | error, pamkmeans | pnmremap | CPU ms, pamkmeans | pnmremap |")
    print("| --- | ---: | ---: | ---: | ---: |")
    image = picture(names[2])
    worse, ours_total, theirs_total = 0, 0.0, 0.0
    for title, palette in given_palettes():
        ours, theirs = path("ours.ppm"), path("theirs.ppm")
        commands = {
            "ours": {"command": [pamkmeans, "-mapfile", palette, image], "stdout": ours},
            "theirs": {"command": ["pnmremap", "-quiet", "-mapfile=" + palette, image], "stdout": theirs},
        }
        costs = measure.interleaved(commands, 3)
        cpu = {name: measure.Spread.of([cost.cpu for cost in costs[name]]).median for name in commands}
        errors = score(image, ours), score(image, theirs)
        worse += errors[0] > errors[1]
        ours_total += cpu["ours"]
        theirs_total += cpu["theirs"]
        print(f"| {title} | {errors[0]:.2f} | {errors[1]:.2f} | {1000 * cpu['ours']:.0f} | {1000 * cpu['theirs']:.0f} |")
    print(f"\npamkmeans had a higher error with {worse} of the 20 palettes. Its total time was {ours_total / theirs_total:.2f} of that of pnmremap.\n")


def sharing():
    print("## One palette for many images: `-shared`\n")
    stream, whole = path("stream"), path("whole.ppm")
    with open(stream, "wb") as file, open(whole, "wb") as one:
        rasters = [pixels.read_ppm(picture(name)) for name in names]
        count = sum(raster.size // 3 for raster in rasters)
        one.write(b"P6 512 %d 255\n" % (count // 512))
        for name, raster in zip(names, rasters):
            file.write(open(picture(name), "rb").read())
            one.write(raster.tobytes())
    result, alone = path("shared"), path("alone.ppm")
    cost = measure.run([pamkmeans, "-shared", "-k", "64", stream], stdout=result)
    measure.run([pamkmeans, "-k", "64", whole], stdout=alone)
    samples = b""
    with open(result, "rb") as file:
        data = file.read()
    at = 0
    for raster in rasters:
        height, width, _ = raster.shape
        header = b"P6\n%d %d\n255\n" % (width, height)
        assert data[at : at + len(header)] == header
        samples += data[at + len(header) : at + len(header) + raster.size]
        at += len(header) + raster.size
    after = numpy.frombuffer(samples, numpy.uint8).reshape(-1, 512, 3)
    before = pixels.read_ppm(whole)
    error, colors = pixels.score(before, after)
    error_alone, _ = pixels.score(before, pixels.read_ppm(alone))
    print(f"With `-shared -k 64`, {len(names)} photographs have {colors} colors in all, and the error is {error:.4f}. Clustering the photographs")
    print(f"as one large image gives an error of {error_alone:.4f}; the difference is {100 * (error / error_alone - 1):+.3f} %. `-shared` took {cost.wall:.2f} s of wall time and")
    print(f"{cost.peak >> 20} MB of memory at its peak.\n")
    print("The next table gives the peak memory of `cat ... | pamkmeans -shared -k 64 -mapout -`, which writes only the palette.\n")
    print("| images | peak memory, MB | seconds |")
    print("| ---: | ---: | ---: |")
    for times in (1, 10) if quick else (1, 10, 100, 1000):
        # Through a pipe: the file would be many gigabytes.
        source = "i=0; while [ $i -lt %d ]; do cat '%s'; i=$((i + 1)); done" % (times, stream)
        code = (
            "import resource, subprocess, sys, time\n"
            "start = time.time()\n"
            "source = subprocess.Popen(['sh', '-c', sys.argv[1]], stdout=subprocess.PIPE)\n"
            "subprocess.run(sys.argv[2:], stdin=source.stdout, stdout=subprocess.DEVNULL, check=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, time.time() - start)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, source, pamkmeans, "-shared", "-k", "64", "-mapout", "-"],
            check=True, capture_output=True, text=True).stdout.split()
        print(f"| {times * len(names)} | {int(told[0]) >> 10} | {float(told[1]):.1f} |")
    print()


def rgba(name):
    data = shell('pngtopam -quiet -alphapam "$PNG" | pamdepth -quiet 255', PNG=name)
    head, raster = data.split(b"ENDHDR\n", 1)
    fields = dict(line.split(b" ", 1) for line in head.split(b"\n") if b" " in line)
    shape = int(fields[b"HEIGHT"]), int(fields[b"WIDTH"]), int(fields[b"DEPTH"])
    image = numpy.frombuffer(raster, numpy.uint8).reshape(shape).astype(float) / 255
    if shape[2] == 2:
        image = image[..., [0, 0, 0, 1]]
    if shape[2] == 3:
        image = numpy.concatenate([image, numpy.ones(shape[:2] + (1,))], axis=2)
    return image


def logo():
    """A logo with soft edges and a shadow, drawn here, as PNG."""
    side = 4
    y, x = numpy.mgrid[0 : 160 * side, 0 : 256 * side] / side
    disk = (x - 80) ** 2 + (y - 80) ** 2 < 60**2
    bar = (x > 110) & (x < 236) & (y > 60) & (y < 120)
    triangle = (x > 40) & (y < 130 - (x - 40) * 0.2) & (y > 30 + (x - 40) * 0.8)
    color = numpy.zeros(x.shape + (4,))
    for shape, rgb in ((disk, (220, 40, 60)), (bar, (30, 90, 200)), (triangle, (250, 210, 40))):
        color[shape] = (*(channel / 255 for channel in rgb), 1)
    color[..., :3] *= color[..., 3:]
    small = color.reshape(160, side, 256, side, 4).mean((1, 3))
    # The shadow: the shape blurred, by boxes three times, and moved.
    shadow = small[..., 3]
    for _ in range(3):
        for axis in (0, 1):
            shadow = sum(numpy.roll(shadow, step, axis) for step in range(-4, 5)) / 9
    shadow = 0.6 * numpy.roll(shadow, (8, 6), (0, 1))
    opacity = small[..., 3] + shadow * (1 - small[..., 3])
    seen = small[..., :3] + shadow[..., None] * (1 - small[..., 3:]) * 0.08
    straight = seen / numpy.maximum(opacity, 1e-9)[..., None]
    image = (numpy.concatenate([straight, opacity[..., None]], axis=2) * 255).round().clip(0, 255).astype(numpy.uint8)
    name = path("logo.pam")
    with open(name, "wb") as file:
        file.write(b"P7\nWIDTH 256\nHEIGHT 160\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n" + image.tobytes())
    with open(path("logo.png"), "wb") as file:
        file.write(shell('pamtopng "$IMAGE"', IMAGE=name))
    return path("logo.png")


def opacity():
    print("## Opacity: `-alpha premultiplied` beside pngquant\n")
    print("The image is a logo of 256 x 160 pixels: three flat shapes with soft edges and a shadow. examples/transparent-png.sh and")
    print("`pngquant --nofs` convert it to PNG with a palette. The results are composed on black, white and green (51, 179, 77).")
    print("For each background, the table gives the largest, the mean and the root mean square difference of a sample, on a scale")
    print("of 0 to 255.\n")
    print("| K | program | black | white | green | opaque pixels lost | bytes |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    source = logo()
    before = rgba(source)
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples", "transparent-png.sh")
    for count in (8, 16, 32, 64, 256):
        commands = {
            "pamkmeans": f'sh "$SCRIPT" {count} "$LOGO"',
            "pngquant": f'pngquant --nofs {count} - <"$LOGO"',
        }
        for name, command in commands.items():
            result = path(f"{name}-{count}.png")
            with open(result, "wb") as file:
                file.write(shell(command, SCRIPT=script, LOGO=source, PATH=os.path.dirname(pamkmeans) + ":" + os.environ["PATH"]))
            after = rgba(result)
            cells = []
            for background in ((0, 0, 0), (1, 1, 1), (0.2, 0.7, 0.3)):
                seen = [image[..., :3] * image[..., 3:] + numpy.array(background) * (1 - image[..., 3:]) for image in (before, after)]
                away = abs(seen[0] - seen[1]) * 255
                cells.append(f"{away.max():.0f}, {away.mean():.2f}, {(away**2).mean() ** 0.5:.2f}")
            lost = int(((before[..., 3] == 1) & (after[..., 3] < 1)).sum())
            print(f"| {count} | {name} | {' | '.join(cells)} | {lost} | {os.path.getsize(result)} |")
    print()


print("# Palettes, streams and opacity\n")
print("Written by `Benchmarks/workflows.sh`; two virtual processors, shared with other work.\n")
remapping()
sharing()
opacity()
