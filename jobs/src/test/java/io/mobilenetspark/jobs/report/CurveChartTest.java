package io.mobilenetspark.jobs.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.report.CurveChart.Series;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class CurveChartTest {

  private static Document parsed(CurveChart chart) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(chart.svg().getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document svg, String name) {
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < svg.getElementsByTagName(name).getLength(); i++) {
      elements.add((Element) svg.getElementsByTagName(name).item(i));
    }
    return elements;
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  @Test
  void pointsAreWhereTheirValuesAre() throws Exception {
    Document svg =
        parsed(new CurveChart("Loss", 1, List.of(new Series("a", "red", List.of(0.0, 0.5, 2.0)))));
    List<Element> points = elements(svg, "circle");
    assertThat(points).hasSize(3);
    // Equal steps to the right; upwards, the second is a quarter of the third.
    assertThat(number(points.get(1), "cx") - number(points.get(0), "cx"))
        .isEqualTo(number(points.get(2), "cx") - number(points.get(1), "cx"))
        .isPositive();
    double zero = number(points.get(0), "cy");
    assertThat(4 * (zero - number(points.get(1), "cy")))
        .isEqualTo(zero - number(points.get(2), "cy"))
        .isPositive();
    // The axis has a line at each end, where those values are.
    List<Double> lines = elements(svg, "line").stream().map(line -> number(line, "y1")).toList();
    assertThat(lines).contains(zero, number(points.get(2), "cy"));
    assertThat(elements(svg, "text").stream().map(Element::getTextContent))
        .contains("0.0", "2.0", "1", "2", "3", "epoch", "a");
  }

  @Test
  void epochsMayStartAt0() throws Exception {
    Document svg =
        parsed(new CurveChart("Loss", 0, List.of(new Series("a", "red", List.of(3.0, 5.0)))));
    assertThat(elements(svg, "text").stream().map(Element::getTextContent))
        .contains("0", "1")
        .doesNotContain("2");
    assertThat(elements(svg, "circle").get(0).getTextContent()).contains("epoch 0: 3.0");
  }

  @Test
  void gapsAreNotJoined() throws Exception {
    Document svg =
        parsed(
            new CurveChart(
                "Loss",
                1,
                List.of(
                    new Series(
                        "a", "red", Arrays.asList(1.0, 2.0, null, 3.0, 4.0, Double.NaN, 5.0)))));
    assertThat(elements(svg, "circle")).hasSize(5);
    assertThat(elements(svg, "polyline")).hasSize(2);
  }

  @Test
  void oneValueNoneAndEqualOnes() throws Exception {
    for (List<Double> values : List.of(List.of(0.7), List.of(3.0, 3.0), List.of(0.0))) {
      Document svg = parsed(new CurveChart("x", 1, List.of(new Series("a", "red", values))));
      assertThat(elements(svg, "circle")).hasSameSizeAs(values);
      assertThat(elements(svg, "circle"))
          .allSatisfy(
              point -> {
                assertThat(number(point, "cx")).isBetween(0.0, 560.0);
                assertThat(number(point, "cy")).isBetween(0.0, 280.0);
              });
    }
    assertThat(elements(parsed(new CurveChart("x", 1, List.of())), "circle")).isEmpty();
  }

  @Test
  void manyEpochsHaveFewLabels() throws Exception {
    List<Double> values = IntStream.range(0, 500).mapToObj(i -> 1.0 / (i + 1)).toList();
    Document svg = parsed(new CurveChart("x", 1, List.of(new Series("a", "red", values))));
    assertThat(elements(svg, "text")).hasSizeLessThan(25);
    assertThat(elements(svg, "text").stream().map(Element::getTextContent)).contains("50", "500");
  }

  @Test
  void namesAreEscaped() throws Exception {
    String name = "<script>\"'&\u0000\ud800</script>";
    Document svg = parsed(new CurveChart(name, 1, List.of(new Series(name, "red", List.of(1.0)))));
    assertThat(elements(svg, "script")).isEmpty();
    assertThat(elements(svg, "title").get(0).getTextContent())
        .isEqualTo("<script>\"'&\ufffd\ufffd</script>");
  }
}
