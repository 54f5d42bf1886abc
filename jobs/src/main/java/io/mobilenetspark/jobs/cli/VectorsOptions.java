package io.mobilenetspark.jobs.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which table of vectors is read: one of two options. */
public final class VectorsOptions {

  @Option(
      names = "--vectors",
      paramLabel = "PATH",
      description = "The table of vectors, a directory: embed's --output.")
  private String path = "";

  @Option(
      names = "--vectors-table",
      paramLabel = "NAME",
      description = "The table of vectors, by its name in a catalog: embed's --output-table.")
  private @Nullable String table;

  public VectorsOptions() {}

  /** The directory; of no meaning if there is a {@link #table}. */
  public String path() {
    return path;
  }

  /** The name in a catalog; null if it is a directory. */
  public @Nullable String table() {
    return table;
  }

  public boolean isDirectory() {
    return table == null;
  }

  /** Paths that are read: the directory's, if it is one. */
  public List<String> paths() {
    return table == null ? List.of(path) : List.of();
  }
}
