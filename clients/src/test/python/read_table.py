"""Reads a table of vectors as others' programs do, and checks what each of them makes of it.

usage: read_table.py TABLE ROWS OK DIMENSION SHA256 CLIENT...

SHA256 is of the vectors of the rows with status OK, as little-endian floats, in the order of their paths. Prints a line
for each client: its name, its version or - if it is not installed, and what it read; tabs divide them.
"""

import glob
import hashlib
import importlib
import importlib.util
import json
import sys

import numpy as np

TABLE, ROWS, OK, DIMENSION, SHA256 = sys.argv[1], *map(int, sys.argv[2:5]), sys.argv[5]
FILES = sorted(glob.glob(glob.escape(TABLE) + "/*.parquet"))


def check(paths, features, statuses):
    """The rows, of which those that are OK have vectors, and the others none."""
    rows = sorted(zip(paths, features, statuses, strict=True), key=lambda row: row[0].encode())
    assert len(rows) == ROWS, len(rows)
    vectors = [vector for _, vector, status in rows if status == "OK"]
    assert len(vectors) == OK and all(vector is not None for vector in vectors)
    assert not any(has_vector(vector) for _, vector, status in rows if status != "OK"), "a vector of a broken image"
    matrix = np.array([np.asarray(vector) for vector in vectors])
    assert matrix.dtype == np.float32, matrix.dtype
    assert matrix.shape == (OK, DIMENSION) and np.isfinite(matrix).all()
    assert hashlib.sha256(matrix.astype("<f4").tobytes()).hexdigest() == SHA256, "other bits"


def has_vector(value):
    return value is not None and not (isinstance(value, float) and np.isnan(value))


def check_facts(facts):
    """The key-value metadata of a Parquet file."""
    facts = {as_text(key): as_text(value) for key, value in facts.items()}
    assert facts["mobilenet.dimension"] == str(DIMENSION), facts
    assert "UNTRAINED" in facts["mobilenet.model"] and len(facts["mobilenet.model.fingerprint"]) >= 12, facts


def as_text(value):
    return value.decode() if isinstance(value, bytes) else value


def read_pyarrow():
    import pyarrow.parquet as pq

    table = pq.read_table(TABLE)
    check(table["path"].to_pylist(), table["features"].to_numpy(), table["status"].to_pylist())
    check_facts(pq.read_metadata(FILES[0]).metadata)
    return "rows, dimension, no NULLs, bits, file metadata"


def read_pandas():
    import pandas

    frame = pandas.read_parquet(TABLE)
    check(frame["path"], frame["features"], frame["status"])
    return "rows, dimension, no NULLs, bits"


def read_polars():
    import polars

    frame = polars.read_parquet(TABLE + "/*.parquet")
    assert frame.schema["features"] == polars.List(polars.Float32), frame.schema
    good = frame.filter(polars.col("status") == "OK")
    assert good["features"].list.len().unique().to_list() == [DIMENSION]
    assert good["features"].explode().null_count() == 0
    features = [None if value is None else value.to_numpy() for value in frame["features"]]
    check(frame["path"], features, frame["status"])
    check_facts(polars.read_parquet_metadata(FILES[0]))
    return "rows, dimension, no NULLs, bits, file metadata"


def read_duckdb():
    import duckdb

    files = f"'{TABLE}/*.parquet'".replace("\\", "")
    good = duckdb.sql(f"SELECT DISTINCT len(features) FROM {files} WHERE status = 'OK'").fetchall()
    assert good == [(DIMENSION,)], good
    nulls = duckdb.sql(f"SELECT count(*) FROM (SELECT unnest(features) AS x FROM {files}) WHERE x IS NULL").fetchall()
    assert nulls == [(0,)], nulls
    rows = duckdb.sql(f"SELECT path, features, status FROM {files}")
    assert str(rows.types[1]) == "FLOAT[]", rows.types
    rows = rows.fetchall()
    check([r[0] for r in rows], [None if r[1] is None else np.float32(r[1]) for r in rows], [r[2] for r in rows])
    check_facts(dict(duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{FILES[0]}')").fetchall()))
    alike = duckdb.sql(
        f"SELECT list_cosine_similarity(a.features, a.features) FROM {files} a WHERE status = 'OK' LIMIT 1"
    ).fetchall()[0][0]
    assert abs(alike - 1) < 1e-6, alike
    return "rows, dimension, no NULLs, bits, file metadata, list_cosine_similarity"


def read_daft():
    import daft

    frame = daft.read_parquet(TABLE + "/*.parquet").select("path", "features", "status").to_arrow()
    check(frame["path"].to_pylist(), frame["features"].to_numpy(), frame["status"].to_pylist())
    return "rows, dimension, no NULLs, bits"


def read_ray():
    import ray

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, object_store_memory=200 << 20)
    try:
        rows = ray.data.read_parquet(TABLE, columns=["path", "features", "status"]).take_all()
    finally:
        ray.shutdown()
    features = [None if r["features"] is None else np.asarray(r["features"], np.float32) for r in rows]
    check([r["path"] for r in rows], features, [r["status"] for r in rows])
    return "rows, dimension, no NULLs, bits"


def main(clients):
    for client in clients:
        if importlib.util.find_spec(client) is None:
            print(client, "-", "rows, dimension, no NULLs, bits", sep="\t", flush=True)
        else:
            what = globals()["read_" + client]()
            print(client, importlib.import_module(client).__version__, what, sep="\t", flush=True)
    with open(TABLE + "/_run.json", encoding="utf-8") as file:
        assert json.load(file)["images"] == ROWS


if __name__ == "__main__":
    main(sys.argv[6:])
