"""Runs the wrapper in PySpark: parameters, vectors, a pipeline, saving and reading.

usage: pyspark_stage.py CLASS_PATH DIRECTORY PNG_FILE
"""

import os
import sys


def main(class_path, directory, image):
    os.environ["PYSPARK_SUBMIT_ARGS"] = f"--driver-class-path {class_path} pyspark-shell"
    from pyspark.ml import Pipeline, PipelineModel
    from pyspark.ml.feature import Normalizer
    from pyspark.sql import SparkSession

    from mobilenetspark import MobileNetFeaturizer

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.warehouse.dir", os.path.join(directory, "warehouse"))
        .getOrCreate()
    )
    with open(image, "rb") as file:
        content = bytearray(file.read())
    table = spark.createDataFrame([(1, content), (2, None)], "id INT, image BINARY")

    stage = MobileNetFeaturizer(
        modelHandle="builtin",
        imageSize=32,
        inputCol="image",
        outputCol="features",
        outputMode="vector",
        errorCol="why",
        mode="PERMISSIVE",
        maxBytes=1 << 40,
        cropFraction=0.875,
        tags=["train"],
    )
    assert stage.getBatchSize() == 16 and stage.setBatchSize(2).getBatchSize() == 2
    assert "maxPixels" in stage.explainParams()
    rows = stage.transform(table).orderBy("id").collect()
    expected = rows[0]["features"]
    assert len(expected) == 768 and rows[0]["why"] is None
    assert rows[1]["features"] is None and rows[1]["why"].startswith("NULL_INPUT")

    stage.save(os.path.join(directory, "stage"))
    read = MobileNetFeaturizer.load(os.path.join(directory, "stage"))
    assert read.uid == stage.uid and read.getTags() == ["train"] and read.getMaxBytes() == 1 << 40
    assert read.transform(table).orderBy("id").first()["features"] == expected

    images = table.where("image IS NOT NULL")
    pipeline = Pipeline(stages=[stage, Normalizer(inputCol="features", outputCol="unit")])
    pipeline.save(os.path.join(directory, "pipeline"))
    pipeline.fit(images).save(os.path.join(directory, "model"))
    for fitted in (
        Pipeline.load(os.path.join(directory, "pipeline")).fit(images),
        PipelineModel.load(os.path.join(directory, "model")),
    ):
        assert isinstance(fitted.stages[0], MobileNetFeaturizer)
        assert fitted.transform(images).first()["features"] == expected

    try:
        stage.setMode("whatever").transform(table)
        raise AssertionError("a wrong mode was accepted")
    except Exception as e:  # of Py4J or of PySpark, by its version
        assert "DROPMALFORMED" in str(e), e
    spark.stop()
    print("PySpark: all as expected")


if __name__ == "__main__":
    main(*sys.argv[1:])
