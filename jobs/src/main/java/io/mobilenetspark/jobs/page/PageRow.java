package io.mobilenetspark.jobs.page;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the page knows of a row. */
final class PageRow {

  private final @Nullable String id;
  private final @Nullable String label;
  private final int findings;
  private final float[] coordinates;

  /**
   * @param id as text that {@code --query-id} of {@code similar} takes
   * @param label null if it has none
   * @param findings a bit for each kind
   * @param coordinates along the axes; none if it has no place on the map
   */
  PageRow(@Nullable String id, @Nullable String label, int findings, float[] coordinates) {
    this.id = id;
    this.label = label;
    this.findings = findings;
    this.coordinates = coordinates;
  }

  @Nullable String id() {
    return id;
  }

  @Nullable String label() {
    return label;
  }

  int findings() {
    return findings;
  }

  boolean isOnMap() {
    return coordinates.length > 0;
  }

  /** Not to be changed. */
  float[] coordinates() {
    return coordinates;
  }

  /** Bytes of its texts in UTF-8. */
  int textBytes() {
    return bytes(id) + bytes(label);
  }

  private static int bytes(@Nullable String text) {
    return text == null ? 0 : text.getBytes(StandardCharsets.UTF_8).length;
  }
}
