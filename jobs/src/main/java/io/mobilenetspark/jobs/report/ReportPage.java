package io.mobilenetspark.jobs.report;

import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.spark.train.ClassImages;
import io.mobilenetspark.spark.train.EpochMetrics;
import io.mobilenetspark.spark.train.TrainingSummary;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A run for people: one HTML page, well-formed as XML, with the curves and without scripts. */
public final class ReportPage {

  private static final String TRAINING = "#1f77b4";
  private static final String VALIDATION = "#d62728";

  private final FinetuneReport report;
  private final TrainingSummary summary;

  public ReportPage(FinetuneReport report) {
    this.report = report;
    this.summary = report.summary();
  }

  /** The page. */
  public String html() {
    return String.format(
        Locale.ROOT,
        """
        <!DOCTYPE html>
        <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
        <head>
        <meta charset="utf-8"/>
        <title>Fine-tuning of %1$s</title>
        <style>
        body { font: 14px sans-serif; margin: 2em; }
        svg text { font: 12px sans-serif; }
        table { border-collapse: collapse; margin: 1em 0; }
        h1, td { overflow-wrap: anywhere; }
        th, td { border-bottom: 1px solid #ddd; padding: 0.2em 0.8em; text-align: left; }
        .numbers td { overflow-wrap: normal; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; }
        .matrix td { text-align: right; }
        .right { background: #d9f2d9; }
        .wrong { background: #fbdcdc; }
        .mistakes { display: flex; flex-wrap: wrap; gap: 1em; }
        figure { margin: 0; width: 160px; overflow-wrap: anywhere; }
        </style>
        </head>
        <body>
        <h1>Fine-tuning of %1$s</h1>
        %2$s
        <h2>Curves</h2>
        %3$s
        <h2>Epochs</h2>
        %4$s
        <h2>Validation</h2>
        %5$s
        <h2>Classes</h2>
        %6$s
        <h2>Settings</h2>
        <p>%7$s. It writes another output and leaves checkpoints alone; put your secrets in for ***:</p>
        <pre>%8$s</pre>
        %9$s
        </body>
        </html>
        """,
        Html.escaped(report.handle()),
        table(facts()),
        charts(),
        epochs(),
        summary
            .evaluation()
            .map(evaluation -> new ValidationSection(evaluation).html())
            .orElse(
                "<p>There are no validation images: --validation-fraction is 0, or no class has ten"
                    + " images.</p>"),
        classes(),
        Html.escaped(report.rerun().promise()),
        Html.escaped(report.rerun().command()),
        table(report.settings()));
  }

  private Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("Best epoch", FinetuneReport.line(report.best(), summary.epochs()));
    facts.put("Training images", number(summary.trainingRows()));
    facts.put("Validation images", number(summary.validationRows()));
    facts.put("Unreadable images, left out", number(summary.unreadable()));
    if (!summary.firstProblem().isEmpty()) {
      facts.put("The first of them", summary.firstProblem());
    }
    facts.put("Image size", String.format(Locale.ROOT, "%1$d x %1$d", report.imageSide()));
    facts.put("Started", report.started());
    facts.put("Seconds", report.elapsed().toMillis() / 1000.0);
    facts.put("Images a second", String.format(Locale.ROOT, "%.1f", report.imagesPerSecond()));
    facts.put("Fingerprint at the start", report.fingerprint());
    facts.put("Fingerprint", report.model().weights().fingerprint());
    Version.all().forEach((name, version) -> facts.put("Version of " + name, version));
    return facts;
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  private String charts() {
    return chart("Loss", EpochMetrics::loss, EpochMetrics::validationLoss)
        + chart("Accuracy", EpochMetrics::accuracy, EpochMetrics::validationAccuracy)
        + chart(
            "Learning rate",
            epoch -> epoch.epoch() == 0 ? null : epoch.learningRate(),
            epoch -> null);
  }

  private String chart(
      String title,
      Function<EpochMetrics, @Nullable Double> training,
      Function<EpochMetrics, @Nullable Double> validation) {
    return new CurveChart(
            title,
            summary.history().get(0).epoch(),
            List.of(
                new CurveChart.Series("training", TRAINING, values(training)),
                new CurveChart.Series("validation", VALIDATION, values(validation))))
        .svg();
  }

  private List<@Nullable Double> values(Function<EpochMetrics, @Nullable Double> value) {
    return summary.history().stream().map(value).collect(Collectors.toList());
  }

  private String epochs() {
    StringBuilder rows = new StringBuilder("<table class=\"numbers\">\n");
    row(
        rows,
        "th",
        "epoch",
        "step",
        "loss",
        "accuracy",
        "validation loss",
        "validation accuracy",
        "learning rate",
        "seconds",
        "images/s",
        "workers");
    for (EpochMetrics epoch : summary.history()) {
      row(
          rows,
          "td",
          epoch.epoch()
              + (epoch.epoch() == 0 ? ", the fitted head alone" : "")
              + (epoch.epoch() == summary.bestEpoch() ? " (best)" : ""),
          number(epoch.step()),
          decimal(epoch.loss()),
          decimal(epoch.accuracy()),
          decimal(epoch.validationLoss()),
          decimal(epoch.validationAccuracy()),
          epoch.epoch() == 0 ? "" : String.format(Locale.ROOT, "%.3g", epoch.learningRate()),
          String.format(Locale.ROOT, "%.1f", epoch.seconds()),
          epoch.epoch() == 0 ? "" : String.format(Locale.ROOT, "%.1f", epoch.imagesPerSecond()),
          String.valueOf(epoch.workers()));
    }
    return rows.append("</table>").toString();
  }

  private static String decimal(@Nullable Double value) {
    return value == null ? "" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static void row(StringBuilder rows, String cell, String... texts) {
    rows.append("<tr>");
    Arrays.stream(texts)
        .forEach(
            text ->
                rows.append(
                    String.format(Locale.ROOT, "<%s>%s</%s>", cell, Html.escaped(text), cell)));
    rows.append("</tr>\n");
  }

  private String classes() {
    StringBuilder rows = new StringBuilder("<table>\n");
    row(rows, "th", "number", "class", "training images", "validation images", "unreadable");
    int number = 0;
    for (ClassImages images : summary.classes()) {
      row(
          rows,
          "td",
          String.valueOf(number++),
          images.label(),
          number(images.training()),
          number(images.validation()),
          number(images.unreadable()));
    }
    return rows.append("</table>").toString();
  }

  private static String table(Map<String, Object> facts) {
    StringBuilder rows = new StringBuilder("<table>\n");
    facts.forEach(
        (name, value) ->
            rows.append(
                String.format(
                    Locale.ROOT,
                    "<tr><th>%s</th><td>%s</td></tr>%n",
                    Html.escaped(name),
                    Html.escaped(String.valueOf(value)))));
    return rows.append("</table>").toString();
  }
}
