package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.TableIdentifier;
import org.apache.spark.sql.catalyst.catalog.CatalogTable;
import org.apache.spark.sql.catalyst.catalog.SessionCatalog;
import org.apache.spark.sql.types.Metadata;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.Option;

/** {@code --output-table}: a directory with a name in Spark's catalog. */
@Tag("slow")
class CatalogTablesTest extends IncrementalFixture {

  private static final String DATABASE = "gallery";

  @BeforeEach
  void makeDatabase() {
    spark.sql("CREATE DATABASE " + DATABASE + " LOCATION '" + directory.resolve("db") + "'");
  }

  @AfterEach
  void dropDatabase() {
    spark.sql("DROP DATABASE " + DATABASE + " CASCADE");
  }

  private Installed.Outcome embedTable(String name, String mode, String... options) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "embed",
                "--model=builtin",
                "--image-size=32",
                "--output-table=" + name,
                "--output-mode=" + mode));
    all.addAll(List.of(options));
    if (Stream.of(options).noneMatch(option -> option.matches("--(input|table)=.*"))) {
      all.add("--input=" + photos);
    }
    return Commands.run(all.toArray(String[]::new));
  }

  private Set<String> named(String name) {
    return rows(spark.table(name));
  }

  private Path location(String name) {
    return directory.resolve("db").resolve(name);
  }

  private String property(String table, String key) {
    return spark
        .sql("SHOW TBLPROPERTIES " + table + " ('" + FeatureMetadata.PREFIX + key + "')")
        .head()
        .getString(1);
  }

  @Test
  void eachModeDoesWhatItDoesToADirectory() throws IOException {
    Set<String> plain = rowsOfOneFullRun();
    embedTable("gallery.v", "errorifexists").assertExitCode(0);
    assertThat(named("gallery.v")).isEqualTo(plain);
    assertThat(spark.table("gallery.v").columns()).isEqualTo(table("full").columns());
    assertThat(FeatureMetadata.read(spark.table("gallery.v").schema().apply("features").metadata()))
        .containsEntry("mobilenet.resize", "bilinear");
    assertThat(property("gallery.v", "resize")).isEqualTo("bilinear");
    assertThat(Commands.report(location("v")).at("/options/output_table").asText())
        .isEqualTo("gallery.v");

    embedTable("gallery.v", "errorifexists").assertExitCode(3).assertOneMessage("db/v exists");
    embedTable("SPARK_Catalog.gallery.v", "errorifexists")
        .assertExitCode(3)
        .assertOneMessage("db/v exists");
    assertThat(embedTable("gallery.v", "ignore", "--resize=area").out()).contains("left as it is");
    embedTable("gallery.v", "append", "--resize=area")
        .assertExitCode(3)
        .assertOneMessage("Can't append to", "mobilenet.resize is bilinear there and area here");
    assertThat(named("gallery.v")).isEqualTo(plain);
    embedTable("gallery.v", "append", "--output-format=parquet", "--output-option=compression=gzip")
        .assertExitCode(0);
    assertThat(spark.table("gallery.v").count()).isEqualTo(8);
    assertThat(names(location("v"))).anyMatch(name -> name.endsWith(".gz.parquet"));
    embedTable("gallery.v", "append", "--output-option=mobilenet.resize=area")
        .assertExitCode(2)
        .assertOneMessage("--output-option mobilenet.resize can't be set");

    embedTable("gallery.v", "overwrite", "--resize=area").assertExitCode(0);
    assertThat(named("gallery.v")).hasSize(4).isNotEqualTo(plain);
    assertThat(property("gallery.v", "resize")).isEqualTo("area");
    assertThat(FeatureMetadata.read(spark.table("gallery.v").schema().apply("features").metadata()))
        .containsEntry("mobilenet.resize", "area");
    Commands.run("verify", "--output=" + location("v"), "--input=" + photos, "--model=builtin")
        .assertExitCode(0);

    Set<String> before = named("gallery.v");
    Files.write(photos.resolve("broken.png"), new byte[] {1, 2});
    embedTable("gallery.v", "overwrite", "--mode=FAILFAST").assertExitCode(5);
    assertThat(named("gallery.v")).isEqualTo(before);
  }

  @Test
  void incrementalTablesHaveNamesAndPartitions() throws IOException {
    String[] options = {"--keep-columns=kind", "--partition-by=kind", "--changed-by=version"};
    spark
        .sql(
            "SELECT id, '0' || id % 2 AS kind, 1 AS version, content AS image FROM (SELECT *,"
                + " CAST(substr(path, -5, 1) AS INT) AS id FROM binaryFile.`"
                + photos
                + "`)")
        .write()
        .parquet(directory.resolve("kinds").toString());
    String all = "--input=" + directory.resolve("kinds");
    spark
        .read()
        .parquet(directory.resolve("kinds").toString())
        .where("id < 2")
        .write()
        .parquet(directory.resolve("some").toString());
    embedTable("gallery.k", "incremental", with(options, "--input=" + directory.resolve("some")))
        .assertExitCode(0);
    assertThat(kinds("gallery.k")).containsExactly("0,00", "1,01");
    embedTable("gallery.k", "incremental", with(options, all)).assertExitCode(0);
    assertThat(kinds("gallery.k")).containsExactly("0,00", "1,01", "2,00", "3,01");
    assertThat(spark.sql("SELECT id FROM gallery.k WHERE kind = '01'").count()).isEqualTo(2);
    embedTable("gallery.k", "overwrite", with(options, all, "--keep-columns=version,image"))
        .assertExitCode(3)
        .assertOneMessage("image");
    embedTable("gallery.k", "overwrite", all, "--keep-columns=kind")
        .assertExitCode(3)
        .assertOneMessage(
            "Can't write to the table gallery.k: its columns are id int, version int",
            "partitioned by kind",
            "RENAME");
    assertThat(kinds("gallery.k")).hasSize(4);
    spark.sql("DROP TABLE gallery.k");
    assertThat(location("k")).exists();
    embedTable("gallery.k", "errorifexists", with(List.of(options).subList(0, 2), all))
        .assertExitCode(3)
        .assertOneMessage("exists");
    embedTable("gallery.k", "ignore", with(options, all))
        .assertExitCode(2)
        .assertOneMessage("--changed-by");
    embedTable("gallery.k", "ignore", with(List.of(options).subList(0, 2), all)).assertExitCode(0);
    assertThat(kinds("gallery.k")).containsExactly("0,00", "1,01", "2,00", "3,01");
  }

  private Set<String> kinds(String table) {
    Set<String> kinds = new TreeSet<>();
    for (Row row : spark.table(table).select("id", "kind").collectAsList()) {
      kinds.add(row.getInt(0) + "," + row.getString(1));
    }
    return kinds;
  }

  private static String[] with(String[] options, String... more) {
    return with(List.of(options), more);
  }

  private static String[] with(List<String> options, String... more) {
    return Stream.concat(options.stream(), Stream.of(more)).toArray(String[]::new);
  }

  private Dataset<Row> table(String folder) {
    return spark.read().parquet(directory.resolve(folder).toString());
  }

  @Test
  void whatCanNotBeWrittenIsToldBeforeAnyWork() {
    spark.sql("CREATE VIEW gallery.view AS SELECT 1");
    spark.sql("CREATE OR REPLACE TEMPORARY VIEW passing AS SELECT 1");
    spark.sql("CREATE TABLE gallery.csv (id INT) USING csv");
    spark.sql("CREATE TABLE gallery.other (id INT) USING parquet");
    spark.sql("CREATE TABLE gallery.filled USING parquet AS SELECT 1 AS id");
    spark.sql(
        "CREATE TABLE gallery.buckets (id INT) USING parquet CLUSTERED BY (id) INTO 2 BUCKETS");
    String[][] tables = {
      {"gallery.view", "it is a view"},
      {"passing", "it is a view"},
      {"gallery.csv", "its format is csv, not parquet", "MERGE", "docs/sql.md"},
      {"gallery.other", "its columns are id int, these are path string"},
      {"gallery.buckets", "it is bucketed"},
      {"gallery.filled", "did not write"},
      {"nowhere.v", "there is no database 'nowhere'"},
      {"ice.db.v", "there is no catalog 'ice'"},
      {"a b", "Can't write to the table a b"},
    };
    for (String[] table : tables) {
      embedTable(table[0], "overwrite")
          .assertExitCode(3)
          .assertOneMessage(List.of(table).subList(1, table.length).toArray(String[]::new));
    }
    embedTable("gallery.other", "append", "--output=" + directory.resolve("elsewhere"))
        .assertExitCode(3)
        .assertOneMessage("it is in", "not in", "elsewhere");
    embedTable("gallery.v", "overwrite", "--output-format=delta")
        .assertExitCode(3)
        .assertOneMessage("does not write tables of delta as a whole", "--conf spark.sql.catalog");
    embedTable("gallery.v", "overwrite", "--output-format=orc")
        .assertExitCode(3)
        .assertOneMessage("does not write 'orc' as a whole", "parquet, delta or iceberg");
    Commands.run(
            "embed", "--model=builtin", "--input=" + photos, "--output=x", "--output-format=delta")
        .assertExitCode(2)
        .assertOneMessage("--output-format has no effect without --output-table");
    assertThat(spark.table("gallery.filled").count()).isEqualTo(1);
  }

  /** As a metastore has it whose Delta Lake, say, this session has not. */
  @Test
  void aTableOfAFormatThatIsNotThereIsRefused() throws Exception {
    spark.sql("CREATE TABLE gallery.gone (id INT) USING parquet");
    SessionCatalog catalog =
        ((org.apache.spark.sql.classic.SparkSession) spark).sessionState().catalog();
    CatalogTable table =
        catalog.getTableMetadata(new TableIdentifier("gone", Option.apply(DATABASE)));
    Object[] fields =
        IntStream.range(0, table.productArity())
            .mapToObj(
                i ->
                    table.productElementName(i).equals("provider")
                        ? Option.apply("nowhere")
                        : table.productElement(i))
            .toArray();
    catalog
        .externalCatalog()
        .alterTable((CatalogTable) CatalogTable.class.getConstructors()[0].newInstance(fields));
    for (String mode : List.of("overwrite", "ignore")) {
      embedTable("gallery.gone", mode)
          .assertExitCode(3)
          .assertOneMessage("Can't write to the table gallery.gone", "data source: nowhere");
    }
    Commands.run("verify", "--output-table=gallery.gone")
        .assertExitCode(3)
        .assertOneMessage("Can't read the table gallery.gone", "data source: nowhere");
  }

  /** Under whatever name: the table, a view of it, another table on its files. */
  @Test
  void theTableThatIsReadIsNotWritten() {
    String input = products(product(1L, 1, 1), product(2L, 1, 2));
    String place = directory.resolve("products").toString();
    spark.sql("CREATE TABLE gallery.products USING parquet LOCATION '" + place + "'");
    spark.sql("CREATE TABLE gallery.alias USING parquet LOCATION '" + place + "'");
    spark.sql("CREATE VIEW gallery.cheap AS SELECT * FROM gallery.products WHERE id > 0");
    for (String mode : List.of("overwrite", "append")) {
      for (String read : List.of("products", "alias", "cheap")) {
        embedTable("gallery.products", mode, "--table=gallery." + read).assertExitCode(3);
      }
      embedTable("gallery.alias", mode, input).assertExitCode(3).assertOneMessage("input");
    }
    assertThat(spark.table("gallery.products").count()).isEqualTo(2);
    embedTable("gallery.vectors", "overwrite", "--table=gallery.cheap").assertExitCode(0);
    assertThat(named("gallery.vectors")).hasSize(2);
  }

  /** What is in the way of a statement: settings of the session, and names that it would change. */
  @Test
  void settingsOfTheSessionDoNotChangeWhatTheCatalogIsTold() throws IOException {
    Map<String, String> odd =
        Map.of(
            "spark.sql.parser.escapedStringLiterals", "true",
            "spark.sql.variable.substitute", "true",
            "odd.value", "elsewhere");
    Path place = directory.resolve("it's a ${odd.value} \\n");
    odd.forEach(spark.conf()::set);
    try {
      String relative = Path.of("").toAbsolutePath().relativize(place).toString();
      embedTable("gallery.odd", "errorifexists", "--output=" + relative).assertExitCode(0);
      assertThat(place.resolve("_SUCCESS")).exists();
      assertThat(named("gallery.odd")).hasSize(4);
      odd.forEach((key, value) -> assertThat(spark.conf().get(key)).isEqualTo(value));
    } finally {
      odd.keySet().forEach(spark.conf()::unset);
    }
  }

  /** Comments and other properties are the table's owner's, what vectors are is ours. */
  @Test
  void whatOthersSaidOfATableStays() throws IOException {
    embedTable("gallery.said", "errorifexists").assertExitCode(0);
    spark.sql("ALTER TABLE gallery.said ALTER COLUMN features COMMENT 'of photographs'");
    spark.sql(
        "ALTER TABLE gallery.said SET TBLPROPERTIES ('team' = 'birds', 'mobilenet.old' = 'x')");
    embedTable("gallery.said", "overwrite", "--resize=area").assertExitCode(0);
    Metadata metadata = spark.table("gallery.said").schema().apply("features").metadata();
    assertThat(metadata.getString("comment")).isEqualTo("of photographs");
    assertThat(metadata.getString("mobilenet.resize")).isEqualTo("area");
    spark.sql("CREATE TABLE gallery.input (id INT COMMENT 'C:\\\\', image BINARY) USING parquet");
    spark.sql("INSERT INTO gallery.input VALUES (1, X'00')");
    embedTable("gallery.of", "errorifexists", "--table=gallery.input").assertExitCode(0);
    assertThat(spark.table("gallery.of").schema().apply("id").getComment().get()).isEqualTo("C:\\");
    spark.sql("ALTER TABLE gallery.of ALTER COLUMN id COMMENT 'mine'");
    embedTable("gallery.of", "overwrite", "--table=gallery.input").assertExitCode(0);
    assertThat(spark.table("gallery.of").schema().apply("id").getComment().get()).isEqualTo("mine");
    String properties = spark.sql("SHOW TBLPROPERTIES gallery.said").collectAsList().toString();
    assertThat(properties).contains("[team,birds]", "[mobilenet.resize,area]");
    assertThat(properties).doesNotContain("mobilenet.old");
  }

  @Test
  void filesOfOthersGetNoName() {
    Path others = directory.resolve("others");
    spark.range(3).write().parquet(others.toString());
    assertThat(embedTable("gallery.others", "ignore", "--output=" + others).assertExitCode(0).err())
        .contains("were not written by this command, so that the catalog is not told of them");
    assertThat(spark.catalog().tableExists("gallery.others")).isFalse();
  }

  @Test
  void aTableWithAListOfPartitionsIsRepaired() {
    spark.sql(
        "CREATE TABLE gallery.listed (path STRING, features ARRAY<FLOAT>, status STRING,"
            + " error STRING, width INT, height INT, length BIGINT) USING parquet"
            + " PARTITIONED BY (length)");
    String[] options = {"--keep-columns=length", "--partition-by=length"};
    embedTable("gallery.listed", "errorifexists", options).assertExitCode(0);
    assertThat(named("gallery.listed")).hasSize(4);
    long partitions = spark.sql("SHOW PARTITIONS gallery.listed").count();
    assertThat(partitions)
        .isEqualTo(spark.table("gallery.listed").select("length").distinct().count());
    Path none = directory.resolve("none");
    spark
        .sql("SELECT '' AS path, X'' AS content, 1L AS length WHERE false")
        .write()
        .parquet(none.toString());
    embedTable("gallery.listed", "overwrite", with(options, "--input=" + none, "--id-column=path"))
        .assertExitCode(0);
    assertThat(named("gallery.listed")).isEmpty();
    assertThat(spark.sql("SHOW PARTITIONS gallery.listed").count()).isZero();
  }

  /** A FileSystem that fails from a call on: the table has its old rows, or the new ones. */
  @Test
  void aRunThatFailsAtAnyCallLeavesATable() throws IOException {
    var hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.ofs.impl", FaultyFileSystem.class.getName());
    try {
      String place = "--output=ofs://faulty" + directory.resolve("o'ps");
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      embedTable("gallery.f", "overwrite", place).assertExitCode(0);
      Set<String> old = named("gallery.f");
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      embedTable("gallery.f", "overwrite", "--resize=area").assertExitCode(0);
      Set<String> clean = named("gallery.f");
      int calls = FaultyFileSystem.calls().size();
      embedTable("gallery.f", "overwrite").assertExitCode(0);
      int step = Cases.count(100, 2);
      for (int n = calls; n > 0; n -= step) {
        FaultyFileSystem.failFrom(n);
        int code = embedTable("gallery.f", "overwrite", "--resize=area").exitCode();
        FaultyFileSystem.failFrom(Long.MAX_VALUE);
        spark.catalog().refreshTable("gallery.f");
        assertThat(code).as("call " + n).isIn(0, 3, 5);
        if (Files.exists(directory.resolve("o'ps"))) {
          assertThat(named("gallery.f")).as("call " + n).isIn(old, clean);
        }
        embedTable("gallery.f", "overwrite").assertExitCode(0);
        assertThat(named("gallery.f")).as("call " + n + ", run again").isEqualTo(old);
        assertThat(property("gallery.f", "resize")).isEqualTo("bilinear");
      }
    } finally {
      hadoop.unset("fs.ofs.impl");
    }
  }
}
