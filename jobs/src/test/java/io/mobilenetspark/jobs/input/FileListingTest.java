package io.mobilenetspark.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.EndlessFileSystem;
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
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    return list(maxFiles, options, root.toString());
  }

  private FileListing.Found list(int maxFiles, Map<String, String> options, String... places)
      throws IOException {
    return FileListing.of(spark, places, options, maxFiles);
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
    List<Path> targets = new ArrayList<>(List.of(directory.resolve("nowhere"), root));
    Path outside = Files.createDirectory(directory.resolve("outside"));
    targets.add(Files.createFile(outside.resolve("of others.jpg")));
    targets.add(outside);
    if (random.nextInt(4) == 0) {
      targets.add(directory); // from where the root is come to once more
    }
    int entries = 20 + random.nextInt(60);
    for (int i = 0; i < entries; i++) {
      grow(directories, targets, random);
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
  private static void grow(List<Path> directories, List<Path> targets, Random random)
      throws IOException {
    Path in = directories.get(random.nextInt(directories.size()));
    Path path = in.resolve(random.nextInt(100) + NAMES.get(random.nextInt(NAMES.size())));
    if (random.nextInt(4) == 0) {
      path = in.resolve(NAMES.get(random.nextInt(NAMES.size())));
    }
    if (Files.exists(path) || Files.isSymbolicLink(path)) {
      return;
    }
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> {
        directories.add(Files.createDirectory(path));
        targets.add(path);
      }
      case 3 -> // few: each may double what there is
          Files.createSymbolicLink(path, targets.get(random.nextInt(targets.size())));
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
  void aFileOfSeveralPlacesComesOnce() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.createFile(Files.createDirectories(root.resolve("" + i % 3)).resolve(i + ".jpg"));
    }
    String[] places = {root + "/*", root.toString(), root + "/0", root + "/0/0.jpg"};
    List<String> once = described(list(ALL, Map.of()));
    assertThat(once).hasSize(20);
    assertThat(described(list(ALL, Map.of(), places))).isEqualTo(once);
    FileListing.Found inTasks = list(3, Map.of(), places);
    assertThat(described(inTasks)).containsExactlyInAnyOrderElementsOf(once);
    assertThat(inTasks.count()).isEqualTo(20);
  }

  @Test
  void patternsLeaveOutHiddenNames() throws IOException {
    for (String name : List.of("a.jpg", "_b.jpg", ".c.jpg", "d.jpg._COPYING_", "e/f.jpg", ".g/h")) {
      Files.createDirectories(root.resolve(name).getParent());
      Files.createFile(root.resolve(name));
    }
    assertThat(described(list(ALL, Map.of(), root + "/*"))).hasSize(2);
    assertThat(described(list(ALL, Map.of()))).hasSize(2);
    assertThat(described(list(ALL, Map.of(), root + "/_b.jpg"))).hasSize(1);
  }

  /** Files in it would be lost without a word. */
  @ParameterizedTest
  @ValueSource(strings = {"file:", "many://3-2"})
  void aDirectoryThatIsGoneIsAnError(String store) throws IOException {
    Configuration hadoop = new Configuration(spark.sparkContext().hadoopConfiguration());
    hadoop.set("fs.many.impl", EndlessFileSystem.class.getName());
    hadoop.set(EndlessFileSystem.CONTENT, Files.createFile(root.resolve("content.png")).toString());
    String place = store.startsWith("file") ? root + "" : store + "/";
    Listed gone =
        Listed.of(
            place,
            new FileStatus(0, true, 1, 0, 0, new org.apache.hadoop.fs.Path(place + "/000009")));
    List<Listed> directories = List.of(gone);
    assertThatThrownBy(
            () ->
                new FolderWalk(directories.iterator(), 0, new FileFilter(Map.of()), hadoop)
                    .hasNext())
        .hasMessageContaining("/000009 is not there")
        .hasMessageContaining("ignoreMissingFiles=true");
    FileFilter ignoring = new FileFilter(Map.of("IGNOREmissingFiles", "true"));
    assertThat(new FolderWalk(directories.iterator(), 0, ignoring, hadoop).hasNext()).isFalse();
  }

  /** However they are found: by the driver, level by level, or as whole trees. */
  @Test
  void directoriesOfAStoreAreListedInTasks() throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.many.impl", EndlessFileSystem.class.getName());
    hadoop.set(EndlessFileSystem.CONTENT, Files.createFile(root.resolve("content.png")).toString());
    try {
      for (String store : List.of("many://40-5/", "many://3-7/", "many://2-0/")) {
        List<String> onDriver = described(list(ALL, Map.of(), store));
        FileListing.Found inTasks = list(1, Map.of(), store);
        assertThat(described(inTasks)).containsExactlyInAnyOrderElementsOf(onDriver);
        assertThat(onDriver).doesNotHaveDuplicates().hasSize((int) inTasks.count());
      }
    } finally {
      hadoop.unset("fs.many.impl");
      hadoop.unset(EndlessFileSystem.CONTENT);
    }
  }
}
