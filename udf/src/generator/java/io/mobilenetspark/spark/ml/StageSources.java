package io.mobilenetspark.spark.ml;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.ValueType;
import io.mobilenetspark.spark.EmbedSettings;
import io.mobilenetspark.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the interfaces with the typed accessors of the stages' parameters, before the library is
 * compiled: one setting is three methods, and nobody should write them.
 */
final class StageSources {

  private final Path directory;
  private final Set<String> written = new HashSet<>();

  private StageSources(Path directory) {
    this.directory = directory;
  }

  /** Writes them below a directory of sources. */
  public static void main(String[] args) throws IOException {
    StageSources sources = new StageSources(Path.of(args[0], "io/mobilenetspark/spark/ml"));
    Files.createDirectories(sources.directory);
    sources.write("HasModelParams", "Which model a stage uses.", ModelSettings.OF_STAGES);
    sources.write("HasImageParams", "How images become a model's input.", ImageSettings.ALL);
    sources.write(
        "HasEmbeddingParams",
        "The columns of an embedding, and how it runs.",
        Stream.of(StageSettings.FEATURIZER, EmbedSettings.ALL).flatMap(List::stream).toList());
    sources.write("HasLabelParams", "What a training set is.", StageSettings.LABELS);
    sources.write("HasNetworkParams", "What is trained, and on which loss.", TrainSettings.NETWORK);
    sources.write(
        "HasRunParams",
        "How a network is trained: rule, rate, batches, epochs.",
        Stream.of(List.of(EmbedSettings.MODE_OF_TRAINING), TrainSettings.RUN)
            .flatMap(List::stream)
            .toList());
    sources.write(
        "HasPredictionParams",
        "The columns of a classifier, and what it predicts.",
        StageSettings.PREDICTION);
  }

  private void write(String type, String doc, List<? extends Setting<?>> settings)
      throws IOException {
    StringBuilder source = new StringBuilder();
    line(source, "package io.mobilenetspark.spark.ml;");
    line(source, "");
    line(source, "import io.mobilenetspark.common.PublicApi;");
    settings.stream()
        .map(setting -> paramClass(setting.type()))
        .distinct()
        .sorted()
        .forEach(name -> line(source, "import org.apache.spark.ml.param.%s;", name));
    line(source, "import org.apache.spark.ml.param.Params;");
    line(source, "");
    line(source, "/**");
    line(source, " * %s Generated from the library's settings.", doc);
    line(source, " *");
    line(source, " * @param <S> the stage, which the setters return");
    line(source, " */");
    line(source, "@PublicApi");
    line(source, "public interface %s<S extends Params> extends HasSettings<S> {", type);
    settings.forEach(setting -> accessors(source, setting));
    line(source, "}");
    written.add(type + ".java");
    Path file = directory.resolve(type + ".java");
    if (!Files.exists(file) || !Files.readString(file).contentEquals(source)) {
      Files.writeString(file, source); // else the compiler has nothing to do
    }
  }

  /** What is made no more is not to be compiled. */
  private void removeOthers() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (!written.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }

  private static void accessors(StringBuilder source, Setting<?> setting) {
    String name = setting.name();
    String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    String value = valueClass(setting.type());
    String param = paramClass(setting.type());
    String generic = param.equals("Param") ? "Param<String>" : param;
    line(source, "");
    line(source, "  /** %s */", javadoc(setting));
    line(source, "  default %s %s() {", generic, name);
    line(source, "    return settingParams().of(\"%s\");", name);
    line(source, "  }");
    line(source, "");
    line(source, "  /** The value of {@link #%s()}. */", name);
    line(source, "  default %s get%s() {", value, capital);
    line(source, "    return %sgetOrDefault(%s());", cast(value), name);
    line(source, "  }");
    line(source, "");
    line(
        source,
        "  /** Sets {@link #%s()}; an IllegalArgumentException says why a value is refused. */",
        name);
    line(source, "  default S set%s(%s value) {", capital, value);
    line(source, "    return StageParams.set(this, %s(), value);", name);
    line(source, "  }");
  }

  private static String javadoc(Setting<?> setting) {
    String fallback =
        setting.defaultText().isEmpty()
            ? ""
            : String.format(
                Locale.ROOT,
                setting.defaultValue().isPresent() ? " Default: {@code %s}." : " If not set: %s.",
                setting.defaultText().replace("*/", "*&#47;"));
    return escaped(setting.sentence()) + fallback;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("{", "&#123;")
        .replace("@", "&#64;")
        .replace("*/", "*&#47;");
  }

  private static String paramClass(ValueType<?> type) {
    if (type instanceof ValueType.Whole) {
      return "IntParam";
    } else if (type instanceof ValueType.Big) {
      return "LongParam";
    } else if (type instanceof ValueType.Real) {
      return "DoubleParam";
    } else if (type instanceof ValueType.Flag) {
      return "BooleanParam";
    } else if (type instanceof ValueType.Reals) {
      return "DoubleArrayParam";
    }
    return type instanceof ValueType.Names ? "StringArrayParam" : "Param";
  }

  private static String valueClass(ValueType<?> type) {
    if (type instanceof ValueType.Whole) {
      return "int";
    } else if (type instanceof ValueType.Big) {
      return "long";
    } else if (type instanceof ValueType.Real) {
      return "double";
    } else if (type instanceof ValueType.Flag) {
      return "boolean";
    } else if (type instanceof ValueType.Reals) {
      return "double[]";
    }
    return type instanceof ValueType.Names ? "String[]" : "String";
  }

  /** Scala's numbers are objects to Java. */
  private static String cast(String type) {
    return switch (type) {
      case "int" -> "(Integer) ";
      case "long" -> "(Long) ";
      case "double" -> "(Double) ";
      case "boolean" -> "(Boolean) ";
      default -> "";
    };
  }

  private static void line(StringBuilder source, String format, Object... values) {
    source.append(values.length == 0 ? format : String.format(Locale.ROOT, format, values));
    source.append('\n');
  }
}
