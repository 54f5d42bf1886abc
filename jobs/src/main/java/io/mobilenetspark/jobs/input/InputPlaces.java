package io.mobilenetspark.jobs.input;

import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.fs.Path;

/** Where an input lies, to keep the output apart from it. */
public final class InputPlaces {

  private final Configuration hadoop;
  private final String another;
  private final String beside;

  private InputPlaces(Configuration hadoop, String another, String beside) {
    this.hadoop = hadoop;
    this.another = another;
    this.beside = beside;
  }

  /** Beside an output that is named by its directory. */
  public InputPlaces(Configuration hadoop) {
    this(
        hadoop,
        "Pass another --output.",
        "Pass an --output beside it, or one in it whose name begins with '_', which is not read.");
  }

  /** Beside an output that is named as a table, whose catalog says where it lies. */
  public static InputPlaces besideTable(Configuration hadoop) {
    String cure =
        "Pass another --output-table, of a database that CREATE DATABASE ... LOCATION puts elsewhere.";
    return new InputPlaces(hadoop, cure, cure);
  }

  /**
   * Fails unless an output is apart from what is read: not the same place, nor above it, whose
   * files it would replace; nor below, where the next run would read it.
   *
   * @param input a path or a glob
   * @throws UserException if it is not
   */
  public void requireApart(Location output, String input) throws IOException {
    Path pattern = new Path(input);
    FileStatus[] matches = pattern.getFileSystem(hadoop).globStatus(pattern);
    for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
      requireApart(output, match.getPath(), match.isDirectory());
    }
    if (willMatch(pattern, output.path()) || willMatch(pattern, output.real())) {
      throw inside(output, input);
    }
  }

  /** Why an input can't be read; Hadoop expands globs by way of paths that nobody has typed. */
  public static String reason(String input, Throwable thrown) {
    return new GlobPattern(input).hasWildcard() && thrown.getCause() instanceof URISyntaxException
        ? "Hadoop can't expand a glob where a file or folder has a colon in its name. Pass the folder,"
            + " and for some of its files --input-option pathGlobFilter=PATTERN."
        : PathSyntax.reason(input, thrown);
  }

  /** The same of a table's directory, which is no glob. */
  public void requireApartFromTable(Location output, Path table) throws IOException {
    requireApart(output, table, true);
  }

  private void requireApart(Location output, Path input, boolean isDirectory) throws IOException {
    Location place = Location.of(input, hadoop);
    if (output.holds(place)) {
      throw UserException.input(
          String.format(
              Locale.ROOT,
              "The output %s holds the input %s: what is written would mix with what is read, and"
                  + " --output-mode overwrite would delete it. %s",
              output.path(),
              input,
              another));
    }
    if (isDirectory && place.listsFilesOf(output)) {
      throw inside(output, input.toString());
    }
  }

  private UserException inside(Location output, String input) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "The output %s lies in the input %s: the next run would read it. %s",
            output.path(),
            input,
            beside));
  }

  /** Whether a glob matches a path or what is above it, once that is there. */
  private boolean willMatch(Path pattern, Path path) throws IOException {
    Path qualified = pattern.getFileSystem(hadoop).makeQualified(pattern);
    if (!String.valueOf(qualified.toUri().getScheme())
        .equals(String.valueOf(path.toUri().getScheme()))) {
      return false;
    }
    for (String one : GlobExpander.expand(qualified.toUri().getPath())) {
      List<String> parts = names(one);
      List<String> names = names(path.toUri().getPath());
      boolean isGlob = parts.stream().anyMatch(part -> new GlobPattern(part).hasWildcard());
      if (isGlob && parts.size() <= names.size() && matches(parts, names)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(List<String> parts, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (i < parts.size()
          ? !new GlobPattern(parts.get(i)).matches(names.get(i))
          : Location.isHidden(names.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> names(String path) {
    List<String> names = new ArrayList<>(List.of(path.split("/")));
    names.removeIf(String::isEmpty);
    return names;
  }
}
