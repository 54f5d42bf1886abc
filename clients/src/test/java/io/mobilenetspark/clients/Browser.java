package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Clients;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.SessionNotCreatedException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium without a window, of the machine's own packages, that is used as a person would. */
final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> CHROMIUM =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");
  private static final List<String> DRIVER =
      List.of("/usr/bin/chromedriver", "/usr/lib/chromium-browser/chromedriver");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /**
   * Starts it; where there is none the test is skipped, and says so.
   *
   * @param what would be tested
   */
  static Browser start(String what) {
    List<String> found =
        Stream.of(CHROMIUM, DRIVER)
            .flatMap(
                places -> places.stream().filter(place -> new File(place).canExecute()).limit(1))
            .toList();
    if (found.size() < 2) {
      Clients.missing("Chromium", what, "it or its driver is not installed", "chromium");
    }
    ChromeOptions options = new ChromeOptions();
    options.setBinary(found.get(0));
    options.addArguments(
        "--headless=new",
        "--no-sandbox", // as root, in a container
        "--disable-dev-shm-usage",
        "--enable-unsafe-swiftshader", // WebGL on a machine without a graphics card
        "--use-angle=swiftshader",
        "--force-color-profile=srgb");
    options.setCapability("goog:loggingPrefs", Map.of(LogType.BROWSER, "ALL"));
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(new File(found.get(1)))
            .usingAnyFreePort()
            .build();
    try {
      return new Browser(new ChromeDriver(service, options));
    } catch (SessionNotCreatedException e) { // of another version, or without what it needs
      String problem = String.valueOf(e.getRawMessage()).lines().findFirst().orElse("it fails");
      Clients.missing("Chromium", what, problem, "chromium");
      throw e;
    }
  }

  /** Such as "156.0.8078.108". */
  String version() {
    return driver.getCapabilities().getBrowserVersion();
  }

  /**
   * As on a device.
   *
   * @param width of the window, in pixels of the page
   * @param scheme light or dark
   */
  void device(int width, int height, String scheme) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
  }

  /** Opens a report and waits until it is there; how long that took, in milliseconds. */
  long open(Path page) {
    driver.get(page.toUri().toString());
    await(
        () -> driver.executeScript("return document.documentElement.dataset.ready !== undefined"));
    return ((Number) script("return Number(document.documentElement.dataset.ready)")).longValue();
  }

  /** Opens an address; what the page asks for may be on its way still. */
  void go(String address) {
    driver.get(address);
  }

  /** From now on there is no network, as in a tunnel. */
  void disconnect() {
    network(true);
  }

  /** There is one again. */
  void reconnect() {
    network(false);
  }

  private void network(boolean isOffline) {
    driver.executeCdpCommand("Network.enable", Map.of());
    driver.executeCdpCommand(
        "Network.emulateNetworkConditions",
        Map.of(
            "offline", isOffline, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
  }

  /** What a script in the page returns. */
  Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  List<WebElement> all(String selector) {
    return driver.findElements(By.cssSelector(selector));
  }

  String text(String selector) {
    return find(selector).getText();
  }

  void click(String selector) {
    find(selector).click();
  }

  /** To what has the focus. */
  void press(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  void type(String selector, String text) {
    find(selector).sendKeys(Keys.chord(Keys.CONTROL, "a"), Keys.DELETE, text);
  }

  Actions mouse() {
    return new Actions(driver);
  }

  /** Waits for what a page does after a click. */
  void await(Supplier<Object> condition) {
    new WebDriverWait(driver, PATIENCE, Duration.ofMillis(50))
        .until(any -> Boolean.TRUE.equals(condition.get()));
  }

  /** Errors, warnings and violations of the policy that were logged since it was asked before. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(entry -> entry.getLevel() + " " + entry.getMessage())
        // A machine without a graphics card reads pixels slowly, which is said of each screenshot.
        .filter(line -> !line.contains("GPU stall due to ReadPixels"))
        .toList();
  }

  /** Whether the page's background is rather black than white. */
  boolean isDark() {
    Number red =
        (Number)
            script(
                "return Number(getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0])");
    return red.intValue() < 128;
  }

  /** A phone's window grows with a page that is wider, and its dialogs leave the screen. */
  void assertFits(int width, String name) {
    List<?> widths = (List<?>) script("return [innerWidth, document.documentElement.scrollWidth]");
    assertThat(((Number) widths.get(0)).intValue()).as("window at %s", name).isEqualTo(width);
    assertThat(((Number) widths.get(1)).intValue())
        .as("page at %s", name)
        .isLessThanOrEqualTo(width);
  }

  /** A picture of the window, for people; gives it, too. */
  byte[] screenshot(Path file) throws IOException {
    byte[] png = driver.getScreenshotAs(OutputType.BYTES);
    Files.createDirectories(file.getParent());
    Files.write(file, png);
    return png;
  }

  @Override
  public void close() {
    driver.quit();
  }
}
