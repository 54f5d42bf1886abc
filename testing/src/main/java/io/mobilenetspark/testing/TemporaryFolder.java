package io.mobilenetspark.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import scala.Option;

/**
 * The folder for temporary files that the build gives to each JVM of tests, {@code target/tmp/N}.
 * JUnit finds this class. It makes the folder, and removes it when the JVM ends; what tests have
 * left in it until then is written to {@code target/left-behind-N.txt}, for which the build fails.
 */
public final class TemporaryFolder implements LauncherSessionListener {

  /**
   * What is one for a whole JVM, and what Spark, Hadoop and TensorFlow remove at its end, or never:
   * netlib's native library, and what Python's autograph compiles. And a launcher's, which can
   * remove nothing when a test kills it; that it does otherwise is tested.
   */
  private static final Pattern OF_THE_JVM =
      Pattern.compile(
          "warehouse|narrow|tfhub_modules|(spark|blockmgr|artifacts)-.*|.*_resources|hsperfdata_.*"
              + "|hadoop-.*|.*\\.so\\d*(\\.lck)?|__autograph_generated_file.*\\.py"
              + "|mobilenet-spark-\\w{6}|tmp\\.\\w{10}");

  private static final Path FOLDER =
      Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().normalize();

  private static final int ATTEMPTS = 3;

  private static final int MOST_SHOWN = 20;

  /** After all other hooks of Hadoop's manager, and with it of Spark: the least priority. */
  private static final int LAST = 0;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    try {
      Files.createDirectories(FOLDER);
      if (isOfTheBuild()) {
        Files.deleteIfExists(report());
        ShutdownHookManager.get().addShutdownHook(() -> removeQuietly(FOLDER), LAST);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (!isOfTheBuild()) {
      return;
    }
    Option<SparkSession> spark = SparkSession.getDefaultSession();
    if (spark.isDefined()) {
      spark.get().stop(); // what it has written in an hour may take longer than a hook has
    }
    try (Stream<Path> files = Files.list(FOLDER)) {
      List<String> left =
          files
              .map(file -> file.getFileName().toString())
              .filter(name -> !OF_THE_JVM.matcher(name).matches())
              .sorted()
              .toList();
      if (!left.isEmpty()) {
        System.out.println("LEFT BEHIND by tests in " + FOLDER + ": " + String.join(", ", left));
        for (String name : left) { // JUnit's folders have no name that tells whose they were
          try (Stream<Path> inside = Files.walk(FOLDER.resolve(name))) {
            inside.limit(MOST_SHOWN).forEach(System.out::println);
          }
        }
        Files.write(report(), left);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Removes a folder and what is in it. Others do so at the same time: of Spark, of TensorFlow, and
   * what is there may be gone before it is looked at.
   */
  static void removeQuietly(Path folder) {
    for (int i = 0; i < ATTEMPTS && Files.exists(folder); i++) {
      try {
        Files.walkFileTree(folder, new Removal());
      } catch (IOException e) {
        System.err.println("can't remove " + folder + ": " + e);
      }
    }
  }

  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      return remove(file);
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) {
      return remove(directory);
    }

    private static FileVisitResult remove(Path file) {
      file.toFile().delete(); // or the next attempt does
      return FileVisitResult.CONTINUE;
    }
  }

  /** Not the machine's. */
  private static boolean isOfTheBuild() {
    Path parent = FOLDER.getParent();
    return parent != null && parent.endsWith("tmp") && FOLDER.startsWith(SharedData.projectRoot());
  }

  private static Path report() {
    return FOLDER
        .resolve("../..")
        .normalize()
        .resolve("left-behind-" + FOLDER.getFileName() + ".txt");
  }
}
