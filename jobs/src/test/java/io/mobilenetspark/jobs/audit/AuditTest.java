package io.mobilenetspark.jobs.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.options.SettingValues;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Findings are those that comparing each row with each in double precision gives. */
class AuditTest {

  private static final StructType COLUMNS =
      new StructType()
          .add("id", DataTypes.StringType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType))
          .add("status", DataTypes.StringType)
          .add("error", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("Label", DataTypes.StringType)
          .add("part", DataTypes.StringType);

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;
  private Path table;
  private Path output;

  @BeforeEach
  void places() {
    table = directory.resolve("vectors");
    output = directory.resolve("findings");
  }

  private static final class Made {
    private final String id;
    private final float @Nullable [] vector;
    private final @Nullable String label;
    private final @Nullable String split;

    Made(String id, float @Nullable [] vector, @Nullable String label, @Nullable String split) {
      this.id = id;
      this.vector = vector;
      this.label = label;
      this.split = split;
    }

    String id() {
      return id;
    }

    Row row() {
      List<Float> values = null;
      if (vector != null) {
        values = new ArrayList<>();
        for (float value : vector) {
          values.add(value);
        }
      }
      return RowFactory.create(
          id,
          values,
          vector == null ? "CORRUPT" : "OK",
          vector == null ? "a broken file" : null,
          vector == null ? null : 640,
          vector == null ? null : 480,
          label,
          split);
    }
  }

  private void write(List<Row> rows, int dimension, int files) {
    write(rows, dimension, files, List.of());
  }

  private void write(List<Row> rows, int dimension, int files, List<String> partitionBy) {
    Map<String, String> facts =
        Map.of(
            FeatureMetadata.PREFIX + "model.fingerprint",
            "made-up",
            FeatureMetadata.PREFIX + "dimension",
            Integer.toString(dimension));
    MetadataBuilder metadata = new MetadataBuilder();
    facts.forEach(metadata::putString);
    Dataset<Row> made =
        spark
            .createDataFrame(rows, COLUMNS)
            .withColumn("features", functions.col("features").as("features", metadata.build()));
    Map<String, String> footer = new HashMap<>(facts);
    if (!partitionBy.isEmpty()) {
      footer.put(
          "mobilenet-spark.partitioned-by", PartitionColumns.of(COLUMNS, partitionBy).toDDL());
    }
    VectorWriter.of(made.repartition(files), footer)
        .partitionBy(partitionBy.toArray(String[]::new))
        .save(table.toString());
  }

  private Installed.Outcome audit(String... options) {
    List<String> all =
        new ArrayList<>(List.of("audit", "--vectors=" + table, "--output=" + output));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  private List<Row> found(FindingKind kind) {
    spark.catalog().refreshByPath(output.toString());
    return spark
        .read()
        .parquet(output.toString())
        .where(functions.col("finding").equalTo(kind.word()))
        .collectAsList();
  }

  private Map<String, Row> byId(FindingKind kind) {
    return found(kind).stream().collect(Collectors.toMap(row -> row.getAs("id"), row -> row));
  }

  // --- Made-up tables and an oracle
  // ---------------------------------------------------------------

  /**
   * Clusters by label, copies that are nearly equal, and rows without vectors, labels and splits.
   */
  private static List<Made> made(int rows, int dimension, Random random) {
    List<Made> made = new ArrayList<>();
    float[][] centres = new float[4][];
    for (int c = 0; c < centres.length; c++) {
      centres[c] = gaussian(dimension, random);
    }
    for (int i = 0; i < rows; i++) {
      int cluster = random.nextInt(centres.length);
      float[] vector = gaussian(dimension, random);
      for (int d = 0; d < dimension; d++) {
        vector[d] = centres[cluster][d] + 0.7f * vector[d];
      }
      int kind = random.nextInt(12);
      if (kind < 4 && i > 0) {
        float[] copied = made.get(random.nextInt(i)).vector;
        vector = copied == null ? null : near(copied, random);
      } else if (kind == 4) {
        vector = null;
      } else if (kind == 5 && random.nextInt(4) == 0) {
        vector[random.nextInt(dimension)] = Float.NaN;
      }
      String label = "label " + (random.nextInt(8) == 0 ? random.nextInt(4) : cluster);
      String split = List.of("train", "train", "validation", "test").get(random.nextInt(4));
      made.add(
          new Made(
              "row " + i,
              vector,
              random.nextInt(15) == 0 ? null : label,
              random.nextInt(15) == 0 ? null : split));
    }
    return made;
  }

  private static float[] gaussian(int dimension, Random random) {
    float[] vector = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] = (float) random.nextGaussian();
    }
    return vector;
  }

  private static float[] near(float[] vector, Random random) {
    float[] near = vector.clone();
    float much = random.nextBoolean() ? 0 : 0.15f;
    for (int d = 0; d < near.length; d++) {
      near[d] = near[d] * 2 + much * (float) random.nextGaussian();
    }
    return near;
  }

  private static boolean isComparable(Made made) {
    return made.vector != null && !Float.isNaN(cosine(made.vector, made.vector));
  }

  private static float cosine(float[] a, float[] b) {
    double dot = 0;
    double ofA = 0;
    double ofB = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      ofA += (double) a[i] * a[i];
      ofB += (double) b[i] * b[i];
    }
    return (float) Math.max(-1, Math.min(1, dot / (Math.sqrt(ofA) * Math.sqrt(ofB))));
  }

  /** What is near to what, by plain loops. */
  private static final class Oracle {
    private final List<Made> rows;
    private final float[][] cosines;

    Oracle(List<Made> made) {
      rows = made.stream().filter(AuditTest::isComparable).toList();
      cosines = new float[rows.size()][rows.size()];
      for (int i = 0; i < rows.size(); i++) {
        for (int j = 0; j < rows.size(); j++) {
          cosines[i][j] =
              cosine(
                  Objects.requireNonNull(rows.get(i).vector),
                  Objects.requireNonNull(rows.get(j).vector));
        }
      }
    }

    /** Ids of the groups of at least two rows. */
    Set<Set<String>> groups(float threshold) {
      int[] group = IntStream.range(0, rows.size()).toArray();
      boolean hasChanged = true;
      while (hasChanged) {
        hasChanged = false;
        for (int i = 0; i < rows.size(); i++) {
          for (int j = 0; j < rows.size(); j++) {
            if (cosines[i][j] >= threshold && group[j] < group[i]) {
              group[i] = group[j];
              hasChanged = true;
            }
          }
        }
      }
      Map<Integer, Set<String>> groups = new HashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        groups.computeIfAbsent(group[i], g -> new HashSet<>()).add(rows.get(i).id);
      }
      return groups.values().stream().filter(one -> one.size() > 1).collect(Collectors.toSet());
    }

    /** Similarity of each row that leaks to the nearest row of another split. */
    Map<String, Double> leaks(float threshold) {
      Map<String, Double> leaks = new HashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        for (int j = 0; j < rows.size(); j++) {
          String one = rows.get(i).split;
          String other = rows.get(j).split;
          if (one != null && other != null && !one.equals(other) && cosines[i][j] >= threshold) {
            leaks.merge(rows.get(i).id, (double) cosines[i][j], Math::max);
          }
        }
      }
      return leaks;
    }

    private int[] nearest(int i, int k) {
      return IntStream.range(0, rows.size())
          .filter(j -> j != i)
          .boxed()
          .sorted(Comparator.comparing((Integer j) -> -cosines[i][j]))
          .limit(k)
          .mapToInt(Integer::intValue)
          .toArray();
    }

    /** Whether the neighbours of a row are the same, however rows that are alike are sorted. */
    private boolean isClear(int i, int k) {
      int[] more = nearest(i, k + 1);
      return more.length <= k || cosines[i][more[k - 1]] > cosines[i][more[k]];
    }

    /** Rows whose neighbours have another label, with it; "unclear" where ties decide. */
    Map<String, String> suspects(int k, double threshold) {
      Map<String, String> suspects = new HashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        String own = rows.get(i).label;
        if (own == null) {
          continue;
        }
        TreeMap<String, Integer> votes = new TreeMap<>();
        for (int j : nearest(i, k)) {
          if (rows.get(j).label != null) {
            votes.merge(rows.get(j).label, 1, Integer::sum);
          }
        }
        int all = votes.values().stream().mapToInt(Integer::intValue).sum();
        int ofOwn = Objects.requireNonNullElse(votes.remove(own), 0);
        String best =
            votes.entrySet().stream()
                .max(
                    Map.Entry.<String, Integer>comparingByValue()
                        .thenComparing(Map.Entry.<String, Integer>comparingByKey().reversed()))
                .map(Map.Entry::getKey)
                .orElse(null);
        if (!isClear(i, k)) {
          suspects.put(rows.get(i).id, "unclear");
        } else if (all >= 3
            && best != null
            && (votes.getOrDefault(best, 0) - ofOwn) / (double) all >= threshold) {
          suspects.put(rows.get(i).id, best);
        }
      }
      return suspects;
    }

    /** Robust z-scores of the mean distances to neighbours. */
    Map<String, Double> outliers(int k, double threshold) {
      double[] distances = new double[rows.size()];
      for (int i = 0; i < rows.size(); i++) {
        int row = i;
        distances[i] =
            1 - Arrays.stream(nearest(i, k)).mapToDouble(j -> cosines[row][j]).average().orElse(0);
      }
      double middle = median(distances);
      double spread =
          1.4826 * median(Arrays.stream(distances).map(d -> Math.abs(d - middle)).toArray());
      Map<String, Double> scores = new HashMap<>();
      for (int i = 0; i < rows.size(); i++) {
        double score = (distances[i] - middle) / Math.max(spread, 1e-4);
        if (score >= threshold) {
          scores.put(rows.get(i).id, score);
        }
      }
      return scores;
    }

    private static double median(double[] values) {
      double[] sorted = Arrays.stream(values).sorted().toArray();
      return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
  }

  @Test
  void asTheOracleSays() {
    for (int seed = 1; seed <= 2; seed++) {
      Random random = new Random(seed);
      int dimension = 8 + random.nextInt(30);
      int k = 4 + random.nextInt(6);
      List<Made> made = made(250, dimension, random);
      table = directory.resolve("vectors" + seed);
      output = directory.resolve("findings" + seed);
      write(made.stream().map(Made::row).toList(), dimension, 1 + random.nextInt(5));
      audit(
              "--labels=LABEL",
              "--split=Part",
              "--k=" + k,
              "--duplicate-threshold=0.97",
              "--outlier-threshold=1",
              "--label-threshold=0.4")
          .assertExitCode(0);
      Oracle oracle = new Oracle(made);

      Map<Integer, Set<String>> groups = new HashMap<>();
      for (Row row : found(FindingKind.NEAR_DUPLICATE)) {
        groups.computeIfAbsent(row.getAs("group_id"), g -> new HashSet<>()).add(row.getAs("id"));
      }
      assertThat(Set.copyOf(groups.values()))
          .as("seed %d", seed)
          .isEqualTo(oracle.groups(0.97f))
          .hasSizeGreaterThan(10);

      Map<String, Double> leaks =
          found(FindingKind.LEAK).stream()
              .collect(Collectors.toMap(row -> row.getAs("id"), row -> row.getAs("score")));
      assertThat(leaks).isEqualTo(oracle.leaks(0.97f)).hasSizeGreaterThan(10);

      Map<String, String> suspects = oracle.suspects(k, 0.4);
      Map<String, String> told =
          found(FindingKind.SUSPECT_LABEL).stream()
              .collect(
                  Collectors.toMap(row -> row.getAs("id"), row -> row.getAs("suggested_label")));
      suspects.forEach(
          (id, label) -> {
            if (label.equals("unclear")) {
              told.remove(id);
            }
          });
      suspects.values().removeIf("unclear"::equals);
      assertThat(told).isEqualTo(suspects).hasSizeGreaterThan(5);

      Map<String, Double> outliers = oracle.outliers(k, 1);
      Map<String, Row> far = byId(FindingKind.OUTLIER);
      assertThat(far.keySet()).isEqualTo(outliers.keySet()).hasSizeGreaterThan(5);
      far.forEach(
          (id, row) ->
              assertThat(row.<Double>getAs("score")).isCloseTo(outliers.get(id), offset(1e-3)));

      assertThat(byId(FindingKind.UNREADABLE).keySet())
          .isEqualTo(
              made.stream()
                  .filter(one -> !isComparable(one))
                  .map(Made::id)
                  .collect(Collectors.toSet()))
          .isNotEmpty();
    }
  }

  /** More alike than neighbours are kept: a chain, of which only those side by side are alike. */
  @Test
  void aGroupIsWholeHoweverLarge() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      double angle = i * 0.02;
      rows.add(
          new Made(
                  "" + i,
                  new float[] {(float) Math.cos(angle), (float) Math.sin(angle)},
                  null,
                  null)
              .row());
    }
    write(rows, 2, 3);
    audit("--k=1", "--duplicate-threshold=0.9997").assertExitCode(0);
    assertThat(found(FindingKind.NEAR_DUPLICATE))
        .hasSize(300)
        .extracting(row -> row.<Integer>getAs("group_id"))
        .containsOnly(0);
  }

  /** Values of directories' names are as they were before: those that look like numbers, too. */
  @Test
  void columnsThatTheTableIsPartitionedByAreThere() {
    float[] vector = {1, 0};
    write(
        List.of(
            new Made("a", vector, "x", "01").row(),
            new Made("b", vector, "x", "1").row(),
            new Made("c", vector, "x", "01").row()),
        2,
        1,
        List.of("part"));
    audit("--split=PART").assertExitCode(0);
    assertThat(byId(FindingKind.LEAK).keySet()).containsExactlyInAnyOrder("a", "b", "c");
    assertThat(byId(FindingKind.LEAK).values())
        .extracting(row -> row.getAs("id") + " " + row.getAs("split"))
        .containsExactlyInAnyOrder("a 01", "b 1", "c 01");
    assertThat(
            Commands.run("similar", "--vectors=" + table, "--id-column=part", "--query-id=1")
                .assertExitCode(0)
                .out())
        .contains("01");
  }

  @Test
  void shapesAndUnreadableRowsAreTold() throws IOException {
    write(
        List.of(
            shaped("tiny", 20, 300),
            shaped("long", 3000, 500),
            shaped("usual", 640, 480),
            new Made("broken", null, null, null).row(),
            new Made("broken, too", null, null, null).row(),
            unread("no status", null, "why"),
            unread("another's", "\u001b[31m", null),
            new Made("zeros", new float[] {0, 0}, null, null).row()),
        2,
        1);
    Installed.Outcome outcome = audit().assertExitCode(0);
    assertThat(byId(FindingKind.TINY).keySet()).containsExactly("tiny");
    assertThat(byId(FindingKind.ODD_ASPECT).keySet()).containsExactlyInAnyOrder("tiny", "long");
    assertThat(found(FindingKind.UNREADABLE))
        .extracting(row -> row.getAs("id"), row -> row.getAs("status"), row -> row.getAs("detail"))
        .containsExactlyInAnyOrder(
            tuple("broken", "CORRUPT", "CORRUPT: a broken file"),
            tuple("broken, too", "CORRUPT", "CORRUPT: a broken file"),
            tuple("no status", "NO_STATUS", "the row has no status: why"),
            tuple("another's", "\u001b[31m", "\u001b[31m"),
            tuple("zeros", "ZERO_VECTOR", "the row has a vector of zeros, which has no direction"));
    assertThat(found(FindingKind.TINY).get(0).<String>getAs("status")).isNull();
    JsonNode json = new ObjectMapper().readTree(output.resolve("_audit.json").toFile());
    assertThat(json.path("unreadable_by_status").toString())
        .isEqualTo("{\"CORRUPT\":2,\"\\u001B[31m\":1,\"NO_STATUS\":1,\"ZERO_VECTOR\":1}");
    assertThat(outcome.out())
        .contains(
            "8 rows in ",
            "(CORRUPT 2, \\u001b[31m 1, NO_STATUS 1, ZERO_VECTOR 1)",
            "2  odd_aspect      long, narrow images: tiny, long")
        .contains("Findings: ");
    assertThat(outcome.err()).contains("dark, bright and blurred ones need --images");
  }

  @Test
  void noPasswordIsInTheReport() {
    write(List.of(shaped("a", 100, 100)), 2, 1);
    StoredVectors opened = StoredVectors.open(spark, table.toString(), List.of());
    StoredVectors elsewhere =
        new StoredVectors(
            "ftp://user:SECRET@host/vectors",
            opened.rows(),
            opened.ids(),
            opened.footers(),
            opened.damaged(),
            opened.report(),
            opened.mode(),
            opened.files());
    AuditColumns columns = new AuditColumns(null, null, null);
    AuditTable audited = AuditTable.of(elsewhere, columns);
    Console console =
        new Console(new CommandLine(new AuditCommand()), Verbosity.QUIET, Console.Results.TEXT);
    Neighbourhoods all = Neighbourhoods.of(spark, audited, 1, 0.9f, console);
    Thresholds thresholds = new Thresholds(0.9, 3, 0.6, 32, 210, 0.01, 64, 3);
    Map<String, Object> told =
        new AuditJob(spark, columns, 1, thresholds, SettingValues.none(), console)
            .describe(audited, all, new Findings(all, List.of()), 1.5);
    assertThat(told).containsEntry("vectors", "ftp://host/vectors");
    assertThat(told.toString()).doesNotContain("SECRET");
  }

  @Test
  void aTableOfACatalogIsAudited() {
    write(List.of(shaped("tiny", 20, 300), shaped("usual", 640, 480)), 2, 2);
    spark.sql("DROP TABLE IF EXISTS audited_vectors");
    spark.sql("CREATE TABLE audited_vectors USING parquet LOCATION '" + table.toUri() + "'");
    try {
      Commands.run("audit", "--vectors-table=audited_vectors", "--output=" + output)
          .assertExitCode(0);
      assertThat(byId(FindingKind.TINY).keySet()).containsExactly("tiny");
      Commands.run(
              "audit", "--vectors-table=audited_vectors", "--output=" + table.resolve("inside"))
          .assertExitCode(3)
          .assertOneMessage("lies in the input");
    } finally {
      spark.sql("DROP TABLE audited_vectors");
    }
    Commands.run("audit", "--vectors=a", "--vectors-table=b", "--output=" + output)
        .assertExitCode(2);
  }

  @Test
  void aTableWithoutSizesIsToldOf() {
    write(List.of(shaped("tiny", 20, 300)), 2, 1);
    assertThat(audit().assertExitCode(0).err()).doesNotContain("width and height");
    Path whole = table;
    table = directory.resolve("without");
    VectorWriter.of(
            spark.read().parquet(whole.toString()).drop("width"),
            Map.of(FeatureMetadata.PREFIX + "dimension", "2"))
        .save(table.toString());
    assertThat(audit("--output-mode=overwrite").assertExitCode(0).err())
        .contains("The table has no columns width and height: tiny and long, narrow images are");
  }

  private static Row unread(String id, @Nullable String status, @Nullable String error) {
    return RowFactory.create(id, null, status, error, null, null, null, null);
  }

  private static Row shaped(String id, int width, int height) {
    float angle = id.length();
    return RowFactory.create(
        id,
        List.of((float) Math.cos(angle), (float) Math.sin(angle)),
        "OK",
        null,
        width,
        height,
        null,
        null);
  }

  @Test
  void noRowsAndOneRowHaveNoFindings() {
    write(List.of(), 2, 1);
    assertThat(audit("--labels=label", "--split=part").assertExitCode(0).out())
        .contains("0 rows in ", "No findings");
    table = directory.resolve("one");
    output = directory.resolve("one findings");
    write(List.of(new Made("a", new float[] {1, 0}, "x", "train").row()), 2, 1);
    assertThat(audit("--labels=label", "--split=part").assertExitCode(0).out())
        .contains("1 row in ", "No findings");
    assertThat(spark.read().parquet(output.toString()).schema().fieldNames())
        .containsExactly(Finding.COLUMNS.fieldNames());
  }

  @Test
  void whatIsAskedWronglyIsRefused() {
    write(List.of(new Made("a", new float[] {1, 0}, "x", "train").row()), 2, 1);
    audit("--labels=species")
        .assertExitCode(3)
        .assertOneMessage("--labels: There is no column 'species'. The columns are: ");
    audit("--labels=directory").assertExitCode(3).assertOneMessage("There is no column 'path'");
    audit("--images=width").assertExitCode(3).assertOneMessage("Column 'width' holds no images");
    audit("--k=0").assertExitCode(2);
    audit("--k=2", "--labels=label")
        .assertExitCode(2)
        .assertOneMessage("--labels needs a --k of at least 3, not 2");
    audit("--label-threshold=0.5")
        .assertExitCode(2)
        .assertOneMessage("--label-threshold needs --labels");
    for (String option : List.of("--dark-threshold", "--bright-threshold", "--blur-threshold")) {
      audit(option + "=100").assertExitCode(2).assertOneMessage(option + " needs --images");
    }
    audit("--images=part", "--dark-threshold=210")
        .assertExitCode(2)
        .assertOneMessage("--dark-threshold must be less than --bright-threshold, not 210.0 and");
    audit("--duplicate-threshold=NaN").assertExitCode(2);
    audit("--aspect-threshold=0.5").assertExitCode(2);
    audit("--output-mode=append").assertExitCode(2);
    assertThat(output).doesNotExist();
    audit().assertExitCode(0);
    audit().assertExitCode(3).assertOneMessage(" exists. Pass --output-mode overwrite or ignore");
    audit("--output-mode=overwrite", "--quiet").assertExitCode(0);
    assertThat(audit("--output-mode=ignore").assertExitCode(0).out()).contains("left as it is");
  }

  /** What a terminal obeys is escaped in the summary, and as it is in the table. */
  @Test
  void hostileIdsStayWhatTheyAre() {
    String id = "<script>\"'\n\u202e\u001b[31m.jpg";
    write(List.of(shaped(id, 9, 9)), 2, 1);
    Installed.Outcome outcome = audit().assertExitCode(0);
    assertThat(outcome.out()).contains("<script>\"'\\u000a\\u202e\\u001b[31m.jpg");
    assertThat(byId(FindingKind.TINY).keySet()).containsExactly(id);
  }
}
