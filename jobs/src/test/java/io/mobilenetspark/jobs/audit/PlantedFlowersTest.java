package io.mobilenetspark.jobs.audit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.audit.PlantedFlowers.Fault;
import io.mobilenetspark.jobs.audit.PlantedFlowers.Part;
import io.mobilenetspark.jobs.audit.PlantedFlowers.Planted;
import io.mobilenetspark.testing.SharedData;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What an audit finds of faults that were put into photographs of flowers, with trained weights and
 * the defaults; the figures are in docs/audit.md.
 */
@Tag("slow")
class PlantedFlowersTest {

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;

  private Map<String, Planted> planted = Map.of();

  private record Figures(int told, double precision, double recall) {
    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d told, %.2f, %.2f", told, precision, recall);
    }
  }

  @Test
  void inPhotographsThatWereHeldBack(TestReporter reporter) throws Exception {
    plantedFaultsAreFound(Part.HELD_BACK, reporter);
  }

  @Test
  @EnabledIfSystemProperty(
      named = "cases",
      matches = "all",
      disabledReason = "of the exhaustive tier: the same on other photographs")
  void inPhotographsThatThresholdsWereChosenBy(TestReporter reporter) throws Exception {
    plantedFaultsAreFound(Part.CHOSEN_BY, reporter);
  }

  private void plantedFaultsAreFound(Part part, TestReporter reporter) throws Exception {
    List<Planted> rows = PlantedFlowers.make(directory.resolve("planted"), part, 60, 20);
    planted = rows.stream().collect(Collectors.toMap(row -> row.file().toUri() + "", row -> row));
    PlantedFlowers.write(rows, directory.resolve("table"));
    Path vectors = directory.resolve("vectors");
    Commands.run(
            "embed",
            "--input=" + directory.resolve("table"),
            "--image-column=path",
            "--id-column=path",
            "--keep-columns=label,split",
            "--model=" + SharedData.slimCheckpoint(),
            "--output=" + vectors)
        .assertExitCode(0);
    Commands.run(
            "audit",
            "--vectors=" + vectors,
            "--labels=label",
            "--split=split",
            "--images=path",
            "--output=" + directory.resolve("findings"))
        .assertExitCode(0);
    Commands.run(
            "similar",
            "--vectors=" + vectors,
            "--queries=" + vectors,
            "--output=" + directory.resolve("neighbours"))
        .assertExitCode(0);

    Set<Path> twice =
        rows.stream()
            .filter(row -> row.fault() == Fault.COPIED || row.fault() == Fault.RECOMPRESSED)
            .map(Planted::origin)
            .collect(Collectors.toSet());
    Predicate<Planted> isTwice = row -> twice.contains(row.origin());
    Map<FindingKind, Figures> figures = new EnumMap<>(FindingKind.class);
    figures.put(FindingKind.NEAR_DUPLICATE, figures(FindingKind.NEAR_DUPLICATE, isTwice));
    figures.put(FindingKind.LEAK, figures(FindingKind.LEAK, isTwice));
    figures.put(FindingKind.SUSPECT_LABEL, figures(FindingKind.SUSPECT_LABEL, Fault.FLIPPED_LABEL));
    figures.put(FindingKind.OUTLIER, figures(FindingKind.OUTLIER, Fault.NOT_A_FLOWER));
    figures.put(FindingKind.DARK, figures(FindingKind.DARK, Fault.DARKENED));
    figures.put(FindingKind.BRIGHT, figures(FindingKind.BRIGHT, Fault.BRIGHTENED));
    figures.put(FindingKind.BLURRED, figures(FindingKind.BLURRED, Fault.BLURRED));
    figures.put(FindingKind.TINY, figures(FindingKind.TINY, Fault.TINY));
    figures.put(FindingKind.ODD_ASPECT, figures(FindingKind.ODD_ASPECT, Fault.NARROW));
    figures.put(FindingKind.UNREADABLE, figures(FindingKind.UNREADABLE, Fault.BROKEN));
    Map<String, Double> precisionAtTen = precisionAtTen();
    String all = figures + "; precision at 10: " + precisionAtTen;
    reporter.publishEntry("figures", all);

    requireAtLeast(figures.get(FindingKind.NEAR_DUPLICATE), 0.85, 0.6, all);
    requireAtLeast(figures.get(FindingKind.LEAK), 0.95, 0.6, all);
    requireAtLeast(figures.get(FindingKind.SUSPECT_LABEL), 0.5, 0.55, all);
    if (part == Part.CHOSEN_BY) { // of the drawings among the others none is found
      requireAtLeast(figures.get(FindingKind.OUTLIER), 0.8, 0.4, all);
    }
    requireAtLeast(figures.get(FindingKind.DARK), 0.8, 0.95, all);
    requireAtLeast(figures.get(FindingKind.BRIGHT), 0.8, 0.95, all);
    requireAtLeast(figures.get(FindingKind.BLURRED), 0.95, 0.95, all);
    requireAtLeast(figures.get(FindingKind.TINY), 0.8, 1, all); // some strips are tiny, too
    requireAtLeast(figures.get(FindingKind.ODD_ASPECT), 1, 1, all);
    requireAtLeast(figures.get(FindingKind.UNREADABLE), 1, 1, all);
    assertThat(precisionAtTen.values()).as(all).hasSize(5).allMatch(precision -> precision > 0.6);
  }

  private static void requireAtLeast(Figures figures, double precision, double recall, String all) {
    assertThat(figures.precision()).as(all).isGreaterThanOrEqualTo(precision);
    assertThat(figures.recall()).as(all).isGreaterThanOrEqualTo(recall);
  }

  private Planted planted(Row row, String column) {
    return requireNonNull(planted.get(row.<String>getAs(column)), "planted");
  }

  private Figures figures(FindingKind kind, Fault fault) {
    return figures(kind, row -> row.fault() == fault);
  }

  private Figures figures(FindingKind kind, Predicate<Planted> isOne) {
    List<Row> told =
        spark
            .read()
            .parquet(directory.resolve("findings").toString())
            .where(functions.col("finding").equalTo(kind.word()))
            .collectAsList();
    long right = told.stream().filter(row -> isOne.test(planted(row, "id"))).count();
    long all = planted.values().stream().filter(isOne).count();
    return new Figures(
        told.size(), right / (double) Math.max(1, told.size()), right / (double) all);
  }

  /** By class, the part of the ten nearest of an untouched photograph that show the same flower. */
  private Map<String, Double> precisionAtTen() {
    return spark.read().parquet(directory.resolve("neighbours").toString()).collectAsList().stream()
        .filter(row -> planted(row, "query").fault() == Fault.NONE)
        .collect(
            Collectors.groupingBy(
                row -> planted(row, "query").label(),
                Collectors.averagingDouble(row -> isSameFlower(row) ? 1 : 0)));
  }

  private boolean isSameFlower(Row neighbour) {
    Planted other = planted(neighbour, "id");
    String flower = planted(neighbour, "query").label();
    return other.fault() != Fault.NOT_A_FLOWER
        && PlantedFlowers.label(other.origin()).equals(flower);
  }
}
