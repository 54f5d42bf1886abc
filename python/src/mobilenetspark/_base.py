"""What the stages have in common, beyond PySpark's own wrappers of Java stages."""

from typing import TYPE_CHECKING, Any, Dict, TypeVar

from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable, JavaMLWriter
from pyspark.ml.wrapper import JavaParams
from pyspark.sql import is_remote

from mobilenetspark._errors import told
from mobilenetspark._session import require_java

if TYPE_CHECKING:
    from pyspark.ml.param import Param
    from pyspark.sql import DataFrame

#: The Java stages' package, by which PySpark finds their Python classes, and the other way round.
JAVA_PACKAGE = "io.mobilenetspark.spark.ml"


class _Reader(JavaMLReader[Any]):
    def load(self, path: str) -> Any:
        with told():
            return super().load(path)


class _Writer(JavaMLWriter):
    def save(self, path: str) -> None:
        with told():
            super().save(path)


S = TypeVar("S", bound="Stage")


class Stage(JavaParams, JavaMLReadable[Any], JavaMLWritable):
    """A stage whose work is done by the Java class of the same name.

    A parameter is checked by Java when it is set. ``None`` unsets one, so that its default, if any, is in force again.
    """

    _input_kwargs: Dict[str, Any]

    def _start(self, arguments: Dict[str, Any]) -> None:
        """Makes the Java stage, and sets what the constructor was given."""
        require_java()
        name = f"{JAVA_PACKAGE}.{type(self).__name__}"
        self._java_obj = self._new_java_obj(name, self.uid)
        self._set(**arguments)

    def _set(self: S, **kwargs: Any) -> S:
        given = {name: value for name, value in kwargs.items() if value is not None}
        super()._set(**given)
        for name in kwargs:
            param: "Param[Any]" = getattr(self, name)
            if name not in given:
                self._paramMap.pop(param, None)
            elif self._java_obj is not None and not is_remote():
                self._check(param)
        return self

    def _check(self, param: "Param[Any]") -> None:
        """Lets Java check a value that was set; one that it refuses is unset."""
        from py4j.protocol import Py4JError

        value = self._paramMap[param]
        try:
            require_java()  # the session may have been stopped since
            self._make_java_param_pair(param, value)
        except Exception as e:
            del self._paramMap[param]
            if isinstance(e, Py4JError):  # of the call, and not of the check
                raise ValueError(
                    f"Parameter {param.name} can't be {value!r}: its type in Java does not hold that."
                ) from e
            raise

    def _transfer_params_to_java(self) -> None:
        require_java()
        # What is unset here must not be set there.
        assert self._java_obj is not None
        for param in self.params:
            if not self.isSet(param):
                self._java_obj.clear(self._java_obj.getParam(param.name))
        super()._transfer_params_to_java()

    def _transform(self, dataset: "DataFrame") -> "DataFrame":
        if is_remote():
            return super()._transform(dataset)  # type: ignore[misc, no-any-return]
        with told():
            return super()._transform(dataset)  # type: ignore[misc, no-any-return]

    def _fit(self, dataset: "DataFrame") -> Any:
        if is_remote():
            return super()._fit(dataset)  # type: ignore[misc]
        with told():
            return super()._fit(dataset)  # type: ignore[misc]

    @classmethod
    def read(cls) -> JavaMLReader[Any]:
        """Reads what was saved, by Python or by Java."""
        require_java()
        return super().read() if is_remote() else _Reader(cls)

    def write(self) -> JavaMLWriter:
        """Saves the stage, for Python or Java."""
        return super().write() if is_remote() else _Writer(self)

    def __copy__(self: S) -> S:
        """A copy of its own Java stage: PySpark lets go of a Java object as soon as one Python object of it is gone."""
        from py4j.java_gateway import JavaObject

        that = type(self).__new__(type(self))
        that.__dict__.update(self.__dict__)
        that._paramMap = dict(self._paramMap)
        that._defaultParamMap = dict(self._defaultParamMap)
        if isinstance(self._java_obj, JavaObject):
            that._java_obj = self._java_obj.copy(self._empty_java_param_map())
        return that

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(
            f"{self.uid} can't be pickled: the stage is an object of Spark's JVM. Save it by save(path), and read it "
            f"by {type(self).__name__}.load(path)."
        )
