package io.mobilenetspark.jobs.embed;

import java.util.List;
import java.util.Locale;

/** One line of the demo's table. */
final class DemoRow {
  private final String file;
  private final String status;
  private final float[] features;

  /**
   * @param features the vector, or an empty array for an image without one
   */
  DemoRow(String file, String status, float[] features) {
    this.file = file;
    this.status = status;
    this.features = features;
  }

  String file() {
    return file;
  }

  /** The file's name, its middle left out if it is long: its ending tells the format. */
  String shortFile() {
    int most = 40;
    return file.length() <= most
        ? file
        : file.substring(0, 18) + "..." + file.substring(file.length() - most + 21);
  }

  String status() {
    return status;
  }

  boolean isOk() {
    return features.length > 0;
  }

  String firstValues() {
    return isOk()
        ? String.format(Locale.ROOT, "%.3f %.3f %.3f ...", features[0], features[1], features[2])
        : "";
  }

  /** The name of the most similar other image, and how similar it is. */
  String nearest(List<DemoRow> rows) {
    DemoRow nearest = null;
    double best = Double.NEGATIVE_INFINITY;
    for (DemoRow other : rows) {
      if (isOk() && other != this && other.isOk()) {
        double similarity = cosine(features, other.features);
        if (similarity > best) {
          best = similarity;
          nearest = other;
        }
      }
    }
    return nearest == null ? "" : String.format(Locale.ROOT, "%s (%.3f)", nearest.file, best);
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double normA = 0;
    double normB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      normA += (double) a[i] * a[i];
      normB += (double) b[i] * b[i];
    }
    return dot / Math.sqrt(normA * normB);
  }
}
