"""Errors that say what to do."""


class MobileNetSparkError(RuntimeError):
    """What is needed to run is not there. The message has the problem, its cause and its cure."""
