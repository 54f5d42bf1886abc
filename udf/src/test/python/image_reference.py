"""Writes what TensorFlow's Python makes of the test images: the reference of the image tests.

    python image_reference.py DATA_FOLDER TEST_JAR... OUTPUT_FOLDER

DATA_FOLDER holds pngsuite/ and flower_photos/. The jars are the test jars of
com.twelvemonkeys.imageio:imageio-jpeg and org.apache.commons:commons-imaging. Needs tensorflow and
numpy. Writes tensorflow-pixels.tsv (a hash of the pixels of each file that decode_image reads) and
resize.tsv (values of tf.image's resize functions for small images).
"""

import hashlib
import pathlib
import sys
import zipfile

import numpy as np
import tensorflow as tf


def decode(content):
    """RGB as decode_image(channels=3) gives it; of what it reads with alpha only, without alpha."""
    for channels in (3, 4):
        try:
            pixels = tf.io.decode_image(content, channels=channels, expand_animations=False)
            return pixels.numpy()[..., :3]
        except tf.errors.OpError:
            continue
    return None


def sha(pixels):
    return hashlib.sha256(np.ascontiguousarray(pixels).tobytes()).hexdigest()


def entries(jar):
    with zipfile.ZipFile(jar) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith(("/", ".class")) and not name.startswith("META-INF/"):
                yield name, archive.read(name)


def write_pixels(data, jars, out):
    lines = ["source\tfile\twidth\theight\tsha256"]
    for jar in jars:
        source = "imageio-jpeg" if "imageio-jpeg" in jar.name else "commons-imaging"
        for name, content in entries(jar):
            add(lines, source, name, content)
    for file in sorted((data / "pngsuite").glob("*.png")):
        add(lines, "pngsuite", file.name, file.read_bytes())
    photos = hashlib.sha256()
    files = sorted(
        (file.relative_to(data).as_posix() for file in (data / "flower_photos").rglob("*.jpg"))
    )
    for file in files:
        photos.update(sha(decode((data / file).read_bytes())).encode())
    lines.append(f"flower_photos\t*\t{len(files)}\t0\t{photos.hexdigest()}")
    (out / "tensorflow-pixels.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def add(lines, source, name, content):
    pixels = decode(content)
    if pixels is not None:
        height, width, _ = pixels.shape
        lines.append(f"{source}\t{name}\t{width}\t{height}\t{sha(pixels)}")


def sample_image(height, width):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
    return ((y * 31 + x * 17 + c * 59 + y * x * 7) % 256).astype(np.uint8)


def resize(method, image, size):
    image = tf.constant(image)
    if method == "bilinear_tf1":
        return tf.compat.v1.image.resize_bilinear(image[None], size)[0]
    if method == "bilinear_antialias":
        return tf.image.resize(image, size, method="bilinear", antialias=True)
    return tf.image.resize(image, size, method=method)


METHODS = ["bilinear", "bilinear_tf1", "bilinear_antialias", "area", "bicubic"]
SIZES = [
    ((7, 5), (3, 4)),
    ((5, 7), (11, 9)),
    ((1, 1), (3, 2)),
    ((1, 9), (4, 4)),
    ((13, 1), (5, 3)),
    ((31, 17), (1, 1)),
    ((23, 29), (7, 8)),
    ((6, 6), (6, 6)),
    ((3, 200), (5, 6)),
]


def write_resize(out):
    lines = ["method\tcrop\taspect\theight\twidth\tto_height\tto_width\tvalues"]
    for method in METHODS:
        for start, size in SIZES:
            line(lines, method, 1.0, "stretch", start, size, resize(method, sample_image(*start), size))
        for fraction in (0.875, 0.5, 0.33):
            start, size = (17, 24), (5, 4)
            cropped = tf.image.central_crop(sample_image(*start), fraction)
            line(lines, method, fraction, "stretch", start, size, resize(method, cropped, size))
    for method in ("bilinear", "bilinear_antialias", "area", "bicubic"):
        for start, size in (((7, 5), (8, 8)), ((5, 31), (8, 8)), ((50, 30), (9, 20)), ((4, 4), (3, 7))):
            antialias = method == "bilinear_antialias"
            name = "bilinear" if antialias else method
            padded = tf.image.resize_with_pad(
                sample_image(*start), *size, method=name, antialias=antialias
            )
            line(lines, method, 1.0, "pad", start, size, padded)
    (out / "resize.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def line(lines, method, crop, aspect, start, size, pixels):
    values = ",".join(f"{value:.9g}" for value in np.asarray(pixels, np.float32).ravel())
    fields = [method, crop, aspect, *start, *size, values]
    lines.append("\t".join(str(field) for field in fields))


if __name__ == "__main__":
    folders = [pathlib.Path(argument) for argument in sys.argv[1:]]
    write_pixels(folders[0], folders[1:-1], folders[-1])
    write_resize(folders[-1])
