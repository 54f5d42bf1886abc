package io.mobilenetspark.jobs.input;

import io.mobilenetspark.jobs.common.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.fs.Path;

/**
 * Which of the places that inputs name may have no files for a while: a disk that is not mounted is
 * an empty folder.
 */
public final class EmptyPlaces {

  private final Configuration hadoop;
  private final List<Pattern> patterns = new ArrayList<>();

  /** One input, or one of those that its braces stand for; a name, or a glob of names, a part. */
  private record Pattern(String input, List<String> parts) {

    boolean isGlob() {
      return parts.stream().anyMatch(part -> new GlobPattern(part).hasWildcard());
    }

    /** Whether it matches a place of this depth, or a folder above such places. */
    boolean leadsTo(List<String> names, int depth) {
      for (int i = 0; i < names.size(); i++) {
        if (i >= parts.size() || !new GlobPattern(parts.get(i)).matches(names.get(i))) {
          return false;
        }
      }
      return isGlob() || (names.size() == parts.size() && depth == parts.size());
    }
  }

  /**
   * Reads nothing but the paths.
   *
   * @param inputs paths and globs
   */
  public EmptyPlaces(List<String> inputs, Configuration hadoop) {
    this.hadoop = hadoop;
    for (String input : inputs) {
      try {
        Path path = new Path(input);
        String whole = path.getFileSystem(hadoop).makeQualified(path).toString();
        for (String one : GlobExpander.expand(whole)) {
          patterns.add(new Pattern(input, names(one)));
        }
      } catch (IOException e) {
        throw cantRead(input, e);
      }
    }
  }

  private static List<String> names(String path) {
    return List.of(path.split("/"));
  }

  private static UserException cantRead(String path, IOException e) {
    return UserException.input(
        String.format(Locale.ROOT, "Can't read %s: %s", path, e.getMessage()), e);
  }

  /** How many names, scheme and authority among them, the paths of places may have. */
  public Set<Integer> depths() {
    Set<Integer> depths = new TreeSet<>();
    patterns.forEach(pattern -> depths.add(pattern.parts().size()));
    return depths;
  }

  /**
   * Why a place that has given rows, and gives none, may be one to wait for: an input is named, or
   * there is an empty folder where it was. A folder of a glob that is gone is not.
   *
   * @param place a path of this depth, or of a folder above it that has files itself: those alone
   *     are meant then
   * @param depth one of the {@link #depths}
   * @return what it is, and what takes its rows out of the input, for people
   */
  public Optional<Reason> whyWaitFor(String place, int depth) {
    List<String> names = names(place);
    for (Pattern pattern : patterns) {
      if (!pattern.leadsTo(names, depth)) {
        continue;
      }
      if (!pattern.isGlob()) {
        return Optional.of(new Reason("The input " + place, "leave it out of --input"));
      }
      Optional<Path> empty = emptyFolder(new Path(place));
      if (empty.isPresent()) {
        return Optional.of(
            new Reason(
                String.format(
                    Locale.ROOT, "The folder %s of --input %s", empty.get(), pattern.input()),
                "remove the folder"));
      }
    }
    return Optional.empty();
  }

  /**
   * What may be back.
   *
   * @param place what it is
   * @param cure what to do if it is not to come back
   */
  public record Reason(String place, String cure) {}

  /** The place, or what is left of the way to it, if there is no file below. */
  private Optional<Path> emptyFolder(Path place) {
    try {
      FileSystem fileSystem = place.getFileSystem(hadoop);
      for (Path path = place; path != null; path = path.getParent()) {
        try {
          FileStatus status = fileSystem.getFileStatus(path);
          return status.isDirectory() && !InputFormat.hasFile(fileSystem, status)
              ? Optional.of(path)
              : Optional.empty();
        } catch (FileNotFoundException e) {
          // What is above it may be there.
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw cantRead(place.toString(), e);
    }
  }
}
