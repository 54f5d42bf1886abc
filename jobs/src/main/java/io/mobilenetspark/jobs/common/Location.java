package io.mobilenetspark.jobs.common;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * A path, and the place that it leads to: one place has many spellings, by links, dots, slashes,
 * authorities and schemes.
 *
 * @param fileSystem where it lies
 * @param path as it was named, qualified; for people
 * @param real without links; for comparing and for work
 */
public record Location(FileSystem fileSystem, Path path, Path real) {

  private static final Set<String> S3 = Set.of("s3", "s3a", "s3n");
  private static final Set<String> HDFS = Set.of("hdfs", "webhdfs", "swebhdfs");

  /**
   * Resolves a path; there need not be anything.
   *
   * @throws IOException if it can't be looked at, or a link leads nowhere
   */
  public static Location of(Path path, Configuration hadoop) throws IOException {
    FileSystem fileSystem = path.getFileSystem(hadoop);
    Path qualified = fileSystem.makeQualified(path);
    return new Location(
        fileSystem,
        qualified,
        fileSystem instanceof LocalFileSystem local
            ? fileSystem.makeQualified(new Path(realLocal(local, qualified).toString()))
            : real(fileSystem, qualified));
  }

  private static java.nio.file.Path realLocal(LocalFileSystem fileSystem, Path path)
      throws IOException {
    java.nio.file.Path whole = fileSystem.pathToFile(path).toPath();
    java.nio.file.Path existing = whole;
    while (!Files.exists(existing)) {
      java.nio.file.Path parent = existing.getParent();
      if (Files.isSymbolicLink(existing)) {
        throw new IOException(
            String.format(Locale.ROOT, "%s is a symbolic link that leads nowhere", existing));
      }
      if (parent == null) {
        return whole;
      }
      existing = parent;
    }
    return existing.toRealPath().resolve(existing.relativize(whole).toString());
  }

  private static Path real(FileSystem fileSystem, Path path) throws IOException {
    Deque<String> missing = new ArrayDeque<>();
    for (Path existing = path; existing != null; existing = existing.getParent()) {
      try {
        Path resolved = fileSystem.resolvePath(existing);
        for (String name : missing) {
          resolved = child(resolved, name);
        }
        return resolved;
      } catch (java.io.FileNotFoundException e) {
        missing.push(existing.getName());
      } catch (UnsupportedOperationException e) {
        return path;
      }
    }
    return path;
  }

  /**
   * A child whose name may have a colon, which {@code new Path(parent, name)} takes for a scheme.
   */
  public static Path child(Path parent, String name) {
    String text = parent.toString();
    return new Path(text.endsWith("/") ? text + name : text + "/" + name);
  }

  /** Whether the other lies here or below, whatever either is called. */
  public boolean holds(Location other) {
    return wayTo(other) != null;
  }

  /** Whether both are one place. */
  public boolean isSameAs(Location other) {
    Deque<String> way = wayTo(other);
    return way != null && way.isEmpty();
  }

  /** Whether the other lies below, where Spark's listing of this place finds it. */
  public boolean listsFilesOf(Location other) {
    Deque<String> way = wayTo(other);
    return way != null && !way.isEmpty() && way.stream().noneMatch(Location::isHidden);
  }

  /** As Spark has it: no file or directory of such a name is part of a table. */
  public static boolean isHidden(String name) {
    return name.startsWith(".")
        || (name.startsWith("_") && !name.contains("="))
        || name.endsWith("._COPYING_"); // by HDFS's own shell, not yet whole
  }

  /** The names that lead from here to the other; none if it is not below. */
  private @Nullable Deque<String> wayTo(Location other) {
    if (!isSameStore(other)) {
      return null;
    }
    Deque<String> names = new ArrayDeque<>();
    for (Path above = other.real; above != null; above = above.getParent()) {
      if (isSamePlace(above)) {
        return names;
      }
      names.push(above.getName());
    }
    return null;
  }

  private boolean isSamePlace(Path path) {
    if (path.toUri().getPath().equals(real.toUri().getPath())) {
      return true;
    }
    if (fileSystem instanceof LocalFileSystem local) {
      try { // mounted twice, or a file system that takes upper case for lower
        return Files.isSameFile(local.pathToFile(path).toPath(), local.pathToFile(real).toPath());
      } catch (IOException e) {
        return false; // one of them is not there
      }
    }
    return false;
  }

  private boolean isSameStore(Location other) {
    String scheme = scheme(real);
    String otherScheme = scheme(other.real);
    if (!scheme.equals(otherScheme)) {
      return false;
    }
    String authority = authority(real, scheme);
    if (authority.equals(authority(other.real, scheme))) {
      return true;
    }
    String service = fileSystem.getCanonicalServiceName();
    return service != null && service.equals(other.fileSystem.getCanonicalServiceName());
  }

  private static String scheme(Path path) {
    String scheme = String.valueOf(path.toUri().getScheme()).toLowerCase(Locale.ROOT);
    if (S3.contains(scheme)) {
      return "s3a";
    } else if (HDFS.contains(scheme)) {
      return "hdfs";
    }
    return scheme.equals("abfss") || scheme.equals("wasbs")
        ? scheme.substring(0, scheme.length() - 1)
        : scheme;
  }

  /** Name nodes have a port for each protocol. */
  private static String authority(Path path, String scheme) {
    String authority = path.toUri().getAuthority();
    String host = path.toUri().getHost();
    String told = scheme.equals("hdfs") && host != null ? host : authority;
    return told == null ? "" : told.toLowerCase(Locale.ROOT);
  }
}
