"""What a fitted model can do beyond transforming, and how its fit went."""

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Union

from pyspark import SparkContext
from pyspark.ml.common import _java2py
from pyspark.ml.wrapper import JavaModel
from pyspark.sql import DataFrame, SparkSession, is_remote

from mobilenetspark._base import Stage
from mobilenetspark._errors import MobileNetSparkError, told
from mobilenetspark._session import _java_class

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject

_EXPORT = "io.mobilenetspark.model.export."


@dataclass(frozen=True)
class Confusion:
    """Validation images of one label with one prediction; right ones if the two are the same."""

    label: str
    prediction: str
    images: int


@dataclass(frozen=True)
class Mistake:
    """A validation image that is taken for another class.

    :param name: its file; empty if the table has bytes and no names
    :param probability: of the prediction
    :param loss: minus the logarithm of the label's probability
    :param picture: a small JPEG in base64; empty if only the head was trained
    """

    name: str
    label: str
    prediction: str
    probability: float
    loss: float
    picture: str


@dataclass(frozen=True)
class ClassMetrics:
    """How well a class is told; ratios of nothing are 0."""

    label: str
    images: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Evaluation:
    """What the model makes of the validation images.

    :param accuracy: share of the images classified as labelled
    :param classes: each class, in the classes' order
    :param confusions: images by label and prediction; pairs that did not occur are left out
    :param mistakes: the images furthest from their label, the worst first
    """

    accuracy: float
    classes: List[ClassMetrics]
    confusions: List[Confusion]
    mistakes: List[Mistake]

    @classmethod
    def _of(cls, java: Any) -> "Evaluation":
        labels = list(java.labels())
        return cls(
            accuracy=java.accuracy(),
            classes=[ClassMetrics(c.label(), c.images(), c.precision(), c.recall(), c.f1()) for c in java.classes()],
            confusions=[
                Confusion(labels[c.label()], labels[c.prediction()], c.images()) for c in java.confusions()
            ],
            mistakes=[
                Mistake(m.name(), labels[m.label()], labels[m.prediction()], m.probability(), m.loss(), m.picture())
                for m in java.mistakes()
            ],
        )


@dataclass(frozen=True)
class TrainingSummary:
    """How a fit went.

    :param history: a table of one row an epoch: its loss, accuracy, validation loss and so on
    :param bestEpoch: the epoch whose weights the model has; 0 is the fitted head alone
    :param trainingRows: images trained on
    :param validationRows: images kept from training
    :param unreadable: images left out because they can't be read
    :param firstProblem: why the first of them can't be; empty if there is none
    :param evaluation: what the model makes of the validation images; None without any
    :param settings: the estimator's parameters that were set, as texts without secrets, and the number of workers
        that shared each step, if it was the same in all
    """

    history: DataFrame
    bestEpoch: int
    trainingRows: int
    validationRows: int
    unreadable: int
    firstProblem: str
    evaluation: Optional[Evaluation]
    settings: Dict[str, str]


@dataclass(frozen=True)
class ClassificationSummary:
    """How a model does on labelled images; what is by label is in the order of the model's labels.

    :param predictions: the table with the model's columns, rows without a prediction among them; lazy
    :param images: images that the metrics are of
    :param unreadable: rows without a prediction: their image is NULL or can't be read
    :param accuracy: share of the images classified as labelled; NaN of none
    """

    predictions: DataFrame
    images: int
    unreadable: int
    accuracy: float
    labels: List[str]
    precisionByLabel: List[float]
    recallByLabel: List[float]
    fMeasureByLabel: List[float]
    weightedPrecision: float
    weightedRecall: float
    weightedFMeasure: float
    _java: Any = field(repr=False, compare=False)

    @cached_property
    def confusionMatrix(self) -> List[List[float]]:
        """Images by label (rows) and prediction (columns)."""
        with told():
            matrix = self._java.confusionMatrix()
        rows: List[List[float]] = _whole(matrix).toArray().tolist()
        return rows


