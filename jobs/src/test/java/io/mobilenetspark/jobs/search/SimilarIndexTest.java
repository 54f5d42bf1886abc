package io.mobilenetspark.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.testing.Installed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By an index, most neighbours are those of the exact search, and all of them are true. */
class SimilarIndexTest {

  private static final int DIMENSION = 48;

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;
  private Path table;

  @BeforeEach
  void places() {
    table = directory.resolve("vectors");
  }

  private Installed.Outcome similar(String... options) {
    List<String> all = new ArrayList<>(List.of("similar", "--vectors=" + table));
    all.addAll(List.of(options));
    return Commands.run(all.toArray(String[]::new));
  }

  private Installed.Outcome search(String index, int k, Path output) {
    return similar("--queries=" + table, "--output=" + output, "--k=" + k, "--index=" + index)
        .assertExitCode(0);
  }

  /**
   * Crops of the same photograph are alike: vectors around some directions, and some of them twice.
   */
  private static List<Row> clustered(int rows, Random random) {
    float[][] centres = new float[Math.max(1, rows / 25)][DIMENSION];
    for (float[] centre : centres) {
      for (int d = 0; d < DIMENSION; d++) {
        centre[d] = (float) Math.max(0, random.nextGaussian());
      }
    }
    List<Row> made = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      float[] centre = centres[random.nextInt(centres.length)];
      List<@Nullable Float> vector = new ArrayList<>();
      for (int d = 0; d < DIMENSION; d++) {
        vector.add(centre[d] + 0.3f * (float) random.nextGaussian());
      }
      if (i > 0 && random.nextInt(10) == 0) {
        vector = vector(made.get(random.nextInt(i)));
      }
      made.add(row(i, vector));
    }
    return made;
  }

  @SuppressWarnings("unchecked") // as it was put in
  private static List<@Nullable Float> vector(Row row) {
    return (List<@Nullable Float>) row.get(1);
  }

  private static Row row(long id, @Nullable List<@Nullable Float> vector) {
    return RowFactory.create(id, vector, vector == null ? "CORRUPT" : "OK");
  }

  private void write(List<Row> rows, int files) {
    VectorTables.write(rows, DataTypes.LongType, DIMENSION, files, table);
  }

  private Set<List<Object>> pairs(Path output) {
    spark.catalog().refreshByPath(output.toString());
    Set<List<Object>> pairs = new HashSet<>();
    for (Row row :
        spark.read().parquet(output.toString()).where("rank IS NOT NULL").collectAsList()) {
      pairs.add(List.of(row.get(0), row.get(2), row.get(3)));
    }
    return pairs;
  }

  private List<Path> indexes() throws IOException {
    Path indexes = table.resolve(OutputContent.INDEX);
    if (!Files.exists(indexes)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(indexes)) {
      return files.filter(Files::isDirectory).toList();
    }
  }

  private Path part() throws IOException {
    try (Stream<Path> files = Files.list(indexes().get(0))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .min(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  private void editManifest(Consumer<ObjectNode> edit) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = indexes().get(0).resolve(IndexManifest.FILE);
    ObjectNode json = (ObjectNode) mapper.readTree(file.toFile());
    edit.accept(json);
    Files.deleteIfExists(file.resolveSibling("." + IndexManifest.FILE + ".crc"));
    mapper.writeValue(file.toFile(), json);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void almostAllAreThoseOfTheExactSearch(long seed) {
    Random random = new Random(seed);
    int k = 1 + random.nextInt(20);
    write(clustered(3000, random), 1 + random.nextInt(4));
    Path exact = directory.resolve("exact");
    Path found = directory.resolve("found");
    search("none", k, exact);

    Installed.Outcome outcome = search("build", k, found);

    assertThat(outcome.out()).contains("Index: 3,000 rows in 1 part");
    Set<List<Object>> all = pairs(exact);
    Set<List<Object>> ours = pairs(found);
    assertThat(ours).hasSameSizeAs(all); // each query has its k
    long same = ours.stream().filter(all::contains).count(); // similarities to the last bit
    assertThat((double) same / all.size()).isGreaterThan(0.97);
    assertThat(trueOnes(found)).isEqualTo(ours.size());
  }

  /** Each query is looked for in each part; rows alike may be in several. */
  @Test
  void inSeveralPartsAlmostAllAreFoundToo() throws Exception {
    List<Row> rows = clustered(3000, new Random(3));
    rows.add(row(5000, null));
    write(rows, 3);
    StoredVectors stored = StoredVectors.open(spark, table.toString(), List.of());
    IndexManifest.Source source = IndexManifest.Source.of(stored, DIMENSION);
    IndexBuild build = new IndexBuild(spark, stored, source, 700);
    VectorIndex index = build.run(Optional.empty());
    assertThat(index.manifest().parts()).hasSize(4);
    Path exact = directory.resolve("exact");
    Path found = directory.resolve("found");
    search("none", 10, exact);

    assertThat(search("use", 10, found).err())
        .contains("Not searched: 1 row that has no vector")
        .doesNotContain("No index is used");

    Set<List<Object>> all = pairs(exact);
    Set<List<Object>> ours = pairs(found);
    assertThat(ours).hasSameSizeAs(all);
    assertThat((double) ours.stream().filter(all::contains).count() / all.size())
        .isGreaterThan(0.97);
    assertThat(trueOnes(found)).isEqualTo(ours.size());

    assertThat(build.run(Optional.of(index)).folder()) // what was read is kept by the heap
        .isNotEqualTo(index.folder());
    damage(part());
    Path again = directory.resolve("again");
    assertThat(search("use", 10, again).err())
        .containsOnlyOnce("No index is used, each row is compared: part-00000-")
        .containsOnlyOnce("Not searched: 1 row that has no vector");
    assertThat(pairs(again)).isEqualTo(all);
    JsonNode told = new ObjectMapper().readTree(again.resolve("_similar.json").toFile());
    assertThat(told.path("index").asText()).isEqualTo("none");
  }

  private static void damage(Path part) throws IOException {
    byte[] bytes = Files.readAllBytes(part);
    Files.delete(part.resolveSibling("." + part.getFileName() + ".crc")); // ours is to see it
    bytes[bytes.length / 2] ^= 1;
    Files.write(part, bytes);
  }

  /** What is not among the nearest has its own similarity all the same. */
  private long trueOnes(Path output) {
    io.mobilenetspark.spark.sql.MobileNetExtensions.register(spark);
    spark.read().parquet(table.toString()).createOrReplaceTempView("indexed");
    spark.read().parquet(output.toString()).createOrReplaceTempView("near_by_index");
    return spark
        .sql(
            "SELECT count_if(similarity = mobilenet_cosine_similarity(q.features, t.features) AND"
                + " q.id <> t.id) FROM near_by_index n JOIN indexed q ON query = q.id JOIN indexed"
                + " t ON n.id = t.id")
        .head()
        .getLong(0);
  }

  /**
   * With more neighbours than rows nothing can be missed: rows alike, and such as can't be
   * compared.
   */
  @Test
  void moreNeighboursThanRowsAreAllRows() {
    Random random = new Random(5);
    List<Row> rows = clustered(200, random);
    List<@Nullable Float> zeros = new ArrayList<>();
    List<@Nullable Float> holes = new ArrayList<>();
    for (int d = 0; d < DIMENSION; d++) {
      zeros.add(0f);
      holes.add(d == 7 ? null : 1f);
    }
    rows.add(row(1000, null));
    rows.add(row(1001, zeros));
    rows.add(row(1002, holes));
    rows.add(row(1003, List.of(1f, 2f)));
    rows.add(row(3, vector(rows.get(0)))); // an id that is there twice
    write(rows, 3);
    Path exact = directory.resolve("exact");
    Path found = directory.resolve("found");

    String told = search("none", 300, exact).err();
    String toldByIndex = search("build", 300, found).err();

    assertThat(pairs(found)).isEqualTo(pairs(exact)).hasSizeGreaterThan(200 * 190);
    assertThat(toldByIndex.lines())
        .containsAll(told.lines().filter(line -> line.startsWith("Not searched")).toList());
    assertThat(told.lines().filter(line -> line.startsWith("Not searched"))).hasSize(4);
  }

  /**
   * More rows of one vector than a search looks at, of which those with the least ids come first.
   */
  @Test
  void ofRowsAlikeTheFirstOnesAreFound() {
    List<Row> rows = clustered(500, new Random(6));
    for (int i = 1000; i < 1400; i++) {
      rows.add(row(i, vector(rows.get(0))));
    }
    write(rows, 2);
    String exact = similar("--query=0", "--k=30").assertExitCode(0).out();
    similar("--index=build").assertExitCode(0);
    assertThat(similar("--query=0", "--k=30", "--index=use").assertExitCode(0).out())
        .isEqualTo(exact);
  }

  @Test
  void tablesWithNothingToFindHaveAnIndex() {
    write(List.of(row(1, null)), 1);
    similar("--index=build").assertExitCode(0);
    Installed.Outcome outcome = search("use", 3, directory.resolve("found"));
    assertThat(outcome.err()).doesNotContain("No index is used");
    assertThat(outcome.out()).contains("1 without neighbours");
  }

  private void writeIndexed() {
    write(clustered(100, new Random(7)), 2);
    similar("--index=build").assertExitCode(0);
  }

  private void assertExact(String why) {
    Installed.Outcome outcome = similar("--query=1", "--index=use").assertExitCode(0);
    assertThat(outcome.err())
        .containsPattern("No index is used, each row is compared: .*" + why)
        .contains("--index build makes one.");
    assertThat(outcome.out()).isEqualTo(similar("--query=1").assertExitCode(0).out());
  }

  private void assertUsed() {
    assertThat(similar("--query=1", "--index=use").assertExitCode(0).err())
        .doesNotContain("No index is used");
  }

  @Test
  void withoutAnIndexEachRowIsCompared() throws Exception {
    write(clustered(100, new Random(8)), 1);
    assertExact("the table has none");
    assertThat(indexes()).isEmpty();
  }

  @Test
  void ofATableThatHasChangedTheIndexIsNotUsed() throws Exception {
    writeIndexed();
    assertUsed();
    Path old = indexes().get(0);
    Path more = directory.resolve("more");
    VectorTables.write(
        List.of(row(5000, vector(clustered(1, new Random(9)).get(0)))),
        DataTypes.LongType,
        DIMENSION,
        1,
        more);
    try (Stream<Path> files = Files.list(more)) {
      for (Path file : files.filter(file -> file.toString().endsWith(".parquet")).toList()) {
        Files.copy(file, table.resolve(file.getFileName()));
      }
    }
    assertExact("the table's files have changed since it was made");

    similar("--index=build").assertExitCode(0);

    assertUsed();
    assertThat(indexes()).hasSize(1).doesNotContain(old);
    assertThat(similar("--query=5000", "--index=use").assertExitCode(0).err())
        .doesNotContain("No index is used");
  }

  @Test
  void whatIsDamagedIsNotUsed() throws Exception {
    writeIndexed();
    Path part = part();
    byte[] bytes = Files.readAllBytes(part);
    damage(part);
    assertExact("part-00000-\\d+ can't be read: ");

    Files.write(part, java.util.Arrays.copyOf(bytes, bytes.length - 9));
    assertExact("part-00000-\\d+ of it is damaged: it has \\d+ bytes, not " + bytes.length);

    Files.delete(part);
    assertExact("part-00000-\\d+ of it is missing");

    similar("--index=build").assertExitCode(0);
    assertUsed();
    assertThat(indexes()).hasSize(1);
  }

  @Test
  void whatSaysOtherThingsIsNotUsed() throws Exception {
    writeIndexed();
    editManifest(json -> json.put("format", 2));
    assertExact("it is of format 2, and this version reads 1");
    editManifest(json -> json.put("format", 1).put("writer", "jvector 5"));
    assertExact("it was made with jvector 5, and this is jvector 4");
    editManifest(
        json -> ((ObjectNode) json.get("model")).put("mobilenet.model.fingerprint", "other"));
    assertExact("it is of another model: mobilenet.model.fingerprint is other, not made-up");
    editManifest(json -> ((ObjectNode) json.get("parts")).put("a:b", 1));
    assertExact("index.json is damaged");
    editManifest(json -> json.removeAll());
    assertExact("index.json is damaged");
  }

  /** An index of a later version is another user's; a damaged one is nobody's. */
  @ParameterizedTest
  @CsvSource({"'{\"format\": 2}', 2", "'{\"format\": 1, \"rows\"', 1", "'', 1"})
  void aDamagedManifestIsClearedByTheNextBuild(String manifest, int left) throws Exception {
    writeIndexed();
    Path file = indexes().get(0).resolve(IndexManifest.FILE);
    Files.deleteIfExists(file.resolveSibling("." + IndexManifest.FILE + ".crc"));
    Files.writeString(file, manifest);

    similar("--index=build").assertExitCode(0);

    assertUsed();
    assertThat(indexes()).hasSize(left);
    assertThat(file.toFile().exists()).isEqualTo(left == 2);
  }

  /** Hadoop's checksum beside it is no longer that of its bytes. */
  @Test
  void aManifestWithAnotherChecksumIsDamaged() throws Exception {
    writeIndexed();
    Path file = indexes().get(0).resolve(IndexManifest.FILE);
    Files.writeString(file, Files.readString(file).replace("cosine", "secant"));

    assertExact("index.json is damaged");
    similar("--index=build").assertExitCode(0);

    assertUsed();
    assertThat(indexes()).hasSize(1).doesNotContain(file.getParent());
  }

  /** Each has its index, which the other one's does not delete. */
  @Test
  void otherIdsAreOthers() throws Exception {
    writeIndexed();
    assertThat(similar("--query-id=OK", "--id-column=status", "--index=use", "--k=1").err())
        .contains("it names rows by the column 'id', not 'status'");
    similar("--id-column=status", "--index=build").assertExitCode(0);
    assertUsed();
    assertThat(indexes()).hasSize(2);
  }

  /** As a run leaves it that was killed. */
  @Test
  void whatIsNotCompleteIsNotUsed() throws Exception {
    writeIndexed();
    Path manifest = indexes().get(0).resolve(IndexManifest.FILE);
    Files.delete(manifest);
    assertExact("it is not complete");
    similar("--index=build").assertExitCode(0);
    assertUsed();
    assertThat(indexes()).hasSize(2); // the other one may be another run's, which goes on

    FileTime threeDaysAgo = FileTime.from(Instant.now().minus(3, ChronoUnit.DAYS));
    Files.setLastModifiedTime(manifest.getParent(), threeDaysAgo);
    similar("--index=build").assertExitCode(0); // which finds one that fits
    assertThat(indexes()).hasSize(1).doesNotContain(manifest.getParent());
  }

  @Test
  void twoMayBeMadeAtOnce() throws Exception {
    write(clustered(1000, new Random(10)), 2);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Callable<Installed.Outcome> build = () -> similar("--index=build");
      for (Future<Installed.Outcome> one : threads.invokeAll(List.of(build, build))) {
        one.get().assertExitCode(0);
      }
    } finally {
      threads.shutdown();
    }
    assertUsed();
  }

  /** The directory is part of the table: of no interest to readers, and gone with it. */
  @Test
  void theTableIsStillOne() throws Exception {
    writeIndexed();
    assertThat(spark.read().parquet(table.toString()).count()).isEqualTo(100);
    OutputContent content =
        OutputContent.of(
            FileSystem.getLocal(spark.sparkContext().hadoopConfiguration()),
            new org.apache.hadoop.fs.Path(table.toString()));
    assertThat(content.kind()).isEqualTo(OutputContent.Kind.COMPLETE);
    assertThat(content.foreign()).isEmpty();
    assertThat(content.parts()).hasSize(2);
  }

  @Test
  void anIndexIsMadeAlsoIfTheOutputIsLeftAsItIs() throws Exception {
    write(clustered(100, new Random(11)), 1);
    Path output = directory.resolve("there");
    search("none", 2, output);
    similar("--queries=" + table, "--output=" + output, "--output-mode=ignore", "--index=build")
        .assertExitCode(0);
    assertUsed();
  }

  /** Of each value five bytes, of each row some more. */
  @ParameterizedTest
  @CsvSource({"768, 94466", "1280, 59918", "1000000000, 1"})
  void partsOfLongVectorsHaveFewerRows(int dimension, long rows) {
    assertThat(IndexBuild.mostRows(dimension)).isEqualTo(rows);
  }

  @Test
  void aQueryMayBeLeftOutToMakeAnIndexAlone() {
    writeIndexed();
    assertThat(similar("--index=use").err()).contains("Pass one of --query");
    assertThat(similar("--index=perhaps").assertExitCode(2).err()).contains("none, use, build");
  }
}
