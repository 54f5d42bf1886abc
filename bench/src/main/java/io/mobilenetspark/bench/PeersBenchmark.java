package io.mobilenetspark.bench;

import io.mobilenetspark.bench.Standing.Side;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * The job, SQL and the stage, a {@link BareLoop}, a {@link Floor}, and what users of other
 * libraries have, side by side: from a directory of JPEGs to a Parquet table of vectors of the same
 * weights, in turns, in another order each round.
 *
 * <p>The peers run in processes of their own, which stay up; starting is not measured. A contestant
 * that fails is out, and its row says why.
 *
 * <pre>bench/run DIRECTORY_OF_JPEGS [IMAGES [ROUNDS [MODEL [NAMES]]]]</pre>
 *
 * <p>NAMES is a regular expression: of contestants' names, those run in which it is found.
 */
public final class PeersBenchmark {

  static final int THREADS = Runtime.getRuntime().availableProcessors();

  private static final int SIDE = ModelLoader.DEFAULT_IMAGE_SIDE;
  private static final int WARM_UPS = 2;

  private final Path home;
  private final int rounds;
  private final String model;
  private final List<Path> originals; // one that is there often is in memory once
  private final List<Path> files = new ArrayList<>();
  private final Path work;
  private final Path photographs;
  private final Path onnx;
  private final Path savedModel;
  private final Path results;

  private PeersBenchmark(Path home, List<Path> originals, int rounds, String model)
      throws IOException {
    this.home = home;
    this.rounds = rounds;
    this.originals = originals;
    this.model = model;
    this.results = home.resolve("bench/target/peers");
    this.work = home.resolve("bench/target/peers-work");
    FileUtils.deleteDirectory(work.toFile()); // of the run before, kept for its logs
    this.photographs = Files.createDirectories(work.resolve("photographs"));
    this.onnx = work.resolve("model.onnx");
    this.savedModel = work.resolve("tf2"); // no peer has this name
    for (int i = 0; i < originals.size(); i++) {
      Path copy = photographs.resolve(String.format(Locale.ROOT, "%06d.jpg", i));
      files.add(Files.copy(originals.get(i), copy));
    }
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    if (args.length < 1) {
      System.err.println("Usage: bench/run DIRECTORY_OF_JPEGS [IMAGES [ROUNDS [MODEL [NAMES]]]]");
      System.exit(2);
    }
    int count = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 5;
    String model = args.length > 3 ? args[3] : "builtin";
    String names = args.length > 4 ? args[4] : "";
    Path home = Path.of(System.getProperty("bench.home", ".")).toAbsolutePath().normalize();
    List<Path> originals = EmbedBenchmark.jpegs(Path.of(args[0]), count);
    new PeersBenchmark(home, originals, rounds, model).run(names);
  }