class FittedNetwork(Stage, JavaModel):
    """The part of a classification model that is no parameter."""

    def __init__(self, java_model: Optional["JavaObject"] = None) -> None:
        super().__init__(java_model)
        if java_model is not None:
            self._transfer_params_from_java()

    def __repr__(self) -> str:
        return self.uid

    @property
    def labels(self) -> List[str]:
        """The classes' names; a prediction is an index into them."""
        return list(self._java().labels())

    @property
    def numClasses(self) -> int:
        """Number of classes."""
        return int(self._java().numClasses())

    @property
    def numFeatures(self) -> int:
        """Length of a feature vector."""
        return int(self._java().numFeatures())

    @property
    def hasSummary(self) -> bool:
        """Whether it is known how the fit went: not of a model that was read from files."""
        return bool(self._java().summary().isPresent())

    @property
    def summary(self) -> TrainingSummary:
        """How the fit went.

        :raises RuntimeError: if that is not known; see :py:attr:`hasSummary`
        """
        if not self.hasSummary:
            raise RuntimeError(
                f"How the fit of {self.uid} went is not known: a saved model does not have it. Ask the model that fit() "
                "gave."
            )
        java = self._java().summary().get()
        spark = SparkSession.active()
        return TrainingSummary(
            history=DataFrame(java.historyTable(spark._jsparkSession), spark),
            bestEpoch=java.bestEpoch(),
            trainingRows=java.trainingRows(),
            validationRows=java.validationRows(),
            unreadable=java.unreadable(),
            firstProblem=java.firstProblem(),
            evaluation=Evaluation._of(java.evaluation().get()) if java.evaluation().isPresent() else None,
            settings=dict(java.settings()),
        )

    def evaluate(self, dataset: DataFrame, labelCol: str = "label") -> ClassificationSummary:
        """Applies the model to labelled images and counts; one job.

        :param labelCol: the column with the labels: the classes' names or numbers, no NULLs
        """
        java = self._java()
        self._transfer_params_to_java()
        with told():
            found = java.evaluate(dataset._jdf, labelCol)
        return ClassificationSummary(
            predictions=DataFrame(found.predictions(), dataset.sparkSession),
            images=found.images(),
            unreadable=found.unreadable(),
            accuracy=found.accuracy(),
            labels=list(_whole(found.labels())),
            precisionByLabel=list(_whole(found.precisionByLabel())),
            recallByLabel=list(_whole(found.recallByLabel())),
            fMeasureByLabel=list(_whole(found.fMeasureByLabel())),
            weightedPrecision=found.weightedPrecision(),
            weightedRecall=found.weightedRecall(),
            weightedFMeasure=found.weightedFMeasure(),
            _java=found,
        )

    def export(self, output: Union[str, "os.PathLike[str]"], *, format: str = "tf2", head: str = "features") -> None:
        """Writes the network as a module, for ``embed``, for the SQL functions, and for tensorflow_hub.

        :param output: a folder that is not there yet, on any Hadoop file system
        :param format: tf2, hub1 or slim
        :param head: features; or classifier, with the classification head
        """
        java = self._java()
        with told():
            java.export(_constant("ExportFormat", format), _constant("ExportHead", head), os.fspath(output))

    def _java(self) -> Any:
        if is_remote():
            raise MobileNetSparkError(
                "Spark Connect gives no more of a fitted model than transform, save and its parameters. Save it, and "
                "read it in a classic session for its labels, its summary and its export."
            )
        self._require_fitted()
        return self._java_obj

    def _require_fitted(self) -> None:
        if self._java_obj is None:
            raise RuntimeError(
                f"{type(self).__name__}() is no fitted model: get one from MobileNetFineTuner.fit, or read one by load."
            )

    def _transfer_params_to_java(self) -> None:
        self._require_fitted()
        super()._transfer_params_to_java()

    def _transform(self, dataset: DataFrame) -> DataFrame:
        self._require_fitted()
        return super()._transform(dataset)


def _whole(java: Any) -> Any:
    """A matrix, an array or a list in one piece; Py4J would ask the JVM for each value."""
    return _java2py(SparkContext.getOrCreate(), java)


def _constant(enum: str, name: str) -> Any:
    constants = list(_java_class(_EXPORT + enum).values())
    for constant in constants:
        if constant.name() == str(name).upper():
            return constant
    known = ", ".join(constant.name().lower() for constant in constants)
    raise ValueError(f"'{name}' is none of {known}")
