# Written by PythonPackageTest from the Java project's pom.xml. To write it anew, run
# mvn -pl udf -am test -Dtest=PythonPackageTest -Dsurefire.failIfNoSpecifiedTests=false -Dpython.package=write
"""What this package is a version of, and which Sparks it is for."""

__version__ = "0.1.0"
JAVA_VERSION = "0.1.0"
SPARK_VERSIONS = ("4.0", "4.1", "4.2")
