"""MobileNet feature vectors and fine-tuning in PySpark.

>>> spark = mobilenetspark.builder().getOrCreate()
>>> featurizer = MobileNetFeaturizer(inputCol="content", outputCol="features", outputMode="vector")
>>> featurizer.transform(spark.read.format("binaryFile").load("photos"))

The work is done by the Java classes of the same names, whose jars Spark must have.
"""

import sys

from mobilenetspark import _stages, functions
from mobilenetspark._base import JAVA_PACKAGE
from mobilenetspark._build import __version__
from mobilenetspark._errors import MobileNetSparkError
from mobilenetspark._fitted import ClassificationSummary, ClassMetrics, Confusion, Evaluation, Mistake, TrainingSummary
from mobilenetspark._jars import jars
from mobilenetspark._session import builder, register, session_config
from mobilenetspark._stages import (
    MobileNetClassificationModel,
    MobileNetFeaturizer,
    MobileNetFineTuner,
)

__all__ = [
    "ClassMetrics",
    "ClassificationSummary",
    "Confusion",
    "Evaluation",
    "Mistake",
    "MobileNetClassificationModel",
    "MobileNetFeaturizer",
    "MobileNetFineTuner",
    "MobileNetSparkError",
    "TrainingSummary",
    "__version__",
    "builder",
    "functions",
    "jars",
    "register",
    "session_config",
]

# PySpark finds the Python class of a stage that it reads, alone or in a pipeline, by importing the Java class's
# package, and the Java class by the Python class's module. Python has a module "io" of its own, so that a package of
# that name could not be made: the stages' module goes by both names.
sys.modules.setdefault(JAVA_PACKAGE, _stages)
