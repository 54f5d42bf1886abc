"""Prints what TensorFlow's decode_image makes of each file of a folder, a line each:
name, width, height and the SHA-256 of its RGB pixels, or name, "-" and the error.

    python decode_reference.py FOLDER
"""

import hashlib
import os
import pathlib
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf


def outcome(content):
    """RGB as decode_image(channels=3) gives it; of what it reads with alpha only, without alpha."""
    error = None
    for channels in (3, 4):
        try:
            image = tf.io.decode_image(content, channels=channels, expand_animations=False)
        except tf.errors.OpError as e:
            error = error or e.message.split("\n")[0].split("}} ")[-1]
            continue
        rgb = image.numpy()[..., :3]
        height, width, _ = rgb.shape
        return f"{width}\t{height}\t{hashlib.sha256(rgb.tobytes()).hexdigest()}"
    return f"-\t{error}\t"


for file in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    print(f"{file.name}\t{outcome(file.read_bytes())}")
