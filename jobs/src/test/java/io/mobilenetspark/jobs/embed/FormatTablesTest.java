package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.OneIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Function1;
import scala.runtime.BoxedUnit;

/**
 * {@code --output-table} of Delta Lake, in Spark's own catalog, and of Iceberg, in one of its own,
 * beside the Parquet directory of the same images.
 */
@Tag("slow")
class FormatTablesTest extends IncrementalFixture {

  private static final String DELTA_CATALOG = "org.apache.spark.sql.delta.catalog.DeltaCatalog";
  private static final String ICEBERG_CATALOG = "org.apache.iceberg.spark.SparkCatalog";

  @TempDir private static Path warehouse;

  private static int databases;

  private String database = "";

  /** A session beside that of other tests, with what users of both formats start Spark with. */
  @BeforeAll
  @SuppressWarnings("unchecked")
  static void openSession() throws ReflectiveOperationException {
    Commands.session();
    SparkSession.setActiveSession(
        org.apache.spark.sql.classic.SparkSession.builder()
            .withExtensions(
                (Function1<SparkSessionExtensions, BoxedUnit>)
                    Class.forName("io.delta.sql.DeltaSparkSessionExtension")
                        .asSubclass(Function1.class)
                        .getConstructor()
                        .newInstance())
            .config("spark.sql.catalog.spark_catalog", DELTA_CATALOG)
            .config("spark.databricks.delta.snapshotPartitions", "1")
            .config("spark.sql.catalog.ice", ICEBERG_CATALOG)
            .config("spark.sql.catalog.ice.type", "hadoop")
            .config("spark.sql.catalog.gone", "org.apache.iceberg.gone.Catalog")
            .config("spark.sql.catalog.ice.warehouse", warehouse.toString())
            .create());
  }

  @AfterAll
  static void closeSession() {
    SparkSession.clearActiveSession();
  }

  @BeforeEach
  void makeDatabases() {
    databases++;
    database = "gallery" + databases;
    spark.sql("CREATE DATABASE " + database + " LOCATION '" + directory.resolve("db") + "'");
    spark.sql("CREATE DATABASE ice." + database);
  }

  @AfterEach
  void dropDatabase() {
    spark.sql("DROP DATABASE " + database + " CASCADE");
  }

  /** A table of a format; Spark's own catalog has those of Delta. */
  private String name(String format, String table) {
    return (format.equals("iceberg") ? "ice." : "") + database + "." + table;
  }

