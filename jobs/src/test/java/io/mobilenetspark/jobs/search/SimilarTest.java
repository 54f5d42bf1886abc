package io.mobilenetspark.jobs.search;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorWriter;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.OneIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The neighbours are those that comparing each with each in double precision gives. */
class SimilarTest {

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;
  private Path table;
  private Path output;

  @BeforeEach
  void places() {
    table = directory.resolve("vectors");
    output = directory.resolve("neighbours");
  }

  private enum Ids {
    STRING,
    LONG,
    BINARY;

    DataType type() {
      return switch (this) {
        case STRING -> DataTypes.StringType;
        case LONG -> DataTypes.LongType;
        case BINARY -> DataTypes.BinaryType;
      };
    }

    Object of(int i) {
      return switch (this) {
        case STRING -> "\u00fc '\n%" + i;
        case LONG -> i - 5L;
        case BINARY -> new byte[] {(byte) (i >> 8), (byte) i};
      };
    }

    /** As Spark orders them. */
    static int compare(Object one, Object other) {
      if (one instanceof byte[] a && other instanceof byte[] b) {
        return Arrays.compareUnsigned(a, b);
      }
      return one instanceof Long a && other instanceof Long b
          ? Long.compare(a, b)
          : one.toString().compareTo(other.toString());
    }
  }

  private static final class Made {
    private final Object id;
    private final float @Nullable [] vector;

    Made(Object id, float @Nullable [] vector) {
      this.id = id;
      this.vector = vector;
    }

    Object id() {
      return id;
    }

    float[] vector() {
      return requireNonNull(vector, "a vector");
    }

    Row row() {
      List<Float> values = null;
      if (vector != null) {
        values = new ArrayList<>();
        for (float value : vector) {
          values.add(value);
        }
      }
      return RowFactory.create(id, values, vector == null ? "CORRUPT" : "OK");
    }

    boolean isComparable(int dimension) {
      if (vector == null || vector.length != dimension) {
        return false;
      }
      double squares = 0;
      for (float value : vector) {
        squares += (double) value * value;
      }
      return squares > 0 && squares < Double.POSITIVE_INFINITY;
    }
  }

  private record Neighbour(String query, int rank, String id, float similarity) {}

