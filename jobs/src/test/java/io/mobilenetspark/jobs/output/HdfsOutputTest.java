package io.mobilenetspark.jobs.output;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Pictures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A table on a real HDFS, in this process, of three data nodes: swapped, and through its faults.
 */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: a minute")
class HdfsOutputTest {

  private static final short REPLICATION = 2;
  private static final long BLOCK_BYTES = 1 << 20;
  private static final int PICTURES = 6;

  @TempDir private static java.nio.file.Path storage;

  private static @Nullable MiniDFSCluster cluster;

  @TempDir private java.nio.file.Path directory;

  private final SparkSession spark = Commands.session();
  private java.nio.file.Path photos = java.nio.file.Path.of("");
  private Path output = new Path("/");

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, storage.toString());
    configuration.setLong("dfs.blocksize", BLOCK_BYTES);
    Files.createDirectories(java.nio.file.Path.of(System.getProperty("java.io.tmpdir")));
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(3).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  private static MiniDFSCluster cluster() {
    return requireNonNull(cluster, "not started");
  }

  private static DistributedFileSystem hdfs() throws IOException {
    return cluster().getFileSystem();
  }

  @BeforeEach
  void prepare() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.setInt("dfs.replication", REPLICATION);
    hadoop.setLong("dfs.blocksize", BLOCK_BYTES);
    photos = Files.createDirectory(directory.resolve("photos"));
    for (int i = 0; i < PICTURES; i++) {
      put("a" + i, i);
    }
    output = hdfs().makeQualified(new Path("/tables/" + directory.getFileName() + "/vectors"));
  }

  @AfterEach
  void leaveHdfsAsItWas() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.unset("dfs.replication");
    hadoop.unset("dfs.blocksize");
    hdfs().setSafeMode(SafeModeAction.LEAVE);
    hdfs().delete(output.getParent(), true);
  }

  private void put(String name, int picture) throws IOException {
    Files.write(photos.resolve(name + ".png"), Pictures.png(picture));
  }

  private Installed.Outcome embed(String mode, String... more) {
    List<String> all = new ArrayList<>(List.of("embed", "--model=builtin", "--image-size=32"));
    all.add("--input=" + photos);
    all.add("--output=" + output);
    all.add("--output-mode=" + mode);
    all.addAll(List.of(more));
    return Commands.run(all.toArray(String[]::new));
  }

  /** All of the table's, in an order of their own. */
  private List<String> rows() {
    spark.catalog().refreshByPath(output.toString());
    return spark
        .read()
        .parquet(output.toString())
        .select("path", "features")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  /** The names of the table's files; empty while there is no table. */
  private Set<String> names() throws IOException {
    Set<String> names = new TreeSet<>();
    try {
      for (FileStatus file : hdfs().listStatus(output)) {
        names.add(file.getPath().getName());
      }
    } catch (FileNotFoundException e) {
      // Between two renames.
    }
    return names;
  }

  private void assertOnlyTheTableIsThere() throws IOException {
    assertThat(Arrays.stream(hdfs().listStatus(output.getParent())).map(FileStatus::getPath))
        .containsExactly(output);
    assertThat(names()).contains(OutputContent.SUCCESS).noneMatch(name -> name.startsWith("."));
  }

  /** Modes that put a whole table in the place of another. */
  enum Swap {
    OVERWRITE,
    INCREMENTAL
  }

  /** Docs/embed.md: the old table, for an instant nothing, the new one; never a part of one. */
  @ParameterizedTest
  @EnumSource
  void aReaderSeesOneTableOrNone(Swap swap) throws Exception {
    String mode = swap == Swap.OVERWRITE ? "overwrite" : "incremental";
    embed(mode).assertExitCode(0);
    Set<String> oldNames = names();
    put("a0", 100);
    put("b", 101);

    CompletableFuture<Installed.Outcome> run = CompletableFuture.supplyAsync(() -> embed(mode));
    Set<Set<String>> seen = new HashSet<>();
    while (!run.isDone()) {
      seen.add(names());
    }
    run.get().assertExitCode(0);

    Set<String> newNames = names();
    assertThat(seen).contains(oldNames).isSubsetOf(oldNames, newNames, Set.of());
    assertThat(newNames).isNotEqualTo(oldNames);
    assertThat(rows()).hasSize(PICTURES + 1);
    assertOnlyTheTableIsThere();
  }

  /** Of three, while rows are being written: each block that it had has another replica. */
  @ParameterizedTest
  @EnumSource
  void aDataNodeStopsInTheMiddle(Swap swap) throws Exception {
    String mode = swap == Swap.OVERWRITE ? "overwrite" : "incremental";
    embed(mode).assertExitCode(0);
    for (int i = 0; i < 60; i++) {
      put("b" + i, 200 + i);
    }
    put("a0", 199);
    Path hidden = new Path(output.getParent(), ".vectors" + OutputContent.STAGING);
    Path written =
        swap == Swap.OVERWRITE
            ? hidden
            : new Path(output.getParent(), ".vectors" + OutputContent.PENDING);

    CompletableFuture<Installed.Outcome> run =
        CompletableFuture.supplyAsync(
            () ->
                swap == Swap.OVERWRITE
                    ? embed(mode, "--partitions=30")
                    : embed(mode, "--rows-per-commit=2"));
    while (!run.isDone() && parts(written) == 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(run).as("at work").isNotDone();
    MiniDFSCluster.DataNodeProperties stopped = cluster().stopDataNode(0);
    try {
      run.get().assertExitCode(0);
      assertThat(rows()).hasSize(PICTURES + 60);
      assertOnlyTheTableIsThere();
      List<String> all = rows();
      embed("overwrite").assertExitCode(0);
      assertThat(rows()).isEqualTo(all);
    } finally {
      assertThat(cluster().restartDataNode(stopped, true)).isTrue();
      cluster().waitActive();
    }
  }

  private static int parts(Path folder) throws IOException {
    int parts = 0;
    try {
      var files = hdfs().listFiles(folder, true);
      while (files.hasNext()) {
        parts += files.next().getPath().getName().startsWith("part-") ? 1 : 0;
      }
    } catch (FileNotFoundException e) {
      // Not yet, or files come and go.
    }
    return parts;
  }

  @ParameterizedTest
  @CsvSource({"overwrite", "append", "incremental"})
  void theNameNodeIsInSafeMode(String mode) throws IOException {
    embed(mode).assertExitCode(0);
    List<String> old = rows();
    put("a0", 100);
    hdfs().setSafeMode(SafeModeAction.ENTER);

    embed(mode)
        .assertExitCode(3)
        .assertOneMessage("Can't write to " + output, "Name node is in safe mode");

    assertThat(rows()).isEqualTo(old);
    hdfs().setSafeMode(SafeModeAction.LEAVE);
    assertOnlyTheTableIsThere();
    embed(mode).assertExitCode(0);
    assertThat(rows()).isNotEqualTo(old);
  }

  /** The disk is full, as far as this directory goes. */
  @ParameterizedTest
  @CsvSource({"overwrite", "append", "incremental"})
  void thereIsNoSpaceLeft(String mode) throws IOException {
    embed(mode).assertExitCode(0);
    List<String> old = rows();
    put("a0", 100);
    long used = hdfs().getContentSummary(output.getParent()).getSpaceConsumed();
    hdfs()
        .setQuota(
            output.getParent(),
            HdfsConstants.QUOTA_DONT_SET,
            used + REPLICATION * BLOCK_BYTES - 1); // none for a block

    embed(mode)
        .assertExitCode(5)
        .assertOneMessage("The DiskSpace quota of " + output.getParent().toUri().getPath());

    assertThat(rows()).isEqualTo(old);
    hdfs().setQuota(output.getParent(), HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
    embed(mode).assertExitCode(0);
    assertThat(rows()).isNotEqualTo(old);
    assertOnlyTheTableIsThere();
  }
}
