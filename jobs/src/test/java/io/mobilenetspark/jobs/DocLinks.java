package io.mobilenetspark.jobs;

import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Links within the project, and tables: do they lead somewhere, and are they whole? */
final class DocLinks {

  private static final Pattern ELSEWHERE = Pattern.compile("[a-z][a-z0-9+.-]*:.*");
  private static final Pattern CELL_END = Pattern.compile("(?<!\\\\)\\|");
  private static final Pattern DIVIDER = Pattern.compile("\\|(:?-+:?\\|)+");

  private DocLinks() {}

  /** What is wrong with a page's links. */
  static List<String> faults(DocPage page) throws IOException {
    List<String> faults = new ArrayList<>();
    Path root = SharedData.projectRoot();
    for (String link : page.links()) {
      if (ELSEWHERE.matcher(link).matches()) {
        continue;
      }
      String path = link.replaceFirst("#.*", "");
      String anchor = link.contains("#") ? link.substring(link.indexOf('#') + 1) : "";
      Path target =
          path.isEmpty()
              ? root.resolve(page.name())
              : root.resolve(page.name()).resolveSibling(path).normalize();
      if (!target.startsWith(root)) {
        faults.add("link " + link + " leads out of the project");
      } else if (!Files.exists(target)) {
        faults.add("link " + link + " leads to no file");
      } else if (!anchor.isEmpty() && !anchorsOf(page, path, target).contains(anchor)) {
        faults.add("link " + link + " leads to no heading");
      }
    }
    return faults;
  }

  private static List<String> anchorsOf(DocPage page, String path, Path target) throws IOException {
    return path.isEmpty()
        ? page.anchors()
        : DocPage.parse(path, Files.readString(target)).anchors();
  }

  /** Headings that stand twice or skip a level, and rows of tables with too many or few cells. */
  static List<String> structure(DocPage page) {
    List<String> faults = new ArrayList<>();
    List<String> headings = page.headings();
    headings.stream()
        .filter(heading -> headings.indexOf(heading) != headings.lastIndexOf(heading))
        .distinct()
        .forEach(heading -> faults.add("heading '" + heading + "' stands twice"));
    boolean isCode = false;
    int level = 0;
    int cells = 0;
    String previous = "";
    for (String line : page.source().lines().toList()) {
      isCode ^= line.startsWith("```");
      Matcher heading = Pattern.compile("(#+) .*").matcher(line);
      if (!isCode && heading.matches()) {
        if (heading.group(1).length() > level + 1) {
          faults.add("heading '" + line + "' skips a level");
        }
        level = heading.group(1).length();
      }
      if (!isCode && DIVIDER.matcher(line).matches()) {
        cells = cellsOf(line);
        if (cellsOf(previous) != cells) {
          faults.add("table without a head of " + cells + " cells: " + previous);
        }
      } else if (line.startsWith("|") && cells > 0) {
        if (cellsOf(line) != cells) {
          faults.add("row of " + cellsOf(line) + " cells instead of " + cells + ": " + line);
        }
      } else {
        cells = 0;
      }
      previous = line;
    }
    if (isCode) {
      faults.add("a fence is not closed");
    }
    return faults;
  }

  private static int cellsOf(String row) {
    return (int) CELL_END.matcher(row.strip()).results().count() - 1;
  }
}
