"""Puts the jars into the wheel, if MOBILENET_SPARK_BUNDLE_JARS=1 is set when it is built in a clone."""

import os
import pathlib
import re
import runpy
import sysconfig
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = pathlib.Path(__file__).resolve().parent


class BundleJars(BuildHookInterface[Any]):
    """The jars are those that Maven left in the clone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if os.environ.get("MOBILENET_SPARK_BUNDLE_JARS") != "1":
            return
        java_version = runpy.run_path(str(ROOT / "src/mobilenetspark/_build.py"))["JAVA_VERSION"]
        built = ROOT.parent / "jobs/target"
        application = built / f"mobilenet-spark-jobs-{java_version}.jar"
        natives = sorted((built / "native").glob("tensorflow-core-native-*-*.jar"))
        if not application.is_file() or not natives:
            raise FileNotFoundError(
                f"There are no jars in {built} to put into the wheel. Build them first: mvn -DskipTests package"
            )
        for jar in [application, *natives]:
            build_data["force_include"][str(jar)] = f"mobilenetspark/jars/{jar.name}"
        # The native library is that of the machine that built it.
        build_data["tag"] = "py3-none-" + re.sub("[.-]", "_", sysconfig.get_platform())
