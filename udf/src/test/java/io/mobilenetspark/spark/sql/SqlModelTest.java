package io.mobilenetspark.spark.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.export.ExportFacts;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.testing.Pictures;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.testing.TinyNetwork;
import java.nio.file.Path;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Locale;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.UserGroupInformation;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a query's model is, and for how long. */
class SqlModelTest {

  @TempDir private Path directory;
  private final SparkSession spark = session();

  private static SparkSession session() {
    SparkSession session = SparkTestSession.get().newSession();
    session.conf().set("spark.mobilenet.imageSize", "32");
    session
        .createDataFrame(
            List.of(RowFactory.create(1, Pictures.png(1))),
            StructType.fromDDL("id INT, image BINARY"))
        .createOrReplaceTempView("photos");
    return session;
  }

  private String model(int seed) {
    String path = directory.resolve("m" + seed).toString();
    new ModelExporter(new Configuration())
        .export(
            TinyNetwork.of(0.01, 0, seed),
            new ExportFacts(ImageSize.square(ModelLoader.DEFAULT_IMAGE_SIDE), 0.997, 4e-5),
            ExportFormat.SLIM,
            ExportHead.AUTO,
            path,
            ModelExporter.IfExists.ERRORIFEXISTS);
    return path;
  }

  private static Dataset<Row> query(SparkSession session, String model) {
    return session.sql(
        String.format(
            Locale.ROOT, "SELECT mobilenet_features(image, '%s') AS v FROM photos", model));
  }

  @Tag("slow")
  @Test
  void aPlanHoldsItsModelWhateverOthersAreLoaded() {
    Dataset<Row> first = query(spark, model(0));
    List<Row> vectors = first.collectAsList();
    for (int i = 1; i <= SqlModel.KEPT + 1; i++) {
      query(spark, model(i)).collectAsList();
    }
    System.gc();

    assertThat(first.select("v").collectAsList()).isEqualTo(vectors);
    assertThat(query(spark, directory.resolve("m0").toString()).collectAsList()).isEqualTo(vectors);
  }

  @Test
  void modelsOfOtherUsersAndOtherCredentialsAreLoadedAnew() throws Exception {
    String model = model(50);
    List<Row> vectors = query(spark, model).collectAsList();
    FileUtils.deleteDirectory(directory.resolve("m50").toFile()); // or may not be read

    assertThat(query(session(), model).collectAsList()).as("kept").isEqualTo(vectors);
    PrivilegedExceptionAction<List<Row>> others = () -> query(spark, model).collectAsList();
    assertThatThrownBy(() -> UserGroupInformation.createRemoteUser("somebody").doAs(others))
        .hasStackTraceContaining("ModelLoadException: Can't use the model " + model);
    SparkSession withKeys = session();
    withKeys.conf().set("fs.s3a.access.key", "another");
    assertThatThrownBy(() -> query(withKeys, model)).isInstanceOf(ModelLoadException.class);
    assertThat(query(spark, model).collectAsList()).isEqualTo(vectors);
  }
}
