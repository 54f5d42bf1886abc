package io.mobilenetspark.spark.train;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.Quantity;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The folders of runs that share a directory for checkpoints, each named by its run's digest, with
 * {@value #IDENTITY}, which says what the digest is of.
 *
 * @param root the directory
 * @param identity of the run that asks
 */
record RunFolders(FileSystem fileSystem, Path root, RunIdentity identity) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "run-";
  private static final String IDENTITY = "identity.json";

  /** What a release before this one called a checkpoint, in {@link #root} itself. */
  private static final String EARLIER_LAYOUT = "step-";

  private record Other(Path path, List<String> differences) {}

  /** The asking run's folder. */
  Path own() {
    return new Path(root, PREFIX + identity.digest());
  }

  /** Writes {@value #IDENTITY} if it isn't there. */
  void describeOwn() throws IOException {
    Path file = new Path(own(), IDENTITY);
    if (!fileSystem.exists(file)) {
      fileSystem.mkdirs(own());
      try (OutputStream out = fileSystem.create(file, true)) {
        out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(identity.values()));
      }
    }
  }

  /** What other runs are there, and how the nearest differs; empty if there are none. */
  Optional<String> others() throws IOException {
    List<Other> others = new ArrayList<>();
    boolean hasEarlierLayout = false;
    for (FileStatus status : children()) {
      String name = status.getPath().getName();
      hasEarlierLayout |= name.startsWith(EARLIER_LAYOUT);
      if (name.startsWith(PREFIX) && !name.equals(own().getName())) {
        identityOf(status.getPath())
            .ifPresent(
                other -> others.add(new Other(status.getPath(), identity.differencesFrom(other))));
      }
    }
    if (others.isEmpty()) {
      return hasEarlierLayout
          ? Optional.of(
              String.format(
                  Locale.ROOT,
                  "The checkpoints directly in %s are of an earlier release, which this one can't take up; they stay, and training starts from the beginning.",
                  root))
          : Optional.empty();
    }
    Other nearest = others.get(0);
    for (Other other : others) {
      nearest = other.differences.size() < nearest.differences.size() ? other : nearest;
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "Training starts from the beginning: of %s in %s, none has these images and settings. The nearest, %s: %s. With that restored it would resume.",
            Quantity.of(others.size(), "run"),
            root,
            nearest.path.getName(),
            String.join("; ", nearest.differences)));
  }

  private FileStatus[] children() throws IOException {
    try {
      return fileSystem.listStatus(root);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  /** Empty if it can't be read: it is for a notice alone. */
  private Optional<RunIdentity> identityOf(Path run) throws IOException {
    try (InputStream in = fileSystem.open(new Path(run, IDENTITY))) {
      TreeMap<String, String> values = new TreeMap<>();
      JSON.readTree(in)
          .properties()
          .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
      return Optional.of(new RunIdentity(values, identity.surface()));
    } catch (JacksonException | FileNotFoundException e) {
      return Optional.empty();
    }
  }
}
