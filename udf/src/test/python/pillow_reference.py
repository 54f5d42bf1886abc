"""Writes image files of formats that TensorFlow does not read, and prints what Pillow makes of
them and of the files that are there already, a line each: name, width, height and the SHA-256 of
the RGB pixels, or name, "-" and the error.

    python pillow_reference.py FOLDER SEED COUNT

COUNT is how many files of each kind are written. All kinds are lossless.
"""

import hashlib
import pathlib
import random
import sys

import numpy as np
from PIL import Image

FOLDER = pathlib.Path(sys.argv[1])
RANDOM = random.Random(int(sys.argv[2]))


def picture(mode):
    width, height = RANDOM.randint(1, 40), RANDOM.randint(1, 40)
    channels = {"1": 1, "L": 1, "P": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4, "I;16": 1}[mode]
    # Runs, so that run-length encoders have something to do.
    values = np.repeat(
        np.random.default_rng(RANDOM.getrandbits(32)).integers(
            0, 256, ((width * height + 2) // 3, channels), dtype=np.uint8
        ),
        3,
        axis=0,
    )[: width * height].reshape(height, width, channels)
    if mode == "1":
        return Image.fromarray(values[..., 0]).convert("1")
    if mode == "P":
        image = Image.fromarray(values[..., 0]).copy()
        image.putpalette([RANDOM.randrange(256) for _ in range(768)])
        return image
    if mode == "I;16":
        return Image.fromarray(values[..., 0].astype(np.uint16) * 257)
    return Image.fromarray(values[..., 0] if channels == 1 else values, mode=mode if channels in (2, 4) else None)


def write(count):
    for i in range(count):
        picture("1").save(FOLDER / f"pbm{i}", format="PPM")
        picture("L").save(FOLDER / f"pgm{i}", format="PPM")
        picture("I;16").save(FOLDER / f"pgm-16-{i}", format="PPM")
        picture("RGB").save(FOLDER / f"ppm{i}", format="PPM")
        for mode in ("L", "P", "RGB", "RGBA"):
            picture(mode).save(
                FOLDER / f"tga-{mode}-{i}",
                format="TGA",
                compression=RANDOM.choice([None, "tga_rle"]),
                orientation=RANDOM.choice([-1, 1]),
            )
        for kind in ("png", "bmp"):
            image = picture("RGBA")
            image.putalpha(255)
            image.save(
                FOLDER / f"ico-{kind}-{i}", format="ICO", sizes=[image.size], bitmap_format=kind
            )
        for mode in ("1", "L", "P", "RGB", "CMYK"):
            picture(mode).save(
                FOLDER / f"tiff-{mode}-{i}",
                format="TIFF",
                compression=RANDOM.choice(["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"]),
            )
        for mode in ("1", "L", "P", "RGB", "RGBA"):
            picture(mode).save(FOLDER / f"bmp-{mode}-{i}", format="BMP")


def rgb(image):
    """RGB of 8 bits, by TensorFlow's rules for what 16 bits and inks become."""
    if image.mode.startswith("I"):
        values = np.asarray(image).astype(np.int64) >> 8
        return np.stack([values.astype(np.uint8)] * 3, -1)
    if image.mode == "CMYK":
        light = 255 - np.asarray(image).astype(np.int64)
        return (light[..., :3] * light[..., 3:] // 255).astype(np.uint8)
    if image.mode in ("RGBA", "RGBX"):
        return np.asarray(image)[..., :3]
    return np.asarray(image.convert("RGB"))


def outcome(file):
    try:
        with Image.open(file) as image:
            image.load()
            pixels = np.ascontiguousarray(rgb(image))
            height, width, _ = pixels.shape
            return f"{width}\t{height}\t{hashlib.sha256(pixels.tobytes()).hexdigest()}"
    except Exception as e:  # of any kind: Pillow does not read it
        return f"-\t{type(e).__name__}\t"


write(int(sys.argv[3]))
for file in sorted(FOLDER.iterdir()):
    print(f"{file.name}\t{outcome(file)}")
