package io.mobilenetspark.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mobilenetspark.bench.Reference.Difference;
import io.mobilenetspark.bench.Standing.Side;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorflow.TensorFlow;

/**
 * What {@link PeersBenchmark} found, as a table in Markdown, as JSON with every round, and as a
 * plot.
 *
 * @param images in a round
 * @param rounds that count
 * @param model the handle
 * @param standings of all contestants
 */
record PeersReport(int images, int rounds, String model, List<Standing> standings) {

  /** The contestant that the others' ratios are to. */
  static final String JOB = "embed, float32";

  static final String JOB_BFLOAT16 = "embed, bfloat16";
  static final String BARE_LOOP = "bare loop, float32";
  static final String BARE_LOOP_BFLOAT16 = "bare loop, bfloat16";
  static final String FLOOR = "floor, float32";
  static final String FLOOR_BFLOAT16 = "floor, bfloat16";

  /** Writes the three files; those of before are replaced. */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("peers.md"), markdown());
    Files.writeString(directory.resolve("peers.json"), json());
    Files.writeString(directory.resolve("peers.svg"), plot().svg());
  }

  /** Those with a rate, fastest first. */
  private List<Standing> rated() {
    return standings.stream()
        .filter(Standing::isRated)
        .sorted(Comparator.comparingDouble(Standing::median).reversed())
        .toList();
  }

  private Optional<Standing> rated(String name) {
    return rated().stream().filter(standing -> standing.name().equals(name)).findFirst();
  }

  String markdown() {
    Optional<Standing> job = rated(JOB);
    List<String> lines = new ArrayList<>();
    lines.add(
        "| contestant | images/s, median | least to most | of `embed`, float32 | largest difference"
            + " of a feature | mean cosine |");
    lines.add("|---|---|---|---|---|---|");
    for (Standing standing : rated()) {
      Difference difference = standing.difference();
      lines.add(
          format(
              "| %s | %.0f | %.0f to %.0f | %s | %s |",
              label(standing),
              standing.median(),
              standing.rates().stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
              standing.rates().stream().mapToDouble(Double::doubleValue).max().orElseThrow(),
              job.map(other -> format("%.2f", standing.ratioTo(other))).orElse(""),
              difference == null
                  ? " | "
                  : format("%.1e | %.4f", difference.largest(), difference.meanCosine())));
    }
    for (Standing standing : standings) {
      if (standing.failure() != null) {
        String reason = standing.failure().replace("|", "\\|").strip();
        lines.add(format("| %s | not measured: %s | | | | |", label(standing), reason));
      }
    }
    lines.add("");
    lines.add("| ratio | median of the rounds |");
    lines.add("|---|---|");
    Optional<Standing> fastest = rated().stream().filter(PeersReport::isPeer).findFirst();
    Optional<Standing> fastestFloat32 =
        rated().stream()
            .filter(PeersReport::isPeer)
            .filter(standing -> !standing.name().endsWith("bfloat16"))
            .findFirst();
    ratio(lines, rated(JOB), fastestFloat32);
    ratio(lines, rated(JOB), rated(FLOOR));
    ratio(lines, rated(JOB), rated(BARE_LOOP));
    ratio(lines, rated(JOB_BFLOAT16), rated(JOB));
    ratio(lines, rated(JOB_BFLOAT16), fastest);
    ratio(lines, rated(JOB_BFLOAT16), rated(FLOOR_BFLOAT16));
    ratio(lines, rated(BARE_LOOP_BFLOAT16), rated(BARE_LOOP));
    lines.add("");
    lines.add(
        format(
            "%d images a round, medians of %d rounds, model `%s`; %s; JDK %s, Spark %s, TensorFlow"
                + " %s.",
            images,
            rounds,
            modelName(),
            machine(),
            System.getProperty("java.version"),
            org.apache.spark.package$.MODULE$.SPARK_VERSION(),
            TensorFlow.version()));
    return String.join("\n", lines) + "\n";
  }

  private static void ratio(List<String> lines, Optional<Standing> one, Optional<Standing> other) {
    if (one.isPresent() && other.isPresent()) {
      lines.add(
          format(
              "| %s / %s | **%.2f** |",
              one.get().name(), other.get().name(), one.get().ratioTo(other.get())));
    }
  }

  private static boolean isPeer(Standing standing) {
    return standing.side() == Side.PEER;
  }

  private static String label(Standing standing) {
    return switch (standing.side()) {
      case OURS -> "**" + standing.name() + "**";
      case YARDSTICK -> "*" + standing.name() + "*";
      case PEER -> standing.name();
    };
  }

  String json() throws IOException {
    ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    ObjectNode root = mapper.createObjectNode();
    root.put("machine", machine());
    root.put("java", System.getProperty("java.version"));
    root.put("model", modelName());
    root.put("images", images);
    root.put("rounds", rounds);
    ArrayNode all = root.putArray("contestants");
    Optional<Standing> job = rated(JOB);
    for (Standing standing : standings) {
      ObjectNode node = all.addObject();
      node.put("name", standing.name());
      node.put("side", standing.side().name().toLowerCase(Locale.ROOT));
      node.put("versions", standing.versions());
      ArrayNode rates = node.putArray("images_per_second");
      standing.rates().forEach(rates::add);
      if (standing.isRated()) {
        node.put("median", standing.median());
        job.ifPresent(other -> node.put("ratio_to_embed", standing.ratioTo(other)));
      }
      Difference difference = standing.difference();
      if (difference != null) {
        node.put("largest_difference", difference.largest());
        node.put("mean_cosine", difference.meanCosine());
      }
      if (standing.failure() != null) {
        node.put("failure", standing.failure());
      }
    }
    return mapper.writeValueAsString(root) + "\n";
  }

  private BarChart plot() {
    return new BarChart(
        format("Images a second, %d images, medians of %d rounds", images, rounds),
        rated().stream()
            .map(
                standing ->
                    new BarChart.Bar(
                        standing.name(),
                        switch (standing.side()) {
                          case OURS -> "#1f77b4";
                          case YARDSTICK -> "#c7c7c7";
                          case PEER -> "#ff9f40";
                        },
                        standing.median(),
                        standing.rates().stream().mapToDouble(Double::doubleValue).min().orElse(0),
                        standing.rates().stream().mapToDouble(Double::doubleValue).max().orElse(0)))
            .toList());
  }

  /** Without its directory, which is the measuring machine's. */
  private String modelName() {
    return String.valueOf(Path.of(model).getFileName());
  }

  /** The processor, where Linux tells it, and the cores. */
  private static String machine() {
    int cores = Runtime.getRuntime().availableProcessors();
    try (Stream<String> lines =
        Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1)) {
      return cores
          + " cores of "
          + lines
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      return cores + " cores, " + System.getProperty("os.arch");
    }
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
