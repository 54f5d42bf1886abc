"""MLlib's stages of MobileNet on Spark, for PySpark: ``from mobilenetspark import MobileNetFeaturizer``.

A thin wrapper: the work is done by the Java class of the same name, whose jar Spark must have. Parameters, their
defaults and their meaning are the Java class's. Works with PySpark 4.1, classic and in saved pipelines.
"""

import sys
from typing import Any, List, Optional

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLWritable
from pyspark.ml.wrapper import JavaTransformer

__all__ = ["MobileNetFeaturizer"]

_JAVA_PACKAGE = "io.mobilenetspark.spark.ml"

# PySpark finds the Python class of a stage that it reads, alone or in a pipeline, by importing the Java class's
# package, and the Java class by the Python class's module. Python has a module "io" of its own, so that a package of
# that name could not be made: this module goes by both names.
sys.modules.setdefault(_JAVA_PACKAGE, sys.modules[__name__])


class MobileNetFeaturizer(JavaTransformer, JavaMLReadable["MobileNetFeaturizer"], JavaMLWritable):
    """Adds the MobileNet feature vectors of an image column.

    >>> featurizer = MobileNetFeaturizer(inputCol="content", outputCol="features", outputMode="vector")
    >>> featurizer.transform(spark.read.format("binaryFile").load("photos"))
    """

    __module__ = _JAVA_PACKAGE

    inputCol = Param(
        Params._dummy(),
        "inputCol",
        "the column with the images: BINARY (a file's bytes), STRING (a file's path), or the struct of the "
        "binaryFile or image source",
        typeConverter=TypeConverters.toString,
    )
    outputCol = Param(
        Params._dummy(),
        "outputCol",
        "the column of vectors to add",
        typeConverter=TypeConverters.toString,
    )
    errorCol = Param(
        Params._dummy(),
        "errorCol",
        "a STRING column to add: why there is no vector, 'STATUS: reason'; NULL where there is one. If not set, "
        "none is added",
        typeConverter=TypeConverters.toString,
    )
    outputMode = Param(
        Params._dummy(),
        "outputMode",
        "array gives array<float>; vector gives MLlib's Vector, which its estimators take",
        typeConverter=TypeConverters.toString,
    )
    saveModel = Param(
        Params._dummy(),
        "saveModel",
        "what of the model is saved with the stage: weights (what is read back needs neither network nor cache), "
        "or handle (a few KB, resolved again where it is used). A parameter and not an option of the writer, "
        "since a Pipeline's writer passes no options on to its stages",
        typeConverter=TypeConverters.toString,
    )
    batchSize = Param(
        Params._dummy(),
        "batchSize",
        "images in one run of the model; the vectors don't depend on it",
        typeConverter=TypeConverters.toInt,
    )
    precision = Param(
        Params._dummy(),
        "precision",
        "float32, or bfloat16: faster on CPUs with AVX512_BF16 or AMX, an error on others",
        typeConverter=TypeConverters.toString,
    )
    mode = Param(
        Params._dummy(),
        "mode",
        "what to do with an image that can't be read: PERMISSIVE keeps its row without a vector, DROPMALFORMED "
        "leaves it out, FAILFAST fails the query",
        typeConverter=TypeConverters.toString,
    )
    modelHandle = Param(
        Params._dummy(),
        "modelHandle",
        "the model: a TF Hub or Kaggle URL; a module's directory or .tar.gz, or a TF-Slim checkpoint's prefix, on "
        "any Hadoop file system; or 'builtin', an UNTRAINED network for trying things out",
        typeConverter=TypeConverters.toString,
    )
    modelSha256 = Param(
        Params._dummy(),
        "modelSha256",
        "expected SHA-256, in hex, of the archive that the module comes from; a module that was never an "
        "archive is refused",
        typeConverter=TypeConverters.toString,
    )
    imageSize = Param(
        Params._dummy(),
        "imageSize",
        "height and width of the model's input in pixels; if not set, what the model expects",
        typeConverter=TypeConverters.toInt,
    )
    executionPath = Param(
        Params._dummy(),
        "executionPath",
        "fast puts the weights of a MobileNet V1 into this library's own graph; general runs the module's own graph; auto "
        "is fast where possible",
        typeConverter=TypeConverters.toString,
    )
    tags = Param(
        Params._dummy(),
        "tags",
        "tag set of a TF1 module's graph; if not set, the empty set",
        typeConverter=TypeConverters.toListString,
    )
    signature = Param(
        Params._dummy(),
        "signature",
        "signature of the module; if not set, its own for feature vectors",
        typeConverter=TypeConverters.toString,
    )
    outputKey = Param(
        Params._dummy(),
        "outputKey",
        "features, logits, or an endpoint such as MobilenetV1/Conv2d_13_pointwise, averaged over height and width",
        typeConverter=TypeConverters.toString,
    )
    resizeMethod = Param(
        Params._dummy(),
        "resizeMethod",
        "how images are resized to the model's input: bilinear (tf.image.resize), bilinear_tf1 (TensorFlow 1), "
        "bilinear_antialias, area or bicubic",
        typeConverter=TypeConverters.toString,
    )
    exifOrientation = Param(
        Params._dummy(),
        "exifOrientation",
        "apply turns images upright by their EXIF orientation; ignore leaves them as stored",
        typeConverter=TypeConverters.toString,
    )
    alpha = Param(
        Params._dummy(),
        "alpha",
        "drop ignores an alpha channel; white and black lay the image over that colour",
        typeConverter=TypeConverters.toString,
    )
    cropFraction = Param(
        Params._dummy(),
        "cropFraction",
        "part of each side, about the centre, that is kept before resizing; 1 keeps the whole image, TF-Slim's "
        "evaluation keeps 0.875",
        typeConverter=TypeConverters.toFloat,
    )
    aspect = Param(
        Params._dummy(),
        "aspect",
        "stretch fills the model's input; pad keeps the aspect ratio between black bars",
        typeConverter=TypeConverters.toString,
    )
    decodeScale = Param(
        Params._dummy(),
        "decodeScale",
        "fast decodes large JPEGs at 1/2, 1/4 or 1/8, which moves their vectors; exact does not",
        typeConverter=TypeConverters.toString,
    )
    colorProfile = Param(
        Params._dummy(),
        "colorProfile",
        "srgb converts colours to sRGB by an embedded ICC profile; ignore takes them as stored",
        typeConverter=TypeConverters.toString,
    )
    maxBytes = Param(
        Params._dummy(),
        "maxBytes",
        "images of more bytes are not read",
        typeConverter=TypeConverters.toInt,
    )
    maxPixels = Param(
        Params._dummy(),
        "maxPixels",
        "images of more pixels are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    maxSide = Param(
        Params._dummy(),
        "maxSide",
        "images with a longer side, in pixels, are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    maxFrames = Param(
        Params._dummy(),
        "maxFrames",
        "images of more frames or pages are not decoded; of others, the first is",
        typeConverter=TypeConverters.toInt,
    )

    @keyword_only
    def __init__(
        self,
        *,
        inputCol: Optional[str] = None,
        outputCol: Optional[str] = None,
        errorCol: Optional[str] = None,
        outputMode: str = "array",
        saveModel: str = "weights",
        batchSize: int = 16,
        precision: str = "float32",
        mode: str = "PERMISSIVE",
        modelHandle: str = "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
        modelSha256: Optional[str] = None,
        imageSize: Optional[int] = None,
        executionPath: str = "auto",
        tags: Optional[List[str]] = None,
        signature: Optional[str] = None,
        outputKey: str = "features",
        resizeMethod: str = "bilinear",
        exifOrientation: str = "apply",
        alpha: str = "drop",
        cropFraction: float = 1.0,
        aspect: str = "stretch",
        decodeScale: str = "exact",
        colorProfile: str = "ignore",
        maxBytes: int = 268435456,
        maxPixels: int = 89478485,
        maxSide: int = 65535,
        maxFrames: int = 10000,
    ) -> None:
        super().__init__()
        self._java_obj = self._new_java_obj(_JAVA_PACKAGE + ".MobileNetFeaturizer", self.uid)
        self._setDefault(
            outputMode="array",
            saveModel="weights",
            batchSize=16,
            precision="float32",
            mode="PERMISSIVE",
            modelHandle="https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
            executionPath="auto",
            outputKey="features",
            resizeMethod="bilinear",
            exifOrientation="apply",
            alpha="drop",
            cropFraction=1.0,
            aspect="stretch",
            decodeScale="exact",
            colorProfile="ignore",
            maxBytes=268435456,
            maxPixels=89478485,
            maxSide=65535,
            maxFrames=10000,
        )
        self.setParams(**self._input_kwargs)

    @keyword_only
    def setParams(self, **kwargs: Any) -> "MobileNetFeaturizer":
        """Sets parameters by their names."""
        return self._set(**self._input_kwargs)

    def setInputCol(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`inputCol`."""
        return self._set(inputCol=value)

    def getInputCol(self) -> str:
        """The value of :py:attr:`inputCol`."""
        return self.getOrDefault(self.inputCol)

    def setOutputCol(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`outputCol`."""
        return self._set(outputCol=value)

    def getOutputCol(self) -> str:
        """The value of :py:attr:`outputCol`."""
        return self.getOrDefault(self.outputCol)

    def setErrorCol(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`errorCol`."""
        return self._set(errorCol=value)

    def getErrorCol(self) -> str:
        """The value of :py:attr:`errorCol`."""
        return self.getOrDefault(self.errorCol)

    def setOutputMode(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`outputMode`."""
        return self._set(outputMode=value)

    def getOutputMode(self) -> str:
        """The value of :py:attr:`outputMode`."""
        return self.getOrDefault(self.outputMode)

    def setSaveModel(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`saveModel`."""
        return self._set(saveModel=value)

    def getSaveModel(self) -> str:
        """The value of :py:attr:`saveModel`."""
        return self.getOrDefault(self.saveModel)

    def setBatchSize(self, value: int) -> "MobileNetFeaturizer":
        """Sets :py:attr:`batchSize`."""
        return self._set(batchSize=value)

    def getBatchSize(self) -> int:
        """The value of :py:attr:`batchSize`."""
        return self.getOrDefault(self.batchSize)

    def setPrecision(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`precision`."""
        return self._set(precision=value)

    def getPrecision(self) -> str:
        """The value of :py:attr:`precision`."""
        return self.getOrDefault(self.precision)

    def setMode(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`mode`."""
        return self._set(mode=value)

    def getMode(self) -> str:
        """The value of :py:attr:`mode`."""
        return self.getOrDefault(self.mode)

    def setModelHandle(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`modelHandle`."""
        return self._set(modelHandle=value)

    def getModelHandle(self) -> str:
        """The value of :py:attr:`modelHandle`."""
        return self.getOrDefault(self.modelHandle)

    def setModelSha256(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`modelSha256`."""
        return self._set(modelSha256=value)

    def getModelSha256(self) -> str:
        """The value of :py:attr:`modelSha256`."""
        return self.getOrDefault(self.modelSha256)

    def setImageSize(self, value: int) -> "MobileNetFeaturizer":
        """Sets :py:attr:`imageSize`."""
        return self._set(imageSize=value)

    def getImageSize(self) -> int:
        """The value of :py:attr:`imageSize`."""
        return self.getOrDefault(self.imageSize)

    def setExecutionPath(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`executionPath`."""
        return self._set(executionPath=value)

    def getExecutionPath(self) -> str:
        """The value of :py:attr:`executionPath`."""
        return self.getOrDefault(self.executionPath)

    def setTags(self, value: List[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`tags`."""
        return self._set(tags=value)

    def getTags(self) -> List[str]:
        """The value of :py:attr:`tags`."""
        return self.getOrDefault(self.tags)

    def setSignature(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`signature`."""
        return self._set(signature=value)

    def getSignature(self) -> str:
        """The value of :py:attr:`signature`."""
        return self.getOrDefault(self.signature)

    def setOutputKey(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`outputKey`."""
        return self._set(outputKey=value)

    def getOutputKey(self) -> str:
        """The value of :py:attr:`outputKey`."""
        return self.getOrDefault(self.outputKey)

    def setResizeMethod(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`resizeMethod`."""
        return self._set(resizeMethod=value)

    def getResizeMethod(self) -> str:
        """The value of :py:attr:`resizeMethod`."""
        return self.getOrDefault(self.resizeMethod)

    def setExifOrientation(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`exifOrientation`."""
        return self._set(exifOrientation=value)

    def getExifOrientation(self) -> str:
        """The value of :py:attr:`exifOrientation`."""
        return self.getOrDefault(self.exifOrientation)

    def setAlpha(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`alpha`."""
        return self._set(alpha=value)

    def getAlpha(self) -> str:
        """The value of :py:attr:`alpha`."""
        return self.getOrDefault(self.alpha)

    def setCropFraction(self, value: float) -> "MobileNetFeaturizer":
        """Sets :py:attr:`cropFraction`."""
        return self._set(cropFraction=value)

    def getCropFraction(self) -> float:
        """The value of :py:attr:`cropFraction`."""
        return self.getOrDefault(self.cropFraction)

    def setAspect(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`aspect`."""
        return self._set(aspect=value)

    def getAspect(self) -> str:
        """The value of :py:attr:`aspect`."""
        return self.getOrDefault(self.aspect)

    def setDecodeScale(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`decodeScale`."""
        return self._set(decodeScale=value)

    def getDecodeScale(self) -> str:
        """The value of :py:attr:`decodeScale`."""
        return self.getOrDefault(self.decodeScale)

    def setColorProfile(self, value: str) -> "MobileNetFeaturizer":
        """Sets :py:attr:`colorProfile`."""
        return self._set(colorProfile=value)

    def getColorProfile(self) -> str:
        """The value of :py:attr:`colorProfile`."""
        return self.getOrDefault(self.colorProfile)

    def setMaxBytes(self, value: int) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxBytes`."""
        return self._set(maxBytes=value)

    def getMaxBytes(self) -> int:
        """The value of :py:attr:`maxBytes`."""
        return self.getOrDefault(self.maxBytes)

    def setMaxPixels(self, value: int) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxPixels`."""
        return self._set(maxPixels=value)

    def getMaxPixels(self) -> int:
        """The value of :py:attr:`maxPixels`."""
        return self.getOrDefault(self.maxPixels)

    def setMaxSide(self, value: int) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxSide`."""
        return self._set(maxSide=value)

    def getMaxSide(self) -> int:
        """The value of :py:attr:`maxSide`."""
        return self.getOrDefault(self.maxSide)

    def setMaxFrames(self, value: int) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxFrames`."""
        return self._set(maxFrames=value)

    def getMaxFrames(self) -> int:
        """The value of :py:attr:`maxFrames`."""
        return self.getOrDefault(self.maxFrames)
