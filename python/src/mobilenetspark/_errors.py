"""Errors that say what to do."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Iterator, Optional

if TYPE_CHECKING:
    from py4j.java_gateway import JavaObject


class MobileNetSparkError(RuntimeError):
    """A model, a module, a jar or a session can't be used. The message has the problem, its cause and its cure.

    :ivar java_exception: what Java threw, with its stack trace (``java_exception.printStackTrace()``); None if Java
        threw nothing
    """

    java_exception: "Optional[JavaObject]" = None


@contextmanager
def told() -> Iterator[None]:
    """Raises what a Java class of ours throws by its message: its stack trace says nothing to who called from here."""
    from py4j.protocol import Py4JJavaError

    try:
        yield
    except Py4JJavaError as e:
        thrown = e.java_exception
        while thrown is not None and not thrown.getClass().getName().startswith("io.mobilenetspark."):
            thrown = thrown.getCause()
        if thrown is None:
            raise
        error = MobileNetSparkError(thrown.getMessage() or thrown.toString())
        error.java_exception = e.java_exception
        raise error from None
