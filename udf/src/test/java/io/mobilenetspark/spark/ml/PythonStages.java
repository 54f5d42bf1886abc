package io.mobilenetspark.spark.ml;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.testing.SharedData;
import io.mobilenetspark.testing.TinyNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.FloatParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/** Writes the Python package's generated files: its stages, by the Java ones, and its versions. */
final class PythonStages {

  private static final String NOTICE =
      """
      # Written by PythonPackageTest from the Java %s. To write it anew, run
      # mvn -pl udf -am test -Dtest=PythonPackageTest -Dsurefire.failIfNoSpecifiedTests=false -Dpython.package=write
      """;

  /** How a kind of parameter is in Python. */
  private enum Kind {
    STRING("str", "toString"),
    INT("int", "toInt"),
    FLOAT("float", "toFloat"),
    BOOLEAN("bool", "toBoolean"),
    STRINGS("List[str]", "toListString"),
    FLOATS("List[float]", "toListFloat");

    private final String type;
    private final String converter;

    Kind(String type, String converter) {
      this.type = type;
      this.converter = converter;
    }

    /**
     * MLlib has a class for each kind but for texts, which have that of all.
     *
     * @throws IllegalStateException for a class that is not known here
     */
    private static Kind of(Param<?> param) {
      if (param instanceof IntParam || param instanceof LongParam) {
        return INT;
      } else if (param instanceof DoubleParam || param instanceof FloatParam) {
        return FLOAT;
      } else if (param instanceof BooleanParam) {
        return BOOLEAN;
      } else if (param instanceof StringArrayParam) {
        return STRINGS;
      } else if (param instanceof DoubleArrayParam) {
        return FLOATS;
      } else if (param.getClass() == Param.class) {
        return STRING;
      }
      throw new IllegalStateException(param.name() + " is a " + param.getClass());
    }
  }

  private PythonStages() {}