  /** Few directions, so that many are alike; some that can't be compared. */
  private static List<Made> made(Ids ids, int rows, int dimension, Random random) {
    List<Made> made = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] vector = new float[dimension];
      for (int d = 0; d < dimension; d++) {
        vector[d] = (float) random.nextGaussian();
      }
      int kind = random.nextInt(20);
      if (kind < 6 && i > 0) {
        vector = made.get(random.nextInt(i)).vector; // an image that occurs twice
      } else if (kind < 8) {
        vector = null;
      } else if (kind == 8) {
        Arrays.fill(vector, random.nextBoolean() ? 0f : -0f);
      } else if (kind == 9) {
        vector[random.nextInt(dimension)] =
            random.nextBoolean() ? Float.NaN : Float.NEGATIVE_INFINITY;
      } else if (kind == 10) {
        vector = new float[dimension + 1];
      } else if (kind == 11) {
        for (int d = 0; d < dimension; d++) {
          vector[d] *= random.nextBoolean() ? 1e-38f : 1e37f;
        }
      } else if (kind == 12) {
        Arrays.fill(vector, 0);
        vector[random.nextInt(dimension)] = Float.MIN_VALUE;
      }
      made.add(new Made(ids.of(i), vector));
    }
    Collections.shuffle(made, random);
    return made;
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
    return (float) Math.max(-1, Math.min(1, dot / (Math.sqrt(ofA) * Math.sqrt(ofB)))) + 0f;
  }

  private static String name(Object id) {
    return StoredVectors.nameOf(id);
  }

  private static List<Neighbour> expected(List<Made> made, int dimension, int k) {
    List<Neighbour> expected = new ArrayList<>();
    List<Made> comparable = made.stream().filter(one -> one.isComparable(dimension)).toList();
    for (Made query : comparable) {
      List<Made> others =
          comparable.stream()
              .filter(other -> Ids.compare(other.id(), query.id()) != 0)
              .sorted(
                  Comparator.comparing((Made other) -> -cosine(query.vector(), other.vector()))
                      .thenComparing(Made::id, Ids::compare))
              .limit(k)
              .toList();
      for (int i = 0; i < others.size(); i++) {
        expected.add(
            new Neighbour(
                name(query.id()),
                i + 1,
                name(others.get(i).id()),
                cosine(query.vector(), others.get(i).vector())));
      }
    }
    return expected;
  }

  private Installed.Outcome similar(String... options) {
    List<String> all = new ArrayList<>(List.of("similar", "--vectors=" + table));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  private List<Row> found() {
    spark.catalog().refreshByPath(output.toString());
    return spark.read().parquet(output.toString()).collectAsList();
  }

  private List<Neighbour> neighbours() {
    return found().stream()
        .filter(row -> !row.isNullAt(1))
        .map(
            row ->
                new Neighbour(name(row.get(0)), row.getInt(1), name(row.get(2)), row.getFloat(3)))
        .toList();
  }

  @OneIn(3)
  @ParameterizedTest
  @EnumSource(Ids.class)
  void asTheOracleSays(Ids ids) throws Exception {
    for (int seed = 1; seed <= 3; seed++) {
      Random random = new Random(seed * 100L + ids.name().length());
      int dimension = 1 + random.nextInt(seed == 1 ? 4 : 70); // in few dimensions, many ties
      int rows = 100 + random.nextInt(500);
      int k = 1 + random.nextInt(30);
      List<Made> made = made(ids, rows, dimension, random);
      table = directory.resolve("vectors" + seed);
      output = directory.resolve("neighbours" + seed);
      VectorTables.write(
          made.stream().map(Made::row).toList(),
          ids.type(),
          dimension,
          1 + random.nextInt(5),
          table);

      Installed.Outcome outcome =
          similar("--queries=" + table, "--output=" + output, "--k=" + k).assertExitCode(0);

      assertThat(neighbours())
          .as("%s, %d dimensions, k = %d", ids, dimension, k)
          .containsExactlyInAnyOrderElementsOf(expected(made, dimension, k));
      long comparable = made.stream().filter(one -> one.isComparable(dimension)).count();
      assertThat(outcome.out())
          .contains((rows - comparable) + " without neighbours, see column 'error'");
      assertThat(found().stream().filter(row -> row.isNullAt(1)))
          .hasSize(Math.toIntExact(rows - comparable))
          .allSatisfy(row -> assertThat(row.getString(4)).isNotBlank());
      assertThat(outcome.err())
          .contains(" that have no vector", " that have a vector of another dimension");
    }
  }

  /** What the SQL function says, too. */
  @Test
  void similaritiesAreThoseOfTheSqlFunction() {
    List<Made> made = made(Ids.LONG, 300, 33, new Random(4));
    VectorTables.write(made.stream().map(Made::row).toList(), Ids.LONG.type(), 33, 3, table);
    similar("--queries=" + table, "--output=" + output, "--k=1000").assertExitCode(0);
    io.mobilenetspark.spark.sql.MobileNetExtensions.register(spark);
    spark.read().parquet(table.toString()).createOrReplaceTempView("made");
    spark.read().parquet(output.toString()).createOrReplaceTempView("near");

    assertThat(
            spark
                .sql(
                    "SELECT count(*), count_if(similarity = mobilenet_cosine_similarity(q.features,"
                        + " t.features)) FROM near JOIN made q ON query = q.id JOIN made t ON"
                        + " near.id = t.id")
                .head())
        .satisfies(
            row -> {
              assertThat(row.getLong(0)).isGreaterThan(10_000);
              assertThat(row.getLong(1)).isEqualTo(row.getLong(0));
            });
  }

  private void writeFour() {
    VectorTables.write(
        List.of(
            new Made(1L, new float[] {1, 0, 0}).row(),
            new Made(2L, new float[] {2, 0, 0}).row(),
            new Made(3L, new float[] {1, 1, 0}).row(),
            new Made(4L, null).row()),
        DataTypes.LongType,
        3,
        2,
        table);
  }

  @Test
  void oneRowsNeighboursAreShown() {
    writeFour();
    Installed.Outcome outcome = similar("--query=1", "--k=5").assertExitCode(0);
    assertThat(outcome.out().lines())
        .containsExactly("rank  similarity  id", "   1    1.000000  2", "   2    0.707107  3");
    assertThat(outcome.err()).contains("Not searched: 1 row that has no vector");
    assertThat(similar("--query-id=1", "--k=1").assertExitCode(0).out().lines())
        .containsExactly("rank  similarity  id", "   1    1.000000  2");
  }

  @Test
  void idsFromATableAreQueries() {
    writeFour();
    Path ids = directory.resolve("ids");
    spark.sql("SELECT * FROM VALUES (3L), (4L), (99L), (NULL) t(number)").write().parquet(ids + "");
    similar("--queries=" + ids, "--output=" + output, "--k=1").assertExitCode(0);
    assertThat(neighbours()).containsExactly(new Neighbour("3", 1, "1", 0.70710677f));
    assertThat(found().stream().filter(row -> row.isNullAt(1)))
        .extracting(row -> row.get(0), row -> row.getString(4))
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(4L, "it has no vector: status CORRUPT"),
            org.assertj.core.groups.Tuple.tuple(99L, "the table has no such id"),
            org.assertj.core.groups.Tuple.tuple(null, "the table has no such id"));
  }

  @Test
  void noPasswordIsInTheReport() {
    writeFour();
    StoredVectors opened = StoredVectors.open(spark, table + "", List.of());
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
    VectorSearch search = new VectorSearch(spark, elsewhere, 1);
    IndexManifest manifest =
        new IndexManifest(
            IndexManifest.Source.of(elsewhere, 3), Map.of(), 0, new EnumMap<>(Fault.class));
    search.use(
        Optional.of(
            new VectorIndex(
                new org.apache.hadoop.fs.Path(elsewhere.path() + "/.mobilenet-index/1"),
                manifest)));
    Map<String, Object> told = search.describe(1, 0, 1.5);
    assertThat(told).containsEntry("vectors", "ftp://host/vectors");
    assertThat(told).containsEntry("index", "ftp://host/vectors/.mobilenet-index/1");
    assertThat(told.toString()).doesNotContain("SECRET");
  }

  /** Of a large table a shuffle would cost more than the search. */
  @Test
  void whereFewAreAskedForTheTableIsNotShuffled() throws Exception {
    List<Row> rows =
        IntStream.range(0, 2000)
            .mapToObj(i -> new Made((long) i, new float[] {1, i}).row())
            .toList();
    VectorTables.write(rows, DataTypes.LongType, 2, 2, table);
    Path ids = directory.resolve("ids");
    spark.sql("SELECT * FROM VALUES (3L), (99999L) t(id)").write().parquet(ids + "");
    StoredVectors stored = StoredVectors.open(spark, table + "", List.of());
    AtomicLong shuffled = new AtomicLong();
    SparkListener listener =
        new SparkListener() {
          @Override
          public void onTaskEnd(SparkListenerTaskEnd task) {
            shuffled.addAndGet(task.taskMetrics().shuffleWriteMetrics().recordsWritten());
          }
        };
    spark.sparkContext().addSparkListener(listener);
    List<Query> queries = new ArrayList<>();
    try {
      SimilarQueries.open(spark, ids + "", stored, new VectorSearch(spark, stored, 1))
          .iterator()
          .forEachRemaining(queries::add);
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } finally {
      spark.sparkContext().removeSparkListener(listener);
    }
    assertThat(queries).extracting(Query::name).containsExactlyInAnyOrder(3L, 99999L);
    assertThat(shuffled.get()).isLessThan(100);
  }

  @Test
  void anIdThatIsThereTwiceIsAskedOnce() {
    writeFour();
    Path ids = directory.resolve("ids");
    spark.sql("SELECT * FROM VALUES (3L), (3L), (99L), (99L) t(id)").write().parquet(ids + "");
    similar("--queries=" + ids, "--output=" + output, "--k=1").assertExitCode(0);
    assertThat(found()).hasSize(2);
  }

  @Test
  void aRowWithoutAnIdIsNotItsOwnNeighbour() {
    Row nameless = RowFactory.create(null, List.of(1f, 0f), "OK");
    VectorTables.write(
        List.of(nameless, new Made(1L, new float[] {1, 1}).row()), DataTypes.LongType, 2, 1, table);
    similar("--queries=" + table, "--output=" + output).assertExitCode(0);
    assertThat(neighbours())
        .extracting(Neighbour::query, Neighbour::id)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("null", "1"),
            org.assertj.core.groups.Tuple.tuple("1", "null"));
  }

  @Test
  void vectorsThatAreNoneAreNamed() {
    VectorTables.write(
        List.of(
            new Made(1L, new float[] {1, Float.NaN}).row(), new Made(2L, new float[] {1, 1}).row()),
        DataTypes.LongType,
        2,
        1,
        table);
    similar("--query=1")
        .assertExitCode(3)
        .assertOneMessage("have a value that is NaN, infinite or NULL (status OK)");
    Path odd = directory.resolve("odd");
    Dataset<Row> plain =
        spark
            .read()
            .parquet(table + "")
            .selectExpr("id", "slice(features, 1, 2) AS features", "status");
    VectorWriter.of(plain, Map.of("mobilenet.dimension", "two")).save(odd + "");
    Commands.run("similar", "--vectors=" + odd, "--query=2")
        .assertExitCode(3)
        .assertOneMessage("column 'features' has 'two' for a dimension");
  }

  /** The sign of a zero that rounding made must not count. */
  @Test
  void zerosAreAlikeWhateverTheirSign() {
    VectorTables.write(
        List.of(
            new Made(1L, new float[] {1, 0}).row(),
            new Made(2L, new float[] {-1e-38f, 1e38f}).row(),
            new Made(3L, new float[] {1e-38f, 1e38f}).row()),
        DataTypes.LongType,
        2,
        2,
        table);
    assertThat(similar("--query=1").assertExitCode(0).out().lines())
        .containsExactly("rank  similarity  id", "   1    0.000000  2", "   2    0.000000  3");
  }

  @Test
  void theTableByAnotherNameIsTheSame() throws Exception {
    writeFour();
    Path link = Files.createSymbolicLink(directory.resolve("link"), table);
    similar("--queries=" + link + "/.", "--output=" + output, "--k=5").assertExitCode(0);
    assertThat(neighbours())
        .hasSize(6)
        .noneMatch(neighbour -> neighbour.query().equals(neighbour.id()));
  }

  @Test
  void noQueriesGiveAnEmptyTable() {
    writeFour();
    Path ids = directory.resolve("ids");
    spark.sql("SELECT 1L AS id WHERE false").write().parquet(ids + "");
    assertThat(similar("--queries=" + ids, "--output=" + output).assertExitCode(0).out())
        .contains("0 queries in ");
    assertThat(found()).isEmpty();
  }

  @Test
  void aTableWithoutOtherRowsHasNoNeighbours() {
    VectorTables.write(
        List.of(new Made(1L, new float[] {1, 2}).row()), DataTypes.LongType, 2, 1, table);
    assertThat(similar("--query=1").assertExitCode(0).out())
        .contains("No neighbours: the table has no other row to compare");
    assertThat(similar("--queries=" + table, "--output=" + output).assertExitCode(0).out())
        .contains("1 query in ");
    assertThat(found()).singleElement().satisfies(row -> assertThat(row.isNullAt(1)).isTrue());
  }

  @Test
  void bytesAreNamedInHexadecimal() {
    VectorTables.write(
        IntStream.range(0, 3)
            .mapToObj(i -> new Made(new byte[] {(byte) 0xab, (byte) i}, new float[] {1, i}).row())
            .toList(),
        DataTypes.BinaryType,
        2,
        1,
        table);
    String id = HexFormat.of().formatHex(new byte[] {(byte) 0xab, 0});
    assertThat(similar("--query=" + id).assertExitCode(0).out().lines())
        .containsExactly(
            "rank  similarity  id", "   1    0.707107  ab01", "   2    0.447214  ab02");
    similar("--query-id=no hex").assertExitCode(3).assertOneMessage("No row of", "'no hex'");
  }

  /** A name can't move the cursor, nor turn the text around. */
  @Test
  void whatATerminalObeysIsEscaped() {
    VectorTables.write(
        List.of(
            new Made("a", new float[] {1}).row(),
            new Made("\u001b[2J\u202egnp.\nb", new float[] {1}).row()),
        DataTypes.StringType,
        1,
        1,
        table);
    assertThat(similar("--query=a").assertExitCode(0).out().lines())
        .containsExactly("rank  similarity  id", "   1    1.000000  \\u001b[2J\\u202egnp.\\u000ab");
  }

  @Test
  void whatIsAskedWronglyIsRefused() {
    writeFour();
    similar().assertExitCode(2).assertOneMessage("Pass one of --query");
    similar("--query=1", "--query-id=1").assertExitCode(2).assertOneMessage("not several");
    similar("--query=1", "--output=" + output)
        .assertExitCode(2)
        .assertOneMessage("--output is for");
    similar("--queries=" + table).assertExitCode(2).assertOneMessage("--queries needs --output");
    similar("--query=1", "--output-mode=overwrite")
        .assertExitCode(2)
        .assertOneMessage("--output-mode is for --queries");
    similar("--query-id=1", "--model=builtin")
        .assertExitCode(2)
        .assertOneMessage("--model is for images");
    similar("--query=nowhere://5")
        .assertExitCode(3)
        .assertOneMessage("neither an id", "nor an image file (", "nowhere");
    similar("--query=1", "--k=0").assertExitCode(2).assertOneMessage("--k must be between 1 and");
    similar("--query=1", "--k=10001").assertExitCode(2).assertOneMessage("not 10,001");
    similar("--query=5").assertExitCode(3).assertOneMessage("neither an id", "nor an image file");
    similar("--query-id=x").assertExitCode(3).assertOneMessage("No row of", "'x'");
    similar("--query=4")
        .assertExitCode(3)
        .assertOneMessage("those that have no vector (status CORRUPT)");
    similar("--queries=" + table, "--output=" + table)
        .assertExitCode(3)
        .assertOneMessage(table.toString());
    similar("--queries=" + table, "--output=" + output, "--output-mode=append")
        .assertExitCode(2)
        .assertOneMessage("--output-mode append is not for neighbours");
    Path strings = directory.resolve("strings");
    spark.sql("SELECT 'a' AS id").write().parquet(strings + "");
    similar("--queries=" + strings, "--output=" + output)
        .assertExitCode(3)
        .assertOneMessage("is string", "are bigint");
    Path maps = directory.resolve("maps");
    spark.sql("SELECT map('a', 1L) AS id").write().parquet(maps + "");
    similar("--queries=" + maps, "--output=" + output)
        .assertExitCode(3)
        .assertOneMessage("is map<string,bigint>", "are bigint");
    similar("--queries=" + directory.resolve("none"), "--output=" + output)
        .assertExitCode(3)
        .assertOneMessage("Can't read the queries");
    assertThat(output).doesNotExist();
  }

  @Test
  void severalRowsOfOneIdAreNoQuery() {
    VectorTables.write(
        List.of(new Made(1L, new float[] {1}).row(), new Made(1L, new float[] {2}).row()),
        DataTypes.LongType,
        1,
        1,
        table);
    similar("--query=1").assertExitCode(3).assertOneMessage("Several rows of");
  }

  @ParameterizedTest
  @ValueSource(strings = {"overwrite", "ignore", "errorifexists"})
  void whatExistsIsTreatedAsAsked(String mode) throws Exception {
    writeFour();
    similar("--queries=" + table, "--k=1", "--output=" + output).assertExitCode(0);
    int before = neighbours().size();
    Installed.Outcome outcome =
        similar("--queries=" + table, "--output=" + output, "--output-mode=" + mode);
    boolean isReplaced = mode.equals("overwrite");
    outcome.assertExitCode(mode.equals("errorifexists") ? 3 : 0);
    assertThat(neighbours()).hasSize(isReplaced ? 6 : before);
    try (var files = Files.list(directory)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("vectors", "neighbours");
    }
  }

  /** Whatever it looks like. */
  @Test
  void whatSomebodyElseWroteIsNotReplaced() throws Exception {
    writeFour();
    Path file = Files.writeString(directory.resolve("thesis"), "mine");
    similar("--queries=" + table, "--output=" + file, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("thesis is a file, not a directory");
    assertThat(file).hasContent("mine");
    similar("--queries=" + table, "--output=" + output).assertExitCode(0);
    Path edited = directory.resolve("edited");
    spark.read().parquet(output + "").where("rank = 1").write().parquet(edited + "");
    similar("--queries=" + table, "--output=" + edited, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("files that this command did not write: _SUCCESS, part-");
    assertThat(spark.read().parquet(edited + "").count()).isEqualTo(3);
    Files.createDirectories(output.resolve("_temporary/0"));
    similar("--queries=" + table, "--output=" + output, "--output-mode=overwrite")
        .assertExitCode(3)
        .assertOneMessage("did not write: _temporary");
  }

  @Test
  void aTableThatIsNotWholeIsRefused() throws Exception {
    writeFour();
    Path part = Commands.parquetFiles(table).get(0);
    Files.write(part, new byte[] {1, 2, 3});
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    similar("--query=1")
        .assertExitCode(3)
        .assertOneMessage("damaged files", part.getFileName() + "");
  }

  @Test
  void vectorsOfAnotherModelAreNoQueries() {
    writeFour();
    Path others = directory.resolve("others");
    VectorTables.write(
        List.of(new Made(1L, new float[] {1, 2}).row()), DataTypes.LongType, 2, 1, others);
    similar("--queries=" + others, "--output=" + output)
        .assertExitCode(3)
        .assertOneMessage("can't be compared", "mobilenet.dimension is 3, not 2");
  }
}
