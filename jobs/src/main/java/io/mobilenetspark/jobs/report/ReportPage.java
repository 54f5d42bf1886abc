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

  private static final String TRAINING = "var(--training)";
  private static final String VALIDATION = "var(--validation)";
  private static final String STYLE = Look.css() + Look.resource("training.css");

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
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src %10$s; img-src data:; base-uri 'none'; form-action 'none'"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <meta name="referrer" content="no-referrer"/>
        <title>Fine-tuning of %1$s</title>
        <style>%11$s</style>
        </head>
        <body>
        <header>
        <h1>Fine-tuning of %1$s</h1>
        <nav aria-label="Sections">
        <a href="#curves">Curves</a>
        <a href="#epochs">Epochs</a>
        <a href="#validation">Validation</a>
        <a href="#classes">Classes</a>
        <a href="#settings">Settings</a>
        </nav>
        </header>
        <main>
        <section aria-label="Overview">
        %12$s
        <details>
        <summary>The run</summary>
        %2$s
        </details>
        </section>
        <section id="curves"><h2>Curves</h2>
        <div class="charts">
        %3$s
        </div></section>
        <section id="epochs"><h2>Epochs</h2>
        %4$s
        </section>
        <section id="validation"><h2>Validation</h2>
        %5$s
        </section>
        <section id="classes"><h2>Classes</h2>
        %6$s
        </section>
        <section id="settings"><h2>Settings</h2>
        <p>%7$s. It writes another output and leaves checkpoints alone; put your secrets in for ***:</p>
        <div class="card"><pre>%8$s</pre></div>
        %9$s
        </section>
        </main>
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
        table(report.settings()),
        Html.policyHash(STYLE),
        STYLE,
        tiles());
  }

  /** What is looked for first. */
  private String tiles() {
    EpochMetrics best = report.best();
    Map<String, String> tiles = new LinkedHashMap<>();
    if (best.validationAccuracy() != null) {
      tiles.put("accuracy on the validation images", decimal(best.validationAccuracy()));
    }
    tiles.put("accuracy on the training images", decimal(best.accuracy()));
    tiles.put("best epoch, of " + number(summary.epochs()), number(best.epoch()));
    tiles.put("classes", number(summary.classes().size()));
    tiles.put("training images", number(summary.trainingRows()));
    tiles.put("validation images", number(summary.validationRows()));
    tiles.put("images/s", String.format(Locale.ROOT, "%.1f", report.imagesPerSecond()));
    return tiles.entrySet().stream()
        .map(
            tile ->
                String.format(Locale.ROOT, "<li><b>%s</b> %s</li>", tile.getValue(), tile.getKey()))
        .collect(Collectors.joining("\n", "<ul class=\"tiles\">\n", "\n</ul>"));
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
    CurveChart chart =
        new CurveChart(
            title,
            summary.history().get(0).epoch(),
            List.of(
                new CurveChart.Series("training", TRAINING, values(training)),
                new CurveChart.Series("validation", VALIDATION, values(validation))));
    return "<div class=\"card\">" + chart.svg() + "</div>\n";
  }

  private List<@Nullable Double> values(Function<EpochMetrics, @Nullable Double> value) {
    return summary.history().stream().map(value).collect(Collectors.toList());
  }

  private String epochs() {
    StringBuilder rows = new StringBuilder("<div class=\"card\"><table class=\"numbers\">\n");
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
    return rows.append("</table></div>").toString();
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
    StringBuilder rows =
        new StringBuilder("<div class=\"card\"><table class=\"numbers classes\">\n");
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
    return rows.append("</table></div>").toString();
  }

  private static String table(Map<String, Object> facts) {
    StringBuilder rows = new StringBuilder("<div class=\"card\"><table>\n");
    facts.forEach(
        (name, value) ->
            rows.append(
                String.format(
                    Locale.ROOT,
                    "<tr><th>%s</th><td>%s</td></tr>%n",
                    Html.escaped(name),
                    Html.escaped(String.valueOf(value)))));
    return rows.append("</table></div>").toString();
  }
}
