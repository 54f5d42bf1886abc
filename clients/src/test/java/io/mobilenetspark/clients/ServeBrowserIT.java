package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/**
 * The page of {@code serve} in a real browser, as people use it: ids and images, by mouse and by
 * keys, on a phone. Screenshots are in {@code clients/target/screenshots}, to be looked at.
 */
@Tag("slow")
class ServeBrowserIT {

  private static final String HOSTILE = "x\"'><img src=x onerror=alert(1)>&amp; \u202e.png";
  private static final int NEIGHBOURS = 8;
  private static final Path SCREENSHOTS =
      Installed.projectRoot().resolve("clients/target/screenshots");

  @TempDir private static Path directory;
  private static Browser browser;
  private static final ExecutorService THREAD = Executors.newSingleThreadExecutor();
  private static Future<Integer> running = CompletableFuture.completedFuture(0);
  private static Path photos = Path.of("");
  private static String url = "";

  @BeforeAll
  static void serve() throws Exception {
    browser = Browser.start("the page of serve: ids, images, keys, screenshots");
    photos = Files.createDirectory(directory.resolve("photos"));
    Pictures.write(photos.resolve("a class"), 6);
    Path other = Pictures.write(photos.resolve("l" + "o".repeat(100) + "ng"), 9);
    Files.write(other.resolve("n" + "a".repeat(100) + "me.png"), Pictures.png(40));
    Files.write(photos.resolve(HOSTILE), Pictures.png(77));
    Files.write(photos.resolve("seventy-seven.png"), Pictures.png(77));
    Files.writeString(photos.resolve("text.png"), "no image");
    Path vectors = directory.resolve("vectors");
    Installed.session();
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        run(
            out,
            err,
            "embed",
            "--input=" + photos,
            "--model=builtin",
            "--image-size=64",
            "--output=" + vectors);
    assertThat(code).as("%s%n%s", out, err).isZero();
    StringWriter told = new StringWriter();
    running =
        THREAD.submit(
            () ->
                run(
                    told,
                    err,
                    "serve",
                    "--vectors=" + vectors,
                    "--labels=directory",
                    "--port=0",
                    "--k=" + NEIGHBOURS,
                    "--json"));
    while (!told.toString().contains("\n") && !running.isDone()) {
      Thread.sleep(20);
    }
    url = new ObjectMapper().readTree(told.toString()).path("url").asText();
    assertThat(url).as(err.toString()).startsWith("http://127.0.0.1:");
  }

  private static int run(StringWriter out, StringWriter err, String... arguments) {
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
    THREAD.shutdownNow();
    assertThat(running.get()).isZero();
  }

  @BeforeEach
  void fresh() {
    browser.device(1440, 900, "light");
    open();
  }

  private static void open() {
    browser.go("about:blank");
    browser.go(url);
    browser.await(() -> browser.text("#table").contains("19 rows"));
  }

  private static String id(String... names) {
    Path file = photos;
    for (String name : names) {
      file = file.resolve(name);
    }
    return "file:" + file;
  }

  private static void search(String id) {
    browser.type("#id", id);
    browser.press(Keys.ENTER);
  }

  private static void awaitResult(String title) {
    browser.await(
        () ->
            browser.text("#status").matches("[0-9]+ neighbours? in [0-9.]+ s")
                && browser.text("#result-title").contains(title));
  }

  private static void awaitProblem(String... words) {
    browser.await(() -> browser.text("#problem").contains(words[0]));
    assertThat(browser.text("#problem")).contains(words);
    assertThat(browser.find("#result").isDisplayed()).isFalse();
    assertThat(browser.text("#status")).isEmpty();
  }

  /** What a script makes of a file's bytes, and drops, pastes or only drags over the page. */
  private static void give(String name, byte[] bytes, String event) {
    browser.script(
        """
        const [name, base64, kind] = arguments;
        const transfer = new DataTransfer();
        if (name) {
          transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
        }
        const event = kind === "paste"
          ? new ClipboardEvent(kind, { clipboardData: transfer, bubbles: true, cancelable: true })
          : new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true });
        document.getElementById("drop").dispatchEvent(event);
        if (kind !== "paste" && !event.defaultPrevented) {
          throw new Error("the browser would open what is dropped");
        }
        """,
        name,
        Base64.getEncoder().encodeToString(bytes),
        event);
  }

  /** Nothing but answers that say what is wrong, which Chromium logs as failures to load. */
  private static void assertNothingIsWrong() {
    assertThat(browser.complaints())
        .allMatch(line -> line.contains("/api/neighbours") && line.contains("Failed to load"));
    assertThat(browser.all("img[src=x]")).isEmpty();
  }

  private static void assertAllPicturesAreShown() {
    browser.script("window.scrollTo(0, document.body.scrollHeight)");
    browser.await(
        () ->
            browser.script(
                """
                const pictures = [...document.querySelectorAll("#neighbours img, #asked img")];
                return pictures.length > 0 && pictures.every((one) => one.complete && one.naturalWidth > 5);
                """));
    browser.script("window.scrollTo(0, 0)");
  }

