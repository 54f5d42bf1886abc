"""Daft: its own download, decoder and resizer, and ONNX Runtime in a class of as many instances as there are cores."""

import daft
import numpy as np
import onnxruntime
from daft import DataType, col
from daft.functions import decode_image, download, resize

import rounds


@daft.cls(max_concurrency=rounds.THREADS)
class Embedder:
    def __init__(self, model):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    @daft.method.batch(return_dtype=DataType.fixed_size_list(DataType.float32(), 768), batch_size=rounds.BATCH)
    def embed(self, images):
        pixels = np.stack([np.asarray(image) for image in images.to_pylist()])
        pixels = pixels.transpose(0, 3, 1, 2).astype(np.float32)
        pixels /= 127.5
        pixels -= 1
        return self.session.run(None, {"images": pixels})[0]


embedder = Embedder(rounds.MODEL)


def run():
    images = resize(decode_image(download(col("path"))), rounds.SIDE, rounds.SIDE)
    (daft.from_glob_path(rounds.DIRECTORY + "/*.jpg")
     .select("path", embedder.embed(images).alias("features"))
     .write_parquet(rounds.OUTPUT))


rounds.serve(run, "daft", "onnxruntime")