  private void run(String names) throws Exception {
    NativeLibrary.load();
    MobileNetWeights weights = new ModelLoader(new Configuration()).weights(ModelRequest.of(model));
    FrozenModel frozen = new ModelLoader(new Configuration()).load(model, SIDE);
    OnnxModel exported = OnnxModel.of(weights, SIDE);
    Files.write(onnx, exported.toByteArray());
    new ModelExporter(new Configuration())
        .export(
            weights,
            new ExportFacts(ImageSize.square(SIDE), 0.99, 0),
            ExportFormat.TF2,
            ExportHead.FEATURES,
            savedModel.toString(),
            ModelExporter.IfExists.ERRORIFEXISTS);
    Reference reference = Reference.of(files, frozen, onnx);
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[" + THREADS + "]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.extensions", "io.mobilenetspark.spark.sql.MobileNetExtensions")
            .getOrCreate()) {
      List<Standing> standings =
          contestants(spark, frozen, exported.operations()).stream()
              .filter(standing -> Pattern.compile(names).matcher(standing.name()).find())
              .toList();
      try {
        standings.forEach(Standing::open);
        race(spark, reference, standings);
      } finally {
        standings.forEach(Standing::close);
      }
    }
  }

  private void race(SparkSession spark, Reference reference, List<Standing> standings)
      throws IOException {
    List<Standing> order = new ArrayList<>(standings);
    Random random = new Random(1);
    for (int round = -WARM_UPS; round < rounds; round++) {
      Collections.shuffle(order, random); // none always runs after the same one
      for (Standing standing : order) {
        if (round < 0) {
          standing.warmUp(
              contestant ->
                  reference.compare(spark, contestant.table().orElseThrow(), files.size()));
        } else {
          standing.race();
        }
      }
      if (round >= 0) {
        PeersReport report = new PeersReport(files.size(), round + 1, model, standings);
        report.write(results);
        System.out.printf(
            Locale.ROOT, "%nround %d of %d%n%s", round + 1, rounds, report.markdown());
      }
    }
    System.out.println("written: " + results);
  }

  private List<Standing> contestants(SparkSession spark, FrozenModel frozen, long operations) {
    OurContestants ours = new OurContestants(spark, model, photographs, files.size(), work);
    List<Standing> all = new ArrayList<>();
    for (Precision precision : Precision.values()) {
      String suffix = ", " + precision.optionName();
      all.add(
          new Standing(
              "floor" + suffix,
              Side.YARDSTICK,
              () -> new Floor(originals, precision, THREADS, operations)));
      all.add(
          new Standing("bare loop" + suffix, Side.YARDSTICK, () -> bareLoop(frozen, precision)));
      all.add(new Standing("embed" + suffix, Side.OURS, () -> ours.job(precision)));
      all.add(new Standing("SQL" + suffix, Side.OURS, () -> ours.sql(precision)));
      all.add(new Standing("stage" + suffix, Side.OURS, () -> ours.stage(precision)));
    }
    all.add(sparkPeer("ONNX Runtime in Spark, ImageIO", SparkPeer.Kind.ONNX_IMAGE_IO, onnx));
    all.add(sparkPeer("ONNX Runtime in Spark, our decoder", SparkPeer.Kind.ONNX_OUR_DECODER, onnx));
    all.add(
        sparkPeer("SavedModel in Spark, a session a task", SparkPeer.Kind.SAVED_MODEL, savedModel));
    all.add(python("Pillow + ONNX Runtime", "pillow_onnxruntime", onnx));
    all.add(python("OpenCV + ONNX Runtime", "opencv_onnxruntime", onnx));
    all.add(python("OpenCV + OpenVINO, float32", "openvino_async", onnx, "f32"));
    all.add(python("OpenCV + OpenVINO, bfloat16", "openvino_async", onnx, "bf16"));
    all.add(python("tf.data + TensorFlow", "tfdata_tensorflow", savedModel));
    all.add(python("PySpark pandas UDF", "pyspark_pandas_udf", onnx));
    all.add(python("Ray Data", "ray_data", onnx));
    all.add(python("Daft", "daft_udf", onnx));
    return all;
  }

  private Contestant bareLoop(FrozenModel frozen, Precision precision) throws IOException {
    BareLoop loop = new BareLoop(originals, frozen, precision, THREADS);
    return new Contestant() {
      @Override
      public double round() throws Exception {
        System.gc(); // nobody pays for what another one left
        return loop.run();
      }

      @Override
      public void close() {
        loop.close();
      }
    };
  }

  /** This JVM's own Java, flags and class path, with a smaller heap. */
  private Standing sparkPeer(String name, SparkPeer.Kind kind, Path peerModel) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Xm"))
        .forEach(command::add);
    command.addAll(List.of("-Xms2g", "-Xmx2g", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(SparkPeer.class.getName(), kind.name()));
    return process(name, command, kind.name().toLowerCase(Locale.ROOT), peerModel);
  }

  private Standing python(String name, String script, Path peerModel, String... more) {
    List<String> command =
        List.of(
            home.resolve("bench/target/python/bin/python").toString(),
            home.resolve("bench/python").resolve(script + ".py").toString());
    List<String> id = new ArrayList<>(List.of(script));
    id.addAll(List.of(more));
    return process(name, command, String.join("-", id), peerModel, more);
  }

  private Standing process(
      String name, List<String> command, String id, Path peerModel, String... more) {
    Path table = work.resolve(id);
    List<String> words = new ArrayList<>(command);
    words.addAll(
        List.of(
            peerModel.toString(),
            photographs.toString(),
            table.toString(),
            String.valueOf(THREADS)));
    words.addAll(List.of(more));
    return new Standing(
        name, Side.PEER, () -> new PeerProcess(words, work.resolve(id + ".log"), table));
  }
}
