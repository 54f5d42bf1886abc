"""Spark sessions that have the jars and the SQL functions."""

import os
from typing import TYPE_CHECKING, Any, Dict, Optional

from pyspark.sql import SparkSession, is_remote

from mobilenetspark._build import SPARK_VERSIONS
from mobilenetspark._errors import MobileNetSparkError
from mobilenetspark._jars import jars

if TYPE_CHECKING:
    from pyspark import SparkContext

#: The environment variable by which TensorFlow computes with oneDNN on CPUs of AVX2, too: 1.4 times as fast.
_ONEDNN = "TF_ENABLE_ONEDNN_OPTS"

#: The value of ``spark.sql.extensions``.
EXTENSIONS = "io.mobilenetspark.spark.sql.MobileNetExtensions"

_WITHOUT_JARS = (
    "Spark was started in this process without the jars of MobileNet on Spark, and its JVM takes no further ones, even "
    "if the session is stopped. Start Python anew and call mobilenetspark.builder().getOrCreate() before any other "
    "session is made, or give pyspark or spark-submit, by --jars, the paths that mobilenetspark.jars() names."
)


def session_config() -> Dict[str, Any]:
    """The settings that a session needs: its jars, and the SQL functions.

    >>> SparkSession.builder.config(map=mobilenetspark.session_config()).getOrCreate()

    Spark reads them when an application starts; a session that runs does not get jars by them.

    :raises MobileNetSparkError: if the jars are not there
    """
    paths = jars()
    for path in paths:
        if "," in path:
            raise MobileNetSparkError(
                f"The path {path} has a comma, at which Spark divides spark.jars. Move the folder, or link to it from "
                "another and name that by MOBILENET_SPARK_HOME."
            )
    return {
        "spark.jars": ",".join(paths),
        "spark.sql.extensions": EXTENSIONS,
        f"spark.executorEnv.{_ONEDNN}": os.environ.get(_ONEDNN, "1"),
    }


def builder() -> SparkSession.Builder:
    """A builder of sessions that have the jars and the SQL functions.

    >>> spark = mobilenetspark.builder().master("local[*]").getOrCreate()

    Sets the environment variable ``TF_ENABLE_ONEDNN_OPTS`` to 1 unless it has a value: in local mode, Spark's JVM
    computes, and has it from here.

    :raises MobileNetSparkError: if the jars are not there, or if an application runs that has been started without
    """
    if _jvm() is not None and _java_class(EXTENSIONS) is None:
        raise MobileNetSparkError(_WITHOUT_JARS)
    os.environ.setdefault(_ONEDNN, "1")
    return SparkSession.builder.config(map=session_config())


def register(spark: SparkSession) -> SparkSession:
    """Gives the SQL functions to a session that was started with the jars, but without ``spark.sql.extensions``."""
    if is_remote():
        raise MobileNetSparkError(
            "A session of Spark Connect can't be given functions from here. Start its server with "
            f"spark.sql.extensions={EXTENSIONS}."
        )
    require_java()
    _java_class(EXTENSIONS).register(spark._jsparkSession)
    return spark


def require_java() -> None:
    """Fails, and says what to do, unless Spark runs and has the classes. Connect's server is not asked."""
    if is_remote():
        return
    context = _context()
    if context is None:
        raise MobileNetSparkError(
            "Spark does not run yet: the stages and functions are objects of its JVM. Start a session first, such as "
            "by mobilenetspark.builder().getOrCreate()."
        )
    if _java_class(EXTENSIONS) is None:
        raise MobileNetSparkError(_WITHOUT_JARS)
    if ".".join(context.version.split(".")[:2]) not in SPARK_VERSIONS:
        raise MobileNetSparkError(
            f"Spark {context.version} runs here, and the jars are for Spark {', '.join(SPARK_VERSIONS)}. Install one of "
            f"these, such as pip install 'pyspark~={SPARK_VERSIONS[-1]}.0', or jars that were built for yours."
        )


def _context() -> Optional["SparkContext"]:
    from pyspark import SparkContext

    return SparkContext._active_spark_context


def _jvm() -> Any:
    """Spark's JVM, which outlives its sessions; None if there is none in this process."""
    if is_remote():
        return None
    from pyspark import SparkContext

    return SparkContext._jvm


def _java_class(name: str) -> Any:
    """A class of Spark's JVM; None if it has no such class."""
    from py4j.java_gateway import JavaClass

    found = _jvm()
    for part in name.split("."):
        found = getattr(found, part)
    return found if isinstance(found, JavaClass) else None
