package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ColorProfile;
import io.mobilenetspark.image.ImageLimits;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.spark.EmbedOptions;
import io.mobilenetspark.spark.MalformedImageException;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.spark.sql.EmbeddedTable;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TestProfiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the stage makes of a table. */
class MobileNetFeaturizerTest {

  private static final int PICTURES = 9;

  @TempDir private static Path directory;
  private static SparkSession spark;
  private static String tiny;

  @BeforeAll
  static void makeModel() {
    spark = SparkTestSession.get();
    tiny = StageFixtures.tinyCheckpoint(directory.resolve("tiny"), 1);
  }

  private static MobileNetFeaturizer stage() {
    return StageFixtures.stage(tiny);
  }

  @Test
  void sameBitsAsTheJobsTableAndTheSqlFunction() {
    Dataset<Row> pictures = StageFixtures.pictures(PICTURES);
    FrozenModel model = Modules.load(ModelRequest.of("builtin").withImageSize(32, 32));
    ImageOptions images =
        new ImageOptions(ImageSize.square(32), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);
    Dataset<Row> jobs =
        EmbeddedTable.select(
            pictures,
            "image",
            List.of("id"),
            model,
            new EmbedOptions(images, Precision.FLOAT32, 16, MalformedMode.PERMISSIVE),
            Optional.empty());
    SparkSession sql = spark.newSession();
    sql.conf().set("spark.mobilenet.model", "builtin");
    sql.conf().set("spark.mobilenet.imageSize", "32");
    pictures.createOrReplaceGlobalTempView("pictures_of_the_stage");
    MobileNetFeaturizer stage = StageFixtures.stage("builtin").setBatchSize(2);

    var vectors = StageFixtures.vectors(stage.transform(pictures));

    assertThat(vectors).hasSize(PICTURES);
    assertThat(vectors.get(0)).hasSize(768);
    StageFixtures.assertSameBits(vectors, StageFixtures.vectors(jobs));
    StageFixtures.assertSameBits(
        vectors,
        StageFixtures.vectors(
            sql.sql(
                "SELECT id, mobilenet_features(image) AS features FROM"
                    + " global_temp.pictures_of_the_stage")));
    Dataset<Row> asVectors = stage.setOutputMode("vector").transform(pictures);
    assertThat(asVectors.select("features").head().get(0)).isInstanceOf(DenseVector.class);
    StageFixtures.assertSameBits(StageFixtures.vectors(asVectors), vectors);
  }

  /** A profile moves the vectors, alike on all surfaces, if it is asked for and only then. */
  @Test
  void colorProfileIsAppliedOnAllSurfaces() {
    byte[] profile = TestProfiles.adobeRgb();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int[][] picture = new int[40][40];
      for (int y = 0; y < 40; y++) {
        for (int x = 0; x < 40; x++) {
          picture[y][x] = 0xff000000 | (6 * x) << 16 | (6 * y) << 8 | 80 * i;
        }
      }
      rows.add(RowFactory.create(i, TestProfiles.png(picture, profile)));
    }
    Dataset<Row> pictures = spark.createDataFrame(rows, StructType.fromDDL("id INT, image BINARY"));
    FrozenModel model = Modules.load(ModelRequest.of("builtin").withImageSize(32, 32));
    ImageOptions images =
        new ImageOptions(ImageSize.square(32), ResizeMethod.BILINEAR, ImageLimits.DEFAULT)
            .with(ImageSettings.COLOR_PROFILE, ColorProfile.SRGB);
    Dataset<Row> jobs =
        EmbeddedTable.select(
            pictures,
            "image",
            List.of("id"),
            model,
            new EmbedOptions(images, Precision.FLOAT32, 16, MalformedMode.PERMISSIVE),
            Optional.empty());
    SparkSession sql = spark.newSession();
    sql.conf().set("spark.mobilenet.model", "builtin");
    sql.conf().set("spark.mobilenet.imageSize", "32");
    pictures.createOrReplaceGlobalTempView("pictures_with_profiles");
    String query =
        "SELECT id, mobilenet_features(image) AS features FROM global_temp.pictures_with_profiles";
    var ignored = StageFixtures.vectors(StageFixtures.stage("builtin").transform(pictures));
    StageFixtures.assertSameBits(StageFixtures.vectors(sql.sql(query)), ignored);

    var converted =
        StageFixtures.vectors(
            StageFixtures.stage("builtin").setColorProfile("srgb").transform(pictures));

