"""PySpark with an iterator pandas UDF: Pillow and ONNX Runtime in Python's worker of each task."""

import io
import os
import sys
from typing import Iterator

import numpy as np
import onnxruntime
import pandas as pd
from PIL import Image
from pyspark.sql import SparkSession
from pyspark.sql.functions import pandas_udf
from pyspark.sql.types import ArrayType, FloatType

import rounds

MODEL, SIDE = rounds.MODEL, rounds.SIDE
os.environ["PYSPARK_PYTHON"] = sys.executable  # the workers' too


def load(content):
    with Image.open(io.BytesIO(content)) as image:
        pixels = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return np.asarray(pixels, dtype=np.float32).transpose(2, 0, 1)


@pandas_udf(ArrayType(FloatType()))
def embed(batches: Iterator[pd.Series]) -> Iterator[pd.Series]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
    for contents in batches:
        pixels = np.stack([load(content) for content in contents])
        pixels /= 127.5
        pixels -= 1
        yield pd.Series(list(session.run(None, {"images": pixels})[0]))


spark = (
    SparkSession.builder.master(f"local[{rounds.THREADS}]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.memory", "2g")
    .config("spark.sql.execution.arrow.maxRecordsPerBatch", rounds.BATCH)
    .getOrCreate())


def run():
    photographs = spark.read.format("binaryFile").load(rounds.DIRECTORY).coalesce(2 * rounds.THREADS)
    photographs.select("path", embed("content").alias("features")).write.mode("overwrite").parquet(rounds.OUTPUT)


rounds.serve(run, "pyspark", "pillow", "onnxruntime")
