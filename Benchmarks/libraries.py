"""Runs one library on one PPM for some numbers of colors and prints its cells, one JSON object a line.

usage: libraries.py NAME PPM K...

`cpu` is process_time from the array of samples to the 8-bit palette, the counting of distinct colors where the
library is given those, on one thread; the start of the interpreter, imports, reading and the mapping of pixels are
not in it. `start` is the CPU time of all that comes before.
"""

import json
import os
import sys
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy  # noqa: E402

import pixels  # noqa: E402


def scikit_learn(samples, count, starts="auto"):
    from sklearn.cluster import KMeans

    colors, counts = numpy.unique(pixels.packed(samples), return_counts=True)
    points = numpy.stack([colors >> 16, colors >> 8 & 255, colors & 255], axis=1).astype(numpy.float64)
    return KMeans(count, n_init=starts, random_state=1).fit(points, sample_weight=counts).cluster_centers_


def opencv(samples, count):
    import cv2

    cv2.setNumThreads(1)
    cv2.setRNGSeed(1)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
    points = samples.reshape(-1, 3).astype(numpy.float32)
    return cv2.kmeans(points, count, None, criteria, 1, cv2.KMEANS_PP_CENTERS)[2]


def faiss(samples, count):
    import faiss

    faiss.omp_set_num_threads(1)
    engine = faiss.Kmeans(3, count)
    engine.train(samples.reshape(-1, 3).astype(numpy.float32))
    return engine.centroids


def pillow(samples, count, **options):
    from PIL import Image

    picture = Image.fromarray(samples).quantize(count, dither=0, **options)
    return numpy.array(picture.getpalette()[: 3 * count]).reshape(-1, 3)


def imagequant(samples, count):
    import imagequant
    from PIL import Image

    picture = imagequant.quantize_pil_image(Image.fromarray(samples), dithering_level=0.0, max_colors=count)
    used = [index for _, index in picture.getcolors()]
    return numpy.array(picture.getpalette("RGB")).reshape(-1, 3)[used]


METHODS = {
    "scikit-learn": scikit_learn,
    "scikit-learn, 10 starts": lambda samples, count: scikit_learn(samples, count, 10),
    "OpenCV": opencv,
    "FAISS": faiss,
    "Pillow": pillow,
    "Pillow, kmeans=1": lambda samples, count: pillow(samples, count, kmeans=1),
    "Pillow, octree": lambda samples, count: pillow(samples, count, method=2),
    "imagequant": imagequant,
}


def main():
    name, path, counts = sys.argv[1], sys.argv[2], [int(count) for count in sys.argv[3:]]
    samples = pixels.read_ppm(path)
    method = METHODS[name]
    method(numpy.ascontiguousarray(samples[:64, :64]), 4)  # imports and first-call work
    start = time.process_time()
    for count in counts:
        before = time.process_time()
        palette = method(samples, count)
        palette = numpy.clip(numpy.rint(palette), 0, 255).astype(numpy.int64)
        cpu = time.process_time() - before
        mse, colors = pixels.score_palette(samples, palette)
        print(json.dumps({"k": count, "mse": mse, "colors": colors, "cpu": [cpu], "start": start}), flush=True)


main()
