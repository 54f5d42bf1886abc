"""Ray Data: its own image reader, and ONNX Runtime in a pool of actors."""

import numpy as np
import onnxruntime
import ray

import rounds

MODEL = rounds.MODEL


class Embedder:
    def __init__(self):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])

    def __call__(self, batch):
        pixels = batch["image"].transpose(0, 3, 1, 2).astype(np.float32)
        pixels /= 127.5
        pixels -= 1
        return {"path": batch["path"], "features": self.session.run(None, {"images": pixels})[0]}


def run():
    (ray.data.read_images(rounds.DIRECTORY, size=(rounds.SIDE, rounds.SIDE), mode="RGB", include_paths=True)
     .map_batches(Embedder, batch_size=rounds.BATCH, num_cpus=0.5, concurrency=rounds.THREADS)
     .write_parquet(rounds.OUTPUT))


ray.init(num_cpus=rounds.THREADS, include_dashboard=False)
ray.data.DataContext.get_current().enable_progress_bars = False
rounds.serve(run, "ray", "onnxruntime")
