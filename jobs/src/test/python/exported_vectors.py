"""Reads exported vectors as users of NumPy do, and prints them: format, id as JSON, bytes as hexadecimal.

Arguments: directories named by the format of their files: npy, fvecs, csv.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np


def ids_of(part):
    with open(part.with_name(part.stem.replace("part-", "ids-") + ".jsonl")) as lines:
        return [json.loads(line) for line in lines]


def arrays(folder):
    for part in sorted(folder.glob("part-*.npy")):
        vectors = np.load(part, mmap_mode="r")
        assert vectors.dtype == np.float32 and vectors.flags.c_contiguous
        yield from zip(ids_of(part), vectors, strict=True)
    for part in sorted(folder.glob("part-*.fvecs")):
        words = np.fromfile(part, dtype="<i4")
        vectors = words.reshape(-1, words[0] + 1)[:, 1:].view("<f4")
        yield from zip(ids_of(part), vectors, strict=True)
    for part in sorted(folder.glob("part-*.csv")):
        with open(part, newline="", encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                yield row["id"], np.array(json.loads(row["vector"]), dtype=np.float32)


for name in sys.argv[1:]:
    folder = Path(name)
    for row_id, vector in arrays(folder):
        print(folder.name, json.dumps(row_id), vector.tobytes().hex(), sep="\t")
print("NUMPY", np.__version__)
