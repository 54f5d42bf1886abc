"""Pillow and ONNX Runtime in as many processes of one thread as there are cores."""

from multiprocessing import Pool

import numpy as np
import onnxruntime
from PIL import Image

import rounds


def start():
    global session
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(rounds.MODEL, options, providers=["CPUExecutionProvider"])


def load(path):
    with Image.open(path) as image:
        pixels = image.convert("RGB").resize((rounds.SIDE, rounds.SIDE), Image.Resampling.BILINEAR)
    return np.asarray(pixels, dtype=np.float32).transpose(2, 0, 1)


def embed(paths):
    pixels = np.stack([load(path) for path in paths])
    pixels /= 127.5
    pixels -= 1
    return session.run(None, {"images": pixels})[0]


if __name__ == "__main__":
    with Pool(rounds.THREADS, start) as pool:
        pool.map(embed, rounds.batches()[:rounds.THREADS])  # all have started
        rounds.serve(
            lambda: rounds.write(np.concatenate(list(pool.imap(embed, rounds.batches())))),
            "pillow", "onnxruntime")
