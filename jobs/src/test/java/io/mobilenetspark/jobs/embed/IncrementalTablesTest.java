package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code --output-mode incremental} on tables, and on tables of vectors that it can't go on with.
 */
class IncrementalTablesTest extends IncrementalFixture {

  @Tag("slow")
  @Test
  void tablesOfBytesGoByTheirHash() throws IOException {
    found(products(product(1L, 1, 1), product(2L, 1, 2)));
    assertThat(table().columns()).startsWith("id", "content_sha256", "features");
    String input = products(product(1L, 2, 1), product(2L, 2, 20), product(3L, 2, 1));
    assertThat(found(input))
        .containsExactly(
            entry("unchanged", 1), entry("new", 1), entry("changed", 1), entry("computed", 2));
    assertThat(rows()).isEqualTo(rowsOfOneFullRun(input));
    embed(products(), "--deleted=remove")
        .assertExitCode(3)
        .assertOneMessage("The input has no rows", "--output-mode overwrite");
    assertThat(rows()).hasSize(3);
  }

  @Test
  void versionColumnsAreKeptAndCompared() throws IOException {
    String input = products(product(1L, null, 1), product(2L, 1, 2), product(3L, 1, 3));
    found(input, "--changed-by=version");
    assertThat(table().columns()).startsWith("id", "version", "features");
    input = products(product(1L, null, 9), product(2L, null, 2), product(3L, 1, 3));
    assertThat(found(input, "--changed-by=version"))
        .containsExactly(entry("unchanged", 2), entry("changed", 1), entry("computed", 1));
    embed(input, "--changed-by=verion")
        .assertExitCode(3)
        .assertOneMessage("no column 'verion'", "id, version, image");
    embed(input, "--changed-by=id").assertExitCode(3).assertOneMessage("can't name the rows");
    embed(input, "--changed-by=mtime,length").assertExitCode(2).assertOneMessage("is for files");
  }

  /** Who reads the files and tells capitals apart finds one column, not two. */
  @Test
  void columnsMayComeInCapitals() throws IOException {
    StructType columns =
        new StructType()
            .add("SKU", DataTypes.LongType)
            .add("Version", DataTypes.IntegerType)
            .add("image", DataTypes.BinaryType);
    String input = products(columns, product(1L, 1, 1));
    found(input, "--id-column=sku", "--changed-by=VERSION");
    StructType renamed =
        new StructType()
            .add("sku", DataTypes.LongType)
            .add("version", DataTypes.IntegerType)
            .add("image", DataTypes.BinaryType);
    input = products(renamed, product(1L, 1, 1), product(2L, 1, 2));
    assertThat(found(input, "--id-column=SKU", "--changed-by=version"))
        .containsExactly(entry("unchanged", 1), entry("new", 1), entry("computed", 1));
    for (Path file : Commands.parquetFiles(output)) {
      assertThat(spark.read().parquet(file.toString()).columns()).startsWith("SKU", "Version");
    }
    assertThat(table().where("SKU IS NULL").count()).isZero();

    input = products(renamed, product(1L, 1, 1), product(2L, 1, 2), product(3L, 1, 3));
    Installed.Outcome outcome =
        Commands.run("verify", "--output=" + output, input, "--model=builtin", "--sample=0");
    outcome.assertExitCode(5);
    assertThat(outcome.out())
        .contains("1 row of the input missing: 3")
        .contains("embed with --output-mode incremental --changed-by");
  }

  @Test
  void idsNameRows() {
    embed(products(product(1L, 1, 1), product(1L, 2, 2), product(null, 1, 3)))
        .assertExitCode(3)
        .assertOneMessage("Column 'id'", "1 (2 rows), null (1 rows)", "--id-column");
    assertThat(output).doesNotExist();
  }

  @Test
  @Tag("slow")
  void idsMayBeBytes() {
    StructType columns =
        new StructType().add("id", DataTypes.BinaryType).add("image", DataTypes.BinaryType);
    byte[] id = {10, -1};
    Row first = RowFactory.create(id, Pictures.png(1));
    embed(products(columns, first, RowFactory.create(id, Pictures.png(2))))
        .assertExitCode(3)
        .assertOneMessage("Column 'id'", ": 0aff (2 rows).");
    String input = products(columns, first, RowFactory.create(new byte[] {11}, Pictures.png(2)));
    embed(input).assertExitCode(0);
    Commands.run("verify", "--output=" + output, input, "--model=builtin").assertExitCode(0);
  }

  @Tag("slow")
  @Test
  void otherTablesAreRefused() throws IOException {
    embed("--output-mode=overwrite").assertExitCode(0);
    embed()
        .assertExitCode(3)
        .assertOneMessage(
            "Can't go on with",
            "not written with --output-mode incremental",
            "--output-mode overwrite --changed-by mtime,length");
    embed("--output-mode=overwrite", "--changed-by=mtime,length").assertExitCode(0);
    assertThat(found()).containsExactly(entry("unchanged", 4));

    embed("--resize=area").assertExitCode(3).assertOneMessage("is bilinear there and area here");
    embed("--changed-by=none").assertExitCode(3).assertOneMessage("there and none here");
    embed("--output-mode=append")
        .assertExitCode(3)
        .assertOneMessage("Can't append to", "one of --output-mode incremental");
    found(products(product(1L, 1, 1)), "--output-mode=overwrite", "--changed-by=none");
    embed(products(product(1L, 1, 1)), "--changed-by=none", "--keep-columns=version")
        .assertExitCode(3)
        .assertOneMessage("its columns are id bigint, features");
    embed(
            products(
                new StructType()
                    .add("id", DataTypes.IntegerType)
                    .add("version", DataTypes.IntegerType)
                    .add("image", DataTypes.BinaryType),
                product(1, 1, 1)),
            "--changed-by=none")
        .assertExitCode(3)
        .assertOneMessage("its columns are id bigint", "these are id int");
  }

  @Test
  void pathsInAListAreLookedAt() throws IOException {
    Path list = directory.resolve("list.csv");
    Files.writeString(
        list, "1," + photos.resolve("a0.png") + "\n2," + photos.resolve("a1.png") + "\n3,/no/a\n");
    String[] options = {"--input=" + list, "--image-column=_c1", "--id-column=_c0", "--retry=none"};
    found(options);
    assertThat(table().columns()).startsWith("_c0", "modificationTime", "length", "features");
    Files.setLastModifiedTime(photos.resolve("a1.png"), FileTime.fromMillis(1_000_000_000_000L));
    assertThat(found(options))
        .containsExactly(entry("unchanged", 2), entry("changed", 1), entry("computed", 1));
  }
}
