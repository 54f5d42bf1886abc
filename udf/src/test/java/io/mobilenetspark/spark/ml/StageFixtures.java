package io.mobilenetspark.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Tables of small pictures, small models, and what stages make of them. */
final class StageFixtures {

  /** Sides of the small models' input. */
  static final int SIDE = 32;

  private StageFixtures() {}

  /** Rows of a number, a label that a picture's brightness gives, and the picture. */
  static Dataset<Row> pictures(int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(RowFactory.create(i, (double) (i % 2), Pictures.png(i)));
    }
    return SparkTestSession.get()
        .createDataFrame(rows, StructType.fromDDL("id INT, label DOUBLE, image BINARY"))
        .repartition(2);
  }

  /** A narrow network's checkpoint, which can be moved and deleted; gives its handle. */
  static String tinyCheckpoint(Path directory, long seed) {
    return checkpoint(TinyNetwork.of(0.01, 0, seed), directory);
  }

  /** A network's checkpoint; gives its handle. */
  static String checkpoint(MobileNetWeights network, Path directory) {
    new ModelExporter(new Configuration())
        .export(
            network,
            new ExportFacts(ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE), 0.997, 4e-5),
            ExportFormat.SLIM,
            ExportHead.AUTO,
            directory.toString(),
            ModelExporter.IfExists.OVERWRITE);
    return directory.toString();
  }

  /** A stage on the pictures' table. */
  static MobileNetFeaturizer stage(String handle) {
    return new MobileNetFeaturizer()
        .setModel(handle)
        .setImageSize(SIDE)
        .setInputCol("image")
        .setOutputCol("features");
  }

  /** The vectors by id. */
  static Map<Integer, float[]> vectors(Dataset<Row> table) {
    Map<Integer, float[]> vectors = new TreeMap<>();
    for (Row row : table.select("id", "features").collectAsList()) {
      assertThat(vectors.put(row.getInt(0), floats(row.get(1)))).isNull();
    }
    return vectors;
  }

  /** The vectors of the first ids. */
  static Map<Integer, float[]> firstOf(Map<Integer, float[]> vectors, int count) {
    Map<Integer, float[]> first = new TreeMap<>(vectors);
    first.keySet().removeIf(id -> id >= count);
    return first;
  }

  /** The floats of either type of vector; a double that is no float's value fails. */
  static float[] floats(Object vector) {
    if (vector instanceof Vector dense) {
      double[] doubles = dense.toArray();
      float[] floats = new float[doubles.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) doubles[i];
        assertThat((double) floats[i]).isEqualTo(doubles[i]);
      }
      return floats;
    }
    List<?> list = scala.jdk.javaapi.CollectionConverters.asJava((scala.collection.Seq<?>) vector);
    float[] floats = new float[list.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (Float) list.get(i);
    }
    return floats;
  }

  static void assertSameBits(Map<Integer, float[]> actual, Map<Integer, float[]> expected) {
    assertThat(expected).isNotEmpty();
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    actual.forEach((id, vector) -> Floats.assertSameBits(vector, expected.get(id)));
  }
}
