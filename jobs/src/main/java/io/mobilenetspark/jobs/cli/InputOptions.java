package io.mobilenetspark.jobs.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the images are. */
public final class InputOptions {

  /** The value of {@code --input-format} that finds the format out. */
  public static final String AUTO = "auto";

  @Option(
      names = "--input",
      paramLabel = "PATH",
      description = {
        "A directory, file or glob on any Hadoop file system; may be given more than once.",
        "Directories of image files are read with their subdirectories."
      })
  private List<String> paths = new ArrayList<>();

  @Option(
      names = "--input-format",
      paramLabel = "FORMAT",
      defaultValue = AUTO,
      description = {
        "auto, binaryFile (image files), image (Spark's image source), parquet, orc, avro, csv,"
            + " json, text, or the name of any other Spark data source. Default: ${DEFAULT-VALUE},"
            + " by the files' names."
      })
  private String format = AUTO;

  @Option(
      names = "--input-option",
      paramLabel = "KEY=VALUE",
      description =
          "An option of the data source, such as header=true; may be given more than once.")
  private Map<String, String> sourceOptions = new LinkedHashMap<>();

  @Option(
      names = "--table",
      paramLabel = "NAME",
      description = "A table of Spark's catalog, instead of --input.")
  private @Nullable String table;

  @Option(
      names = "--image-column",
      paramLabel = "NAME",
      description = {
        "The column with the images: BINARY (an image file's bytes), STRING (an image file's path),"
            + " the struct of Spark's image source, or a struct with 'content'.",
        "Default: 'image', 'content' or 'path', the first that there is."
      })
  private @Nullable String imageColumn;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Repartition the rows into this many tasks, for inputs of a few large files. 0: about 1,000 files or paths a task; other rows stay as the source splits them."
            + " Default: ${DEFAULT-VALUE}"
      })
  private int partitions;

  public static InputOptions ofDirectory(String path) {
    InputOptions options = new InputOptions();
    options.paths.add(path);
    return options;
  }

  /** The same of other paths: other rows of the same kind. */
  public InputOptions withPaths(List<String> others) {
    InputOptions options = new InputOptions();
    options.paths = List.copyOf(others);
    options.format = format;
    options.sourceOptions = sourceOptions;
    options.imageColumn = imageColumn;
    options.partitions = partitions;
    return options;
  }

  /** The same, read as another format. */
  public InputOptions withFormat(String other) {
    InputOptions options = withPaths(paths);
    options.table = table;
    options.format = other;
    return options;
  }

  public List<String> paths() {
    return paths;
  }

  public String format() {
    return format;
  }

  public Map<String, String> sourceOptions() {
    return sourceOptions;
  }

  public @Nullable String table() {
    return table;
  }

  public @Nullable String imageColumn() {
    return imageColumn;
  }

  public int partitions() {
    return partitions;
  }
}
