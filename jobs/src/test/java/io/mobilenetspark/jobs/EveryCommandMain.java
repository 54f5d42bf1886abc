package io.mobilenetspark.jobs;

import io.mobilenetspark.testing.Colours;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Runs each command once, on pictures whose names are not ASCII, with options in the case that
 * locales map differently. What it leaves has names in ASCII: those that read it may not know
 * others, and Hadoop's chmod needs file names in {@code file.encoding}.
 */
public final class EveryCommandMain {

  /** In letters that UTF-8 and ISO-8859-9 both have. */
  private static final List<String> CLASSES = List.of("ışık", "gökyüzü", "İRİS");

  private static final int PER_CLASS = 6;

  private final Path output;

  private EveryCommandMain(Path output) {
    this.output = output;
  }

  /** Argument: the folder in which {@code pictures} and {@code output} are made. */
  public static void main(String[] args) throws IOException {
    Path pictures = Path.of(args[0]).resolve("pictures");
    writePictures(pictures);
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      Path output = Files.createDirectories(Path.of(args[0]).resolve("output"));
      new EveryCommandMain(output).run(spark, pictures);
      useAsciiDigits(output);
    }
  }

  /** Spark itself numbers the files of a table in the locale's digits. */
  private static void useAsciiDigits(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      StringBuilder name = new StringBuilder();
      file.getFileName()
          .toString()
          .codePoints()
          .forEach(
              c -> name.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
      Files.move(file, file.resolveSibling(name.toString()));
    }
  }

  private static void writePictures(Path folder) throws IOException {
    for (int label = 0; label < CLASSES.size(); label++) {
      Path ofClass = Files.createDirectories(folder.resolve(CLASSES.get(label)));
      for (int i = 0; i < PER_CLASS; i++) {
        Files.write(ofClass.resolve("şekil " + i + ".png"), Colours.png(label, i));
      }
    }
    byte[] whole = Colours.png(0, 99);
    Path bad = Files.createDirectories(folder.resolveSibling("kırık"));
    Files.write(bad.resolve("yarım.png"), Arrays.copyOf(whole, 1234));
    Files.writeString(bad.resolve("metin.png"), "<html>ışık</html>", StandardCharsets.UTF_8);
    Files.write(bad.resolve("iyi.png"), whole);
  }

  private void run(SparkSession spark, Path pictures) throws IOException {
    String bad = pictures.resolveSibling("kırık").toString();
    Path run = output.resolve("run");
    run(
        "embed",
        "--input=" + pictures + "/*",
        "--input=" + bad,
        "--model=builtin",
        "--image-size=64",
        "--resize=BILINEAR_ANTIALIAS",
        "--mode=permissive",
        "--exif-orientation=IGNORE",
        "--partitions=2",
        "--output-mode=errorIfExists",
        "--output=" + output.resolve("vectors"));
    run(
        "finetune",
        "--input=" + pictures,
        "--model=builtin",
        "--image-size=64",
        "--batch-size=6",
        "--num-workers=2",
        "--epochs=1",
        "--validation-fraction=0.25",
        "--batch-norm=TRAINING",
        "--head-init=FITTED",
        "--learning-rate-schedule=COSINE",
        "--format=tf2,HUB1,slim",
        "--checkpoint-dir=" + output.resolve("checkpoints"),
        "--checkpoint-interval=1",
        "--output=" + run);
    String slim = prefix(run.resolve("slim"));
    for (String module :
        List.of(run.resolve("tf2").toString(), run.resolve("hub1").toString(), slim)) {
      String format = run.relativize(Path.of(module)).getName(0).toString();
      run("inspect", "--model=" + module);
      run(
          "export",
          "--model=" + module,
          "--format=" + (format.equals("tf2") ? "HUB1" : "TF2"),
          "--head=CLASSIFIER",
          "--output=" + output.resolve("exported-from-" + format));
    }
    run(
        "embed",
        "--input=" + bad,
        "--model=" + run.resolve("tf2"),
        "--execution-path=GENERAL",
        "--output-key=logits",
        "--labels=" + run.resolve("labels.txt"),
        "--partitions=1",
        "--output=" + output.resolve("general"));
    sql(spark, bad);
  }

  /** Of the one checkpoint in a folder. */
  private static String prefix(Path folder) throws IOException {
    try (var files = Files.newDirectoryStream(folder, "*.index")) {
      return files.iterator().next().toString().replaceFirst("\\.index$", "");
    }
  }

  private void sql(SparkSession spark, String images) {
    spark.sql("SET spark.mobilenet.model=builtin");
    spark.sql("SET spark.mobilenet.imageSize=64");
    spark.sql("SET spark.mobilenet.resize=BICUBIC");
    spark.sql("SET spark.mobilenet.mode=permissive");
    spark
        .sql(
            "SELECT path, MOBILENET_EMBED(content) AS vector FROM binaryFile.`"
                + images
                + "` ORDER BY path")
        .coalesce(1)
        .write()
        .parquet(output.resolve("sql").toString());
  }

  private void run(String... args) throws IOException {
    StringWriter said = new StringWriter();
    int code = Main.run(new PrintWriter(said, true), new PrintWriter(said, true), args);
    Path log = output.resolve("said.txt");
    Files.writeString(
        log,
        (Files.exists(log) ? Files.readString(log) : "") + String.join(" ", args) + "\n" + said);
    if (code != 0) {
      throw new IllegalStateException(String.join(" ", args) + " ended with " + code + ": " + said);
    }
  }
}
