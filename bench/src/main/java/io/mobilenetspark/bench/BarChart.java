package io.mobilenetspark.bench;

import java.util.List;
import java.util.Locale;

/**
 * Bars from left to right with the range of each, as an SVG that needs nothing else; AWT's would
 * need fonts, which servers lack.
 *
 * @param title above the bars
 * @param bars from top to bottom
 */
record BarChart(String title, List<Bar> bars) {

  private static final int WIDTH = 760;
  private static final int LEFT = 270;
  private static final int RIGHT = 60;
  private static final int TOP = 40;
  private static final int ROW = 24;
  private static final int BAR = 16;

  /**
   * A bar.
   *
   * @param name left of it
   * @param color as CSS has it
   * @param value its length
   * @param least the lower end of its range
   * @param most the upper end of its range
   */
  record Bar(String name, String color, double value, double least, double most) {}

  String svg() {
    double longest = bars.stream().mapToDouble(Bar::most).max().orElse(1);
    int height = TOP + ROW * bars.size() + 12;
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\""
                + " width=\"%d\" height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">%n",
            WIDTH, height, WIDTH, height));
    svg.append(format("<title>%s</title>%n", escaped(title)));
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    svg.append(format("<text x=\"12\" y=\"24\" font-weight=\"bold\">%s</text>%n", escaped(title)));
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double middle = TOP + ROW * (i + 0.5);
      svg.append(
          format(
              "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
              LEFT - 8, middle + 4.5, escaped(bar.name)));
      svg.append(
          format(
              "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
              LEFT, middle - BAR / 2.0, length(bar.value, longest), BAR, bar.color));
      svg.append(
          format(
              "<path d=\"M%.1f %.1fH%.1f\" stroke=\"#333\" stroke-width=\"2\"/>%n",
              LEFT + length(bar.least, longest), middle, LEFT + length(bar.most, longest)));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%.1f\">%.0f</text>%n",
              LEFT + length(bar.most, longest) + 8, middle + 4.5, bar.value));
    }
    return svg.append("</svg>\n").toString();
  }

  private static double length(double value, double longest) {
    return value / longest * (WIDTH - LEFT - RIGHT);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
