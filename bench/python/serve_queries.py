"""What one query costs by `mobilenet-spark serve`, exact and by an index: bench/python/serve_queries.py EXACT INDEXED IMAGES

EXACT and INDEXED are addresses of two servers of one table, http://127.0.0.1:8417, one with --index none and one with
--index use; IMAGES is a Parquet table with a column of encoded images, of which the first 70 are asked for. Servers
take turns, and the first ten images only warm them up.
"""

import json
import statistics
import sys
import time
import urllib.request

import pyarrow.dataset

WARM_UP = 10
QUERIES = 60


def ask(server: str, image: bytes):
    start = time.perf_counter()
    request = urllib.request.Request(f"{server}/api/neighbours?k=10", data=image, method="POST")
    with urllib.request.urlopen(request, timeout=120) as answer:
        found = json.load(answer)
    return time.perf_counter() - start, [neighbour["id"] for neighbour in found["neighbours"]]


def main(exact: str, indexed: str, images: str, column: str = "image") -> None:
    table = pyarrow.dataset.dataset(images).head(WARM_UP + QUERIES, columns=[column])
    seconds = {exact: [], indexed: []}
    shared = []
    for number, image in enumerate(table[column].to_pylist()):
        ids = {}
        for server in (exact, indexed):
            took, ids[server] = ask(server, image)
            if number >= WARM_UP:
                seconds[server].append(took)
        if number >= WARM_UP:
            shared.append(len(set(ids[exact]) & set(ids[indexed])) / len(ids[exact]))
    for name, server in (("exact", exact), ("index", indexed)):
        times = sorted(seconds[server])
        print(f"{name}: median {statistics.median(times) * 1e3:.0f} ms, 95 % within {times[int(len(times) * 0.95)] * 1e3:.0f} ms")
    ratios = [one / other for one, other in zip(seconds[exact], seconds[indexed])]
    print(f"{len(shared)} queries: exact/index {statistics.median(ratios):.1f}, recall@10 {statistics.mean(shared):.4f}")


main(*sys.argv[1:])
