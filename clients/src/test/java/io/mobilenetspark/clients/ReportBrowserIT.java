package io.mobilenetspark.clients;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Installed;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.WebElement;

/**
 * The page of {@code report} in a real browser, as people use it: with a mouse, with keys, on a
 * phone. Screenshots are in {@code clients/target/screenshots}, to be looked at.
 */
@Tag("slow")
class ReportBrowserIT {

  private static final String HOSTILE = "x\"'><img src=x onerror=alert(1)>&amp; \u202e.jpg";
  private static final int DIMENSION = 48;
  private static final int LISTED = 200;
  private static final Map<String, List<Float>> VECTORS = new HashMap<>();
  private static final Path SCREENSHOTS =
      Installed.projectRoot().resolve("clients/target/screenshots");

  @TempDir private static Path directory;
  private static Browser browser;
  private static List<Path> photographs = List.of();
  private static Path page = Path.of("");
  private static Path alone = Path.of("");
  private static int points;

  @BeforeAll
  static void report() throws Exception {
    browser = Browser.start("the page of report: clicks, keys, screenshots");
    Path images = Files.createDirectory(directory.resolve("images"));
    try (Stream<Path> found = Files.walk(Installed.demoImages())) {
      photographs = found.filter(Files::isRegularFile).sorted().toList();
    }
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    List<Float> vectorOfFirst = List.of();
    for (Path photograph : photographs) {
      int label = rows.size() % 3;
      Path folder = Files.createDirectories(images.resolve("class " + label));
      List<Float> vector = vector(label, random);
      vectorOfFirst = rows.isEmpty() ? vector : vectorOfFirst;
      for (String name : List.of("", "copy of ")) {
        String numbered = name + rows.size() + "-" + photograph.getFileName();
        Path file = Files.copy(photograph, folder.resolve(numbered));
        rows.add(row(file.toString(), vector, label));
      }
    }
    Path hostile = Files.copy(photographs.get(0), images.resolve(HOSTILE));
    rows.add(row(hostile.toString(), vectorOfFirst, 0));
    Path vectors = directory.resolve("vectors");
    write(rows, vectors);
    Path findings = directory.resolve("findings");
    run("audit", "--vectors=" + vectors, "--labels=label", "--images=path", "--output=" + findings);
    page = directory.resolve("report.html");
    String out = run("report", "--vectors=" + vectors, "--audit=" + findings, "--output=" + page);
    Matcher told = Pattern.compile("([0-9,]+) are on the map").matcher(out);
    assertThat(told.find()).as(out).isTrue();
    points = Integer.parseInt(told.group(1).replace(",", ""));
    rows.forEach(row -> VECTORS.put(row.getString(0), row.getAs(1)));
    alone = directory.resolve("alone.html");
    run("report", "--vectors=" + vectors, "--labels=label", "--output=" + alone);
  }

  /** A command in this process; what it printed. */
  static String run(String... arguments) {
    Installed.session();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code = Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    assertThat(code).as("%s%n%s", out, err).isZero();
    return out.toString();
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void fresh() {
    browser.device(1440, 900, "light");
    browser.open(page);
  }

  private static void assertNothingIsWrong() {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.all("img[src=x]")).isEmpty();
  }

  private static int numberIn(String text) {
    Matcher number = Pattern.compile("[0-9][0-9,]*").matcher(text);
    assertThat(number.find()).as(text).isTrue();
    return Integer.parseInt(number.group().replace(",", ""));
  }

