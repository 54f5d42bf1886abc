package io.mobilenetspark.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.spark.ml.MobileNetClassificationModel;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Colours;
import io.mobilenetspark.testing.Installed;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Python package, installed by pip, in PySpark; what Java saved there, and back. */
@Tag("python")
@Tag("cluster")
class PySparkIT {

  private static final String WHAT =
      "SQL functions, stages, pipelines from and to Java, search, pandas and Arrow";
  private static final List<String> KINDS = List.of("blue", "green", "red");
  private static final int PER_KIND = 6;

  @TempDir private Path directory;

  private static MobileNetFeaturizer featurizer() {
    return new MobileNetFeaturizer()
        .setModel("builtin")
        .setImageSize(64)
        .setInputCol("image")
        .setOutputCol("features")
        .setOutputMode("vector")
        .setErrorCol("why")
        .setCropFraction(0.875)
        .setMaxImageBytes(1L << 40)
        .setTags(new String[] {"train"});
  }

  private static MobileNetFineTuner tuner() {
    return new MobileNetFineTuner()
        .setModel("builtin")
        .setImageSize(64)
        .setInputCol("image")
        .setLabelCol("kind")
        .setHeadInit("zero")
        .setEpochs(1)
        .setValidationFraction(0)
        .setBatchSize(6)
        .setNumWorkers(1)
        .setSeed(7);
  }

  @Test
  void pythonDoesWhatJavaDoes() throws Exception {
    String python = Python.having("PySpark", WHAT, "pyspark, pandas, pyarrow");
    Dataset<Row> images = writeImages();
    PipelineModel regression = writeRegression(images);
    MobileNetClassificationModel tuned = writeTuned(images);

    Installed.Outcome outcome =
        Installed.execute(
            Map.of(
                "PYTHONPATH",
                packageFor(python).toString(),
                "PYTHONDONTWRITEBYTECODE",
                "1",
                "PYSPARK_PYTHON",
                python,
                "JAVA_HOME",
                System.getProperty("java.home")),
            List.of(
                python,
                SharedData.projectRoot()
                    .resolve("clients/src/test/python/pyspark_package.py")
                    .toString(),
                directory.toString(),
                golden(),
                SharedData.projectRoot().resolve("docs/python.md").toString()));

    outcome.assertExitCode(0);
    Matcher said =
        Pattern.compile("PySpark (\\S+); (.*): all as expected")
            .matcher(Python.lastLine(outcome.out()));
    assertThat(said.matches()).as(outcome.out()).isTrue();
    Path made = directory.resolve("python");
    assertSame(
        regression.transform(images),
        PipelineModel.load(made.resolve("pipeline-model").toString()).transform(images));
    assertSame(
        regression.transform(images),
        Pipeline.load(made.resolve("pipeline").toString()).fit(images).transform(images));
    assertSame(
        tuned.transform(images),
        MobileNetClassificationModel.load(made.resolve("tuner-model").toString())
            .transform(images));
    assertSame(
        tuned.transform(images),
        MobileNetFineTuner.load(made.resolve("tuner").toString()).fit(images).transform(images));
    Clients.passed("PySpark", said.group(1), WHAT + " (" + said.group(2) + ")");
  }

