"""What the workers share: their arguments, and the protocol by which bench/run takes turns with them.

    python WORKER.py MODEL DIRECTORY OUTPUT THREADS

A worker makes itself ready, prints READY and the versions of what it uses, and then for each line of standard input embeds the
photographs of DIRECTORY into Parquet files in OUTPUT and prints the images a second that it took, reading and writing included.
"""

import glob
import importlib.metadata
import os
import shutil
import sys
import time

MODEL, DIRECTORY, OUTPUT = sys.argv[1:4]
THREADS = int(sys.argv[4])
SIDE = 224
BATCH = 16
FILES = sorted(glob.glob(os.path.join(DIRECTORY, "*.jpg")))

ANSWERS = os.fdopen(os.dup(1), "w", buffering=1)
os.dup2(2, 1)  # what libraries print, and processes that they start, is no answer


def batches():
    return [FILES[start:start + BATCH] for start in range(0, len(FILES), BATCH)]


def write(features):
    """A table of all paths and their features, [n, 768] in the order of FILES."""
    import pyarrow
    import pyarrow.parquet

    vectors = pyarrow.FixedSizeListArray.from_arrays(features.reshape(-1), features.shape[1])
    table = pyarrow.table({"path": FILES, "features": vectors})
    pyarrow.parquet.write_table(table, os.path.join(OUTPUT, "features.parquet"))


def serve(run, *packages):
    """Calls run() for each line of standard input."""
    print("READY", *(f"{name} {importlib.metadata.version(name)}" for name in packages), file=ANSWERS)
    for _ in sys.stdin:
        shutil.rmtree(OUTPUT, ignore_errors=True)
        os.makedirs(OUTPUT)
        start = time.perf_counter()
        run()
        print(len(FILES) / (time.perf_counter() - start), file=ANSWERS)