  @Test
  void galleriesByMouseAndByKeys() {
    assertThat(browser.all("#tiles li"))
        .extracting(WebElement::getText)
        .satisfiesExactly(
            rows -> assertThat(rows).contains("rows"),
            vectors -> assertThat(vectors).contains("with vectors"),
            findings -> assertThat(findings).contains("findings"),
            groups -> assertThat(groups).contains("duplicate groups"));
    WebElement duplicates = browser.find("#kind-near_duplicate");
    assertThat(duplicates.getAttribute("aria-selected")).isEqualTo("true");
    int told = numberIn(browser.text("#kind-near_duplicate .count"));
    assertThat(told).isGreaterThan(10);
    assertThat(browser.all("#cards .card")).hasSize(Math.min(told, 120));

    browser.type("#filter", "COPY OF");
    int copies = browser.all("#cards .card").size();
    assertThat(copies).isBetween(1, told - 1);
    browser.type("#filter", "onerror=alert");
    assertThat(browser.all("#cards .card")).hasSize(1);
    assertThat(browser.text("#cards .card .name")).contains("<img src=x onerror=alert(1)>");
    browser.type("#filter", "");

    browser.script("arguments[0].focus()", duplicates);
    browser.press(Keys.ARROW_RIGHT);
    assertThat(duplicates.getAttribute("aria-selected")).isEqualTo("false");
    browser.press(Keys.HOME);
    assertThat(duplicates.getAttribute("aria-selected")).isEqualTo("true");

    browser.script("document.querySelector('#cards .card').focus()");
    browser.press(Keys.ENTER);
    assertThat(browser.find("#details").isDisplayed()).isTrue();
    assertThat(browser.text("#details-place")).startsWith("1 of ");
    browser.await(
        () ->
            browser.script(
                "return document.querySelector('#details .large img').naturalWidth > 20"));
    assertThat(browser.all("#details .strip .card")).hasSizeGreaterThan(2);
    browser.press(Keys.ARROW_RIGHT);
    assertThat(browser.text("#details-place")).startsWith("2 of ");
    browser.click("#details .copy");
    browser.await(() -> browser.text("#status").equals("Copied 1 id."));
    browser.press(Keys.ESCAPE);
    assertThat(browser.find("#details").isDisplayed()).isFalse();
    assertNothingIsWrong();
  }

  @Test
  void theMapByMouse() throws IOException {
    browser.script("document.getElementById('map').scrollIntoView()");
    Set<Integer> colours = coloursOfTheMap("map-light.png");
    assertThat(colours).hasSizeGreaterThan(4);

    placeOfAPoint();
    assertThat(browser.find("#tip").isDisplayed()).isTrue();
    browser.mouse().click().perform();
    assertThat(browser.find("#details").isDisplayed()).isTrue();
    browser.click("#details-close");

    browser.script("document.getElementById('points').scrollIntoView({ block: 'center' })");
    browser.click("#lasso");
    WebElement canvas = browser.find("#points");
    int width = canvas.getSize().width / 2 - 5;
    int height = canvas.getSize().height / 2 - 5;
    browser
        .mouse()
        .moveToElement(canvas, -width, -height)
        .clickAndHold()
        .moveByOffset(2 * width, 0)
        .moveByOffset(0, 2 * height)
        .moveByOffset(-2 * width, 0)
        .release()
        .perform();
    assertThat(numberIn(browser.text("#selected-count"))).isEqualTo(points);
    assertThat(browser.all("#selected > li")).hasSize(Math.min(points, LISTED + 1)); // and the rest
    browser.click("#copy-selected");
    browser.await(
        () ->
            browser.text("#status").equals(String.format(Locale.ROOT, "Copied %,d ids.", points)));
    browser.click("#clear-selected");
    assertThat(browser.text("#selected-count")).isEqualTo("No selection");

    browser.type("#find", "class 1");
    int found = numberIn(browser.text("#selected-count"));
    assertThat(found).isBetween(1, points - 1);
    browser.click("#legend button"); // hides what has this colour
    browser.click("#in-view");
    assertThat(numberIn(browser.text("#selected-count"))).isLessThan(points);
    for (String by : List.of("finding", "cluster")) {
      browser.script(
          "const s = document.getElementById('colour'); s.value = arguments[0]; s.dispatchEvent(new"
              + " Event('change'))",
          by);
      int sum =
          browser.all("#legend .count").stream().mapToInt(one -> numberIn(one.getText())).sum();
      assertThat(sum).as(by).isEqualTo(points);
    }
    assertNothingIsWrong();
  }