  /** In a clone of its own, with files in the place of the jars, which are large. */
  @Test
  void wheelTakesTheJarsIfAsked() throws Exception {
    String python = Python.having("pip wheel", "python/ with the jars", "pip, hatchling");
    Path clone = Files.createDirectories(directory.resolve("clone"));
    Path source = SharedData.projectRoot().resolve("python");
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = clone.resolve("python").resolve(source.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    List<String> wheel =
        List.of(
            python,
            "-m",
            "pip",
            "--disable-pip-version-check",
            "wheel",
            "-q",
            "--no-index",
            "--no-build-isolation",
            "--no-deps",
            "-w",
            directory.toString(),
            clone + "/python");
    Map<String, String> bundle = Map.of("MOBILENET_SPARK_BUNDLE_JARS", "1");
    Installed.Outcome without = Installed.execute(bundle, wheel);
    assertThat(without.exitCode()).isNotZero();
    assertThat(without.out() + without.err()).contains("There are no jars in", "mvn -DskipTests");

    Path built = clone.resolve("jobs/target");
    Files.createDirectories(built.resolve("native"));
    Files.writeString(built.resolve(Installed.jar().getFileName().toString()), "classes");
    Files.writeString(
        built.resolve("native").resolve(Installed.nativeJar().getFileName().toString()), "library");
    Installed.execute(bundle, wheel).assertExitCode(0);

    List<Path> wheels;
    try (Stream<Path> files = Files.list(directory)) {
      wheels = files.filter(file -> file.toString().endsWith(".whl")).toList();
    }
    assertThat(wheels).hasSize(1);
    assertThat(wheels.get(0).getFileName().toString()).doesNotEndWith("-any.whl");
    try (ZipFile zip = new ZipFile(wheels.get(0).toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .contains(
              "mobilenetspark/jars/" + Installed.jar().getFileName(),
              "mobilenetspark/jars/" + Installed.nativeJar().getFileName());
    }
  }

  /**
   * The package as pip installs it, in a folder with a space; without its builder hatchling, the
   * source.
   */
  private Path packageFor(String python) throws Exception {
    Path source = SharedData.projectRoot().resolve("python");
    if (Installed.execute(Map.of(), List.of(python, "-c", "import hatchling")).exitCode() != 0) {
      Clients.skipped(
          "pip install", "python/ as a wheel", "there is no hatchling to build it", "hatchling");
      return source.resolve("src");
    }
    Path site = directory.resolve("a site");
    List<String> pip = List.of(python, "-m", "pip", "--disable-pip-version-check");
    List<String> install = new ArrayList<>(pip);
    install.addAll(List.of("install", "-q", "--no-build-isolation", "--no-deps", "--no-index"));
    install.addAll(List.of("--target", site.toString(), source.toString()));
    Installed.execute(Map.of(), install).assertExitCode(0);
    assertThat(site.resolve("mobilenetspark/py.typed")).exists();
    List<String> version = new ArrayList<>(pip);
    version.add("--version");
    Clients.passed(
        "pip install",
        Installed.execute(Map.of(), version).out().split(" ", -1)[1],
        "python/ as a wheel");
    return site;
  }

  private Dataset<Row> writeImages() {
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("kind", DataTypes.StringType)
            .add("label", DataTypes.DoubleType)
            .add("image", DataTypes.BinaryType);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < KINDS.size() * PER_KIND; i++) {
      int label = i % KINDS.size();
      rows.add(RowFactory.create(i, KINDS.get(label), (double) label, Colours.png(label, i)));
    }
    write(rows, schema, "images");
    write(
        List.of(
            RowFactory.create(1, "blue", 0.0, Colours.png(0, 1)),
            RowFactory.create(2, null, null, null),
            RowFactory.create(3, null, null, "no image".getBytes(StandardCharsets.UTF_8))),
        schema,
        "mixed");
    return Installed.session().read().parquet(directory.resolve("images").toString());
  }

  private void write(List<Row> rows, StructType schema, String table) {
    Installed.session()
        .createDataFrame(rows, schema)
        .coalesce(1)
        .write()
        .parquet(directory.resolve(table).toString());
  }

  private PipelineModel writeRegression(Dataset<Row> images) throws IOException {
    Pipeline pipeline =
        new Pipeline()
            .setStages(new PipelineStage[] {featurizer(), new LogisticRegression().setMaxIter(5)});
    pipeline.save(ofJava("pipeline"));
    PipelineModel model = pipeline.fit(images);
    model.save(ofJava("pipeline-model"));
    model.transform(images).write().parquet(ofJava("predictions"));
    return model;
  }

  private MobileNetClassificationModel writeTuned(Dataset<Row> images) throws IOException {
    MobileNetFineTuner tuner = tuner();
    tuner.write().save(ofJava("tuner"));
    MobileNetClassificationModel model = tuner.fit(images);
    model.write().save(ofJava("tuner-model"));
    model.transform(images).write().parquet(ofJava("tuned"));
    return model;
  }

  private String ofJava(String name) {
    return directory.resolve("java").resolve(name).toString();
  }

  /** The reference images, as they are; {@code -} where there are none. */
  private String golden() throws IOException {
    Path data = SharedData.projectRoot().resolve("../shared/data").normalize();
    if (!Files.isDirectory(data)) {
      return "-";
    }
    Path file = directory.resolve("golden.json");
    new ObjectMapper()
        .writeValue(
            file.toFile(),
            Map.of(
                "checkpoint", SharedData.slimCheckpoint().toString(),
                "images", SharedData.goldenImages().stream().map(Path::toString).toList(),
                "features", data.resolve("golden/features_bilinear.f32").toString()));
    return file.toString();
  }

  private static void assertSame(Dataset<Row> expected, Dataset<Row> actual) {
    List<double[]> wanted = vectors(expected);
    assertThat(wanted).hasSize(KINDS.size() * PER_KIND * 2);
    List<double[]> found = vectors(actual);
    assertThat(found).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      assertThat(found.get(i)).isEqualTo(wanted.get(i));
    }
  }

  private static List<double[]> vectors(Dataset<Row> predictions) {
    return predictions.orderBy("id").select("features", "probability").collectAsList().stream()
        .flatMap(row -> Arrays.stream(new Vector[] {row.getAs(0), row.getAs(1)}))
        .map(Vector::toArray)
        .toList();
  }
}
