"""OpenCV and ONNX Runtime in as many processes of one thread as there are cores."""

from multiprocessing import Pool

import cv2
import numpy as np
import onnxruntime

import rounds


def start():
    global session
    cv2.setNumThreads(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(rounds.MODEL, options, providers=["CPUExecutionProvider"])


def embed(paths):
    images = [cv2.imread(path, cv2.IMREAD_COLOR) for path in paths]
    pixels = cv2.dnn.blobFromImages(
        images, 1 / 127.5, (rounds.SIDE, rounds.SIDE), mean=(127.5, 127.5, 127.5), swapRB=True)
    return session.run(None, {"images": pixels})[0]


if __name__ == "__main__":
    with Pool(rounds.THREADS, start) as pool:
        pool.map(embed, rounds.batches()[:rounds.THREADS])  # all have started
        rounds.serve(
            lambda: rounds.write(np.concatenate(list(pool.imap(embed, rounds.batches())))),
            "opencv-python-headless", "onnxruntime")