  /** Moves the mouse onto the point that the keys find. */
  private static void placeOfAPoint() {
    browser.script("document.getElementById('points').focus({ preventScroll: true })");
    browser.press("+");
    browser.await(() -> browser.find("#ring").isDisplayed());
    WebElement ring = browser.find("#ring");
    browser.await(
        () -> { // again, if the map still moved meanwhile
          browser.mouse().moveToElement(browser.find("#zoom-all")).perform();
          browser.press("-", "+");
          browser.await(() -> ring.isDisplayed());
          browser.mouse().moveToElement(ring).perform();
          return ring.isDisplayed();
        });
  }

  private static Set<Integer> coloursOfTheMap(String name) throws IOException {
    byte[] png = browser.screenshot(SCREENSHOTS.resolve(name));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    Rectangle canvas = browser.find("#points").getRect();
    long scroll = ((Number) browser.script("return Math.round(scrollY)")).longValue();
    Set<Integer> colours = new HashSet<>();
    for (int y = 0; y < canvas.height; y++) {
      for (int x = 0; x < canvas.width; x++) {
        int row = (int) (canvas.y - scroll + y);
        if (row >= 0 && row < image.getHeight()) {
          colours.add(image.getRGB(canvas.x + x, row) & 0xf0f0f0);
        }
      }
    }
    return colours;
  }

  @Test
  void theMapByKeys() {
    browser.script("document.getElementById('points').focus()");
    browser.press("+", "+", Keys.ARROW_LEFT, "0", "+");
    browser.await(() -> browser.find("#tip").isDisplayed());
    browser.press(Keys.ENTER);
    assertThat(browser.find("#details").isDisplayed()).isTrue();
    browser.press(Keys.ESCAPE);
    browser.click("#in-view");
    assertThat(numberIn(browser.text("#selected-count"))).isBetween(1, points);
    browser.script("document.getElementById('points').focus()");
    browser.press(Keys.ESCAPE);
    assertThat(browser.text("#selected-count")).isEqualTo("No selection");
    assertNothingIsWrong();
  }

  /** Neighbours by what the page itself knows, against those by the table's vectors. */
  @Test
  void aPointOfTheMapHasNeighbours() {
    browser.open(alone);
    browser.script("document.getElementById('points').focus()");
    browser.press("+");
    browser.await(() -> browser.find("#tip").isDisplayed());
    browser.press(Keys.ENTER);
    assertThat(browser.text("#details h3"))
        .isEqualTo("Nearest on the map, by 48 principal components (100 % of the variance)");
    String id = browser.text("#details dd");
    List<String> shown =
        browser.all("#details .strip .card").stream()
            .map(card -> requireNonNull(card.getAttribute("title"), "title"))
            .toList();
    List<String> nearest = nearest(id, 8);
    assertThat(shown).hasSize(8).doesNotContain(id);
    assertThat(vector(shown.get(0))).as("its copy").isEqualTo(vector(id));
    // Bytes round, so that some at the end may be others.
    assertThat(shown.stream().filter(nearest::contains).count()).isGreaterThanOrEqualTo(6);

    browser.find("#details .strip .card").sendKeys(Keys.ENTER);
    assertThat(browser.text("#details dd")).isEqualTo(shown.get(0));
    assertThat(browser.all("#details .strip .card")).hasSize(8);
    browser.click("#details-back");
    assertThat(browser.text("#details dd")).isEqualTo(id);
    assertNothingIsWrong();
  }

  private static List<Float> vector(String id) {
    return requireNonNull(VECTORS.get(id), id);
  }

  private static List<String> nearest(String id, int count) {
    return VECTORS.keySet().stream()
        .filter(other -> !other.equals(id))
        .sorted(Comparator.comparingDouble(other -> -cosine(vector(id), vector(other))))
        .limit(count)
        .toList();
  }

  static double cosine(List<Float> one, List<Float> other) {
    double[] sums = new double[3];
    for (int d = 0; d < DIMENSION; d++) {
      sums[0] += one.get(d) * other.get(d);
      sums[1] += one.get(d) * one.get(d);
      sums[2] += other.get(d) * other.get(d);
    }
    return sums[0] / Math.sqrt(sums[1] * sums[2]);
  }

