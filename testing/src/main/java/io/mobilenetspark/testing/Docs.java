package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;

/** The pages that people read, so that tests can hold them to what the code does. */
public final class Docs {

  private Docs() {}

  /** A page of the folder {@code docs}, such as {@code reference.md}. */
  public static String page(String name) throws IOException {
    return Files.readString(SharedData.projectRoot().resolve("docs").resolve(name));
  }

  /**
   * A part of a page: what stands below a heading, up to the next heading of any level.
   *
   * @param page such as {@code reference.md}
   * @param heading the heading's line, such as {@code ## Options of `embed`}
   */
  public static String section(String page, String heading) throws IOException {
    String text = page(page) + "\n#";
    assertThat(text).as(page).containsOnlyOnce("\n" + heading + "\n");
    String section = text.substring(text.indexOf("\n" + heading + "\n") + heading.length() + 1);
    return section.substring(0, section.indexOf("\n#"));
  }
}
