"""The Python package in PySpark: what users do and what they do wrong, and what Java saved and will read.

usage: pyspark_package.py DIRECTORY GOLDEN PAGE

DIRECTORY has, of Java, the tables images and mixed, and in java: pipeline, pipeline-model, tuner, tuner-model, and the
tables predictions and tuned. The same are written to python. GOLDEN is a JSON file with checkpoint, images and features,
or "-". PAGE is that of the docs whose examples are run.
"""

import contextlib
import copy
import gc
import json
import os
import pathlib
import pickle
import platform
import re
import shutil
import subprocess
import sys
import time

import numpy as np
import pandas
import pyarrow
import pyspark
from pyspark import SparkContext
from pyspark.errors import AnalysisException, IllegalArgumentException
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.evaluation import MulticlassClassificationEvaluator
from pyspark.ml.feature import Normalizer
from pyspark.ml.functions import vector_to_array
from pyspark.ml.tuning import CrossValidator, ParamGridBuilder, TrainValidationSplit
from pyspark.sql import SparkSession
from pyspark.sql import functions as F

import mobilenetspark
from mobilenetspark import MobileNetClassificationModel, MobileNetFeaturizer, MobileNetFineTuner
from mobilenetspark import _session
from mobilenetspark import functions as M

DIRECTORY = pathlib.Path(sys.argv[1])
GOLDEN, PAGE = sys.argv[2:]


@contextlib.contextmanager
def refused(kind, *fragments):
    """The block fails with this error, whose message has these texts."""
    told = {}
    try:
        yield told
    except kind as e:
        told["error"] = e
        for fragment in fragments:
            assert fragment in str(e), (fragment, e)
    else:
        raise AssertionError(f"nothing was refused: {fragments}")


def step(name):
    """Tells how long the last step took."""
    now = time.monotonic()
    print(f"{now - step.since:6.1f} s until {name}", file=sys.stderr)
    step.since = now


step.since = time.monotonic()


def session(builder):
    return (
        builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(DIRECTORY / "warehouse"))
        .getOrCreate()
    )


def forget_jvm():
    """As if Python had been started anew."""
    SparkContext._gateway.shutdown()
    SparkContext._gateway.proc.stdin.close()
    SparkContext._gateway = SparkContext._jvm = None


def without_jars():
    """What there is to say before a session, and to one that was started without the jars."""
    with refused(mobilenetspark.MobileNetSparkError, "Spark does not run yet", "builder()"):
        MobileNetFeaturizer()
    with refused(mobilenetspark.MobileNetSparkError, "Spark does not run yet"):
        M.mobilenet_embed("content")
    spark = session(SparkSession.builder)
    for use in (
        MobileNetFeaturizer,
        lambda: MobileNetFineTuner.load("anything"),
        lambda: M.mobilenet_features("image"),
        lambda: mobilenetspark.register(spark),
        mobilenetspark.builder,
    ):
        with refused(mobilenetspark.MobileNetSparkError, "without the jars", "--jars", "Start Python anew"):
            use()
    spark.stop()
    with refused(mobilenetspark.MobileNetSparkError, "without the jars", "even if the session is stopped"):
        mobilenetspark.builder()
    forget_jvm()