  /** In a thread of its own, under the page's policy; the same each time, and there and back. */
  @Test
  void aLayoutByUmap() throws IOException {
    byte[] components = mapAlone();
    layOut("umap");
    browser.await(() -> browser.text("#map-note").contains("by UMAP"));
    byte[] umap = mapAlone();
    assertThat(umap).isNotEqualTo(components);
    browser.script("document.getElementById('map').scrollIntoView()");
    assertThat(coloursOfTheMap("umap.png")).hasSizeGreaterThan(4);
    browser.click("#in-view");
    assertThat(numberIn(browser.text("#selected-count"))).isEqualTo(points);
    browser.click("#clear-selected");
    placeOfAPoint();
    browser.mouse().click().perform();
    assertThat(browser.find("#details").isDisplayed()).isTrue();
    browser.click("#details-close");

    layOut("components");
    assertThat(browser.text("#map-note")).startsWith("All " + points + " rows");
    assertThat(mapAlone()).isEqualTo(components);
    browser.open(page);
    mapAlone();
    layOut("umap");
    layOut("components"); // before it is there
    layOut("umap");
    browser.await(() -> browser.text("#map-note").contains("by UMAP"));
    assertThat(mapAlone()).isEqualTo(umap);
    assertNothingIsWrong();
  }

  private static void layOut(String by) {
    browser.script(
        "const s = document.getElementById('layout'); s.value = arguments[0]; s.dispatchEvent(new"
            + " Event('change'))",
        by);
  }

  /** A picture of the points, without what is over them. */
  private static byte[] mapAlone() {
    browser.script("document.activeElement.blur()");
    browser.script("document.getElementById('status').textContent = ''");
    browser.script("document.getElementById('map').scrollIntoView()");
    browser.mouse().moveToElement(browser.find("#zoom-all")).click().perform();
    browser.script("return new Promise((done) => requestAnimationFrame(() => setTimeout(done)))");
    return browser.find("#points").getScreenshotAs(OutputType.BYTES);
  }

  @Test
  void onAPhoneAndInTheDark() throws IOException {
    for (int width : new int[] {390, 1440}) {
      for (String scheme : List.of("light", "dark")) {
        browser.device(width, width < 600 ? 844 : 900, scheme);
        browser.open(page);
        String name = width + "-" + scheme;
        browser.screenshot(SCREENSHOTS.resolve(name + "-top.png"));
        browser.assertFits(width, name);
        assertThat(browser.isDark()).as(name).isEqualTo(scheme.equals("dark"));
        browser.script("document.getElementById('map').scrollIntoView()");
        assertThat(coloursOfTheMap(name + "-map.png")).hasSizeGreaterThan(4);
        browser.script("document.querySelector('#cards .card').click()");
        browser.await(
            () -> browser.script("return document.querySelector('#details .large img').complete"));
        browser.screenshot(SCREENSHOTS.resolve(name + "-details.png"));
        browser.assertFits(width, name);
        assertNothingIsWrong();
      }
    }
    Clients.passed(
        "Chromium",
        browser.version(),
        "the page of report at 390 and 1440 pixels, light and dark: galleries and map by mouse and"
            + " by keys, a hostile file name");
  }

  /** How long it takes is printed, not held to anything: the docs have the figures. */
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: 100,000 points")
  @ParameterizedTest
  @ValueSource(ints = {1_000, 100_000})
  void manyPoints(int count) throws IOException {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = random.nextInt(12);
      String path =
          String.format(
              Locale.ROOT, "/data/photographs/class-%02d/%08x.jpg", label, random.nextInt());
      Path picture = photographs.get(i % photographs.size());
      rows.add(row(path, vector(label, random), label, picture.toString()));
    }
    Path vectors = directory.resolve("vectors of " + count);
    write(rows, vectors);
    Path many = directory.resolve("many of " + count + ".html");
    run("report", "--vectors=" + vectors, "--labels=label", "--images=picture", "--output=" + many);

    long milliseconds = browser.open(many);

