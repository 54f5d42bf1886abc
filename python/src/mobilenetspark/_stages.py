# Written by PythonPackageTest from the Java stages. To write it anew, run
# mvn -pl udf -am test -Dtest=PythonPackageTest -Dsurefire.failIfNoSpecifiedTests=false -Dpython.package=write
"""The stages: parameters, their meaning, their defaults and their checks are the Java classes'."""

from typing import TYPE_CHECKING, List, Optional

from pyspark import keyword_only
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.wrapper import JavaEstimator, JavaTransformer

from mobilenetspark._base import JAVA_PACKAGE, Stage
from mobilenetspark._fitted import FittedNetwork

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject


class MobileNetFeaturizer(Stage, JavaTransformer):
    """Adds the MobileNet feature vectors of an image column.

    >>> featurizer = MobileNetFeaturizer(inputCol="content", outputCol="features", outputMode="vector")
    >>> featurizer.transform(spark.read.format("binaryFile").load("photos"))
    """

    __module__ = JAVA_PACKAGE

    alpha: Param[str] = Param(
        Params._dummy(),
        "alpha",
        "what becomes of an alpha channel: drop ignores it, as TensorFlow does; white and black lay the image over that colour",
        typeConverter=TypeConverters.toString,
    )
    aspect: Param[str] = Param(
        Params._dummy(),
        "aspect",
        "what becomes of the aspect ratio: stretch fills the model's input, pad keeps the ratio between black bars",
        typeConverter=TypeConverters.toString,
    )
    batchSize: Param[int] = Param(
        Params._dummy(),
        "batchSize",
        "images in a batch, 0 for as many as suit the CPU's cache; the vectors don't depend on it",
        typeConverter=TypeConverters.toInt,
    )
    colorProfile: Param[str] = Param(
        Params._dummy(),
        "colorProfile",
        "whether colours are converted to sRGB by an embedded ICC profile (srgb), or taken as stored, as TensorFlow takes them (ignore)",
        typeConverter=TypeConverters.toString,
    )
    cropFraction: Param[float] = Param(
        Params._dummy(),
        "cropFraction",
        "part of each side, about the centre, that is kept before resizing; 1 keeps the whole image, and TF-Slim's evaluation keeps 0.875",
        typeConverter=TypeConverters.toFloat,
    )
    decodeScale: Param[str] = Param(
        Params._dummy(),
        "decodeScale",
        "the size at which JPEGs are decoded: exact is their own; fast is 1/2, 1/4 or 1/8 of it for large ones, which moves their vectors",
        typeConverter=TypeConverters.toString,
    )
    errorCol: Param[str] = Param(
        Params._dummy(),
        "errorCol",
        "a STRING column to add: why there is no result, 'STATUS: reason'; NULL where there is one; if not set: none",
        typeConverter=TypeConverters.toString,
    )
    executionPath: Param[str] = Param(
        Params._dummy(),
        "executionPath",
        "whose graph is run: fast puts the weights of a MobileNet V1 into this library's own, general runs the module's, auto is fast where possible",
        typeConverter=TypeConverters.toString,
    )
    exifOrientation: Param[str] = Param(
        Params._dummy(),
        "exifOrientation",
        "whether images are turned upright by their EXIF orientation (apply), or left as stored, for parity with pipelines that leave them (ignore)",
        typeConverter=TypeConverters.toString,
    )
    imageSize: Param[int] = Param(
        Params._dummy(),
        "imageSize",
        "height and width of the model's input, in pixels; if not set: what the model expects",
        typeConverter=TypeConverters.toInt,
    )
    inputCol: Param[str] = Param(
        Params._dummy(),
        "inputCol",
        "the column with the images: BINARY (a file's bytes), STRING (a file's path), or the struct of the binaryFile or image source",
        typeConverter=TypeConverters.toString,
    )
    maxDecodeSeconds: Param[float] = Param(
        Params._dummy(),
        "maxDecodeSeconds",
        "images that would keep one core busy for longer are not decoded; the limit grows in proportion when more pixels are allowed than by default",
        typeConverter=TypeConverters.toFloat,
    )
    maxFrames: Param[int] = Param(
        Params._dummy(),
        "maxFrames",
        "images of more frames or pages are not decoded; of others, the first is",
        typeConverter=TypeConverters.toInt,
    )
    maxImageBytes: Param[int] = Param(
        Params._dummy(),
        "maxImageBytes",
        "images of more bytes are not read",
        typeConverter=TypeConverters.toInt,
    )
    maxPixels: Param[int] = Param(
        Params._dummy(),
        "maxPixels",
        "images of more pixels are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    maxSide: Param[int] = Param(
        Params._dummy(),
        "maxSide",
        "images with a longer side, in pixels, are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    mode: Param[str] = Param(
        Params._dummy(),
        "mode",
        "what to do with an image that can't be read: PERMISSIVE keeps the row without a vector and says why, DROPMALFORMED leaves it out, FAILFAST fails",
        typeConverter=TypeConverters.toString,
    )
    model: Param[str] = Param(
        Params._dummy(),
        "model",
        "the model: a TF Hub or Kaggle URL; a module's directory or .tar.gz, or the prefix of a TF-Slim checkpoint (.../mobilenet_v1_0.75_224.ckpt), on any Hadoop file system; or 'builtin', an UNTRAINED network for trying things out",
        typeConverter=TypeConverters.toString,
    )
    modelSha256: Param[str] = Param(
        Params._dummy(),
        "modelSha256",
        "expected SHA-256, in hex, of the archive that the module comes from, wherever it is from; a module that was never an archive is refused; if not set: any",
        typeConverter=TypeConverters.toString,
    )
    outputCol: Param[str] = Param(
        Params._dummy(),
        "outputCol",
        "the column of vectors to add",
        typeConverter=TypeConverters.toString,
    )
    outputKey: Param[str] = Param(
        Params._dummy(),
        "outputKey",
        "which output is the vector: features, logits, or an endpoint such as MobilenetV1/Conv2d_13_pointwise, averaged over height and width",
        typeConverter=TypeConverters.toString,
    )
    outputMode: Param[str] = Param(
        Params._dummy(),
        "outputMode",
        "the type of the vectors: array gives array<float>; vector gives MLlib's Vector, which its estimators take",
        typeConverter=TypeConverters.toString,
    )
    precision: Param[str] = Param(
        Params._dummy(),
        "precision",
        "the arithmetic of the model: float32, or bfloat16, which is faster on CPUs with AVX512_BF16 or AMX and an error on others",
        typeConverter=TypeConverters.toString,
    )
    resize: Param[str] = Param(
        Params._dummy(),
        "resize",
        "how images are resized to the model's input: bilinear (tf.image.resize), bilinear_tf1 (TensorFlow 1's resize_bilinear), bilinear_antialias, area or bicubic",
        typeConverter=TypeConverters.toString,
    )
    saveModel: Param[str] = Param(
        Params._dummy(),
        "saveModel",
        "what of the model is saved with the stage: weights (what is read back needs neither network nor cache), or handle (a few KB, resolved again where it is used). A parameter and not an option of the writer, since a Pipeline's writer passes no options on to its stages",
        typeConverter=TypeConverters.toString,
    )
    signature: Param[str] = Param(
        Params._dummy(),
        "signature",
        "signature of the module; if not set: its own for feature vectors",
        typeConverter=TypeConverters.toString,
    )
    tags: Param[List[str]] = Param(
        Params._dummy(),
        "tags",
        "tag set of a TF1 module's graph; in a text, with commas between tags; if not set: the empty set",
        typeConverter=TypeConverters.toListString,
    )

    @keyword_only
    def __init__(
        self,
        *,
        alpha: Optional[str] = "drop",
        aspect: Optional[str] = "stretch",
        batchSize: Optional[int] = 0,
        colorProfile: Optional[str] = "ignore",
        cropFraction: Optional[float] = 1.0,
        decodeScale: Optional[str] = "exact",
        errorCol: Optional[str] = None,
        executionPath: Optional[str] = "auto",
        exifOrientation: Optional[str] = "apply",
        imageSize: Optional[int] = None,
        inputCol: Optional[str] = None,
        maxDecodeSeconds: Optional[float] = 2.0,
        maxFrames: Optional[int] = 10000,
        maxImageBytes: Optional[int] = 268435456,
        maxPixels: Optional[int] = 89478485,
        maxSide: Optional[int] = 65535,
        mode: Optional[str] = "PERMISSIVE",
        model: Optional[str] = "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
        modelSha256: Optional[str] = None,
        outputCol: Optional[str] = None,
        outputKey: Optional[str] = "features",
        outputMode: Optional[str] = "array",
        precision: Optional[str] = "float32",
        resize: Optional[str] = "bilinear",
        saveModel: Optional[str] = "weights",
        signature: Optional[str] = None,
        tags: Optional[List[str]] = None,
    ) -> None:
        super().__init__()
        self._setDefault(
            alpha="drop",
            aspect="stretch",
            batchSize=0,
            colorProfile="ignore",
            cropFraction=1.0,
            decodeScale="exact",
            executionPath="auto",
            exifOrientation="apply",
            maxDecodeSeconds=2.0,
            maxFrames=10000,
            maxImageBytes=268435456,
            maxPixels=89478485,
            maxSide=65535,
            mode="PERMISSIVE",
            model="https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
            outputKey="features",
            outputMode="array",
            precision="float32",
            resize="bilinear",
            saveModel="weights",
        )
        self._start(self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        alpha: Optional[str] = None,
        aspect: Optional[str] = None,
        batchSize: Optional[int] = None,
        colorProfile: Optional[str] = None,
        cropFraction: Optional[float] = None,
        decodeScale: Optional[str] = None,
        errorCol: Optional[str] = None,
        executionPath: Optional[str] = None,
        exifOrientation: Optional[str] = None,
        imageSize: Optional[int] = None,
        inputCol: Optional[str] = None,
        maxDecodeSeconds: Optional[float] = None,
        maxFrames: Optional[int] = None,
        maxImageBytes: Optional[int] = None,
        maxPixels: Optional[int] = None,
        maxSide: Optional[int] = None,
        mode: Optional[str] = None,
        model: Optional[str] = None,
        modelSha256: Optional[str] = None,
        outputCol: Optional[str] = None,
        outputKey: Optional[str] = None,
        outputMode: Optional[str] = None,
        precision: Optional[str] = None,
        resize: Optional[str] = None,
        saveModel: Optional[str] = None,
        signature: Optional[str] = None,
        tags: Optional[List[str]] = None,
    ) -> "MobileNetFeaturizer":
        """Sets parameters by their names; None unsets one."""
        return self._set(**self._input_kwargs)

    def setAlpha(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`alpha`; None unsets it."""
        return self._set(alpha=value)

    def getAlpha(self) -> str:
        """The value of :py:attr:`alpha`."""
        return self.getOrDefault(self.alpha)

    def setAspect(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`aspect`; None unsets it."""
        return self._set(aspect=value)

    def getAspect(self) -> str:
        """The value of :py:attr:`aspect`."""
        return self.getOrDefault(self.aspect)

    def setBatchSize(self, value: Optional[int]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`batchSize`; None unsets it."""
        return self._set(batchSize=value)

    def getBatchSize(self) -> int:
        """The value of :py:attr:`batchSize`."""
        return self.getOrDefault(self.batchSize)

    def setColorProfile(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`colorProfile`; None unsets it."""
        return self._set(colorProfile=value)

    def getColorProfile(self) -> str:
        """The value of :py:attr:`colorProfile`."""
        return self.getOrDefault(self.colorProfile)

    def setCropFraction(self, value: Optional[float]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`cropFraction`; None unsets it."""
        return self._set(cropFraction=value)

    def getCropFraction(self) -> float:
        """The value of :py:attr:`cropFraction`."""
        return self.getOrDefault(self.cropFraction)

    def setDecodeScale(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`decodeScale`; None unsets it."""
        return self._set(decodeScale=value)

    def getDecodeScale(self) -> str:
        """The value of :py:attr:`decodeScale`."""
        return self.getOrDefault(self.decodeScale)

    def setErrorCol(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`errorCol`; None unsets it."""
        return self._set(errorCol=value)

    def getErrorCol(self) -> str:
        """The value of :py:attr:`errorCol`."""
        return self.getOrDefault(self.errorCol)

    def setExecutionPath(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`executionPath`; None unsets it."""
        return self._set(executionPath=value)

    def getExecutionPath(self) -> str:
        """The value of :py:attr:`executionPath`."""
        return self.getOrDefault(self.executionPath)

    def setExifOrientation(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`exifOrientation`; None unsets it."""
        return self._set(exifOrientation=value)

    def getExifOrientation(self) -> str:
        """The value of :py:attr:`exifOrientation`."""
        return self.getOrDefault(self.exifOrientation)

    def setImageSize(self, value: Optional[int]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`imageSize`; None unsets it."""
        return self._set(imageSize=value)

    def getImageSize(self) -> int:
        """The value of :py:attr:`imageSize`."""
        return self.getOrDefault(self.imageSize)

    def setInputCol(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`inputCol`; None unsets it."""
        return self._set(inputCol=value)

    def getInputCol(self) -> str:
        """The value of :py:attr:`inputCol`."""
        return self.getOrDefault(self.inputCol)

    def setMaxDecodeSeconds(self, value: Optional[float]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxDecodeSeconds`; None unsets it."""
        return self._set(maxDecodeSeconds=value)

    def getMaxDecodeSeconds(self) -> float:
        """The value of :py:attr:`maxDecodeSeconds`."""
        return self.getOrDefault(self.maxDecodeSeconds)

    def setMaxFrames(self, value: Optional[int]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxFrames`; None unsets it."""
        return self._set(maxFrames=value)

    def getMaxFrames(self) -> int:
        """The value of :py:attr:`maxFrames`."""
        return self.getOrDefault(self.maxFrames)

    def setMaxImageBytes(self, value: Optional[int]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxImageBytes`; None unsets it."""
        return self._set(maxImageBytes=value)

    def getMaxImageBytes(self) -> int:
        """The value of :py:attr:`maxImageBytes`."""
        return self.getOrDefault(self.maxImageBytes)

    def setMaxPixels(self, value: Optional[int]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxPixels`; None unsets it."""
        return self._set(maxPixels=value)

    def getMaxPixels(self) -> int:
        """The value of :py:attr:`maxPixels`."""
        return self.getOrDefault(self.maxPixels)

    def setMaxSide(self, value: Optional[int]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`maxSide`; None unsets it."""
        return self._set(maxSide=value)

    def getMaxSide(self) -> int:
        """The value of :py:attr:`maxSide`."""
        return self.getOrDefault(self.maxSide)

    def setMode(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`mode`; None unsets it."""
        return self._set(mode=value)

    def getMode(self) -> str:
        """The value of :py:attr:`mode`."""
        return self.getOrDefault(self.mode)

    def setModel(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`model`; None unsets it."""
        return self._set(model=value)

    def getModel(self) -> str:
        """The value of :py:attr:`model`."""
        return self.getOrDefault(self.model)

    def setModelSha256(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`modelSha256`; None unsets it."""
        return self._set(modelSha256=value)

    def getModelSha256(self) -> str:
        """The value of :py:attr:`modelSha256`."""
        return self.getOrDefault(self.modelSha256)

    def setOutputCol(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`outputCol`; None unsets it."""
        return self._set(outputCol=value)

    def getOutputCol(self) -> str:
        """The value of :py:attr:`outputCol`."""
        return self.getOrDefault(self.outputCol)

    def setOutputKey(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`outputKey`; None unsets it."""
        return self._set(outputKey=value)

    def getOutputKey(self) -> str:
        """The value of :py:attr:`outputKey`."""
        return self.getOrDefault(self.outputKey)

    def setOutputMode(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`outputMode`; None unsets it."""
        return self._set(outputMode=value)

    def getOutputMode(self) -> str:
        """The value of :py:attr:`outputMode`."""
        return self.getOrDefault(self.outputMode)

    def setPrecision(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`precision`; None unsets it."""
        return self._set(precision=value)

    def getPrecision(self) -> str:
        """The value of :py:attr:`precision`."""
        return self.getOrDefault(self.precision)

    def setResize(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`resize`; None unsets it."""
        return self._set(resize=value)

    def getResize(self) -> str:
        """The value of :py:attr:`resize`."""
        return self.getOrDefault(self.resize)

    def setSaveModel(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`saveModel`; None unsets it."""
        return self._set(saveModel=value)

    def getSaveModel(self) -> str:
        """The value of :py:attr:`saveModel`."""
        return self.getOrDefault(self.saveModel)

    def setSignature(self, value: Optional[str]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`signature`; None unsets it."""
        return self._set(signature=value)

    def getSignature(self) -> str:
        """The value of :py:attr:`signature`."""
        return self.getOrDefault(self.signature)

    def setTags(self, value: Optional[List[str]]) -> "MobileNetFeaturizer":
        """Sets :py:attr:`tags`; None unsets it."""
        return self._set(tags=value)

    def getTags(self) -> List[str]:
        """The value of :py:attr:`tags`."""
        return self.getOrDefault(self.tags)


class MobileNetFineTuner(Stage, JavaEstimator["MobileNetClassificationModel"]):
    """Fine-tunes a MobileNet V1 on labelled images; its model adds features, logits, probabilities and classes.

    >>> tuner = MobileNetFineTuner(inputCol="content", labelCol="species", validationFraction=0.2)
    >>> model = tuner.fit(photographs)
    """

    __module__ = JAVA_PACKAGE

    alpha: Param[str] = Param(
        Params._dummy(),
        "alpha",
        "what becomes of an alpha channel: drop ignores it, as TensorFlow does; white and black lay the image over that colour",
        typeConverter=TypeConverters.toString,
    )
    aspect: Param[str] = Param(
        Params._dummy(),
        "aspect",
        "what becomes of the aspect ratio: stretch fills the model's input, pad keeps the ratio between black bars",
        typeConverter=TypeConverters.toString,
    )
    batchNorm: Param[str] = Param(
        Params._dummy(),
        "batchNorm",
        "how BatchNorm normalizes in trained layers: frozen (by the moving statistics, which stay), training (by the batch's)",
        typeConverter=TypeConverters.toString,
    )
    batchNormMomentum: Param[float] = Param(
        Params._dummy(),
        "batchNormMomentum",
        "momentum of BatchNorm's moving statistics while they are trained, in [0, 1)",
        typeConverter=TypeConverters.toFloat,
    )
    batchSize: Param[int] = Param(
        Params._dummy(),
        "batchSize",
        "images in a step, over all workers",
        typeConverter=TypeConverters.toInt,
    )
    checkpointDir: Param[str] = Param(
        Params._dummy(),
        "checkpointDir",
        "a folder on any Hadoop file system, for any number of runs; the run is saved there every epoch and, if interrupted, resumed from there; if not set: the run is not saved",
        typeConverter=TypeConverters.toString,
    )
    checkpointInterval: Param[int] = Param(
        Params._dummy(),
        "checkpointInterval",
        "also save a checkpoint every this many steps; 0 for every epoch only",
        typeConverter=TypeConverters.toInt,
    )
    classWeights: Param[str] = Param(
        Params._dummy(),
        "classWeights",
        "weights of the classes: none (all rows count the same), balanced (all classes count the same), or label=weight pairs separated by commas",
        typeConverter=TypeConverters.toString,
    )
    colorJitter: Param[float] = Param(
        Params._dummy(),
        "colorJitter",
        "how far brightness, contrast and saturation of training images change, in [0, 1)",
        typeConverter=TypeConverters.toFloat,
    )
    colorProfile: Param[str] = Param(
        Params._dummy(),
        "colorProfile",
        "whether colours are converted to sRGB by an embedded ICC profile (srgb), or taken as stored, as TensorFlow takes them (ignore)",
        typeConverter=TypeConverters.toString,
    )
    cropFraction: Param[float] = Param(
        Params._dummy(),
        "cropFraction",
        "part of each side, about the centre, that is kept before resizing; 1 keeps the whole image, and TF-Slim's evaluation keeps 0.875",
        typeConverter=TypeConverters.toFloat,
    )
    decayEpochs: Param[float] = Param(
        Params._dummy(),
        "decayEpochs",
        "epochs between two changes of the step schedule",
        typeConverter=TypeConverters.toFloat,
    )
    decayRate: Param[float] = Param(
        Params._dummy(),
        "decayRate",
        "factor of each change of the step schedule",
        typeConverter=TypeConverters.toFloat,
    )
    decodeScale: Param[str] = Param(
        Params._dummy(),
        "decodeScale",
        "the size at which JPEGs are decoded: exact is their own; fast is 1/2, 1/4 or 1/8 of it for large ones, which moves their vectors",
        typeConverter=TypeConverters.toString,
    )
    dropout: Param[float] = Param(
        Params._dummy(),
        "dropout",
        "share of the features set to zero in training, in [0, 1)",
        typeConverter=TypeConverters.toFloat,
    )
    epochs: Param[int] = Param(
        Params._dummy(),
        "epochs",
        "maximum number of passes over the training images",
        typeConverter=TypeConverters.toInt,
    )
    errorCol: Param[str] = Param(
        Params._dummy(),
        "errorCol",
        "a STRING column to add: why there is no result, 'STATUS: reason'; NULL where there is one; if not set: none",
        typeConverter=TypeConverters.toString,
    )
    exifOrientation: Param[str] = Param(
        Params._dummy(),
        "exifOrientation",
        "whether images are turned upright by their EXIF orientation (apply), or left as stored, for parity with pipelines that leave them (ignore)",
        typeConverter=TypeConverters.toString,
    )
    featuresCol: Param[str] = Param(
        Params._dummy(),
        "featuresCol",
        "the model's output column with the fine-tuned features; a vector, NULL where the image can't be read",
        typeConverter=TypeConverters.toString,
    )
    flipProbability: Param[float] = Param(
        Params._dummy(),
        "flipProbability",
        "probability of mirroring a training image, in [0, 1]",
        typeConverter=TypeConverters.toFloat,
    )
    headInit: Param[str] = Param(
        Params._dummy(),
        "headInit",
        "how the head is initialised: fitted (a logistic regression on the module's features) or zero",
        typeConverter=TypeConverters.toString,
    )
    headLearningRateFactor: Param[float] = Param(
        Params._dummy(),
        "headLearningRateFactor",
        "the head's learning rate, as a multiple of the learning rate",
        typeConverter=TypeConverters.toFloat,
    )
    headRegParam: Param[float] = Param(
        Params._dummy(),
        "headRegParam",
        "L2 regularization of that logistic regression, as MLlib's regParam",
        typeConverter=TypeConverters.toFloat,
    )
    imageSize: Param[int] = Param(
        Params._dummy(),
        "imageSize",
        "height and width of the network's input, in pixels, at least 32; if not set: what the model expects",
        typeConverter=TypeConverters.toInt,
    )
    inputCol: Param[str] = Param(
        Params._dummy(),
        "inputCol",
        "the column with the images: BINARY (a file's bytes), STRING (a file's path), or the struct of the binaryFile or image source",
        typeConverter=TypeConverters.toString,
    )
    l2: Param[float] = Param(
        Params._dummy(),
        "l2",
        "the modules' own regularization: l2 * sum(w^2) / 2 of each trained kernel that isn't depthwise",
        typeConverter=TypeConverters.toFloat,
    )
    labelCol: Param[str] = Param(
        Params._dummy(),
        "labelCol",
        "the column with the labels: strings, or whole numbers from 0",
        typeConverter=TypeConverters.toString,
    )
    labelSmoothing: Param[float] = Param(
        Params._dummy(),
        "labelSmoothing",
        "share of each label spread over all classes, in [0, 1)",
        typeConverter=TypeConverters.toFloat,
    )
    learningRate: Param[float] = Param(
        Params._dummy(),
        "learningRate",
        "learning rate after the warm-up",
        typeConverter=TypeConverters.toFloat,
    )
    learningRateSchedule: Param[str] = Param(
        Params._dummy(),
        "learningRateSchedule",
        "the learning rate's course after the warm-up: constant, cosine (down to 0 at the end of the last epoch) or step",
        typeConverter=TypeConverters.toString,
    )
    maxDecodeSeconds: Param[float] = Param(
        Params._dummy(),
        "maxDecodeSeconds",
        "images that would keep one core busy for longer are not decoded; the limit grows in proportion when more pixels are allowed than by default",
        typeConverter=TypeConverters.toFloat,
    )
    maxFrames: Param[int] = Param(
        Params._dummy(),
        "maxFrames",
        "images of more frames or pages are not decoded; of others, the first is",
        typeConverter=TypeConverters.toInt,
    )
    maxGradientNorm: Param[float] = Param(
        Params._dummy(),
        "maxGradientNorm",
        "larger gradients are scaled down to this L2 norm; if not set: no limit",
        typeConverter=TypeConverters.toFloat,
    )
    maxImageBytes: Param[int] = Param(
        Params._dummy(),
        "maxImageBytes",
        "images of more bytes are not read",
        typeConverter=TypeConverters.toInt,
    )
    maxPixels: Param[int] = Param(
        Params._dummy(),
        "maxPixels",
        "images of more pixels are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    maxSide: Param[int] = Param(
        Params._dummy(),
        "maxSide",
        "images with a longer side, in pixels, are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    minCropArea: Param[float] = Param(
        Params._dummy(),
        "minCropArea",
        "smallest share of a training image's area that a random crop keeps, in [0.01, 1]; 1 for no cropping",
        typeConverter=TypeConverters.toFloat,
    )
    mode: Param[str] = Param(
        Params._dummy(),
        "mode",
        "what to do with an image that can't be read: PERMISSIVE leaves it out of training and reports how many there were, FAILFAST stops",
        typeConverter=TypeConverters.toString,
    )
    model: Param[str] = Param(
        Params._dummy(),
        "model",
        "the MobileNet V1 to start from: a handle or a path, or 'builtin', an UNTRAINED network",
        typeConverter=TypeConverters.toString,
    )
    modelSha256: Param[str] = Param(
        Params._dummy(),
        "modelSha256",
        "expected SHA-256, in hex, of the archive that the module comes from, wherever it is from; a module that was never an archive is refused; if not set: any",
        typeConverter=TypeConverters.toString,
    )
    momentum: Param[float] = Param(
        Params._dummy(),
        "momentum",
        "momentum of sgd, in [0, 1)",
        typeConverter=TypeConverters.toFloat,
    )
    numWorkers: Param[int] = Param(
        Params._dummy(),
        "numWorkers",
        "tasks that share a step; if not set: at each epoch's start, one for each core of the executors that have come, with at least 8 images of the batch each",
        typeConverter=TypeConverters.toInt,
    )
    optimizer: Param[str] = Param(
        Params._dummy(),
        "optimizer",
        "how weights are updated: sgd (with momentum), adam, adamw (with decoupled weight decay)",
        typeConverter=TypeConverters.toString,
    )
    patience: Param[int] = Param(
        Params._dummy(),
        "patience",
        "stop after this many epochs without a lower validation loss; 0 for never",
        typeConverter=TypeConverters.toInt,
    )
    predictionCol: Param[str] = Param(
        Params._dummy(),
        "predictionCol",
        "the model's output column with the most probable class; a double, NULL where the image can't be read; empty for none",
        typeConverter=TypeConverters.toString,
    )
    probabilityCol: Param[str] = Param(
        Params._dummy(),
        "probabilityCol",
        "the model's output column with the classes' probabilities; a vector, NULL where the image can't be read; empty for none",
        typeConverter=TypeConverters.toString,
    )
    rawPredictionCol: Param[str] = Param(
        Params._dummy(),
        "rawPredictionCol",
        "the model's output column with the logits; a vector, NULL where the image can't be read; empty for none",
        typeConverter=TypeConverters.toString,
    )
    resize: Param[str] = Param(
        Params._dummy(),
        "resize",
        "how images are resized to the model's input: bilinear (tf.image.resize), bilinear_tf1 (TensorFlow 1's resize_bilinear), bilinear_antialias, area or bicubic",
        typeConverter=TypeConverters.toString,
    )
    seed: Param[int] = Param(
        Params._dummy(),
        "seed",
        "seed of the order, the augmentation, dropout and the validation split; the same seed gives the same run",
        typeConverter=TypeConverters.toInt,
    )
    syncEvery: Param[int] = Param(
        Params._dummy(),
        "syncEvery",
        "steps that each worker takes alone before the weights are averaged; 1 equals one big batch",
        typeConverter=TypeConverters.toInt,
    )
    thresholds: Param[List[float]] = Param(
        Params._dummy(),
        "thresholds",
        "what the classes' probabilities are divided by before the largest is predicted, as MLlib's thresholds: one number for each class, in the classes' order, at least 0, at most one of them 0; if not set: the most probable class is predicted",
        typeConverter=TypeConverters.toListFloat,
    )
    trainable: Param[str] = Param(
        Params._dummy(),
        "trainable",
        "what is trained besides the head: head (nothing), all, or a layer's name such as Conv2d_12_depthwise (it and all layers after it)",
        typeConverter=TypeConverters.toString,
    )
    validationFraction: Param[float] = Param(
        Params._dummy(),
        "validationFraction",
        "share of the images kept from training, in [0, 1), for validation and for choosing the best epoch; 0 for none; if not set: a tenth of each class that has at least 10 images, unless others are given to validate on",
        typeConverter=TypeConverters.toFloat,
    )
    validationIndicatorCol: Param[str] = Param(
        Params._dummy(),
        "validationIndicatorCol",
        "a boolean column: rows where it is true are kept from training, for validation; if not set: none",
        typeConverter=TypeConverters.toString,
    )
    warmupEpochs: Param[float] = Param(
        Params._dummy(),
        "warmupEpochs",
        "epochs, whole or fractional, over which the rate rises from 0",
        typeConverter=TypeConverters.toFloat,
    )
    weightCol: Param[str] = Param(
        Params._dummy(),
        "weightCol",
        "the column with the rows' weights, at least 0; 0 leaves a row out; if not set: all rows count the same",
        typeConverter=TypeConverters.toString,
    )
    weightDecay: Param[float] = Param(
        Params._dummy(),
        "weightDecay",
        "decoupled weight decay of adamw, on kernels",
        typeConverter=TypeConverters.toFloat,
    )

    @keyword_only
    def __init__(
        self,
        *,
        alpha: Optional[str] = "drop",
        aspect: Optional[str] = "stretch",
        batchNorm: Optional[str] = "frozen",
        batchNormMomentum: Optional[float] = 0.99,
        batchSize: Optional[int] = 32,
        checkpointDir: Optional[str] = None,
        checkpointInterval: Optional[int] = 0,
        classWeights: Optional[str] = "none",
        colorJitter: Optional[float] = 0.1,
        colorProfile: Optional[str] = "ignore",
        cropFraction: Optional[float] = 1.0,
        decayEpochs: Optional[float] = 5.0,
        decayRate: Optional[float] = 0.1,
        decodeScale: Optional[str] = "exact",
        dropout: Optional[float] = 0.0,
        epochs: Optional[int] = 10,
        errorCol: Optional[str] = None,
        exifOrientation: Optional[str] = "apply",
        featuresCol: Optional[str] = "features",
        flipProbability: Optional[float] = 0.5,
        headInit: Optional[str] = "fitted",
        headLearningRateFactor: Optional[float] = 1.0,
        headRegParam: Optional[float] = 0.01,
        imageSize: Optional[int] = None,
        inputCol: Optional[str] = "image",
        l2: Optional[float] = 4.0E-5,
        labelCol: Optional[str] = "label",
        labelSmoothing: Optional[float] = 0.0,
        learningRate: Optional[float] = 1.0E-4,
        learningRateSchedule: Optional[str] = "cosine",
        maxDecodeSeconds: Optional[float] = 2.0,
        maxFrames: Optional[int] = 10000,
        maxGradientNorm: Optional[float] = None,
        maxImageBytes: Optional[int] = 268435456,
        maxPixels: Optional[int] = 89478485,
        maxSide: Optional[int] = 65535,
        minCropArea: Optional[float] = 0.6,
        mode: Optional[str] = "PERMISSIVE",
        model: Optional[str] = "https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
        modelSha256: Optional[str] = None,
        momentum: Optional[float] = 0.9,
        numWorkers: Optional[int] = None,
        optimizer: Optional[str] = "adam",
        patience: Optional[int] = 5,
        predictionCol: Optional[str] = "prediction",
        probabilityCol: Optional[str] = "probability",
        rawPredictionCol: Optional[str] = "rawPrediction",
        resize: Optional[str] = "bilinear",
        seed: Optional[int] = 42,
        syncEvery: Optional[int] = 1,
        thresholds: Optional[List[float]] = None,
        trainable: Optional[str] = "all",
        validationFraction: Optional[float] = None,
        validationIndicatorCol: Optional[str] = None,
        warmupEpochs: Optional[float] = 1.0,
        weightCol: Optional[str] = None,
        weightDecay: Optional[float] = 0.01,
    ) -> None:
        super().__init__()
        self._setDefault(
            alpha="drop",
            aspect="stretch",
            batchNorm="frozen",
            batchNormMomentum=0.99,
            batchSize=32,
            checkpointInterval=0,
            classWeights="none",
            colorJitter=0.1,
            colorProfile="ignore",
            cropFraction=1.0,
            decayEpochs=5.0,
            decayRate=0.1,
            decodeScale="exact",
            dropout=0.0,
            epochs=10,
            exifOrientation="apply",
            featuresCol="features",
            flipProbability=0.5,
            headInit="fitted",
            headLearningRateFactor=1.0,
            headRegParam=0.01,
            inputCol="image",
            l2=4.0E-5,
            labelCol="label",
            labelSmoothing=0.0,
            learningRate=1.0E-4,
            learningRateSchedule="cosine",
            maxDecodeSeconds=2.0,
            maxFrames=10000,
            maxImageBytes=268435456,
            maxPixels=89478485,
            maxSide=65535,
            minCropArea=0.6,
            mode="PERMISSIVE",
            model="https://tfhub.dev/google/imagenet/mobilenet_v1_075_224/feature_vector/4",
            momentum=0.9,
            optimizer="adam",
            patience=5,
            predictionCol="prediction",
            probabilityCol="probability",
            rawPredictionCol="rawPrediction",
            resize="bilinear",
            seed=42,
            syncEvery=1,
            trainable="all",
            warmupEpochs=1.0,
            weightDecay=0.01,
        )
        self._start(self._input_kwargs)

    @keyword_only
    def setParams(
        self,
        *,
        alpha: Optional[str] = None,
        aspect: Optional[str] = None,
        batchNorm: Optional[str] = None,
        batchNormMomentum: Optional[float] = None,
        batchSize: Optional[int] = None,
        checkpointDir: Optional[str] = None,
        checkpointInterval: Optional[int] = None,
        classWeights: Optional[str] = None,
        colorJitter: Optional[float] = None,
        colorProfile: Optional[str] = None,
        cropFraction: Optional[float] = None,
        decayEpochs: Optional[float] = None,
        decayRate: Optional[float] = None,
        decodeScale: Optional[str] = None,
        dropout: Optional[float] = None,
        epochs: Optional[int] = None,
        errorCol: Optional[str] = None,
        exifOrientation: Optional[str] = None,
        featuresCol: Optional[str] = None,
        flipProbability: Optional[float] = None,
        headInit: Optional[str] = None,
        headLearningRateFactor: Optional[float] = None,
        headRegParam: Optional[float] = None,
        imageSize: Optional[int] = None,
        inputCol: Optional[str] = None,
        l2: Optional[float] = None,
        labelCol: Optional[str] = None,
        labelSmoothing: Optional[float] = None,
        learningRate: Optional[float] = None,
        learningRateSchedule: Optional[str] = None,
        maxDecodeSeconds: Optional[float] = None,
        maxFrames: Optional[int] = None,
        maxGradientNorm: Optional[float] = None,
        maxImageBytes: Optional[int] = None,
        maxPixels: Optional[int] = None,
        maxSide: Optional[int] = None,
        minCropArea: Optional[float] = None,
        mode: Optional[str] = None,
        model: Optional[str] = None,
        modelSha256: Optional[str] = None,
        momentum: Optional[float] = None,
        numWorkers: Optional[int] = None,
        optimizer: Optional[str] = None,
        patience: Optional[int] = None,
        predictionCol: Optional[str] = None,
        probabilityCol: Optional[str] = None,
        rawPredictionCol: Optional[str] = None,
        resize: Optional[str] = None,
        seed: Optional[int] = None,
        syncEvery: Optional[int] = None,
        thresholds: Optional[List[float]] = None,
        trainable: Optional[str] = None,
        validationFraction: Optional[float] = None,
        validationIndicatorCol: Optional[str] = None,
        warmupEpochs: Optional[float] = None,
        weightCol: Optional[str] = None,
        weightDecay: Optional[float] = None,
    ) -> "MobileNetFineTuner":
        """Sets parameters by their names; None unsets one."""
        return self._set(**self._input_kwargs)

    def _create_model(self, java_model: "JavaObject") -> "MobileNetClassificationModel":
        return MobileNetClassificationModel(java_model)

    def setAlpha(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`alpha`; None unsets it."""
        return self._set(alpha=value)

    def getAlpha(self) -> str:
        """The value of :py:attr:`alpha`."""
        return self.getOrDefault(self.alpha)

    def setAspect(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`aspect`; None unsets it."""
        return self._set(aspect=value)

    def getAspect(self) -> str:
        """The value of :py:attr:`aspect`."""
        return self.getOrDefault(self.aspect)

    def setBatchNorm(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`batchNorm`; None unsets it."""
        return self._set(batchNorm=value)

    def getBatchNorm(self) -> str:
        """The value of :py:attr:`batchNorm`."""
        return self.getOrDefault(self.batchNorm)

    def setBatchNormMomentum(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`batchNormMomentum`; None unsets it."""
        return self._set(batchNormMomentum=value)

    def getBatchNormMomentum(self) -> float:
        """The value of :py:attr:`batchNormMomentum`."""
        return self.getOrDefault(self.batchNormMomentum)

    def setBatchSize(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`batchSize`; None unsets it."""
        return self._set(batchSize=value)

    def getBatchSize(self) -> int:
        """The value of :py:attr:`batchSize`."""
        return self.getOrDefault(self.batchSize)

    def setCheckpointDir(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`checkpointDir`; None unsets it."""
        return self._set(checkpointDir=value)

    def getCheckpointDir(self) -> str:
        """The value of :py:attr:`checkpointDir`."""
        return self.getOrDefault(self.checkpointDir)

    def setCheckpointInterval(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`checkpointInterval`; None unsets it."""
        return self._set(checkpointInterval=value)

    def getCheckpointInterval(self) -> int:
        """The value of :py:attr:`checkpointInterval`."""
        return self.getOrDefault(self.checkpointInterval)

    def setClassWeights(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`classWeights`; None unsets it."""
        return self._set(classWeights=value)

    def getClassWeights(self) -> str:
        """The value of :py:attr:`classWeights`."""
        return self.getOrDefault(self.classWeights)

    def setColorJitter(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`colorJitter`; None unsets it."""
        return self._set(colorJitter=value)

    def getColorJitter(self) -> float:
        """The value of :py:attr:`colorJitter`."""
        return self.getOrDefault(self.colorJitter)

    def setColorProfile(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`colorProfile`; None unsets it."""
        return self._set(colorProfile=value)

    def getColorProfile(self) -> str:
        """The value of :py:attr:`colorProfile`."""
        return self.getOrDefault(self.colorProfile)

    def setCropFraction(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`cropFraction`; None unsets it."""
        return self._set(cropFraction=value)

    def getCropFraction(self) -> float:
        """The value of :py:attr:`cropFraction`."""
        return self.getOrDefault(self.cropFraction)

    def setDecayEpochs(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`decayEpochs`; None unsets it."""
        return self._set(decayEpochs=value)

    def getDecayEpochs(self) -> float:
        """The value of :py:attr:`decayEpochs`."""
        return self.getOrDefault(self.decayEpochs)

    def setDecayRate(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`decayRate`; None unsets it."""
        return self._set(decayRate=value)

    def getDecayRate(self) -> float:
        """The value of :py:attr:`decayRate`."""
        return self.getOrDefault(self.decayRate)

    def setDecodeScale(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`decodeScale`; None unsets it."""
        return self._set(decodeScale=value)

    def getDecodeScale(self) -> str:
        """The value of :py:attr:`decodeScale`."""
        return self.getOrDefault(self.decodeScale)

    def setDropout(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`dropout`; None unsets it."""
        return self._set(dropout=value)

    def getDropout(self) -> float:
        """The value of :py:attr:`dropout`."""
        return self.getOrDefault(self.dropout)

    def setEpochs(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`epochs`; None unsets it."""
        return self._set(epochs=value)

    def getEpochs(self) -> int:
        """The value of :py:attr:`epochs`."""
        return self.getOrDefault(self.epochs)

    def setErrorCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`errorCol`; None unsets it."""
        return self._set(errorCol=value)

    def getErrorCol(self) -> str:
        """The value of :py:attr:`errorCol`."""
        return self.getOrDefault(self.errorCol)

    def setExifOrientation(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`exifOrientation`; None unsets it."""
        return self._set(exifOrientation=value)

    def getExifOrientation(self) -> str:
        """The value of :py:attr:`exifOrientation`."""
        return self.getOrDefault(self.exifOrientation)

    def setFeaturesCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`featuresCol`; None unsets it."""
        return self._set(featuresCol=value)

    def getFeaturesCol(self) -> str:
        """The value of :py:attr:`featuresCol`."""
        return self.getOrDefault(self.featuresCol)

    def setFlipProbability(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`flipProbability`; None unsets it."""
        return self._set(flipProbability=value)

    def getFlipProbability(self) -> float:
        """The value of :py:attr:`flipProbability`."""
        return self.getOrDefault(self.flipProbability)

    def setHeadInit(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`headInit`; None unsets it."""
        return self._set(headInit=value)

    def getHeadInit(self) -> str:
        """The value of :py:attr:`headInit`."""
        return self.getOrDefault(self.headInit)

    def setHeadLearningRateFactor(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`headLearningRateFactor`; None unsets it."""
        return self._set(headLearningRateFactor=value)

    def getHeadLearningRateFactor(self) -> float:
        """The value of :py:attr:`headLearningRateFactor`."""
        return self.getOrDefault(self.headLearningRateFactor)

    def setHeadRegParam(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`headRegParam`; None unsets it."""
        return self._set(headRegParam=value)

    def getHeadRegParam(self) -> float:
        """The value of :py:attr:`headRegParam`."""
        return self.getOrDefault(self.headRegParam)

    def setImageSize(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`imageSize`; None unsets it."""
        return self._set(imageSize=value)

    def getImageSize(self) -> int:
        """The value of :py:attr:`imageSize`."""
        return self.getOrDefault(self.imageSize)

    def setInputCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`inputCol`; None unsets it."""
        return self._set(inputCol=value)

    def getInputCol(self) -> str:
        """The value of :py:attr:`inputCol`."""
        return self.getOrDefault(self.inputCol)

    def setL2(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`l2`; None unsets it."""
        return self._set(l2=value)

    def getL2(self) -> float:
        """The value of :py:attr:`l2`."""
        return self.getOrDefault(self.l2)

    def setLabelCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`labelCol`; None unsets it."""
        return self._set(labelCol=value)

    def getLabelCol(self) -> str:
        """The value of :py:attr:`labelCol`."""
        return self.getOrDefault(self.labelCol)

    def setLabelSmoothing(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`labelSmoothing`; None unsets it."""
        return self._set(labelSmoothing=value)

    def getLabelSmoothing(self) -> float:
        """The value of :py:attr:`labelSmoothing`."""
        return self.getOrDefault(self.labelSmoothing)

    def setLearningRate(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`learningRate`; None unsets it."""
        return self._set(learningRate=value)

    def getLearningRate(self) -> float:
        """The value of :py:attr:`learningRate`."""
        return self.getOrDefault(self.learningRate)

    def setLearningRateSchedule(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`learningRateSchedule`; None unsets it."""
        return self._set(learningRateSchedule=value)

    def getLearningRateSchedule(self) -> str:
        """The value of :py:attr:`learningRateSchedule`."""
        return self.getOrDefault(self.learningRateSchedule)

    def setMaxDecodeSeconds(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`maxDecodeSeconds`; None unsets it."""
        return self._set(maxDecodeSeconds=value)

    def getMaxDecodeSeconds(self) -> float:
        """The value of :py:attr:`maxDecodeSeconds`."""
        return self.getOrDefault(self.maxDecodeSeconds)

    def setMaxFrames(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`maxFrames`; None unsets it."""
        return self._set(maxFrames=value)

    def getMaxFrames(self) -> int:
        """The value of :py:attr:`maxFrames`."""
        return self.getOrDefault(self.maxFrames)

    def setMaxGradientNorm(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`maxGradientNorm`; None unsets it."""
        return self._set(maxGradientNorm=value)

    def getMaxGradientNorm(self) -> float:
        """The value of :py:attr:`maxGradientNorm`."""
        return self.getOrDefault(self.maxGradientNorm)

    def setMaxImageBytes(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`maxImageBytes`; None unsets it."""
        return self._set(maxImageBytes=value)

    def getMaxImageBytes(self) -> int:
        """The value of :py:attr:`maxImageBytes`."""
        return self.getOrDefault(self.maxImageBytes)

    def setMaxPixels(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`maxPixels`; None unsets it."""
        return self._set(maxPixels=value)

    def getMaxPixels(self) -> int:
        """The value of :py:attr:`maxPixels`."""
        return self.getOrDefault(self.maxPixels)

    def setMaxSide(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`maxSide`; None unsets it."""
        return self._set(maxSide=value)

    def getMaxSide(self) -> int:
        """The value of :py:attr:`maxSide`."""
        return self.getOrDefault(self.maxSide)

    def setMinCropArea(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`minCropArea`; None unsets it."""
        return self._set(minCropArea=value)

    def getMinCropArea(self) -> float:
        """The value of :py:attr:`minCropArea`."""
        return self.getOrDefault(self.minCropArea)

    def setMode(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`mode`; None unsets it."""
        return self._set(mode=value)

    def getMode(self) -> str:
        """The value of :py:attr:`mode`."""
        return self.getOrDefault(self.mode)

    def setModel(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`model`; None unsets it."""
        return self._set(model=value)

    def getModel(self) -> str:
        """The value of :py:attr:`model`."""
        return self.getOrDefault(self.model)

    def setModelSha256(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`modelSha256`; None unsets it."""
        return self._set(modelSha256=value)

    def getModelSha256(self) -> str:
        """The value of :py:attr:`modelSha256`."""
        return self.getOrDefault(self.modelSha256)

    def setMomentum(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`momentum`; None unsets it."""
        return self._set(momentum=value)

    def getMomentum(self) -> float:
        """The value of :py:attr:`momentum`."""
        return self.getOrDefault(self.momentum)

    def setNumWorkers(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`numWorkers`; None unsets it."""
        return self._set(numWorkers=value)

    def getNumWorkers(self) -> int:
        """The value of :py:attr:`numWorkers`."""
        return self.getOrDefault(self.numWorkers)

    def setOptimizer(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`optimizer`; None unsets it."""
        return self._set(optimizer=value)

    def getOptimizer(self) -> str:
        """The value of :py:attr:`optimizer`."""
        return self.getOrDefault(self.optimizer)

    def setPatience(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`patience`; None unsets it."""
        return self._set(patience=value)

    def getPatience(self) -> int:
        """The value of :py:attr:`patience`."""
        return self.getOrDefault(self.patience)

    def setPredictionCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`predictionCol`; None unsets it."""
        return self._set(predictionCol=value)

    def getPredictionCol(self) -> str:
        """The value of :py:attr:`predictionCol`."""
        return self.getOrDefault(self.predictionCol)

    def setProbabilityCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`probabilityCol`; None unsets it."""
        return self._set(probabilityCol=value)

    def getProbabilityCol(self) -> str:
        """The value of :py:attr:`probabilityCol`."""
        return self.getOrDefault(self.probabilityCol)

    def setRawPredictionCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`rawPredictionCol`; None unsets it."""
        return self._set(rawPredictionCol=value)

    def getRawPredictionCol(self) -> str:
        """The value of :py:attr:`rawPredictionCol`."""
        return self.getOrDefault(self.rawPredictionCol)

    def setResize(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`resize`; None unsets it."""
        return self._set(resize=value)

    def getResize(self) -> str:
        """The value of :py:attr:`resize`."""
        return self.getOrDefault(self.resize)

    def setSeed(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`seed`; None unsets it."""
        return self._set(seed=value)

    def getSeed(self) -> int:
        """The value of :py:attr:`seed`."""
        return self.getOrDefault(self.seed)

    def setSyncEvery(self, value: Optional[int]) -> "MobileNetFineTuner":
        """Sets :py:attr:`syncEvery`; None unsets it."""
        return self._set(syncEvery=value)

    def getSyncEvery(self) -> int:
        """The value of :py:attr:`syncEvery`."""
        return self.getOrDefault(self.syncEvery)

    def setThresholds(self, value: Optional[List[float]]) -> "MobileNetFineTuner":
        """Sets :py:attr:`thresholds`; None unsets it."""
        return self._set(thresholds=value)

    def getThresholds(self) -> List[float]:
        """The value of :py:attr:`thresholds`."""
        return self.getOrDefault(self.thresholds)

    def setTrainable(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`trainable`; None unsets it."""
        return self._set(trainable=value)

    def getTrainable(self) -> str:
        """The value of :py:attr:`trainable`."""
        return self.getOrDefault(self.trainable)

    def setValidationFraction(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`validationFraction`; None unsets it."""
        return self._set(validationFraction=value)

    def getValidationFraction(self) -> float:
        """The value of :py:attr:`validationFraction`."""
        return self.getOrDefault(self.validationFraction)

    def setValidationIndicatorCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`validationIndicatorCol`; None unsets it."""
        return self._set(validationIndicatorCol=value)

    def getValidationIndicatorCol(self) -> str:
        """The value of :py:attr:`validationIndicatorCol`."""
        return self.getOrDefault(self.validationIndicatorCol)

    def setWarmupEpochs(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`warmupEpochs`; None unsets it."""
        return self._set(warmupEpochs=value)

    def getWarmupEpochs(self) -> float:
        """The value of :py:attr:`warmupEpochs`."""
        return self.getOrDefault(self.warmupEpochs)

    def setWeightCol(self, value: Optional[str]) -> "MobileNetFineTuner":
        """Sets :py:attr:`weightCol`; None unsets it."""
        return self._set(weightCol=value)

    def getWeightCol(self) -> str:
        """The value of :py:attr:`weightCol`."""
        return self.getOrDefault(self.weightCol)

    def setWeightDecay(self, value: Optional[float]) -> "MobileNetFineTuner":
        """Sets :py:attr:`weightDecay`; None unsets it."""
        return self._set(weightDecay=value)

    def getWeightDecay(self) -> float:
        """The value of :py:attr:`weightDecay`."""
        return self.getOrDefault(self.weightDecay)


class MobileNetClassificationModel(FittedNetwork):
    """A fine-tuned network and its head: adds features, logits, probabilities and the most probable class.

    :py:class:`MobileNetFineTuner` makes one, and ``load`` reads one.
    """

    __module__ = JAVA_PACKAGE

    alpha: Param[str] = Param(
        Params._dummy(),
        "alpha",
        "what becomes of an alpha channel: drop ignores it, as TensorFlow does; white and black lay the image over that colour",
        typeConverter=TypeConverters.toString,
    )
    aspect: Param[str] = Param(
        Params._dummy(),
        "aspect",
        "what becomes of the aspect ratio: stretch fills the model's input, pad keeps the ratio between black bars",
        typeConverter=TypeConverters.toString,
    )
    colorProfile: Param[str] = Param(
        Params._dummy(),
        "colorProfile",
        "whether colours are converted to sRGB by an embedded ICC profile (srgb), or taken as stored, as TensorFlow takes them (ignore)",
        typeConverter=TypeConverters.toString,
    )
    cropFraction: Param[float] = Param(
        Params._dummy(),
        "cropFraction",
        "part of each side, about the centre, that is kept before resizing; 1 keeps the whole image, and TF-Slim's evaluation keeps 0.875",
        typeConverter=TypeConverters.toFloat,
    )
    decodeScale: Param[str] = Param(
        Params._dummy(),
        "decodeScale",
        "the size at which JPEGs are decoded: exact is their own; fast is 1/2, 1/4 or 1/8 of it for large ones, which moves their vectors",
        typeConverter=TypeConverters.toString,
    )
    errorCol: Param[str] = Param(
        Params._dummy(),
        "errorCol",
        "a STRING column to add: why there is no result, 'STATUS: reason'; NULL where there is one; if not set: none",
        typeConverter=TypeConverters.toString,
    )
    exifOrientation: Param[str] = Param(
        Params._dummy(),
        "exifOrientation",
        "whether images are turned upright by their EXIF orientation (apply), or left as stored, for parity with pipelines that leave them (ignore)",
        typeConverter=TypeConverters.toString,
    )
    featuresCol: Param[str] = Param(
        Params._dummy(),
        "featuresCol",
        "the model's output column with the fine-tuned features; a vector, NULL where the image can't be read",
        typeConverter=TypeConverters.toString,
    )
    inputCol: Param[str] = Param(
        Params._dummy(),
        "inputCol",
        "the column with the images: BINARY (a file's bytes), STRING (a file's path), or the struct of the binaryFile or image source",
        typeConverter=TypeConverters.toString,
    )
    maxDecodeSeconds: Param[float] = Param(
        Params._dummy(),
        "maxDecodeSeconds",
        "images that would keep one core busy for longer are not decoded; the limit grows in proportion when more pixels are allowed than by default",
        typeConverter=TypeConverters.toFloat,
    )
    maxFrames: Param[int] = Param(
        Params._dummy(),
        "maxFrames",
        "images of more frames or pages are not decoded; of others, the first is",
        typeConverter=TypeConverters.toInt,
    )
    maxImageBytes: Param[int] = Param(
        Params._dummy(),
        "maxImageBytes",
        "images of more bytes are not read",
        typeConverter=TypeConverters.toInt,
    )
    maxPixels: Param[int] = Param(
        Params._dummy(),
        "maxPixels",
        "images of more pixels are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    maxSide: Param[int] = Param(
        Params._dummy(),
        "maxSide",
        "images with a longer side, in pixels, are not decoded",
        typeConverter=TypeConverters.toInt,
    )
    predictionCol: Param[str] = Param(
        Params._dummy(),
        "predictionCol",
        "the model's output column with the most probable class; a double, NULL where the image can't be read; empty for none",
        typeConverter=TypeConverters.toString,
    )
    probabilityCol: Param[str] = Param(
        Params._dummy(),
        "probabilityCol",
        "the model's output column with the classes' probabilities; a vector, NULL where the image can't be read; empty for none",
        typeConverter=TypeConverters.toString,
    )
    rawPredictionCol: Param[str] = Param(
        Params._dummy(),
        "rawPredictionCol",
        "the model's output column with the logits; a vector, NULL where the image can't be read; empty for none",
        typeConverter=TypeConverters.toString,
    )
    resize: Param[str] = Param(
        Params._dummy(),
        "resize",
        "how images are resized to the model's input: bilinear (tf.image.resize), bilinear_tf1 (TensorFlow 1's resize_bilinear), bilinear_antialias, area or bicubic",
        typeConverter=TypeConverters.toString,
    )
    thresholds: Param[List[float]] = Param(
        Params._dummy(),
        "thresholds",
        "what the classes' probabilities are divided by before the largest is predicted, as MLlib's thresholds: one number for each class, in the classes' order, at least 0, at most one of them 0; if not set: the most probable class is predicted",
        typeConverter=TypeConverters.toListFloat,
    )

    def setAlpha(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`alpha`; None unsets it."""
        return self._set(alpha=value)

    def getAlpha(self) -> str:
        """The value of :py:attr:`alpha`."""
        return self.getOrDefault(self.alpha)

    def setAspect(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`aspect`; None unsets it."""
        return self._set(aspect=value)

    def getAspect(self) -> str:
        """The value of :py:attr:`aspect`."""
        return self.getOrDefault(self.aspect)

    def setColorProfile(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`colorProfile`; None unsets it."""
        return self._set(colorProfile=value)

    def getColorProfile(self) -> str:
        """The value of :py:attr:`colorProfile`."""
        return self.getOrDefault(self.colorProfile)

    def setCropFraction(self, value: Optional[float]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`cropFraction`; None unsets it."""
        return self._set(cropFraction=value)

    def getCropFraction(self) -> float:
        """The value of :py:attr:`cropFraction`."""
        return self.getOrDefault(self.cropFraction)

    def setDecodeScale(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`decodeScale`; None unsets it."""
        return self._set(decodeScale=value)

    def getDecodeScale(self) -> str:
        """The value of :py:attr:`decodeScale`."""
        return self.getOrDefault(self.decodeScale)

    def setErrorCol(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`errorCol`; None unsets it."""
        return self._set(errorCol=value)

    def getErrorCol(self) -> str:
        """The value of :py:attr:`errorCol`."""
        return self.getOrDefault(self.errorCol)

    def setExifOrientation(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`exifOrientation`; None unsets it."""
        return self._set(exifOrientation=value)

    def getExifOrientation(self) -> str:
        """The value of :py:attr:`exifOrientation`."""
        return self.getOrDefault(self.exifOrientation)

    def setFeaturesCol(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`featuresCol`; None unsets it."""
        return self._set(featuresCol=value)

    def getFeaturesCol(self) -> str:
        """The value of :py:attr:`featuresCol`."""
        return self.getOrDefault(self.featuresCol)

    def setInputCol(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`inputCol`; None unsets it."""
        return self._set(inputCol=value)

    def getInputCol(self) -> str:
        """The value of :py:attr:`inputCol`."""
        return self.getOrDefault(self.inputCol)

    def setMaxDecodeSeconds(self, value: Optional[float]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`maxDecodeSeconds`; None unsets it."""
        return self._set(maxDecodeSeconds=value)

    def getMaxDecodeSeconds(self) -> float:
        """The value of :py:attr:`maxDecodeSeconds`."""
        return self.getOrDefault(self.maxDecodeSeconds)

    def setMaxFrames(self, value: Optional[int]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`maxFrames`; None unsets it."""
        return self._set(maxFrames=value)

    def getMaxFrames(self) -> int:
        """The value of :py:attr:`maxFrames`."""
        return self.getOrDefault(self.maxFrames)

    def setMaxImageBytes(self, value: Optional[int]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`maxImageBytes`; None unsets it."""
        return self._set(maxImageBytes=value)

    def getMaxImageBytes(self) -> int:
        """The value of :py:attr:`maxImageBytes`."""
        return self.getOrDefault(self.maxImageBytes)

    def setMaxPixels(self, value: Optional[int]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`maxPixels`; None unsets it."""
        return self._set(maxPixels=value)

    def getMaxPixels(self) -> int:
        """The value of :py:attr:`maxPixels`."""
        return self.getOrDefault(self.maxPixels)

    def setMaxSide(self, value: Optional[int]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`maxSide`; None unsets it."""
        return self._set(maxSide=value)

    def getMaxSide(self) -> int:
        """The value of :py:attr:`maxSide`."""
        return self.getOrDefault(self.maxSide)

    def setPredictionCol(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`predictionCol`; None unsets it."""
        return self._set(predictionCol=value)

    def getPredictionCol(self) -> str:
        """The value of :py:attr:`predictionCol`."""
        return self.getOrDefault(self.predictionCol)

    def setProbabilityCol(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`probabilityCol`; None unsets it."""
        return self._set(probabilityCol=value)

    def getProbabilityCol(self) -> str:
        """The value of :py:attr:`probabilityCol`."""
        return self.getOrDefault(self.probabilityCol)

    def setRawPredictionCol(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`rawPredictionCol`; None unsets it."""
        return self._set(rawPredictionCol=value)

    def getRawPredictionCol(self) -> str:
        """The value of :py:attr:`rawPredictionCol`."""
        return self.getOrDefault(self.rawPredictionCol)

    def setResize(self, value: Optional[str]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`resize`; None unsets it."""
        return self._set(resize=value)

    def getResize(self) -> str:
        """The value of :py:attr:`resize`."""
        return self.getOrDefault(self.resize)

    def setThresholds(self, value: Optional[List[float]]) -> "MobileNetClassificationModel":
        """Sets :py:attr:`thresholds`; None unsets it."""
        return self._set(thresholds=value)

    def getThresholds(self) -> List[float]:
        """The value of :py:attr:`thresholds`."""
        return self.getOrDefault(self.thresholds)
