"""The programs and libraries compared, and how each is called at its defaults without dithering."""

import shutil
import subprocess

CONVERT = next((name for name in ("magick", "convert-im6.q16", "convert") if shutil.which(name)), "convert")

FFMPEG = (
    "ffmpeg -nostdin -loglevel error -y -i PPM -filter_complex "
    "split[a][b];[a]palettegen=max_colors=K:reserve_transparent=0[p];[b][p]paletteuse=dither=none "
    "-f image2 -c:v ppm OUT"
)

# Name: the command, where PPM, PNG and GIF stand for the picture's file, OUT for the result's (without it, standard
# output is the result), K for the number of colors and BITS for its logarithm; and the format of the result.
PROGRAMS = {
    "pamkmeans fast": ("pamkmeans -k K -effort fast PPM", "ppm"),
    "pamkmeans normal": ("pamkmeans -k K PPM", "ppm"),
    "pamkmeans best": ("pamkmeans -k K -effort best PPM", "ppm"),
    "pnmquant": ("pnmquant K PPM", "ppm"),
    "pnmquant -meanpixel": ("pnmquant -meanpixel K PPM", "ppm"),
    "pngquant": ("pngquant --nofs K - < PNG", "png"),
    "pngquant --speed 1": ("pngquant --nofs --speed 1 K - < PNG", "png"),
    "ImageMagick": (f"{CONVERT} PPM +dither -colors K ppm:OUT", "ppm"),
    "GraphicsMagick": ("gm convert PPM +dither -colors K ppm:OUT", "ppm"),
    "ffmpeg": (FFMPEG, "ppm"),
    "gifsicle": ("gifsicle --colors K GIF -o OUT", "gif"),
    "libvips": ("vips gifsave PPM OUT --bitdepth BITS --dither 0", "gif"),
}

# Name: the module and what is timed, in the words of the report. libraries.py does it.
LIBRARIES = {
    "scikit-learn": ("sklearn", "KMeans(K, random_state=1).fit on distinct colors and counts"),
    "scikit-learn, 10 starts": ("sklearn", "KMeans(K, n_init=10, random_state=1).fit on distinct colors and counts"),
    "OpenCV": ("cv2", "kmeans(pixels, K, None, (EPS + MAX_ITER, 10, 1.0), 1, KMEANS_PP_CENTERS)"),
    "FAISS": ("faiss", "Kmeans(3, K).train(pixels)"),
    "Pillow": ("PIL", "Image.quantize(K, dither=0)"),
    "Pillow, kmeans=1": ("PIL", "Image.quantize(K, kmeans=1, dither=0)"),
    "Pillow, octree": ("PIL", "Image.quantize(K, method=FASTOCTREE, dither=0)"),
    "imagequant": ("imagequant", "quantize_pil_image(image, dithering_level=0, max_colors=K)"),
}

DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "cv2": "opencv-python-headless",
    "faiss": "faiss-cpu",
    "PIL": "pillow",
    "imagequant": "imagequant",
}

# What takes minutes runs on every third picture only.
RARE = {"scikit-learn, 10 starts", "OpenCV"}


def command(name, count, files, pamkmeans):
    """The command of `name` as a list, and the file for its standard input."""
    words, stdin = PROGRAMS[name][0].split(), None
    if "<" in words:
        stdin = files[words[-1]]
        words = words[:-2]
    values = {"K": str(count), "BITS": str((count - 1).bit_length()), **files}
    result = []
    for word in words:
        prefix, _, last = word.rpartition(":") if word == "ppm:OUT" else ("", "", word)
        word = values.get(last, last).replace("max_colors=K", f"max_colors={count}")
        result.append(f"{prefix}:{word}" if prefix else word)
    if result[0] == "pamkmeans":
        result[0] = pamkmeans
    return result, stdin


def is_possible(name, count):
    """gifsicle reads GIF only, so there is nothing for it to do at 256; at other counts it starts from 256 colors."""
    return not (name == "gifsicle" and count >= 256)


def found():
    """The names of the programs that are installed."""
    return [
        name
        for name, (words, _) in PROGRAMS.items()
        if words.startswith("pamkmeans ") or shutil.which(words.split()[0])
    ]


def versions(pamkmeans):
    """What each program and library says of its version; None where it is missing."""
    questions = {
        "pamkmeans": [pamkmeans, "-version"],
        "Netpbm": ["ppmtoppm", "-version"],
        "pngquant": ["pngquant", "--version"],
        "ImageMagick": [CONVERT, "-version"],
        "GraphicsMagick": ["gm", "version"],
        "ffmpeg": ["ffmpeg", "-version"],
        "gifsicle": ["gifsicle", "--version"],
        "libvips": ["vips", "--version"],
    }
    answers = {}
    for name, question in questions.items():
        answers[name] = None
        if shutil.which(question[0]):
            reply = subprocess.run(question, capture_output=True, timeout=20, text=True, check=False)
            lines = (reply.stdout + reply.stderr).splitlines()
            answers[name] = lines[0].split(" Copyright")[0].split(" http")[0].split("ersion: ")[-1].strip() if lines else "unknown"
    return answers