def places_of_jars():
    found = mobilenetspark.jars()
    assert [pathlib.Path(jar).is_file() for jar in found] == [True, True], found
    os.environ["MOBILENET_SPARK_HOME"] = str(DIRECTORY / "no such folder")
    try:
        with refused(
            mobilenetspark.MobileNetSparkError, "no such folder, which MOBILENET_SPARK_HOME names", "mvn -DskipTests package"
        ):
            mobilenetspark.session_config()
        home = DIRECTORY / "a home, with a comma"
        (home / "jars").mkdir(parents=True)
        os.environ["MOBILENET_SPARK_HOME"] = str(home)
        (home / "jars" / "mobilenet-spark-jobs-0.0.9.jar").touch()
        with refused(mobilenetspark.MobileNetSparkError, "there is mobilenet-spark-jobs-0.0.9.jar", "needs"):
            mobilenetspark.jars()
        for jar in found:
            (home / "jars" / pathlib.Path(jar).name).write_text("")
        with refused(mobilenetspark.MobileNetSparkError, "has a comma"):
            mobilenetspark.builder()
    finally:
        del os.environ["MOBILENET_SPARK_HOME"]
    moved = DIRECTORY / "a moved clone/python/src"
    shutil.copytree(pathlib.Path(mobilenetspark.__file__).parent, moved / "mobilenetspark")
    run = subprocess.run(
        [sys.executable, "-c", "import mobilenetspark; mobilenetspark.jars()"],
        env={**os.environ, "PYTHONPATH": str(moved)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 1 and "were not found. Looked in " in run.stderr, run
    assert f"{DIRECTORY / 'a moved clone'}: no mobilenet-spark-jobs-" in run.stderr, run.stderr


def linked_home():
    """A folder with a space that has links to the jars."""
    home = DIRECTORY / "a home/jars"
    home.mkdir(parents=True)
    for jar in mobilenetspark.jars():
        (home / pathlib.Path(jar).name).symlink_to(jar)
    return str(home.parent)


def parameters():
    with refused(TypeError, "keyword"):
        MobileNetFeaturizer("content")
    with refused(TypeError, "inputColumn"):
        MobileNetFeaturizer(inputColumn="content")
    with refused(TypeError, "colour"):
        MobileNetFeaturizer().setParams(colour="blue")
    with refused(TypeError, "batchSize", "Could not convert"):
        MobileNetFeaturizer(batchSize="many")
    with refused(IllegalArgumentException, "batchSize: it must be at least 0, not -1"):
        MobileNetFeaturizer(batchSize=-1)
    stage = MobileNetFeaturizer(inputCol="image", outputCol=None, mode=None, maxImageBytes=1 << 40)
    assert stage.getMode() == "PERMISSIVE" and not stage.isSet("mode")
    assert stage.getBatchSize() == 0 and stage.setBatchSize(2).getBatchSize() == 2
    with refused(IllegalArgumentException, "DROPMALFORMED"):
        stage.setMode("whatever")
    assert stage.getMode() == "PERMISSIVE", "a value that was refused is in force"
    assert stage.setBatchSize(None).getBatchSize() == 0
    with refused(KeyError, "imageSize"):
        stage.getImageSize()
    assert "maxPixels" in stage.explainParams() and "(default: 10000" in stage.explainParam("maxFrames")
    twin = stage.copy({stage.imageSize: 32, stage.mode: "FAILFAST"})
    assert twin.uid == stage.uid and twin.getImageSize() == 32 and not stage.isDefined("imageSize")
    assert not twin.copy({twin.imageSize: None}).isDefined("imageSize") and twin.getImageSize() == 32
    shallow = copy.copy(stage)
    assert shallow.getMaxImageBytes() == 1 << 40 and shallow.setBatchSize(5).getBatchSize() == 5
    del shallow
    for size in (-3, "large"):
        with refused((IllegalArgumentException, TypeError), "imageSize"):
            stage.copy({stage.imageSize: size})
    gc.collect()
    assert stage.getBatchSize() == 0 and stage.setBatchSize(3).getBatchSize() == 3, "gone with a copy"
    stage.setBatchSize(None)
    with refused(TypeError, "can't be pickled", "save(path)"):
        pickle.dumps(stage)
    assert MobileNetFineTuner(seed=-(1 << 62)).getSeed() == -(1 << 62)
    with refused(ValueError, "batchSize can't be 1099511627776"):
        stage.setBatchSize(1 << 40)
    with refused(ValueError, "seed can't be", "does not hold that"):
        MobileNetFineTuner(seed=1 << 70)
    assert stage.getBatchSize() == 0 and "MobileNetClassificationModel" in repr(MobileNetClassificationModel())
    with refused(RuntimeError, "no fitted model"):
        MobileNetClassificationModel().labels
    with refused(RuntimeError, "no fitted model"):
        MobileNetClassificationModel().transform(SparkSession.active().range(1))
    _session.SPARK_VERSIONS, ours = ("3.9",), _session.SPARK_VERSIONS
    with refused(mobilenetspark.MobileNetSparkError, f"Spark {pyspark.__version__} runs here", "for Spark 3.9", "Install"):
        MobileNetFeaturizer()
    _session.SPARK_VERSIONS = ours


FEATURIZER = dict(
    model="builtin",
    imageSize=64,
    inputCol="image",
    outputCol="features",
    outputMode="vector",
    errorCol="why",
    cropFraction=0.875,
    maxImageBytes=1 << 40,
    tags=["train"],
)
TUNER = dict(
    model="builtin",
    imageSize=64,
    inputCol="image",
    labelCol="kind",
    headInit="zero",
    epochs=1,
    validationFraction=0.0,
    batchSize=6,
    numWorkers=1,
    seed=7,
)


def by_id(table, *columns):
    """The columns' values as they are, in the order of the ids."""
    return [tuple(row) for row in table.orderBy("id").select(*columns).collect()]


def assert_same(table, expected, *columns):
    """Equal bits: vectors as bytes, since NaN is not equal to itself."""
    found, wanted = (
        [[value.toArray().tobytes() if hasattr(value, "toArray") else value for value in row] for row in by_id(t, *columns)]
        for t in (table, expected)
    )
    assert found == wanted, columns


def featurizer_and_pipelines(spark, images, mixed):
    stage = MobileNetFeaturizer(**FEATURIZER)
    rows = stage.transform(mixed).orderBy("id").collect()
    assert [row.why if row.why is None else row.why.split(":")[0] for row in rows] == [None, "NULL_INPUT", "UNSUPPORTED_FORMAT"]
    assert [row.features is None for row in rows] == [False, True, True]
    stage.save(str(DIRECTORY / "stage"))
    read = MobileNetFeaturizer.load(str(DIRECTORY / "stage"))
    assert read.uid == stage.uid and read.getTags() == ["train"] and read.getMaxImageBytes() == 1 << 40
    with refused(IllegalArgumentException, "There is no whole MobileNetFineTuner", "MobileNetFeaturizer"):
        MobileNetFineTuner.load(str(DIRECTORY / "stage"))
    with refused(IllegalArgumentException, "There is no whole MobileNetFeaturizer"):
        MobileNetFeaturizer.load(str(DIRECTORY / "nothing"))
    with refused(IllegalArgumentException, "inputCol", "is not set"):
        MobileNetFeaturizer(outputCol="features", model="builtin").transform(images)
    with refused(mobilenetspark.MobileNetSparkError, "no/module", "Can't use the model") as told:
        MobileNetFeaturizer(**{**FEATURIZER, "model": str(DIRECTORY / "no/module")}).transform(images)
    assert told["error"].java_exception.getStackTrace(), told

    expected = spark.read.parquet(str(DIRECTORY / "java/predictions")).cache()
    ours = Pipeline(stages=[stage, LogisticRegression(maxIter=5)])
    ours.save(str(DIRECTORY / "python/pipeline"))
    fitted = ours.fit(images)
    fitted.save(str(DIRECTORY / "python/pipeline-model"))
    of_java = PipelineModel.load(str(DIRECTORY / "java/pipeline-model"))
    assert isinstance(of_java.stages[0], MobileNetFeaturizer)
    assert of_java.stages[0].getMaxImageBytes() == 1 << 40 and of_java.stages[0].getTags() == ["train"]
    for model in (
        fitted,
        of_java,
        Pipeline.load(str(DIRECTORY / "java/pipeline")).fit(images),
        PipelineModel.load(str(DIRECTORY / "python/pipeline-model")),
    ):
        assert_same(model.transform(images), expected, "features", "probability", "prediction")


def estimator(spark, images):
    expected = spark.read.parquet(str(DIRECTORY / "java/tuned")).cache()
    columns = ["features", "rawPrediction", "probability", "prediction"]
    tuner = MobileNetFineTuner(**TUNER)
    with refused(IllegalArgumentException, "There is no column 'label'"):
        tuner.copy({tuner.labelCol: "label"}).fit(images.drop("label"))
    tuner.save(str(DIRECTORY / "python/tuner"))
    model = tuner.fit(images)
    assert isinstance(model, MobileNetClassificationModel) and model.uid == tuner.uid
    assert model.labels == ["blue", "green", "red"] and model.numClasses == 3 and model.numFeatures == 768
    summary = model.summary
    assert model.hasSummary and summary.trainingRows == images.count() and summary.unreadable == 0
    assert [row.epoch for row in summary.history.collect()] == [1] and summary.bestEpoch == 1
    assert summary.evaluation is None
    judged = tuner.copy({tuner.validationFraction: 0.5}).fit(images).summary
    evaluation = judged.evaluation
    assert sum(confusion.images for confusion in evaluation.confusions) == judged.validationRows > 0
    assert [metrics.label for metrics in evaluation.classes] == ["blue", "green", "red"]
    wrong = sum(confusion.images for confusion in evaluation.confusions if confusion.label != confusion.prediction)
    assert len(evaluation.mistakes) == min(wrong, 24), (wrong, len(evaluation.mistakes))
    assert abs(evaluation.accuracy - (1 - wrong / judged.validationRows)) < 1e-9, (wrong, evaluation.accuracy)
    on_others = model.evaluate(images, "kind")
    assert on_others.labels == model.labels and len(on_others.recallByLabel) == 3, on_others
    assert sum(map(sum, on_others.confusionMatrix)) == on_others.images == images.count()
    right = sum(on_others.confusionMatrix[i][i] for i in range(3))
    assert abs(on_others.accuracy - right / on_others.images) < 1e-9, on_others
    assert model.getFeaturesCol() == "features" and model.getInputCol() == "image"
    model.save(str(DIRECTORY / "python/tuner-model"))
    model.export(str(DIRECTORY / "python/module"), head="classifier")
    with refused(mobilenetspark.MobileNetSparkError, "no/module"):
        tuner.copy({tuner.model: str(DIRECTORY / "no/module")}).fit(images)
    with refused(mobilenetspark.MobileNetSparkError, "python/module"):  # exists
        model.export(str(DIRECTORY / "python/module"))
    with refused(ValueError, "'onnx' is none of", "tf2"):
        model.export(str(DIRECTORY / "python/other"), format="onnx")
    read = MobileNetClassificationModel.load(str(DIRECTORY / "java/tuner-model"))
    assert read.labels == model.labels and not read.hasSummary
    with refused(RuntimeError, "is not known"):
        read.summary
    for fitted in (model, read, MobileNetFineTuner.load(str(DIRECTORY / "java/tuner")).fit(images)):
        assert_same(fitted.transform(images), expected, *columns)
    renamed = model.copy({model.predictionCol: "species"}).transform(images)
    assert "species" in renamed.columns and "species" not in model.transform(images).columns
    unpredicted = spark.createDataFrame([(1, bytearray(b"no image"))], "id INT, image BINARY")
    assert model.setErrorCol("why").transform(unpredicted).first().why.startswith("UNSUPPORTED")

    pipeline = PipelineModel(stages=[model, Normalizer(inputCol="features", outputCol="unit")])
    pipeline.save(str(DIRECTORY / "tuned-pipeline"))
    read = PipelineModel.load(str(DIRECTORY / "tuned-pipeline"))
    assert isinstance(read.stages[0], MobileNetClassificationModel)
    assert_same(read.transform(images), pipeline.transform(images), "unit", *columns)


def search(images):
    """Parameters of ours, alone and in a pipeline."""
    stage = MobileNetFeaturizer(**FEATURIZER)
    regression = LogisticRegression(maxIter=1)
    grid = ParamGridBuilder().addGrid(stage.imageSize, [32, 64]).addGrid(regression.regParam, [0.1]).build()
    evaluator = MulticlassClassificationEvaluator(metricName="accuracy")
    found = CrossValidator(
        estimator=Pipeline(stages=[stage, regression]), estimatorParamMaps=grid, evaluator=evaluator, numFolds=2, seed=3
    ).fit(images)
    assert len(found.avgMetrics) == 2
    found.write().overwrite().save(str(DIRECTORY / "search"))
    best = type(found).load(str(DIRECTORY / "search")).bestModel
    assert isinstance(best.stages[0], MobileNetFeaturizer)
    assert_same(best.transform(images), found.bestModel.transform(images), "features", "prediction")

    tuner = MobileNetFineTuner(**TUNER)
    split = TrainValidationSplit(
        estimator=tuner,
        estimatorParamMaps=ParamGridBuilder().addGrid(tuner.learningRate, [1e-5, 1e-3]).build(),
        evaluator=evaluator,
        parallelism=2,
        seed=3,
    ).fit(images)
    assert isinstance(split.bestModel, MobileNetClassificationModel) and len(split.validationMetrics) == 2


def sql_functions(spark, images, mixed):
    expected = by_id(spark.table("mixed"), F.expr("mobilenet_features(image, 'builtin')"))
    assert by_id(mixed, M.mobilenet_features("image", "builtin")) == expected
    assert by_id(mixed, M.mobilenet_features(F.col("image"))) == expected
    rows = mixed.select("id", M.mobilenet_embed("image").alias("e")).select("id", "e.*").orderBy("id").collect()
    assert [row.status for row in rows] == ["OK", "NULL_INPUT", "UNSUPPORTED_FORMAT"]
    assert rows[0].features == expected[0][0]
    vector = M.mobilenet_features("image")
    assert by_id(mixed.where("id = 1"), M.mobilenet_cosine_similarity(vector, vector)) == [(1.0,)]
    with refused(TypeError, "model is a handle"):
        M.mobilenet_features("image", 4)
    stage = MobileNetFeaturizer(model="builtin", inputCol="image", outputCol="features")
    assert by_id(stage.transform(mixed), "features") == expected
    with refused(AnalysisException, "image"):
        mixed.select(M.mobilenet_embed("id"))


def pandas_and_arrow(spark, images):
    vectors = images.select("id", M.mobilenet_features("image").alias("features")).orderBy("id").cache()
    wanted = np.array([row.features for row in vectors.collect()], "<f4")
    assert wanted.shape == (images.count(), 768) and np.isfinite(wanted).all()
    table = vectors.toArrow()
    assert table.schema.field("features").type.value_type == pyarrow.float32()
    assert table.column("features").combine_chunks().flatten().to_numpy().tobytes() == wanted.tobytes()
    frames = {}
    for arrow in ("true", "false"):
        spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", arrow)
        spark.conf.set("spark.sql.execution.arrow.pyspark.fallback.enabled", "false")
        frames[arrow] = vectors.toPandas()
        assert np.stack(frames[arrow]["features"]).astype("<f4").tobytes() == wanted.tobytes()
    spark.conf.set("spark.sql.execution.arrow.pyspark.enabled", "true")
    for back in (
        spark.createDataFrame(table),
        spark.createDataFrame(frames["true"], "id INT, features ARRAY<FLOAT>"),
    ):
        assert back.schema["features"].dataType.elementType.simpleString() == "float"
        assert np.array([row.features for row in back.orderBy("id").collect()], "<f4").tobytes() == wanted.tobytes()
    of_stage = MobileNetFeaturizer(model="builtin", inputCol="image", outputCol="features", outputMode="vector")
    doubles = of_stage.transform(images).orderBy("id").select(vector_to_array("features", "float32").alias("f"))
    assert np.stack(doubles.toPandas()["f"]).astype("<f4").tobytes() == wanted.tobytes()
    return f"pandas {pandas.__version__}, pyarrow {pyarrow.__version__}"


def golden(spark):
    with open(GOLDEN) as file:
        facts = json.load(file)
    paths = spark.createDataFrame(list(enumerate(facts["images"])), "id INT, image STRING").repartition(2)
    stage = MobileNetFeaturizer(model=facts["checkpoint"], inputCol="image", outputCol="features")
    actual = np.array([row.features for row in stage.transform(paths).orderBy("id").collect()], "<f4")
    wanted = np.fromfile(facts["features"], "<f4").reshape(actual.shape)
    difference = float(np.max(np.abs(actual - wanted)))
    assert difference <= 2e-4, difference
    return f"{len(paths.collect())} golden images within {difference:.1e}"


def examples(images):
    """The docs' program, in a folder with photographs; what needs TensorFlow is TensorFlowHubTest's."""
    for row in images.select("id", "kind", "image").collect():
        folder = DIRECTORY / "docs/photos" / row.kind
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{row.id}.png").write_bytes(row.image)
    text = pathlib.Path(PAGE).read_text(encoding="utf-8")
    blocks = re.findall(r"(<!-- needs TensorFlow -->\n)?```python\n(.*?)```", text, re.DOTALL)
    scope = {"__name__": "__main__"}
    for number, (elsewhere, block) in enumerate(blocks, 1):
        if not elsewhere:
            exec(compile(block, f"example {number} of {PAGE}", "exec"), scope)
    assert scope["matrix"].shape == (images.count(), 768) and scope["table"].num_rows == images.count()
    assert scope["predictions"].select("prediction").distinct().count() == 3
    assert scope["embedded"].where("status = 'OK'").count() == images.count()
    assert (DIRECTORY / "docs/module/saved_model.pb").is_file()


def main():
    (DIRECTORY / "docs").mkdir()
    os.chdir(DIRECTORY / "docs")  # before the JVM starts, which keeps it: the examples' paths are relative
    places_of_jars()
    step("places_of_jars")
    without_jars()
    step("without_jars")
    os.environ["MOBILENET_SPARK_HOME"] = linked_home()
    os.environ.pop("TF_ENABLE_ONEDNN_OPTS", None)
    spark = session(mobilenetspark.builder().config("spark.mobilenet.model", "builtin"))
    assert SparkContext._jvm.java.lang.System.getenv("TF_ENABLE_ONEDNN_OPTS") == "1", "oneDNN in local mode"
    assert spark.conf.get("spark.executorEnv.TF_ENABLE_ONEDNN_OPTS") == "1", "oneDNN of executors"
    assert "/a home/jars/" in spark.conf.get("spark.jars"), spark.conf.get("spark.jars")
    images, mixed = (spark.read.parquet(str(DIRECTORY / name)) for name in ("images", "mixed"))
    mixed.createOrReplaceTempView("mixed")
    parameters()
    step("parameters")
    featurizer_and_pipelines(spark, images, mixed)
    step("featurizer_and_pipelines")
    estimator(spark, images)
    step("estimator")
    search(images)
    step("search")
    sql_functions(spark, images, mixed)
    step("sql_functions")
    versions = pandas_and_arrow(spark, images)
    step("pandas_and_arrow")
    examples(images)
    step("examples")
    checked = golden(spark) if GOLDEN != "-" else "no golden images here"
    step("golden")
    stage = MobileNetFeaturizer(**FEATURIZER)
    spark.stop()
    with refused(mobilenetspark.MobileNetSparkError, "Spark does not run yet"):
        stage.transform(images)
    restarted = session(mobilenetspark.builder())  # its JVM has the jars
    MobileNetFeaturizer()
    restarted.stop()
    print(f"PySpark {pyspark.__version__}; {versions}; {checked}; Python {platform.python_version()}: all as expected")


if __name__ == "__main__":
    main()
