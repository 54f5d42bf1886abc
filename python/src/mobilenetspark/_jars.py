"""Where the two jars are: that of the jobs, which has all classes, and TensorFlow's native library."""

import importlib.metadata
import json
import os
import pathlib
import urllib.parse
import urllib.request
from typing import Iterator, List, Optional, Tuple

from mobilenetspark._build import JAVA_VERSION
from mobilenetspark._errors import MobileNetSparkError

#: Names the clone, or a folder with the jars in its folder ``jars``.
HOME_VARIABLE = "MOBILENET_SPARK_HOME"

_PACKAGE = pathlib.Path(__file__).resolve().parent
_APPLICATION = f"mobilenet-spark-jobs-{JAVA_VERSION}.jar"
_ANY_APPLICATION = "mobilenet-spark-jobs-[0-9]*.jar"
_NATIVE = "tensorflow-core-native-*-*.jar"
_BUILD = "Build them in a clone with 'mvn -DskipTests package'"

#: Folders of the two jars: in a wheel or a folder of jars, and as Maven leaves them in a clone.
_LAYOUTS = (("jars", "jars"), ("jobs/target", "jobs/target/native"))


def jars() -> List[str]:
    """The paths of the jars that Spark must have.

    They are those of the folder that the environment variable ``MOBILENET_SPARK_HOME`` names; without it, the wheel's
    own, or those of the clone that this package is in or was installed from.

    :raises MobileNetSparkError: if they are not there
    """
    home = os.environ.get(HOME_VARIABLE)
    if home:
        found, why = find(pathlib.Path(home))
        if found is None:
            raise MobileNetSparkError(
                f"The jars of MobileNet on Spark are not in {home}, which {HOME_VARIABLE} names: {why}. "
                f"{_BUILD}, or set the variable to where they are: to the clone, or to a folder whose folder "
                f"'jars' has both."
            )
        return found
    faults = []
    for place in _places():
        found, why = find(place)
        if found is not None:
            return found
        faults.append(f"{place}: {why}")
    raise MobileNetSparkError(
        "The jars of MobileNet on Spark were not found. Looked in " + "; ".join(faults) + f". {_BUILD}, and set "
        f"{HOME_VARIABLE} to the clone if this package was not installed from it or if it was moved."
    )


def _places() -> Iterator[pathlib.Path]:
    yield _PACKAGE
    if _PACKAGE.parent.name == "src":
        yield _PACKAGE.parents[2]
    origin = _installed_from()
    if origin is not None:
        yield origin.parent


def _installed_from() -> Optional[pathlib.Path]:
    """The folder that pip installed this package from, as pip has noted (PEP 610)."""
    try:
        text = importlib.metadata.distribution("mobilenetspark").read_text("direct_url.json")
        url = urllib.parse.urlsplit(json.loads(text or "{}").get("url", ""))
    except (importlib.metadata.PackageNotFoundError, ValueError):
        return None
    if url.scheme != "file":
        return None
    return pathlib.Path(urllib.request.url2pathname(url.path))


def find(home: pathlib.Path) -> Tuple[Optional[List[str]], str]:
    """The jars of a folder; or None, and why."""
    if not home.is_dir():
        return None, "there is no such folder"
    why = f"no {_APPLICATION} in its folders " + " and ".join(layout[0] for layout in _LAYOUTS)
    for application_folder, native_folder in _LAYOUTS:
        application = home / application_folder / _APPLICATION
        natives = sorted((home / native_folder).glob(_NATIVE))
        if application.is_file() and natives:
            # Not resolved: who links to the jars has a reason, such as a comma in their path.
            return [os.path.abspath(jar) for jar in [application, *natives]], ""
        if application.is_file():
            why = f"there is {application}, but no {_NATIVE} in {home / native_folder}"
            break
        others = sorted(jar.name for jar in (home / application_folder).glob(_ANY_APPLICATION))
        if others:
            why = f"there is {', '.join(others)}, and this package needs {_APPLICATION}"
    return None, why
