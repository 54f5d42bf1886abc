package io.mobilenetspark.jobs.common;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * Folders that are named by the class of the images in them. Files beside those folders, a logo, a
 * contact sheet, are of no class, and the folder that they are in is none.
 */
public final class ClassFolders {

  private ClassFolders() {}

  /** The folder that a file is in; NULL if there is no file, or no path to it. */
  public static Column folder(Column path) {
    return functions
        .udf((UDF1<String, @Nullable String>) ClassFolders::folder, DataTypes.StringType)
        .apply(path);
  }

  private static @Nullable String folder(@Nullable String file) {
    return path(file).map(Path::getParent).map(Path::toString).orElse(null);
  }

  /** The name of the folder that a file is in; NULL if there is no file, or its folder has none. */
  public static Column folderName(Column path) {
    return functions
        .udf((UDF1<String, @Nullable String>) ClassFolders::folderName, DataTypes.StringType)
        .apply(path);
  }

  private static @Nullable String folderName(@Nullable String file) {
    return path(file)
        .map(Path::getParent)
        .map(Path::getName)
        .filter(name -> !name.isEmpty())
        .orElse(null);
  }

  /**
   * Empty also for what Hadoop can't parse: {@code 12:30.jpg} is no path, a row with it can't be
   * read, but is a row.
   */
  private static Optional<Path> path(@Nullable String file) {
    if (file == null || file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Path(file));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The folders of files that are no classes. */
  public static List<String> above(Dataset<Row> files, Column folder) {
    return above(
        files
            .select(folder.as("folder"))
            .where(functions.col("folder").isNotNull())
            .distinct()
            .as(Encoders.STRING())
            .collectAsList());
  }

  /** The folders with others below them and none above. */
  static List<String> above(Collection<String> folders) {
    Set<String> all = new TreeSet<>(folders);
    all.remove(""); // of a name without a folder
    Set<String> tops = new TreeSet<>();
    for (String folder : all) {
      String top = folder;
      Path parent = path(folder).map(Path::getParent).orElse(null);
      for (Path up = parent; up != null; up = up.getParent()) {
        top = all.contains(up.toString()) ? up.toString() : top;
      }
      if (!top.equals(folder)) {
        tops.add(top);
      }
    }
    return List.copyOf(tops);
  }
}
