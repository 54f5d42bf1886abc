package io.mobilenetspark.jobs.report;

import io.mobilenetspark.spark.train.Evaluation;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the model makes of the validation images, as a part of {@link ReportPage}. */
final class ValidationSection {

  /** A wider matrix can't be read. */
  private static final int MATRIX_CLASSES = 25;

  private static final int CONFUSIONS = 25;

  private final Evaluation evaluation;
  private final List<String> labels;

  ValidationSection(Evaluation evaluation) {
    this.evaluation = evaluation;
    this.labels = evaluation.labels();
  }

  String html() {
    return classes() + confusions() + mistakes();
  }

  private String confusions() {
    if (labels.size() <= MATRIX_CLASSES) {
      return "<p>Images by label (rows) and prediction (columns):</p>\n" + matrix();
    }
    return evaluation.mistakes().isEmpty()
        ? ""
        : "<p>The most frequent confusions:</p>\n" + frequent();
  }

  private String classes() {
    StringBuilder rows = new StringBuilder("<div class=\"card\"><table class=\"numbers\">\n");
    row(rows, "th", "class", "images", "precision", "recall", "F1");
    for (Evaluation.ClassMetrics metrics : evaluation.classes()) {
      row(
          rows,
          "td",
          metrics.label(),
          number(metrics.images()),
          decimal(metrics.precision()),
          decimal(metrics.recall()),
          decimal(metrics.f1()));
    }
    return rows.append("</table></div>\n").toString();
  }

  private String matrix() {
    long[][] counts = new long[labels.size()][labels.size()];
    for (Evaluation.Confusion confusion : evaluation.confusions()) {
      counts[confusion.label()][confusion.prediction()] = confusion.images();
    }
    StringBuilder rows =
        new StringBuilder("<div class=\"card\"><table class=\"matrix\">\n<tr><th></th>");
    labels.forEach(label -> rows.append(cell("th", null, label)));
    rows.append("</tr>\n");
    for (int i = 0; i < counts.length; i++) {
      rows.append("<tr>").append(cell("th", null, labels.get(i)));
      for (int j = 0; j < counts.length; j++) {
        String kind = i == j ? "right" : counts[i][j] > 0 ? "wrong" : null;
        rows.append(cell("td", kind, counts[i][j] == 0 ? "" : number(counts[i][j])));
      }
      rows.append("</tr>\n");
    }
    return rows.append("</table></div>\n").toString();
  }

  private String frequent() {
    StringBuilder rows = new StringBuilder("<div class=\"card\"><table>\n");
    row(rows, "th", "label", "prediction", "images");
    evaluation.confusions().stream()
        .filter(confusion -> confusion.label() != confusion.prediction())
        .sorted(Comparator.comparingLong(Evaluation.Confusion::images).reversed())
        .limit(CONFUSIONS)
        .forEach(
            confusion ->
                row(
                    rows,
                    "td",
                    labels.get(confusion.label()),
                    labels.get(confusion.prediction()),
                    number(confusion.images())));
    return rows.append("</table></div>\n").toString();
  }

  private String mistakes() {
    if (evaluation.mistakes().isEmpty()) {
      return "<p>No validation image is taken for another class.</p>";
    }
    StringBuilder figures =
        new StringBuilder(
            "<p>The images furthest from their label:</p>\n<div class=\"mistakes\">\n");
    for (Evaluation.Mistake mistake : evaluation.mistakes()) {
      String text =
          String.format(
              Locale.ROOT,
              "%s, taken for %s (%.3f)",
              labels.get(mistake.label()),
              labels.get(mistake.prediction()),
              mistake.probability());
      figures.append("<figure>");
      if (!mistake.picture().isEmpty()) {
        figures.append(
            String.format(
                Locale.ROOT,
                "<img src=\"data:image/jpeg;base64,%s\" alt=\"%s\"/>",
                mistake.picture(),
                Html.escaped(text)));
      }
      figures.append(
          String.format(
              Locale.ROOT,
              "<figcaption>%s<br/><small>%s</small></figcaption></figure>%n",
              Html.escaped(text),
              Html.escaped(mistake.name())));
    }
    return figures.append("</div>").toString();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private static String decimal(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  private static void row(StringBuilder rows, String tag, String... texts) {
    rows.append("<tr>");
    for (String text : texts) {
      rows.append(cell(tag, null, text));
    }
    rows.append("</tr>\n");
  }

  private static String cell(String tag, @Nullable String kind, String text) {
    return String.format(
        Locale.ROOT,
        "<%1$s%2$s>%3$s</%1$s>",
        tag,
        kind == null ? "" : " class=\"" + kind + "\"",
        Html.escaped(text));
  }
}
