package io.mobilenetspark.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Cases;
import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Trees of files with links of all kinds, listed by the driver and by tasks. */
class FileListingTest {

  /** Whatever a test makes. */
  private static final int ALL = 100_000;

  private static final List<String> NAMES =
      List.of("a.jpg", "b.png", ".hidden", "_skipped", "_k=v", "c d.jpg", "e%20f.jpg", "g{h}.jpg");

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectory(directory.resolve("root"));
  }

  private FileListing.Found list(int maxFiles, Map<String, String> options) throws IOException {
    return FileListing.of(spark, new String[] {root.toString()}, options, maxFiles);
  }

  private static List<String> described(FileListing.Found found) {
    List<Listed> files =
        found instanceof FileListing.Few few
            ? few.files()
            : ((FileListing.Many) found).files().collect();
    return files.stream()
        .map(file -> file.path() + " " + file.length() + " " + file.modified())
        .toList();
  }

  static LongStream seeds() {
    long first = Cases.seed(FileListingTest.class);
    return LongStream.range(first, first + Cases.count(3, 10, 300));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void driverAndTasksFindWhatJavaFinds(long seed) throws IOException {
    Random random = new Random(seed);
    List<Path> directories = new ArrayList<>(List.of(root));
    int entries = 20 + random.nextInt(60);
    for (int i = 0; i < entries; i++) {
      grow(directories, random);
    }
    List<String> expected = walked();

    FileListing.Found onDriver = list(ALL, Map.of());
    assertThat(onDriver).isInstanceOf(FileListing.Few.class);
    assertThat(described(onDriver)).containsExactlyInAnyOrderElementsOf(expected);
    int fewer = random.nextInt(Math.max(1, expected.size()));
    FileListing.Found inTasks = list(fewer, Map.of());
    assertThat(described(inTasks)).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(inTasks.count()).isEqualTo(expected.size());
    assertThat(inTasks instanceof FileListing.Few).isEqualTo(expected.isEmpty());
  }

  /** Adds a file, a directory, or a link to something, which may be around it or nowhere. */
  private void grow(List<Path> directories, Random random) throws IOException {
    Path in = directories.get(random.nextInt(directories.size()));
    Path path = in.resolve(random.nextInt(100) + NAMES.get(random.nextInt(NAMES.size())));
    if (random.nextInt(4) == 0) {
      path = in.resolve(NAMES.get(random.nextInt(NAMES.size())));
    }
    if (Files.exists(path) || Files.isSymbolicLink(path)) {
      return;
    }
    switch (random.nextInt(8)) {
      case 0, 1 -> directories.add(Files.createDirectory(path));
      case 2 -> // rarely: each may double what there is
          Files.createSymbolicLink(
              path,
              random.nextInt(3) == 0
                  ? directories.get(random.nextInt(directories.size()))
                  : directory.resolve("nowhere"));
      default -> Files.write(path, new byte[random.nextInt(3) * 10]);
    }
  }

  /** What Java's own walk finds. */
  private List<String> walked() throws IOException {
    List<String> found = new ArrayList<>();
    Files.walkFileTree(
        root,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return isHidden(folder) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file)) {
              found.add(
                  new org.apache.hadoop.fs.Path("file:" + file)
                      + " "
                      + (attributes.isSymbolicLink() ? 0 : attributes.size())
                      + " "
                      + attributes.lastModifiedTime().toMillis());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof FileSystemLoopException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          private boolean isHidden(Path file) {
            String name = file.getFileName().toString();
            return name.startsWith(".") || (name.startsWith("_") && !name.contains("="));
          }
        });
    return found;
  }

  @Test
  void aFileThatIsListedAgainIsInTheSamePartition() throws IOException {
    for (int i = 0; i < 50; i++) {
      Files.createFile(Files.createDirectories(root.resolve("" + i % 7)).resolve(i + ".jpg"));
    }
    JavaRDD<Listed> one = ((FileListing.Many) list(10, Map.of())).files();
    Files.createFile(root.resolve("another.jpg"));
    JavaRDD<Listed> two = ((FileListing.Many) list(10, Map.of())).files();

    assertThat(two.getNumPartitions()).isEqualTo(one.getNumPartitions());
    List<Set<String>> before = paths(one);
    List<Set<String>> after = paths(two);
    for (int i = 0; i < before.size(); i++) {
      assertThat(after.get(i)).containsAll(before.get(i));
    }
  }

  private static List<Set<String>> paths(JavaRDD<Listed> files) {
    return files
        .glom()
        .map(some -> (Set<String>) new HashSet<>(some.stream().map(Listed::path).toList()))
        .collect();
  }

  /** In the session's time zone, which a task does not know, unless the options say another. */
  @Test
  void tasksFilterAsTheDriver() throws IOException {
    for (int hour = 0; hour < 24; hour++) {
      Path file = Files.createFile(root.resolve(hour + (hour % 2 == 0 ? ".jpg" : ".txt")));
      Files.setLastModifiedTime(
          file, FileTime.from(Instant.parse("2026-01-01T00:00:00Z").plusSeconds(3600L * hour)));
    }
    String before = spark.conf().get("spark.sql.session.timeZone");
    try {
      spark.conf().set("spark.sql.session.timeZone", "Asia/Kathmandu"); // 5:45 ahead
      for (Map<String, String> options :
          List.of(
              Map.of("pathGlobFilter", "*.jpg", "modifiedAfter", "2026-01-01T12:00:00"),
              Map.of("modifiedbefore", "2026-01-01T12:00:00", "TIMEZONE", "America/Lima"))) {
        List<String> onDriver = described(list(ALL, options));
        assertThat(onDriver).hasSizeBetween(1, 23); // Spark applies the zone twice
        assertThat(described(list(2, options))).containsExactlyInAnyOrderElementsOf(onDriver);
      }
    } finally {
      spark.conf().set("spark.sql.session.timeZone", before);
    }
  }

  @Test
  void directoriesThatAreGoneHaveNothingInThem() throws IOException {
    FileListing.Found nothing = list(0, Map.of());
    assertThat(nothing.count()).isZero();
    Listed gone =
        Listed.of(
            root.toString(),
            new org.apache.hadoop.fs.FileStatus(
                0, true, 1, 0, 0, new org.apache.hadoop.fs.Path(root + "/gone")));
    assertThat(
            new FolderWalk(
                    List.of(gone).iterator(),
                    FolderWalk.Depth.ALL_LEVELS,
                    new FileFilter(Map.of()),
                    spark.sparkContext().hadoopConfiguration())
                .hasNext())
        .isFalse();
  }
}
