package io.mobilenetspark.jobs.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A line chart of values by epoch, as an SVG element that needs nothing else.
 *
 * @param title above the chart
 * @param firstEpoch the number of the series' first epoch
 * @param series the lines, at least one
 */
record CurveChart(String title, int firstEpoch, List<Series> series) {

  private static final int WIDTH = 560;
  private static final int HEIGHT = 280;
  private static final int LEFT = 64;
  private static final int RIGHT = 16;
  private static final int TOP = 36;
  private static final int BOTTOM = 40;
  private static final int TICKS = 5;

  /**
   * A line.
   *
   * @param name in the legend
   * @param color of the line, as CSS has it
   * @param values of the epochs in turn; null or not finite where there is none
   */
  record Series(String name, String color, List<@Nullable Double> values) {

    private boolean isEmpty() {
      return values.stream().noneMatch(CurveChart::isPoint);
    }
  }

  private static boolean isPoint(@Nullable Double value) {
    return value != null && Double.isFinite(value);
  }

  /** The element. */
  String svg() {
    List<Series> drawn = series.stream().filter(line -> !line.isEmpty()).toList();
    double[] points =
        drawn.stream()
            .flatMap(line -> line.values.stream())
            .filter(CurveChart::isPoint)
            .mapToDouble(Double::doubleValue)
            .toArray();
    Axis y = Axis.of(min(points), max(points));
    int epochs = drawn.stream().mapToInt(line -> line.values.size()).max().orElse(1);
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">%n",
            WIDTH, HEIGHT, WIDTH, HEIGHT));
    svg.append(format("<title>%s</title>%n", Html.escaped(title)));
    svg.append(
        format(
            "<text x=\"%d\" y=\"20\" font-weight=\"bold\">%s</text>%n", LEFT, Html.escaped(title)));
    for (double tick : y.ticks()) {
      svg.append(
          format(
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"var(--line)\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>%n",
              LEFT, WIDTH - RIGHT, y(tick, y), y(tick, y), LEFT - 6, y(tick, y) + 4, y.text(tick)));
    }
    for (int epoch : epochTicks(epochs - 1 + firstEpoch)) {
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>%n",
              x(epoch - firstEpoch + 1, epochs), HEIGHT - BOTTOM + 16, epoch));
    }
    svg.append(
        format(
            "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">epoch</text>%n",
            WIDTH - RIGHT, HEIGHT - 6));
    int legend = WIDTH - RIGHT;
    for (Series line : drawn) {
      svg.append(line(line, epochs, y));
      svg.append(
          format(
              "<text x=\"%d\" y=\"20\" text-anchor=\"end\" fill=\"%s\">%s</text>%n",
              legend, line.color, Html.escaped(line.name)));
      legend -= 100;
    }
    return svg.append("</svg>\n").toString();
  }

  /** The points, joined where they follow each other. */
  private String line(Series line, int epochs, Axis y) {
    StringBuilder svg = new StringBuilder();
    List<String> stretch = new ArrayList<>();
    for (int i = 0; i <= line.values.size(); i++) {
      Double value = i == line.values.size() ? null : line.values.get(i);
      if (value != null && isPoint(value)) {
        String point = format("%.1f,%.1f", x(i + 1, epochs), y(value, y));
        stretch.add(point);
        svg.append(
            format(
                "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s, epoch %d: %.6g</title></circle>%n",
                x(i + 1, epochs),
                y(value, y),
                line.color,
                Html.escaped(line.name),
                i + firstEpoch,
                value));
      } else {
        if (stretch.size() > 1) {
          svg.append(
              format(
                  "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" points=\"%s\"/>%n",
                  line.color, String.join(" ", stretch)));
        }
        stretch.clear();
      }
    }
    return svg.toString();
  }

  private static double x(int epoch, int epochs) {
    double share = epochs == 1 ? 0.5 : (epoch - 1.0) / (epochs - 1);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, Axis axis) {
    double share = (value - axis.low) / (axis.high - axis.low);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  /** All epochs if they are few, else every so many of them. */
  private List<Integer> epochTicks(int lastEpoch) {
    int every = Math.max(1, (int) Axis.roundStep(lastEpoch / 10.0));
    List<Integer> ticks = new ArrayList<>();
    for (int epoch = every == 1 || firstEpoch == 0 ? firstEpoch : every;
        epoch <= lastEpoch;
        epoch += every) {
      ticks.add(epoch);
    }
    return ticks;
  }

  private static double min(double[] points) {
    double least = Double.POSITIVE_INFINITY;
    for (double point : points) {
      least = Math.min(least, point);
    }
    return points.length == 0 ? 0 : least;
  }

  private static double max(double[] points) {
    double most = Double.NEGATIVE_INFINITY;
    for (double point : points) {
      most = Math.max(most, point);
    }
    return points.length == 0 ? 1 : most;
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /**
   * A scale from a round number to another.
   *
   * @param low its lower end
   * @param high its upper end, above it
   * @param step from tick to tick: 1, 2 or 5 times a power of ten
   */
  private record Axis(double low, double high, double step) {

    static Axis of(double least, double most) {
      double span = most > least ? most - least : Math.max(Math.abs(most), 1e-6);
      double step = roundStep(span / TICKS);
      double low = Math.floor(least / step) * step;
      double high = Math.ceil(most / step) * step;
      return new Axis(low, high > low ? high : low + step, step);
    }

    static double roundStep(double atLeast) {
      double power = Math.pow(10, Math.floor(Math.log10(Math.max(atLeast, Double.MIN_NORMAL))));
      for (int factor : new int[] {1, 2, 5}) {
        if (factor * power >= atLeast) {
          return factor * power;
        }
      }
      return 10 * power;
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (int i = 0; i <= Math.round((high - low) / step); i++) {
        ticks.add(low + i * step);
      }
      return ticks;
    }

    /** With as many decimals as tell it from the next one. */
    String text(double tick) {
      int decimals = (int) Math.max(0, -Math.floor(Math.log10(step)));
      return decimals > 4 ? format("%.1e", tick) : format("%." + decimals + "f", tick);
    }
  }
}