  @Test
  void anIdHasNeighboursAndBackLeadsToTheOneBefore() {
    search(id("seventy-seven.png"));
    awaitResult("Most like seventy-seven.png");
    assertThat(browser.all("#neighbours .card")).hasSize(NEIGHBOURS);
    assertAllPicturesAreShown();
    WebElement nearest = browser.all("#neighbours .card").get(0);
    assertThat(nearest.getText())
        .as("a hostile name is text")
        .contains("1.0000", "<img src=x onerror=alert(1)>&amp; ");
    nearest.click();
    awaitResult("<img src=x onerror=alert(1)>&amp; ");
    assertThat(browser.all("#neighbours .card .name").get(0).getText())
        .isEqualTo("seventy-seven.png");
    browser.script("history.back()");
    awaitResult("Most like seventy-seven.png");
    assertThat(browser.find("#id").getAttribute("value")).isEqualTo(id("seventy-seven.png"));

    browser.type("#k", "3");
    browser.click("button[type=submit]");
    browser.await(() -> browser.all("#neighbours .card").size() == 3);
    assertNothingIsWrong();
  }

  @Test
  void anImageIsChosenDroppedOrPasted() throws IOException {
    browser.find("#file").sendKeys(photos.resolve("seventy-seven.png").toString());
    awaitResult("Most like seventy-seven.png");
    assertThat(browser.all("#neighbours .card .similarity").subList(0, 2))
        .extracting(WebElement::getText)
        .containsExactly("1.0000", "1.0000");
    assertAllPicturesAreShown();

    give(HOSTILE, Pictures.png(0), "dragover");
    assertThat(browser.find("body").getAttribute("class")).contains("dragging");
    give(HOSTILE, Pictures.png(0), "drop");
    awaitResult("Most like " + HOSTILE.replace("\u202e", "").substring(0, 20));
    assertThat(browser.find("body").getAttribute("class")).doesNotContain("dragging");
    assertThat(browser.all("#neighbours .card .similarity").get(0).getText()).isEqualTo("1.0000");

    give("pasted.png", Pictures.png(3), "paste");
    awaitResult("Most like pasted.png");
    assertNothingIsWrong();
  }

  @Test
  void whatIsWrongIsSaidInWords() throws IOException {
    search("no such id");
    awaitProblem("no such id");
    give("text.png", Files.readAllBytes(photos.resolve("text.png")), "drop");
    awaitProblem("Can't embed", "UNSUPPORTED_FORMAT");
    search(id("text.png"));
    awaitProblem("text.png' can't be searched for", "UNSUPPORTED_FORMAT");
    give("", new byte[0], "drop");
    awaitProblem("What was dropped is no file");
    browser.disconnect();
    search(id("seventy-seven.png"));
    awaitProblem("The server does not answer");
    browser.reconnect();
    browser.press(Keys.ENTER);
    awaitResult("seventy-seven.png");
    assertThat(browser.text("#problem")).isEmpty();
    assertNothingIsWrong();
  }

  @Test
  void keysDoAll() {
    browser.press(Keys.TAB);
    assertHasFocus("theme");
    browser.press(Keys.SPACE);
    assertThat(browser.isDark()).isTrue();
    browser.press(Keys.SPACE, Keys.TAB);
    assertHasFocus("file");
    browser.press(Keys.TAB);
    assertHasFocus("id");
    browser.press(id("a class", "1.png"), Keys.ENTER);
    awaitResult("Most like 1.png");
    assertHasFocus("result-title");
    browser.press(Keys.TAB);
    String first = browser.text("#neighbours .card .name");
    assertThat(browser.script("return document.activeElement.className")).isEqualTo("card");
    assertThat(browser.script("return getComputedStyle(document.activeElement).outlineStyle"))
        .isEqualTo("solid");
    browser.press(Keys.ENTER);
    awaitResult(first);
    assertNothingIsWrong();
  }

  private static void assertHasFocus(String id) {
    assertThat(browser.script("return document.activeElement.id")).isEqualTo(id);
  }

  @Test
  void onAPhoneAndInTheDark() throws IOException {
    String longName = id("l" + "o".repeat(100) + "ng", "n" + "a".repeat(100) + "me.png");
    for (int width : new int[] {390, 1440}) {
      for (String scheme : List.of("light", "dark")) {
        String name = "serve-" + width + "-" + scheme;
        browser.device(width, width < 600 ? 844 : 900, scheme);
        open();
        assertThat(browser.isDark()).as(name).isEqualTo(scheme.equals("dark"));
        browser.screenshot(SCREENSHOTS.resolve(name + "-top.png"));
        browser.assertFits(width, name);
        search(longName);
        awaitResult("me.png");
        assertAllPicturesAreShown();
        browser.screenshot(SCREENSHOTS.resolve(name + "-result.png"));
        browser.assertFits(width, name);
        search("no/such" + "i".repeat(300) + "d");
        awaitProblem("The table has no row with this id");
        browser.screenshot(SCREENSHOTS.resolve(name + "-problem.png"));
        browser.assertFits(width, name);
        assertNothingIsWrong();
      }
    }
    Clients.passed(
        "Chromium",
        browser.version(),
        "the page of serve at 390 and 1440 pixels, light and dark: ids, images chosen, dropped and pasted,"
            + " keys, a hostile file name");
  }
}
