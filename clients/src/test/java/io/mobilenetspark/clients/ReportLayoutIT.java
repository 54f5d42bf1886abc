package io.mobilenetspark.clients;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.WebElement;

/** What UMAP makes of the points of a report, in a real browser, and what is told of it. */
@Tag("slow")
class ReportLayoutIT {

  private static final int PAIRS = 20;
  private static final int LABELS = 3;
  private static final int ALIKE = 20;
  private static final int POINTS = 2 * PAIRS * LABELS + ALIKE;

  /** By id. */
  private static final Map<String, List<Float>> VECTORS = new HashMap<>();

  @TempDir private static Path directory;
  private static Browser browser;
  private static Path page = Path.of("");

  /** Pairs of copies of each label, and many copies of one that is like no other. */
  @BeforeAll
  static void report() {
    browser = Browser.start("the page of report: UMAP");
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < PAIRS * LABELS; i++) {
      List<Float> vector = ReportBrowserIT.vector(i % LABELS, random);
      for (String copy : List.of("a", "b")) {
        rows.add(ReportBrowserIT.row(id(i, copy), vector, i % LABELS));
      }
    }
    List<Float> alike = ReportBrowserIT.vector(7, random);
    for (int i = 0; i < ALIKE; i++) {
      rows.add(ReportBrowserIT.row(id(i, "alike"), alike, LABELS));
    }
    rows.forEach(row -> VECTORS.put(row.getString(0), row.getAs(1)));
    page = pageOf("grouped", rows);
  }

  private static String id(int number, String copy) {
    return String.format(Locale.ROOT, "/none/%d %s.jpg", number, copy);
  }

  private static Path pageOf(String name, List<Row> rows) {
    Path vectors = directory.resolve(name);
    ReportBrowserIT.write(rows, vectors);
    Path made = directory.resolve(name + ".html");
    ReportBrowserIT.run(
        "report", "--vectors=" + vectors, "--labels=label", "--images=picture", "--output=" + made);
    return made;
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  private static void open(Path report) {
    browser.device(1440, 900, "light");
    browser.open(report);
  }

  private static void choose(String layout) {
    browser.script(
        "const s = document.getElementById('layout'); s.value = arguments[0]; s.dispatchEvent(new"
            + " Event('change'))",
        layout);
  }

  private static void awaitUmap() {
    choose("umap");
    browser.await(() -> browser.text("#map-note").contains("by UMAP"));
  }

  private static Object layout() {
    return browser.script("return document.getElementById('layout').value");
  }

  /** Where the rows that are listed are on the map, in pixels, by id: all that are pointed at. */
  private static Map<String, double[]> places() {
    List<?> told =
        (List<?>)
            browser.script(
                """
                const [ring, tip] = ["ring", "tip"].map((id) => document.getElementById(id));
                const places = [];
                for (const button of document.querySelectorAll("#selected button")) {
                  button.focus({ preventScroll: true });
                  if (!ring.hidden || !tip.hidden) {
                    places.push(button.title, ...ring.style.transform.match(/-?[0-9.]+/g).map(Number));
                  }
                }
                return places;
                """);
    Map<String, double[]> places = new HashMap<>();
    for (int i = 0; i < told.size(); i += 3) {
      double x = ((Number) told.get(i + 1)).doubleValue();
      double y = ((Number) told.get(i + 2)).doubleValue();
      places.put((String) told.get(i), new double[] {x, y});
    }
    return places;
  }

  private static Map<String, double[]> placesOfAll() {
    browser.click("#in-view");
    Map<String, double[]> places = places();
    assertThat(places).hasSize(POINTS);
    return places;
  }

  private static double away(Map<String, double[]> places, String one, String other) {
    double[] a = requireNonNull(places.get(one));
    double[] b = requireNonNull(places.get(other));
    return Math.hypot(a[0] - b[0], a[1] - b[1]);
  }

  private static double side(Map<String, double[]> places) {
    double side = 0;
    for (int axis = 0; axis < 2; axis++) {
      int one = axis;
      var values = places.values().stream().mapToDouble(place -> place[one]).summaryStatistics();
      side = Math.max(side, values.getMax() - values.getMin());
    }
    return side;
  }

  private static boolean isAlike(String id) {
    return id.contains("alike");
  }

  private static int label(String id) {
    return isAlike(id) ? LABELS : number(id) % LABELS;
  }

  private static int number(String id) {
    Matcher number = Pattern.compile("[0-9]+").matcher(id);
    assertThat(number.find()).as(id).isTrue();
    return Integer.parseInt(number.group());
  }

  /** Those with another vector. */
  private static List<String> nearest(
      String id, int count, ToDoubleBiFunction<String, String> away) {
    return VECTORS.keySet().stream()
        .filter(other -> label(other) != label(id) || number(other) != number(id))
        .sorted(Comparator.comparingDouble(other -> away.applyAsDouble(id, other)))
        .limit(count)
        .toList();
  }

  /** How many of the ten nearest by their vectors are among the ten nearest on the map, 0 to 1. */
  private static double kept(Map<String, double[]> places) {
    int kept = 0;
    List<String> ids = VECTORS.keySet().stream().filter(id -> !isAlike(id)).toList();
    for (String id : ids) {
      List<String> exact =
          nearest(
              id,
              10,
              (one, other) ->
                  -ReportBrowserIT.cosine(
                      requireNonNull(VECTORS.get(one)), requireNonNull(VECTORS.get(other))));
      List<String> shown = nearest(id, 10, (one, other) -> away(places, one, other));
      kept += (int) exact.stream().filter(shown::contains).count();
    }
    return kept / 10.0 / ids.size();
  }

  @Test
  void whatIsAlikeIsNear() {
    open(page);
    Map<String, double[]> components = placesOfAll();
    awaitUmap();
    assertThat(browser.text("#status")).isEqualTo(POINTS + " points laid out by UMAP.");
    Map<String, double[]> umap = placesOfAll();

    double side = side(umap);
    int together = 0;
    for (int i = 0; i < PAIRS * LABELS; i++) {
      together += away(umap, id(i, "a"), id(i, "b")) < 0.03 * side ? 1 : 0;
    }
    assertThat(together).as("pairs of copies").isGreaterThanOrEqualTo(PAIRS * LABELS * 9 / 10);
    for (int i = 0; i < ALIKE; i++) {
      assertThat(away(umap, id(0, "alike"), id(i, "alike"))).isLessThan(0.2 * side);
    }
    long sameLabel =
        VECTORS.keySet().stream()
            .filter(id -> !isAlike(id))
            .filter(
                id ->
                    label(nearest(id, 1, (one, other) -> away(umap, one, other)).get(0))
                        == label(id))
            .count();
    assertThat(sameLabel).as("nearest of the label").isGreaterThan((POINTS - ALIKE) * 8 / 10);
    assertThat(kept(umap)).as("neighbours").isGreaterThan(1.2 * kept(components));
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void ofASampleNothingIsToldThatIsNotOnTheMap() {
    open(page);
    browser.script("document.getElementById('layout').dataset.most = 60");
    awaitUmap();
    assertThat(browser.text("#map-note"))
        .startsWith("A sample of 60 of " + POINTS + " points by UMAP");
    assertThat(legend().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(60);
    browser.click("#in-view");
    assertThat(browser.text("#selected-count")).isEqualTo("60 rows in view");

    browser.type("#find", "class 1");
    int placed = requireNonNull(legend().get("class 1"));
    assertThat(placed).isBetween(1, 2 * PAIRS - 1);
    assertThat(browser.text("#selected-count"))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "%d rows with “class 1”, %d of them not in the sample",
                2 * PAIRS,
                2 * PAIRS - placed));
    assertThat(browser.all("#selected > li")).hasSize(2 * PAIRS);
    assertThat(places()).hasSize(placed);

    choose("components");
    assertThat(browser.text("#selected-count")).isEqualTo(2 * PAIRS + " rows with “class 1”");
    assertThat(legend()).containsEntry("class 1", 2 * PAIRS).containsEntry("class 3", ALIKE);
    assertThat(places()).hasSize(2 * PAIRS);
    assertThat(browser.complaints()).isEmpty();
  }

  private static Map<String, Integer> legend() {
    Map<String, Integer> counts = new HashMap<>();
    for (WebElement entry : browser.all("#legend button")) {
      List<String> lines = entry.getText().lines().toList();
      counts.put(lines.get(0), Integer.parseInt(lines.get(1)));
    }
    return counts;
  }

  @Test
  void whereNoThreadCanBeStarted() {
    open(page);
    browser.script(
        "window.Worker = class { constructor() { throw new Error('no threads here'); } }");
    choose("umap");
    browser.await(() -> browser.text("#status").equals("UMAP can’t be computed: no threads here"));
    assertThat(layout()).isEqualTo("components");
    assertThat(browser.text("#map-note")).startsWith("All " + POINTS + " rows");
  }

  /** Who has gone back meanwhile is left where they are. */
  @Test
  void aFailureThatNobodyWaitsFor() {
    open(page);
    browser.script(
        "window.Worker = class { constructor() { window.late = this; } postMessage() {} terminate()"
            + " {} }");
    choose("umap");
    assertThat(browser.text("#map-note")).startsWith("UMAP is being computed");
    choose("components");
    browser.script("document.getElementById('points').focus()");
    browser.press("+", "+");
    browser.await(() -> browser.find("#ring").isDisplayed());
    awaitFrames(); // the first key alone shows the ring
    String place = browser.find("#ring").getAttribute("style");

    browser.script("window.late.onerror({ message: 'too late' })");
    awaitFrames();

    assertThat(browser.find("#ring").isDisplayed()).isTrue();
    assertThat(browser.find("#ring").getAttribute("style")).isEqualTo(place);
    assertThat(browser.text("#status")).isEmpty();
  }

  private static void awaitFrames() {
    browser.script(
        "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>"
            + " setTimeout(done))))");
  }

  /**
   * A browser that restores fields says nothing of the layout, which is computed when asked for.
   */
  @Test
  void aPageThatIsLoadedAgainHasItsComponents() {
    open(page);
    choose("umap");
    browser.script("delete document.documentElement.dataset.ready; location.reload()");
    browser.await(
        () -> browser.script("return document.documentElement.dataset.ready !== undefined"));
    assertThat(layout()).isEqualTo("components");
    assertThat(browser.text("#map-note")).startsWith("All " + POINTS + " rows");
  }

  /** Fewer than ten points, or all in one place. */
  @Test
  void whereThereIsNothingToLayOut() {
    Random random = new Random(5);
    List<Row> few = new ArrayList<>();
    List<Row> equal = new ArrayList<>();
    List<Float> vector = ReportBrowserIT.vector(0, random);
    for (int i = 0; i < 12; i++) {
      equal.add(ReportBrowserIT.row(id(i, "equal"), vector, 0));
      if (i < 9) {
        few.add(ReportBrowserIT.row(id(i, "few"), ReportBrowserIT.vector(i % 3, random), i % 3));
      }
    }
    open(page);
    assertThat(browser.find("#layout-choice").isDisplayed()).isTrue();
    for (Path report : List.of(pageOf("few", few), pageOf("equal", equal))) {
      open(report);
      assertThat(browser.find("#layout-choice").isDisplayed()).as(report.toString()).isFalse();
      choose("umap");
      assertThat(layout()).isEqualTo("components");
      assertThat(browser.text("#map-note")).startsWith("All ");
      assertThat(browser.complaints()).isEmpty();
    }
  }
}