    assertThat(Files.size(many)).isLessThan(20_000_000);
    browser.script("document.getElementById('map').scrollIntoView()");
    assertThat(coloursOfTheMap("many.png")).hasSizeGreaterThan(10);
    double frame = millisecondsAFrame();
    double seconds = secondsOfUmap();
    assertThat(coloursOfTheMap("many by UMAP.png")).hasSizeGreaterThan(10);
    browser.open(many);
    browser.script("document.getElementById('map').scrollIntoView()");
    layOut("umap");
    double meanwhile = millisecondsAFrame();
    browser.await(() -> browser.text("#map-note").contains("by UMAP"));
    String frames =
        String.format(
            Locale.ROOT,
            "%,d points, %s thumbnails: %,d bytes, there after %d ms, %.0f ms a frame while it is dragged; UMAP"
                + " after %.1f s, %.0f ms a frame meanwhile",
            count,
            browser.script(
                "return JSON.parse(document.getElementById('summary').textContent).pictures"),
            Files.size(many),
            milliseconds,
            frame,
            seconds,
            meanwhile);
    Clients.passed("Chromium", browser.version(), frames);
    System.out.println("MEASURED " + frames);
    assertNothingIsWrong();
  }

  /** Of UMAP alone, with nothing else to do for the page. */
  private static double secondsOfUmap() {
    browser.script(
        """
        const note = document.getElementById("map-note");
        const began = performance.now();
        new MutationObserver((changes, self) => {
          if (note.textContent.includes("by UMAP")) {
            window.umapSeconds = (performance.now() - began) / 1000;
            self.disconnect();
          }
        }).observe(note, { childList: true });
        """);
    layOut("umap");
    browser.await(() -> browser.script("return window.umapSeconds !== undefined"));
    return ((Number) browser.script("return window.umapSeconds")).doubleValue();
  }

  /** While the map is dragged: until the end of that, or of a layout that is being computed. */
  private static double millisecondsAFrame() {
    WebElement canvas = browser.find("#points");
    browser.mouse().moveToElement(canvas).clickAndHold().perform();
    browser.script(
        """
        const note = document.getElementById("map-note");
        const isComputed = () => note.textContent.includes("being computed");
        const wasComputed = isComputed();
        const counted = { frames: 0, began: performance.now(), isOver: false };
        window.counted = counted;
        requestAnimationFrame(function count() {
          if (counted.isOver || (wasComputed && !isComputed())) {
            return;
          }
          counted.frames++;
          counted.last = performance.now();
          requestAnimationFrame(count);
        });
        """);
    for (int i = 0; i < 20; i++) {
      browser.mouse().moveByOffset(i % 2 == 0 ? 60 : -60, 10).perform();
    }
    browser.script("window.counted.isOver = true");
    browser.mouse().release().perform();
    assertThat((Long) browser.script("return window.counted.frames")).isGreaterThan(10);
    return ((Number)
            browser.script("return (window.counted.last - window.counted.began) / counted.frames"))
        .doubleValue();
  }

  /** Noise, and one or two values that a label has. */
  static List<Float> vector(int label, Random random) {
    List<Float> vector = new ArrayList<>();
    for (int d = 0; d < DIMENSION; d++) {
      vector.add((float) (random.nextGaussian() + (d == label || d == label / 2 ? 5 : 0)));
    }
    return vector;
  }

  /** A row of {@link #write}, whose path is the image, too. */
  static Row row(String path, List<Float> vector, int label) {
    return row(path, vector, label, path);
  }

  private static Row row(String path, List<Float> vector, int label, String picture) {
    return RowFactory.create(path, vector, "OK", "class " + label, picture);
  }

  /** A table as {@code embed} writes it, of made-up vectors. */
  static void write(List<Row> rows, Path vectors) {
    StructType columns =
        new StructType()
            .add("path", DataTypes.StringType)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType))
            .add("status", DataTypes.StringType)
            .add("label", DataTypes.StringType)
            .add("picture", DataTypes.StringType);
    Map<String, String> facts =
        Map.of(
            "mobilenet.dimension",
            Integer.toString(DIMENSION),
            "mobilenet.model.fingerprint",
            "made-up");
    MetadataBuilder metadata = new MetadataBuilder();
    facts.forEach(metadata::putString);
    VectorWriter.of(
            Installed.session()
                .createDataFrame(rows, columns)
                .withColumn("features", functions.col("features").as("features", metadata.build())),
            facts)
        .save(vectors.toString());
  }
}
