"""The SQL functions as functions of columns.

>>> from mobilenetspark import functions as M
>>> photos.select("path", M.mobilenet_embed("content").alias("e")).select("path", "e.*")
"""

from typing import List, Optional, Union

from pyspark.sql import Column, SparkSession, is_remote
from pyspark.sql import functions as F

from mobilenetspark._errors import MobileNetSparkError
from mobilenetspark._session import EXTENSIONS, require_java

__all__ = ["mobilenet_classify", "mobilenet_cosine_similarity", "mobilenet_embed", "mobilenet_features"]

ColumnOrName = Union[Column, str]


def mobilenet_features(image: ColumnOrName, model: Optional[str] = None) -> Column:
    """The feature vector, ``array<float>``; NULL if the image is NULL or can't be read.

    :param image: BINARY, a row of the binaryFile source, or the struct of the image source
    :param model: a handle; without it, what the setting ``spark.mobilenet.model`` says
    """
    return _call("mobilenet_features", _arguments(image, model))


def mobilenet_embed(image: ColumnOrName, model: Optional[str] = None) -> Column:
    """A struct of features, status, error, width and height; never NULL. Parameters as of mobilenet_features."""
    return _call("mobilenet_embed", _arguments(image, model))


def mobilenet_classify(image: ColumnOrName, model: Optional[str] = None) -> Column:
    """A struct of prediction, label, confidence, probability, status and error; never NULL.

    :param image: BINARY, a row of the binaryFile source, or the struct of the image source
    :param model: the folder of a saved MobileNetClassificationModel, or of what ``finetune`` has written; without it,
        what the setting ``spark.mobilenet.classifier`` says
    """
    return _call("mobilenet_classify", _arguments(image, model))


def mobilenet_cosine_similarity(a: ColumnOrName, b: ColumnOrName) -> Column:
    """How alike two vectors are, from -1 to 1; NULL if one is NULL or zero."""
    return _call("mobilenet_cosine_similarity", [_column(a), _column(b)])


def _arguments(image: ColumnOrName, model: Optional[str]) -> List[Column]:
    if model is not None and not isinstance(model, str):
        raise TypeError(f"model is a handle, as text, and not a {type(model).__name__}")
    return [_column(image)] if model is None else [_column(image), F.lit(model)]


def _column(column: ColumnOrName) -> Column:
    if isinstance(column, str):
        require_java()  # before PySpark asserts that it runs
        return F.col(column)
    return column


def _call(name: str, arguments: List[Column]) -> Column:
    if not is_remote():
        require_java()
        spark = SparkSession.getActiveSession()
        if spark is not None and not spark.catalog.functionExists(name):
            raise MobileNetSparkError(
                f"The session has no function {name}: it was started without spark.sql.extensions={EXTENSIONS}. "
                "Call mobilenetspark.register(spark), or start it by mobilenetspark.builder()."
            )
    return F.call_function(name, *arguments)