  private Installed.Outcome embedTable(String name, String mode, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of("embed", "--model=builtin", "--output-table=" + name, "--output-mode=" + mode));
    all.addAll(List.of(options));
    if (Stream.of(options).noneMatch(option -> option.startsWith("--image-size"))) {
      all.add("--image-size=32");
    }
    if (Stream.of(options).noneMatch(option -> option.matches("--(input|table)=.*"))) {
      all.add("--input=" + photos);
    }
    return Commands.run(all.toArray(String[]::new));
  }

  private Set<String> named(String name) {
    return rows(spark.table(name));
  }

  private Map<String, String> properties(String name) {
    Map<String, String> properties = new TreeMap<>();
    for (Row row : spark.sql("SHOW TBLPROPERTIES " + name).collectAsList()) {
      if (row.getString(0).startsWith("mobilenet")) {
        properties.put(row.getString(0), row.getString(1));
      }
    }
    return properties;
  }

  /** The number that the format gives to what is there now. */
  private String version(String name, String format) {
    return (format.equals("delta")
            ? spark.sql("DESCRIBE HISTORY " + name).selectExpr("max(version)")
            : spark.table(name + ".snapshots").selectExpr("max_by(snapshot_id, committed_at)"))
        .head()
        .get(0)
        .toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"delta", "iceberg"})
  void eachModeDoesWhatItDoesToADirectory(String format) throws IOException {
    Files.write(photos.resolve("broken.png"), new byte[] {1, 2});
    Set<String> plain = rowsOfOneFullRun();
    Dataset<Row> directoryTable = spark.read().parquet(directory.resolve("full").toString());
    String name = name(format, "v");

    assertThat(
            embedTable(name, "errorifexists", "--output-format=" + format).assertExitCode(0).out())
        .contains("Vectors: the table " + name, "Could not be read", "broken.png");
    assertThat(named(name)).isEqualTo(plain);
    assertThat(spark.table(name).columns()).isEqualTo(directoryTable.columns());
    assertThat(properties(name))
        .containsAllEntriesOf(
            FeatureMetadata.read(directoryTable.schema().apply("features").metadata()))
        .containsEntry("mobilenet-spark.format", "1");
    Map<String, String> facts = properties(name);

    embedTable(name, "errorifexists")
        .assertExitCode(3)
        .assertOneMessage("Can't write to the table " + name + ": it exists");
    assertThat(embedTable(name, "ignore", "--resize=area").assertExitCode(0).out())
        .contains("the table " + name + " exists; left as it is");
    embedTable(name, "append", "--resize=area")
        .assertExitCode(3)
        .assertOneMessage(
            "Can't append to the table " + name,
            "mobilenet.resize is bilinear there and area here");
    embedTable(name, "append", "--image-size=64")
        .assertExitCode(3)
        .assertOneMessage("mobilenet.image.size is 32x32 there and 64x64 here");
    embedTable(name, "append", "--keep-columns=length")
        .assertExitCode(3)
        .assertOneMessage("its columns are path string, features", "these are path string, length");
    assertThat(named(name)).isEqualTo(plain);
    embedTable(name, "append").assertExitCode(0);
    assertThat(spark.table(name).count()).isEqualTo(10);
    assertThat(rows(spark.table(name).distinct())).isEqualTo(plain);
    assertThat(properties(name)).isEqualTo(facts);
    String before = version(name, format);

    // Ends when a part of the rows has been written.
    embedTable(name, "overwrite", "--mode=FAILFAST", "--resize=area")
        .assertExitCode(5)
        .assertOneMessage("broken.png");
    assertThat(version(name, format)).isEqualTo(before);
    assertThat(spark.table(name).count()).isEqualTo(10);
    assertThat(properties(name)).isEqualTo(facts);

    Iterator<Row> reader = spark.table(name).toLocalIterator();
    Set<String> read = new TreeSet<>(Set.of(reader.next().toString()));
    embedTable(name, "overwrite", "--resize=area", "--keep-columns=length").assertExitCode(0);
    assertThat(named(name)).hasSize(5).isNotEqualTo(plain);
    assertThat(properties(name)).containsEntry("mobilenet.resize", "area");
    assertThat(spark.table(name).columns()).contains("length");
    reader.forEachRemaining(row -> read.add(row.toString()));
    assertThat(read).as("of a reader of before").hasSize(5);
    assertThat(
            rows(
                spark
                    .sql("SELECT * FROM " + name + " VERSION AS OF " + before)
                    .select("path", "status", "features")
                    .distinct()))
        .isEqualTo(plain);
  }

  @OneIn(value = 2, share = 2)
  @ParameterizedTest
  @ValueSource(strings = {"delta", "iceberg"})
  void partitionsAreThoseOfTheFormat(String format) {
    kinds("kinds", 4);
    kinds("some", 2);
    String[] options = {"--keep-columns=odd`kind,n", "--partition-by=odd`kind,n"};
    String name = name(format, "`Odd1`");
    String all = "--input=" + directory.resolve("kinds");
    embedTable(
            name,
            "append",
            with(options, "--output-format=" + format, "--input=" + directory.resolve("some")))
        .assertExitCode(0);
    assertThat(named(name)).hasSize(2);
    embedTable(name, "append", with(options, all)).assertExitCode(0);
    assertThat(spark.table(name).count()).isEqualTo(6);
    embedTable(name, "append", "--keep-columns=odd`kind,n", all)
        .assertExitCode(3)
        .assertOneMessage("--partition-by is `odd``kind` STRING,n ", " there and not told here");
    embedTable(name, "overwrite", with(options, all)).assertExitCode(0);
    Set<String> expected = rowsOfOneFullRun(with(options, all));
    assertThat(named(name)).isEqualTo(expected);
    assertThat(
            rows(
                spark
                    .table(name)
                    .where("`odd``kind` IS NULL AND n = 1")
                    .unionByName(spark.table(name).where("`odd``kind` = '0/0'"))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = "delta")
  void whatReadsDirectoriesReadsTables(String format) {
    String name = name(format, "v");
    embedTable(name, "overwrite", "--output-format=" + format.toUpperCase(Locale.ROOT))
        .assertExitCode(0);
    Set<String> plain = rowsOfOneFullRun();
    String full = directory.resolve("full").toString();

    Installed.Outcome verified =
        Commands.run("verify", "--output-table=" + name, "--input=" + photos, "--model=builtin")
            .assertExitCode(0);
    assertThat(verified.out())
        .contains("one kind of vectors: model builtin", "vectors computed again");
    String query = "--query-image=" + photos.resolve("a1.png");
    assertThat(Commands.run("similar", "--vectors-table=" + name, query).assertExitCode(0).out())
        .isEqualTo(Commands.run("similar", "--vectors=" + full, query).assertExitCode(0).out())
        .contains("a1.png");
    Commands.run(
            "similar",
            "--vectors-table=" + name,
            "--queries=" + full,
            "--output=" + directory.resolve("neighbours"))
        .assertExitCode(0);
    assertThat(spark.read().parquet(directory.resolve("neighbours").toString()).count())
        .isEqualTo((long) plain.size() * plain.size());

    Path findings = directory.resolve("findings");
    assertThat(
            Commands.run(
                    "audit", "--vectors-table=" + name, "--images=path", "--output=" + findings)
                .assertExitCode(0)
                .out())
        .contains(plain.size() + " rows in ");
    assertThat(
            Commands.run(
                    "report",
                    "--vectors-table=" + name,
                    "--audit=" + findings,
                    "--output=" + directory.resolve("page.html"))
                .assertExitCode(0)
                .out())
        .contains(plain.size() + " rows, of which " + plain.size() + " have vectors");

    spark.sql("INSERT INTO " + name + " SELECT * FROM " + name + " LIMIT 1");
    Commands.run(
            "report",
            "--vectors-table=" + name,
            "--audit=" + findings,
            "--output=" + directory.resolve("other.html"))
        .assertExitCode(3)
        .assertOneMessage("is of " + plain.size() + " rows, and the table " + name);
    Commands.run("verify", "--output-table=" + name)
        .assertExitCode(5)
        .assertOneMessage(name + " has 1 fault");
    Commands.run("verify", "--output-table=" + name + "x")
        .assertExitCode(3)
        .assertOneMessage("there is none");
  }

  @OneIn(value = 2, share = 2)
  @ParameterizedTest
  @ValueSource(strings = {"delta", "iceberg"})
  void whatIsLeftOutIsNotMissed(String format) throws IOException {
    Files.write(photos.resolve("broken.png"), new byte[] {1, 2});
    String name = name(format, "left");
    Installed.Outcome written =
        embedTable(name, "overwrite", "--output-format=" + format, "--mode=DROPMALFORMED");

    assertThat(written.assertExitCode(0).err().contains("the name " + name + " goes with it"))
        .isEqualTo(format.equals("delta")); // of Spark's own catalog, in memory
    String[] verify = {
      "verify", "--output-table=" + name, "--input=" + photos, "--sample=0", "--model=builtin"
    };
    assertThat(Commands.run(verify).assertExitCode(0).out())
        .contains("1 row of the input missing, as --mode DROPMALFORMED leaves out");
    embedTable(name, "overwrite").assertExitCode(0);
    spark.sql("DELETE FROM " + name + " WHERE path LIKE '%broken.png'");
    assertThat(Commands.run(verify).assertExitCode(5).out())
        .contains("embed what is new with --output-mode append");
  }

  /** Facts that a later version knows, or that are gone from the table of today. */
  @ParameterizedTest
  @ValueSource(strings = "iceberg") // which keeps properties that a new version does not name
  void factsOfOtherVersionsAreNotMixedWithOurs(String format) {
    String name = name(format, "v");
    embedTable(name, "errorifexists", "--output-format=" + format).assertExitCode(0);
    spark.sql("ALTER TABLE " + name + " SET TBLPROPERTIES ('mobilenet.later' = 'x')");
    embedTable(name, "append")
        .assertExitCode(3)
        .assertOneMessage("mobilenet.later is x there and not told here");
    embedTable(name, "overwrite").assertExitCode(0);
    embedTable(name, "append").assertExitCode(0);
    spark.sql("ALTER TABLE " + name + " SET TBLPROPERTIES ('mobilenet-spark.format' = '2')");
    embedTable(name, "append")
        .assertExitCode(3)
        .assertOneMessage("are of format 2", "reads formats up to 1");
    Commands.run("verify", "--output-table=" + name).assertExitCode(3).assertOneMessage("format 2");
    embedTable(name, "overwrite").assertExitCode(0);
    assertThat(named(name)).hasSize(4);
  }

  @OneIn(value = 2, share = 2)
  @ParameterizedTest
  @ValueSource(strings = {"delta", "iceberg"})
  void whatCanNotBeWrittenIsToldBeforeAnyWork(String format) {
    String theirs = name(format, "theirs");
    spark.sql(
        "CREATE TABLE "
            + theirs
            + " USING "
            + format
            + " AS SELECT path, content FROM binaryFile.`"
            + photos
            + "`");
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW passing AS SELECT * FROM " + theirs);
    String ours = name(format, "ours");
    embedTable(ours, "errorifexists", "--output-format=" + format).assertExitCode(0);
    String[][] cases = {
      {theirs, "--output-mode=overwrite", "embed did not write it", "DROP TABLE"},
      {theirs, "--output-mode=append", "embed did not write it"},
      {ours, "--output-format=parquet", "its format is " + format + ", not parquet"},
      {ours, "--output-format=hudi", "its format is " + format + ", not hudi"},
      {name(format, "v"), "--output-format=hudi", "Spark finds no format 'hudi'", "--packages"},
      {name(format, "v"), "--output=" + directory.resolve("x"), "Leave out --output"},
      {
        name(format, "v"),
        "--output-mode=incremental",
        "--output-mode incremental is for Parquet",
        "MERGE"
      },
      {name(format, "v"), "--dedup", "--dedup is for Parquet tables"},
      {name(format, "v"), "--rows-per-file=3", "maxRecordsPerFile"},
      {name(format, "v").replace(database, "nowhere"), "", "there is no database 'nowhere'"},
      {"nocatalog.db.v", "", "there is no catalog 'nocatalog'"},
      {database + ".`a b`", "", "names in Spark's own catalog consist of letters"},
      {"gone.db.v", "", "its catalog 'gone' can't be loaded", "--packages org.apache.iceberg:"},
      {"passing", "", "it is a view"},
      {ours, "--table=" + ours, "read"},
      {ours, "--table=passing_ours", "read"},
    };
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW passing_ours AS SELECT * FROM " + ours);
    for (String[] one : cases) {
      List<String> options = new ArrayList<>();
      if (!one[1].isEmpty()) {
        options.add(one[1]);
      }
      if (!one[1].startsWith("--output-format")) {
        options.add("--output-format=" + format);
      }
      String mode = one[1].startsWith("--output-mode=") ? one[1].substring(14) : "overwrite";
      options.removeIf(option -> option.startsWith("--output-mode"));
      embedTable(one[0], mode, options.toArray(String[]::new))
          .assertExitCode(3)
          .assertOneMessage(List.of(one).subList(2, one.length).toArray(String[]::new));
    }
    assertThat(spark.table(theirs).count()).isEqualTo(4);
    assertThat(spark.table(ours).count()).isEqualTo(4);
    assertThat(spark.catalog().tableExists(name(format, "v"))).isFalse();
    embedTable(name(format, "v"), "append", "--output-format=" + format, "--table=" + theirs)
        .assertExitCode(0);
    assertThat(named(name(format, "v"))).isEqualTo(named(ours));
  }

  private void kinds(String folder, int count) {
    spark
        .sql(
            "SELECT CAST(id AS TINYINT) AS id, IF(id % 2 = 0, '0/0', NULL) AS `odd``kind`,"
                + " CAST(id % 2 AS SMALLINT) AS n, content AS image FROM (SELECT *,"
                + " CAST(substr(path, -5, 1) AS INT) AS id FROM binaryFile.`"
                + photos
                + "`) WHERE id < "
                + count)
        .write()
        .parquet(directory.resolve(folder).toString());
  }

  private static String[] with(String[] options, String... more) {
    return Stream.concat(Stream.of(options), Stream.of(more)).toArray(String[]::new);
  }
}
