package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.search.IndexManifest.Source;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows that are asked for by id: what an index has is what the table has. */
class IndexedRowsTest {

  private static final int ROWS = 60;
  private static final int DIMENSION = 4;
  private static final int WITHOUT_A_VECTOR = 3;
  private static final int TWICE = 5;

  /** With those of {@link #WITHOUT_A_VECTOR} and {@link #TWICE}. */
  private static final int FIRST = 9;

  private final SparkSession spark = Commands.session();
  @TempDir private Path directory;

  static Stream<Arguments> ids() {
    return Stream.of(
        of(DataTypes.StringType, i -> "\u00fc '" + i, "", "\u00fc '60", "x"),
        of(DataTypes.IntegerType, i -> i - 5, " 7 ", "+7", "7.0", "x", "2147483648", ""),
        of(
            DataTypes.BinaryType,
            i -> new byte[] {(byte) 0xab, (byte) i},
            "AB07",
            "ab",
            "no hex",
            ""),
        of(
            DataTypes.TimestampType,
            i -> new Timestamp(1_000_000_000L * i),
            "1970-01-12 13:46:40",
            "x"),
        of(DataTypes.createDecimalType(9, 2), i -> new BigDecimal(i + ".50"), "7.5", "1e0", "x"),
        of(
            new StructType().add("a", DataTypes.StringType).add("b", DataTypes.IntegerType),
            i -> RowFactory.create("x" + i, i),
            "{x7,7}"));
  }

  private static Arguments of(DataType type, IntFunction<Object> id, String... texts) {
    return Arguments.of(type, id, List.of(texts));
  }

  @ParameterizedTest
  @MethodSource("ids")
  void asInTheTable(DataType type, IntFunction<Object> id, List<String> texts) throws IOException {
    StoredVectors table = table(type, id);
    VectorSearch plain = new VectorSearch(spark, table, 3);
    VectorSearch indexed = indexed(table);
    List<String> asked = new ArrayList<>(texts);
    table
        .rows()
        .orderBy(table.idColumn())
        .select(StoredVectors.text(table.idColumn(), type))
        .limit(FIRST)
        .collectAsList()
        .forEach(row -> asked.add(row.getString(0)));
    assertThat(asked).hasSize(texts.size() + FIRST);

    int found = 0;
    for (String text : asked) {
      String expected = row(table, plain, text);
      assertThat(row(table, indexed, text)).as("'%s'", text).isEqualTo(expected);
      found += expected.startsWith("found") ? 1 : 0;
    }
    assertThat(found).isGreaterThanOrEqualTo(FIRST - 3);
  }

  /** The search that follows tells of it. */
  @Test
  void aDamagedIndexIsPassedOver() throws IOException {
    StoredVectors table = table(DataTypes.IntegerType, i -> i);
    VectorSearch indexed = indexed(table);
    try (Stream<Path> files = Files.walk(directory.resolve("vectors/.mobilenet-index"))) {
      for (Path part : files.filter(file -> file.toString().contains("part")).toList()) {
        byte[] bytes = Files.readAllBytes(part);
        bytes[bytes.length / 2] ^= 1;
        Files.write(part, bytes);
      }
    }
    assertThat(row(table, indexed, "7")).startsWith("found 7");
  }

  private VectorSearch indexed(StoredVectors table) throws IOException {
    Commands.run("similar", "--vectors=" + table.path(), "--index=build", "--id-column=id")
        .assertExitCode(0);
    VectorSearch search = new VectorSearch(spark, table, 3);
    search.use(
        VectorIndex.find(
                table,
                Source.of(table, search.dimension()),
                spark.sparkContext().hadoopConfiguration())
            .found());
    assertThat(search.hasIndex()).isTrue();
    return search;
  }

  private String row(StoredVectors table, VectorSearch search, String text) {
    SimilarQuery queries =
        new SimilarQuery(
            spark,
            table,
            search,
            () -> {
              throw new IllegalStateException("no image is asked for");
            });
    try {
      Optional<SimilarQuery.FoundRow> row = queries.row(text);
      return row.map(
              one ->
                  "found "
                      + one.id()
                      + " "
                      + Arrays.toString(Objects.requireNonNull(one.query().vector()).values())
                      + " "
                      + search.text(one.query().name())
                      + one.query().isRow())
          .orElse("none");
    } catch (UserException e) {
      return e.text();
    }
  }

  private StoredVectors table(DataType type, IntFunction<Object> id) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      List<Float> vector = new ArrayList<>();
      for (int d = 0; d < DIMENSION; d++) {
        vector.add((float) random.nextInt(3) + 1); // some are alike
      }
      boolean hasNone = i == WITHOUT_A_VECTOR;
      Object name = id.apply(i == TWICE ? TWICE + 1 : i);
      rows.add(RowFactory.create(name, hasNone ? null : vector, hasNone ? "CORRUPT" : "OK"));
    }
    Path path = directory.resolve("vectors");
    VectorTables.write(rows, type, DIMENSION, 2, path);
    return StoredVectors.open(spark, path.toString(), List.of("id"));
  }
}
