package io.mobilenetspark.spark.ml;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.spark.train.TrainingListener;
import io.mobilenetspark.spark.train.TrainingSummary;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model and a checkpoint that version 0.1.0 saved, both of a narrow network: later versions read
 * them. The files are never made again; what a new format needs is files beside them.
 */
class FineTunedOf010Test {

  private static final long SEED = 3; // of the network that the run began with

  @TempDir private Path directory;
  private final Path saved;
  private final Dataset<Row> table;

  FineTunedOf010Test() throws URISyntaxException {
    URL resource = FineTunedOf010Test.class.getResource("fine-tuned-0.1.0");
    saved = Path.of(requireNonNull(resource).toURI());
    table = FineTunerFixture.table(24).coalesce(1); // that it was trained on
  }

  @Test
  void itsModelPredictsAsItDid() {
    MobileNetClassificationModel model =
        MobileNetClassificationModel.load(saved.resolve("model").toString());
    assertThat(model.labels()).containsExactly("blue", "green", "red");
    assertThat(model.getInputCol()).isEqualTo("content");
    assertThat(model.weights().fingerprint()).startsWith("cec97d0e7ee99fa5");
    assertThat(model.weights().classifierFingerprint()).startsWith("d3ab1d5d22b1f9b6");
    List<Row> rows =
        model
            .transform(table)
            .orderBy("id")
            .select("probability", "prediction")
            .limit(5)
            .collectAsList();
    assertThat(rows)
        .extracting(row -> row.getDouble(1))
        .containsExactly(0.0, 0.0, 0.0, 0.0, 1.0); // as it was printed by 0.1.0
    assertThat(rows.get(4).<Vector>getAs(0).toArray())
        .containsExactly(
            new double[] {0.36484342092421873, 0.39794559941251473, 0.23721097966326657},
            within(1e-4));
  }

  @Test
  void itsRunGoesOn() throws IOException {
    Path checkpoints = directory.resolve("checkpoints");
    FileUtils.copyDirectory(saved.resolve("checkpoints").toFile(), checkpoints.toFile());
    List<String> notices = new ArrayList<>();
    TrainingSummary summary =
        FineTunerFixture.tuner()
            .setHeadInit("fitted") // and what follows, as the run had it
            .setHeadRegParam(1e-3)
            .setModel(StageFixtures.tinyCheckpoint(directory.resolve("start"), SEED))
            .setImageSize(StageFixtures.SIDE)
            .setBatchSize(6)
            .setBatchNorm("training")
            .setOptimizer("adam")
            .setValidationFraction(0.25)
            .setCheckpointDir(checkpoints.toString())
            .fit(
                table,
                new TrainingListener() {
                  @Override
                  public void onNotice(String text) {
                    notices.add(text);
                  }
                })
            .summary()
            .orElseThrow();
    assertThat(notices).singleElement().asString().contains("Resuming after step 3 (epoch 1)");
    assertThat(summary.history()).hasSize(3);
    assertThat(summary.history().get(1).loss()).isEqualTo(9.135238690500586);
    assertThat(summary.history().get(2).step()).isEqualTo(6);
  }

  @Test
  void aModelOfALaterFormatIsRefusedByName() throws IOException {
    Path later = directory.resolve("model");
    FileUtils.copyDirectory(saved.resolve("model").toFile(), later.toFile());
    try (Stream<Path> files = Files.list(later.resolve("metadata"))) {
      for (Path part : files.filter(file -> file.toString().endsWith(".txt")).toList()) {
        Files.writeString(
            part, Files.readString(part).replace("\"mobilenetFormat\":1", "\"mobilenetFormat\":2"));
      }
    }
    assertThatThrownBy(() -> MobileNetClassificationModel.load(later.toString()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("The MobileNetClassificationModel at " + later + " is of format 2");
  }
}
