package io.mobilenetspark.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.jobs.report.Html;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Installed;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is in a table is data in its page, and nothing in it runs but what is ours. */
class PageTest {

  private static final List<String> HOSTILE =
      List.of(
          "</script>",
          "<script>alert(1)</script>",
          "<!--",
          "-->",
          "]]>",
          "<img src=x onerror=alert(1)>",
          "\"",
          "'",
          "&lt;",
          "&",
          "\\",
          "\\u003c",
          "\u2028",
          "\u2029",
          "\u0000",
          "\u202e",
          "\n",
          "${1}",
          "%s",
          "__proto__",
          "constructor",
          "𝄞",
          "İı",
          "</SCRIPT\t>",
          "<base href=//x>",
          "javascript:alert(1)");

  private final Random random = new Random(Cases.seed(PageTest.class));

  private String hostile() {
    return random
        .ints(1 + random.nextInt(4), 0, HOSTILE.size())
        .mapToObj(HOSTILE::get)
        .collect(Collectors.joining(random.nextBoolean() ? "" : "/"));
  }

  private static byte[] bytes(Page page) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    page.write(out);
    return out.toByteArray();
  }

  private static PageRow row(String id, String label) {
    return new PageRow(id, label, 1, new float[] {0.1f, 0.2f});
  }

  @Test
  void whateverIsInATextItStaysData() throws IOException {
    for (int i = 0; i < Cases.count(50, 500, 5_000); i++) {
      String id = hostile();
      String label = hostile();
      String detail = hostile();
      String title = hostile();
      GalleryEntry entry =
          new GalleryEntry(0, id, 1.0, null, null, label, detail, detail, List.of(id));
      Map<String, Object> summary = new LinkedHashMap<>();
      summary.put("table", title);
      summary.put("kinds", List.of(detail));

      ReadPage page =
          new ReadPage(
              bytes(
                  new PageContent(List.of(row(id, label)), List.of(entry))
                      .page(title, summary, new int[] {0}, Map.of())));

      assertThat(page.scriptIds())
          .containsExactly("summary", "rows", "thumbnails", "layout-worker", "");
      assertThat(count(page.html(), "(?i)<script")).isEqualTo(5);
      assertThat(count(page.html(), "(?i)</script")).isEqualTo(5);
      assertThat(count(page.html(), "<!--")).isZero();
      assertThat(count(page.html(), "(?i)<(img|base)")).isZero();
      assertThat(page.texts("ids")).containsExactly(id);
      assertThat(page.texts("labels")).containsExactly(label);
      assertThat(page.json("entries").get(0).path("detail").asText()).isEqualTo(detail);
      assertThat(page.summary().path("table").asText()).isEqualTo(title);
      assertThat(page.summary().path("kinds").get(0).asText()).isEqualTo(detail);
    }
  }

  private static int count(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  @Test
  void thePolicyAllowsWhatIsThereAndNothingElse() throws IOException {
    ReadPage page =
        new ReadPage(
            bytes(new PageContent(List.of(), List.of()).page("t", Map.of(), new int[0], Map.of())));

    Matcher policy = Pattern.compile("Security-Policy\" content=\"([^\"]*)\"").matcher(page.html());
    Matcher style = Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL).matcher(page.html());
    assertThat(policy.find() && style.find()).isTrue();
    assertThat(policy.group(1).split("; "))
        .containsExactly(
            "default-src 'none'",
            "script-src " + Html.policyHash(page.scripts().get(4).get(1)),
            "style-src " + Html.policyHash(style.group(1)),
            "img-src blob:",
            "worker-src blob:", // made by the script alone, and under this policy, too
            "base-uri 'none'",
            "form-action 'none'");
    assertThat(policy.start()).isLessThan(style.start());
    assertThat(page.html()).doesNotContain(" style=").doesNotContainPattern("<[^>]* on[a-z]+=\"");
  }

  @Test
  void sameContentSameBytes() throws IOException {
    List<PageRow> rows =
        IntStream.range(0, 200)
            .mapToObj(i -> new PageRow("id " + i, "label " + i % 7, 0, new float[] {i, i % 13}))
            .toList();

    assertThat(bytes(new PageContent(rows, List.of()).page("t", Map.of(), new int[200], Map.of())))
        .isEqualTo(
            bytes(new PageContent(rows, List.of()).page("t", Map.of(), new int[200], Map.of())));
  }

  /** Both directions have one scale, and the map's middle is the middle of its square. */
  @Test
  void positionsAreOnASquare() throws IOException {
    List<PageRow> rows =
        List.of(
            new PageRow("a", null, 0, new float[] {-2, 1}),
            new PageRow("b", null, 0, new float[] {2, 3}),
            new PageRow(null, null, 0, new float[0]));

    ReadPage page =
        new ReadPage(
            bytes(
                new PageContent(rows, List.of())
                    .page("t", Map.of(), new int[] {0, 1, -1}, Map.of())));

    assertThat(page.numbers("x")).containsExactly(0, 0xffff);
    assertThat(page.numbers("y")).containsExactly(0x4000, 0xbfff);
    assertThat(page.texts("ids")).containsExactly("a", "b", null);
    assertThat(page.numbers("label")).containsExactly(-1, -1, -1);
    assertThat(page.summary().path("points").asInt()).isEqualTo(2);
  }

  /** Findings whose rows have gone are shown all the same. */
  @Test
  void rowsThatAreNoMoreAreCounted() throws IOException {
    GalleryEntry entry =
        new GalleryEntry(2, "gone", null, 5, "b", "x", null, "why", List.of("b", "gone too"));

    ReadPage page =
        new ReadPage(
            bytes(
                new PageContent(List.of(row("b", "y")), List.of(entry))
                    .page("t", Map.of(), new int[] {0}, Map.of())));

    assertThat(page.texts("ids")).containsExactly("b", "gone", "gone too");
    assertThat(page.summary().path("missing").asInt()).isEqualTo(2);
    assertThat(page.numbers("findings")).containsExactly(1, 4, 0);
    assertThat(page.json("entries").get(0).toString())
        .isEqualTo(
            "{\"kind\":2,\"row\":1,\"group\":5,\"other\":0,\"detail\":\"why\",\"neighbours\":[0,2]}");
  }

  /** Bytes have one scale for all axes, so that what is nearest by them is nearest. */
  @Test
  void componentsKeepDistances() throws IOException {
    int axes = 12;
    List<PageRow> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      float[] components = new float[axes];
      for (int axis = 0; axis < axes; axis++) {
        components[axis] = (float) (100 + random.nextGaussian() / (1 + axis));
      }
      rows.add(new PageRow("id " + i, null, 0, components));
    }

    ReadPage page =
        new ReadPage(
            bytes(new PageContent(rows, List.of()).page("t", Map.of(), new int[60], Map.of())));

    int[] written = page.numbers("components");
    assertThat(written).hasSize(60 * axes).contains(127, -127);
    double scale = scale(rows);
    for (int i = 0; i < 60; i++) {
      for (int j = 0; j < i; j++) {
        double exact = 0;
        double told = 0;
        for (int axis = 0; axis < axes; axis++) {
          exact += Math.pow(rows.get(i).coordinates()[axis] - rows.get(j).coordinates()[axis], 2);
          told += Math.pow(written[i * axes + axis] - written[j * axes + axis], 2);
        }
        // Each of 24 numbers is rounded by half at most.
        assertThat(Math.sqrt(told)).isCloseTo(Math.sqrt(exact) * scale, within(Math.sqrt(axes)));
      }
    }
  }

  /** What a unit is in bytes: half of the widest axis is 127. */
  private static double scale(List<PageRow> rows) {
    double widest = 0;
    for (int axis = 0; axis < rows.get(0).coordinates().length; axis++) {
      int one = axis;
      DoubleSummaryStatistics values =
          rows.stream().mapToDouble(row -> row.coordinates()[one]).summaryStatistics();
      widest = Math.max(widest, values.getMax() - values.getMin());
    }
    return 127 / (widest / 2);
  }

  @ParameterizedTest
  @CsvSource({"0, 128", "1000, 128", "31250, 128", "100000, 40", "250000, 16", "1000000, 16"})
  void componentsTakeNoMoreThanTheirRoom(long points, int components) {
    assertThat(PageContent.components(points)).isEqualTo(components);
  }

  /** The library is the one that was published, whose sources are beside it. */
  @Test
  void theLibraryIsAsPublished() throws Exception {
    byte[] bytes = Script.resource("umap-js/umap-js.min.js").getBytes(StandardCharsets.UTF_8);
    assertThat(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)))
        .isEqualTo("9d226db25cc57eae1e1843765eac64c90f6bccfdeb2c2be2520b2e310abc3ded");
    assertThat(count(Script.worker(), "(?i)</script|<!--")).isZero();
    assertThat(count(Script.worker(), "\\beval\\b|\\bFunction\\(")).isZero();
  }

  /** Of all who wrote the library, in each page that it is in, and beside the jar. */
  @Test
  void theLibrarysLicencesAreInEachPage() throws IOException {
    Path root = Installed.projectRoot();
    Set<String> holders = new TreeSet<>();
    try (Stream<Path> sources = Files.list(root.resolve("jobs/src/frontend/umap-js/src"))) {
      for (Path source : sources.toList()) {
        Matcher holder =
            Pattern.compile("Copyright (\\(c\\) )?[0-9]{4}[^.\n]*")
                .matcher(Files.readString(source));
        while (holder.find()) {
          holders.add(holder.group());
        }
      }
    }
    assertThat(holders)
        .containsExactly("Copyright (c) 2017, Leland McInnes", "Copyright 2019 Google LLC");
    String worker = Script.worker().replaceAll("\\s+\\*?\\s*", " ");
    assertThat(worker)
        .contains(holders)
        .contains("BSD 3-Clause License")
        .contains("Redistributions in binary form must reproduce the above copyright notice")
        .contains("Neither the name of the copyright holder")
        .contains("EVEN IF ADVISED OF THE POSSIBILITY OF SUCH DAMAGE");
    assertThat(Files.readString(root.resolve("THIRD-PARTY"))).contains(holders);
  }

  @Test
  void theFrontEndMakesNoMarkupOfTexts() {
    for (String module : Script.MODULES) {
      assertThat(Script.resource(module))
          .as(module)
          .doesNotContainPattern(
              "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\b|Function\\(|setAttribute\\(\"(style|on)");
    }
  }

  /** Modules become one text: each name once, and nothing imported that is not there before. */
  @Test
  void modulesFitBehindEachOther() {
    List<String> exported = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String module : Script.MODULES) {
      String source = Script.resource(module);
      Matcher imports =
          Pattern.compile("(?m)^import \\{ (.*) \\} from \"\\./[a-z]+\\.js\";$").matcher(source);
      int found = 0;
      while (imports.find()) {
        assertThat(exported).as(module).contains(imports.group(1).split(", "));
        found++;
      }
      assertThat(count(source, "(?m)^import")).as(module).isEqualTo(found);
      Matcher declared =
          Pattern.compile("(?m)^(export )?(?:async )?(?:function|class|const|let) (\\w+)")
              .matcher(source);
      while (declared.find()) {
        names.add(declared.group(2));
        if (declared.group(1) != null) {
          exported.add(declared.group(2));
        }
      }
    }
    assertThat(names).doesNotHaveDuplicates().contains("start");
    assertThat(Script.joined()).doesNotContainPattern("(?m)^(import|export) ");
  }
}
