"""Imports the PySpark wrapper with stand-ins for PySpark, and finds and uses its class as PySpark does.

usage: wrapper_import.py FOLDER_OF_THE_WRAPPER
"""

import functools
import sys
import types
from typing import Generic, TypeVar

T = TypeVar("T")
MADE = []


def keyword_only(function):
    @functools.wraps(function)
    def wrapper(self, **kwargs):
        self._input_kwargs = kwargs
        return function(self, **kwargs)

    return wrapper


class TypeConverters:
    toString, toInt, toFloat, toListString = str, int, float, list


class Param:
    def __init__(self, parent, name, doc, typeConverter):
        self.name, self.converter = name, typeConverter


class Params:
    @staticmethod
    def _dummy():
        return None


class JavaTransformer:
    def __init__(self):
        self.uid, self.values, self.defaults = "stage_1", {}, {}

    def _new_java_obj(self, name, *arguments):
        MADE.append((name, arguments))
        return object()

    def _convert(self, kwargs):
        return {name: getattr(self, name).converter(value) for name, value in kwargs.items()}

    def _setDefault(self, **kwargs):
        self.defaults.update(self._convert(kwargs))
        return self

    def _set(self, **kwargs):
        self.values.update(self._convert(kwargs))
        return self

    def getOrDefault(self, param):
        return self.values.get(param.name, self.defaults.get(param.name))


class JavaMLReadable(Generic[T]):
    pass


class JavaMLWritable:
    pass


def stand_in(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


def main(folder):
    stand_in("pyspark", keyword_only=keyword_only)
    stand_in("pyspark.ml")
    stand_in("pyspark.ml.param", Param=Param, Params=Params, TypeConverters=TypeConverters)
    stand_in("pyspark.ml.util", JavaMLReadable=JavaMLReadable, JavaMLWritable=JavaMLWritable)
    stand_in("pyspark.ml.wrapper", JavaTransformer=JavaTransformer)
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    from mobilenetspark import MobileNetFeaturizer

    java_class = "io.mobilenetspark.spark.ml.MobileNetFeaturizer"
    package, name = java_class.rsplit(".", 1)
    # How a stage that is read finds its Python class, and a Python class its Java class.
    assert getattr(__import__(package, fromlist=[name]), name) is MobileNetFeaturizer
    assert MobileNetFeaturizer.__module__ + "." + MobileNetFeaturizer.__name__ == java_class
    import io

    assert io.StringIO("Python's own io is as it was").read()

    stage = MobileNetFeaturizer(inputCol="image", tags=["train"], cropFraction=1)
    assert MADE == [(java_class, ("stage_1",))]
    assert stage.values == {"inputCol": "image", "tags": ["train"], "cropFraction": 1.0}
    assert stage.getBatchSize() == 16 and stage.getTags() == ["train"]
    assert stage.setBatchSize(3) is stage and stage.getBatchSize() == 3
    assert stage.setParams(mode="FAILFAST") is stage and stage.getMode() == "FAILFAST"
    print("wrapper: all as expected")


if __name__ == "__main__":
    main(*sys.argv[1:])