    converted.forEach((id, vector) -> assertThat(vector).isNotEqualTo(ignored.get(id)));
    StageFixtures.assertSameBits(StageFixtures.vectors(jobs), converted);
    sql.conf().set("spark.mobilenet.colorProfile", "srgb");
    StageFixtures.assertSameBits(StageFixtures.vectors(sql.sql(query)), converted);
  }

  @Test
  void everyRowAndColumnStaysWhateverItsName() {
    Metadata metadata = new MetadataBuilder().putString("comment", "kept").build();
    StructType schema =
        new StructType()
            .add("features", DataTypes.createMapType(DataTypes.StringType, DataTypes.IntegerType))
            .add("an.image", DataTypes.BinaryType)
            .add("status", DataTypes.LongType, false, metadata)
            .add("c0", DataTypes.createArrayType(DataTypes.StringType))
            .add("width", DataTypes.DoubleType);
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < PICTURES; i++) {
      rows.add(
          RowFactory.create(
              Map.of("k", (int) i), Pictures.png((int) i), i, List.of("a" + i), i / 3.0));
    }
    Dataset<Row> table = spark.createDataFrame(rows, schema).repartition(3);
    Dataset<Row> transformed =
        stage().setInputCol("an.image").setOutputCol("a vector").transform(table);

    assertThat(transformed.schema().length()).isEqualTo(6);
    for (int i = 0; i < schema.length(); i++) {
      assertThat(transformed.schema().apply(i)).isEqualTo(schema.apply(i));
    }
    assertThat(transformed.drop("a vector").orderBy("status").collectAsList())
        .usingRecursiveComparison()
        .isEqualTo(table.orderBy("status").collectAsList());
    assertThat(transformed.where("`a vector` IS NULL").count()).isZero();
  }

  @Test
  void columnSaysWhatItsVectorsAre() {
    Dataset<Row> pictures = StageFixtures.pictures(1);
    MobileNetFeaturizer stage = stage().setResize("area");
    assertThat(stage.transformSchema(pictures.schema()).apply("features").metadata())
        .as("the model is not loaded yet")
        .isEqualTo(Metadata.empty());

    Dataset<Row> array = stage.transform(pictures);
    Metadata metadata = array.schema().apply("features").metadata();
    FrozenModel model = Modules.load(ModelRequest.of(tiny).withImageSize(32, 32));
    assertThat(metadata.getString("mobilenet.dimension")).isEqualTo("10");
    assertThat(metadata.getString("mobilenet.model.fingerprint")).isEqualTo(model.fingerprint());
    assertThat(metadata.getString("mobilenet.resize")).isEqualTo("area");
    assertThat(metadata.getString("mobilenet.image.size")).isEqualTo("32x32");
    assertThat(array.schema().apply("features").dataType())
        .isEqualTo(DataTypes.createArrayType(DataTypes.FloatType, false));
    assertThat(stage.transformSchema(pictures.schema())).isEqualTo(array.schema());

    Dataset<Row> vector = stage.setOutputMode("VECTOR").transform(pictures);
    assertThat(vector.schema().apply("features").dataType()).isEqualTo(SQLDataTypes.VectorType());
    assertThat(AttributeGroup.fromStructField(vector.schema().apply("features")).size())
        .isEqualTo(10);
    assertThat(vector.schema().apply("features").metadata().getString("mobilenet.dimension"))
        .isEqualTo("10");
    assertThat(stage.transformSchema(pictures.schema())).isEqualTo(vector.schema());
  }

  @Test
  void imagesThatCanNotBeRead() {
    byte[] whole = Pictures.png(1);
    StructType schema = StructType.fromDDL("image BINARY, name STRING");
    Dataset<Row> table =
        spark.createDataFrame(
            List.of(
                RowFactory.create(whole, "whole"),
                RowFactory.create(null, "missing"),
                RowFactory.create(Arrays.copyOf(whole, 60), "cut"),
                RowFactory.create(new byte[0], "empty")),
            schema);
    for (String outputMode : List.of("array", "vector")) {
      MobileNetFeaturizer stage = stage().setOutputMode(outputMode).setErrorCol("why");

      List<Row> rows = stage.transform(table).select("name", "features", "why").collectAsList();
      assertThat(rows).hasSize(4);
      assertThat(rows)
          .extracting(row -> row.getString(0))
          .containsExactly("whole", "missing", "cut", "empty");
      assertThat(rows).extracting(row -> row.isNullAt(1)).containsExactly(false, true, true, true);
      assertThat(rows.get(0).isNullAt(2)).isTrue();
      assertThat(rows.get(1).getString(2)).startsWith("NULL_INPUT: ");
      assertThat(rows.get(2).getString(2)).startsWith("TRUNCATED: ");
      assertThat(rows.get(3).getString(2)).startsWith("EMPTY: ");

      List<Row> kept =
          stage.setMode("dropMalformed").transform(table).select("name").collectAsList();
      assertThat(kept).extracting(row -> row.getString(0)).containsExactly("whole", "missing");
      assertThatThrownBy(() -> stage.setMode("FAILFAST").transform(table).collectAsList())
          .rootCause()
          .isInstanceOf(MalformedImageException.class)
          .hasMessageContaining("Image of the row with name=cut can't be read: TRUNCATED")
          .hasMessageContaining("DROPMALFORMED");
    }
  }

  @Test
  void takesPathsAndBothOfSparksStructs() throws Exception {
    Path photos = Files.createDirectories(directory.resolve("photos"));
    Files.write(photos.resolve("one.png"), Pictures.png(5));
    Dataset<Row> files = spark.read().format("binaryFile").load(photos.toString());
    Dataset<Row> images = spark.read().format("image").load(photos.toString());
    Dataset<Row> struct = files.select(functions.struct("*").as("image"));
    float[] expected =
        StageFixtures.floats(
            stage().setInputCol("content").transform(files).select("features").head().get(0));

    for (Dataset<Row> table : List.of(images, struct)) {
      Floats.assertSameBits(
          StageFixtures.floats(stage().transform(table).select("features").head().get(0)),
          expected);
    }
    Floats.assertSameBits(
        StageFixtures.floats(
            stage().setInputCol("path").transform(files).select("features").head().get(0)),
        expected);
  }

  @Test
  void decodeParametersReachTheDecoder() {
    Dataset<Row> picture = StageFixtures.pictures(1);
    float[] plain = StageFixtures.vectors(stage().transform(picture)).get(0);
    for (MobileNetFeaturizer changed :
        List.of(
            stage().setResize("area"), stage().setCropFraction(0.5), stage().setAspect("pad"))) {
      assertThat(StageFixtures.vectors(changed.transform(picture)).get(0)).isNotEqualTo(plain);
    }
    for (MobileNetFeaturizer limited :
        List.of(
            stage().setMaxImageBytes(10),
            stage().setMaxPixels(40 * 30 - 1),
            stage().setMaxSide(39))) {
      Row row = limited.setErrorCol("why").transform(picture).select("why").head();
      assertThat(row.getString(0)).startsWith("TOO_");
    }
  }

  @Test
  void wrongColumnsAreRefusedByTheSchemaAlone() {
    StructType schema = StructType.fromDDL("image BINARY, n INT, features STRING");
    assertThatThrownBy(() -> stage().transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Column 'features', which outputCol names, exists already")
        .hasMessageContaining("n int");
    assertThatThrownBy(() -> stage().setOutputCol("v").setErrorCol("v").transformSchema(schema))
        .hasMessageContaining("Column 'v', which errorCol names");
    assertThatThrownBy(() -> stage().setInputCol("img").transformSchema(schema))
        .hasMessageContaining("There is no column 'img'")
        .hasMessageContaining("image binary");
    assertThatThrownBy(() -> stage().setInputCol("n").transformSchema(schema))
        .hasMessageContaining("Column 'n' holds no images")
        .hasMessageContaining("BINARY");
    assertThatThrownBy(() -> new MobileNetFeaturizer("f_1").transformSchema(schema))
        .hasMessageContaining("inputCol of f_1 is not set");
    assertThatThrownBy(
            () -> new MobileNetFeaturizer("f_1").setInputCol("image").transformSchema(schema))
        .hasMessageContaining("outputCol of f_1 is not set");
    Dataset<Row> table = StageFixtures.pictures(1).withColumnRenamed("label", "features");
    assertThatThrownBy(() -> stage().transform(table))
        .as("transform checks the same")
        .hasMessageContaining("exists already");
  }

  @Test
  void modelIsLoadedOnceForTheStageAndItsCopies() throws Exception {
    Path source = directory.resolve("loaded-once");
    String handle = StageFixtures.tinyCheckpoint(source, 2);
    Dataset<Row> pictures = StageFixtures.pictures(3);
    MobileNetFeaturizer stage = StageFixtures.stage(handle);
    MobileNetFeaturizer earlyCopy = stage.copy(new ParamMap());
    var expected = StageFixtures.vectors(stage.transform(pictures));
    FileUtils.deleteDirectory(source.toFile());

    StageFixtures.assertSameBits(StageFixtures.vectors(stage.transform(pictures)), expected);
    StageFixtures.assertSameBits(StageFixtures.vectors(earlyCopy.transform(pictures)), expected);
    assertThat(earlyCopy.uid()).isEqualTo(stage.uid());
    assertThatThrownBy(() -> stage.setModel(handle + "-other").transform(pictures))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("loaded-once-other");
    assertThatThrownBy(() -> stage.setModel(handle).setImageSize(64).transform(pictures))
        .as("another size is another model")
        .isInstanceOf(ModelLoadException.class);
  }

  @Test
  void errorsOfTheModelNameTheStagesParameters() {
    Dataset<Row> pictures = StageFixtures.pictures(1);
    assertThatThrownBy(() -> stage().setExecutionPath("general").transform(pictures))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("Can't use the model " + tiny)
        .hasMessageContaining("Leave out executionPath.");
    assertThatThrownBy(() -> stage().setOutputKey("logits").transform(pictures))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("leave out outputKey.");
  }
}