  /** The files' texts, by their names in the package. */
  static Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("_build.py", build());
    files.put("_stages.py", stages());
    return files;
  }

  /** A snapshot is to pip a version in development. */
  private static String build() throws IOException {
    String version = ofPom("version"); // the first in it is the project's
    return String.format(Locale.ROOT, NOTICE, "project's pom.xml")
        + String.format(
            Locale.ROOT,
            """
            \"""What this package is a version of, and which Sparks it is for.\"""

            __version__ = "%s"
            JAVA_VERSION = "%s"
            SPARK_VERSIONS = (%s)
            """,
            version.replace("-SNAPSHOT", ".dev0"),
            version,
            ofLauncher().map(spark -> '"' + spark + '"').collect(Collectors.joining(", ")));
  }

  /** The versions of Spark that the launcher takes. */
  private static Stream<String> ofLauncher() throws IOException {
    Matcher matcher =
        Pattern.compile("supported_spark=\"([^\"]+)\"")
            .matcher(
                Files.readString(SharedData.projectRoot().resolve("jobs/bin/mobilenet-spark")));
    if (!matcher.find()) {
      throw new IllegalStateException("the launcher has no supported_spark");
    }
    return Stream.of(matcher.group(1).split(" ", -1));
  }

  private static String ofPom(String element) throws IOException {
    Matcher matcher =
        Pattern.compile("<" + Pattern.quote(element) + ">([^<]+)</")
            .matcher(Files.readString(SharedData.projectRoot().resolve("pom.xml")));
    if (!matcher.find()) {
      throw new IllegalStateException("pom.xml has no " + element);
    }
    return matcher.group(1);
  }

  private static String stages() {
    MobileNetClassificationModel model =
        new MobileNetClassificationModel(
            "model",
            new MobileNetClassificationModel.Fitted(
                TinyNetwork.of(0.25, 2, 1),
                List.of("cat", "dog"),
                new ExportFacts(ImageSize.square(224), 0.99, 0)),
            Optional.empty());
    return String.format(Locale.ROOT, NOTICE, "stages")
        + """
        \"""The stages: parameters, their meaning, their defaults and their checks are the Java classes'.\"""

        from typing import TYPE_CHECKING, List, Optional

        from pyspark import keyword_only
        from pyspark.ml.param import Param, Params, TypeConverters
        from pyspark.ml.wrapper import JavaEstimator, JavaTransformer

        from mobilenetspark._base import JAVA_PACKAGE, Stage
        from mobilenetspark._fitted import FittedNetwork

        if TYPE_CHECKING:
            from py4j.java_gateway import JavaObject
        """
        + stage(
            new MobileNetFeaturizer("stage"),
            "Stage, JavaTransformer",
            """
            Adds the MobileNet feature vectors of an image column.

            >>> featurizer = MobileNetFeaturizer(inputCol="content", outputCol="features", outputMode="vector")
            >>> featurizer.transform(spark.read.format("binaryFile").load("photos"))
            """,
            Optional.of(""))
        + stage(
            new MobileNetFineTuner("stage"),
            "Stage, JavaEstimator[\"MobileNetClassificationModel\"]",
            """
            Fine-tunes a MobileNet V1 on labelled images; its model adds features, logits, probabilities and classes.

            >>> tuner = MobileNetFineTuner(inputCol="content", labelCol="species", validationFraction=0.2)
            >>> model = tuner.fit(photographs)
            """,
            Optional.of(
                """

                    def _create_model(self, java_model: "JavaObject") -> "MobileNetClassificationModel":
                        return MobileNetClassificationModel(java_model)
                """))
        + stage(
            model,
            "FittedNetwork",
            """
            A fine-tuned network and its head: adds features, logits, probabilities and the most probable class.

            :py:class:`MobileNetFineTuner` makes one, and ``load`` reads one.
            """,
            Optional.empty());
  }

  /**
   * A class.
   *
   * @param more further methods; empty if Python makes no such stage, so that it has no constructor
   */
  private static String stage(Params stage, String bases, String doc, Optional<String> more) {
    String name = stage.getClass().getSimpleName();
    StringBuilder text = new StringBuilder();
    text.append("\n\nclass ").append(name).append('(').append(bases).append("):\n");
    text.append("    \"\"\"")
        .append(doc.strip().replaceAll("\n(?=.)", "\n    "))
        .append("\n    \"\"\"\n\n");
    text.append("    __module__ = JAVA_PACKAGE\n\n");
    for (Param<?> param : stage.params()) {
      Kind kind = Kind.of(param);
      text.append(
          String.format(
              Locale.ROOT,
              """
                  %1$s: Param[%2$s] = Param(
                      Params._dummy(),
                      "%1$s",
                      %3$s,
                      typeConverter=TypeConverters.%4$s,
                  )
              """,
              param.name(),
              kind.type,
              literal(param.doc()),
              kind.converter));
    }
    more.ifPresent(methods -> text.append(constructor(stage)).append(methods));
    for (Param<?> param : stage.params()) {
      text.append(accessors(name, param));
    }
    return text.toString();
  }

  private static String constructor(Params stage) {
    List<String> arguments = new ArrayList<>();
    List<String> unset = new ArrayList<>();
    List<String> defaults = new ArrayList<>();
    for (Param<?> param : stage.params()) {
      String type = Kind.of(param).type;
      unset.add("        " + param.name() + ": Optional[" + type + "] = None,\n");
      if (stage.hasDefault(param)) {
        String value = literal(stage.getDefault(param).get());
        arguments.add("        " + param.name() + ": Optional[" + type + "] = " + value + ",\n");
        defaults.add("            " + param.name() + "=" + value + ",\n");
      } else {
        arguments.add("        " + param.name() + ": Optional[" + type + "] = None,\n");
      }
    }
    String name = stage.getClass().getSimpleName();
    return String.format(
        Locale.ROOT,
        """

            @keyword_only
            def __init__(
                self,
                *,
        %s    ) -> None:
                super().__init__()
                self._setDefault(
        %s        )
                self._start(self._input_kwargs)

            @keyword_only
            def setParams(
                self,
                *,
        %s    ) -> "%s":
                \"""Sets parameters by their names; None unsets one.\"""
                return self._set(**self._input_kwargs)
        """,
        String.join("", arguments),
        String.join("", defaults),
        String.join("", unset),
        name);
  }

  private static String accessors(String stage, Param<?> param) {
    String name = param.name();
    String upper = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    return String.format(
        Locale.ROOT,
        """

            def set%2$s(self, value: Optional[%3$s]) -> "%4$s":
                \"""Sets :py:attr:`%1$s`; None unsets it.\"""
                return self._set(%1$s=value)

            def get%2$s(self) -> %3$s:
                \"""The value of :py:attr:`%1$s`.\"""
                return self.getOrDefault(self.%1$s)
        """,
        name,
        upper,
        Kind.of(param).type,
        stage);
  }

  private static String literal(Object value) {
    if (value instanceof String text) {
      return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    } else if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    } else if (value instanceof String[] texts) {
      return "["
          + String.join(", ", Arrays.stream(texts).map(PythonStages::literal).toList())
          + "]";
    }
    return String.valueOf(value);
  }
}
