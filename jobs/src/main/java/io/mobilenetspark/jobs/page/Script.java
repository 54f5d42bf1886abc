package io.mobilenetspark.jobs.page;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The page's front end, as it lies in the jar. Its modules are plain ES modules; modules in one
 * page can't import each other, so that they are put behind each other without their imports and
 * exports, each behind those that it imports.
 */
final class Script {

  /** In this order. */
  static final List<String> MODULES =
      List.of(
          "data.js",
          "dom.js",
          "colours.js",
          "points.js",
          "neighbours.js",
          "layout.js",
          "details.js",
          "gallery.js",
          "map.js",
          "main.js");

  private Script() {}

  /** One module of all. */
  static String joined() {
    return MODULES.stream()
        .map(Script::resource)
        .map(Script::inner)
        .collect(Collectors.joining("\n"));
  }

  /** What the page runs in a thread of its own: a library with its licence, and what asks it. */
  static String worker() {
    return Stream.of("umap-js/notice.js", "umap-js/umap-js.min.js", "layout-worker.js")
        .map(Script::resource)
        .collect(Collectors.joining("\n"));
  }

  private static String inner(String module) {
    return module
        .lines()
        .filter(line -> !line.startsWith("import "))
        .map(line -> line.startsWith("export ") ? line.substring("export ".length()) : line)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /** A file of the front end. */
  static String resource(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name)) {
      return new String(requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("can't read " + name + " out of the jar", e);
    }
  }
}
