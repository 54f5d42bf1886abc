package io.mobilenetspark.spark.ml;

import static io.mobilenetspark.spark.ml.FineTunerFixture.noticesTo;
import static io.mobilenetspark.spark.ml.FineTunerFixture.table;
import static io.mobilenetspark.spark.ml.FineTunerFixture.tuner;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.spark.train.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on a real HDFS, in this process, which stops taking writes on the way. */
@Tag("slow")
@EnabledIfSystemProperty(
    named = "cases",
    matches = "all",
    disabledReason = "of the exhaustive tier: a minute")
class FineTunerHdfsTest {

  @TempDir private static java.nio.file.Path storage;

  private static @Nullable MiniDFSCluster cluster;

  @BeforeAll
  static void start() throws IOException {
    Configuration configuration = new Configuration();
    configuration.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, storage.toString());
    // The name node's web server wants it to exist.
    Files.createDirectories(java.nio.file.Path.of(System.getProperty("java.io.tmpdir")));
    cluster = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
    cluster.waitActive();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.shutdown();
    }
  }

  private static DistributedFileSystem hdfs() throws IOException {
    return requireNonNull(cluster, "not started").getFileSystem();
  }

  @Test
  void aRunThatCouldNotWriteGoesOnFromItsLastCheckpoint() throws IOException {
    Dataset<Row> table = table(48);
    MobileNetFineTuner tuner = tuner().setNumWorkers(2).setEpochs(3).setOptimizer("adam");
    String expected = tuner.fit(table).weights().classifierFingerprint();
    Path runs = hdfs().makeQualified(new Path("/runs"));
    tuner.setCheckpointDir(runs.toString()).setCheckpointInterval(1);

    assertThatThrownBy(() -> tuner.fit(table, new SafeModeAfter(6)))
        .hasMessageContaining("Can't write the checkpoint of step 6 to " + runs)
        .hasMessageContaining("earlier checkpoints are whole");
    hdfs().setSafeMode(SafeModeAction.LEAVE);

    List<String> notices = new ArrayList<>();
    MobileNetClassificationModel resumed = tuner.fit(table, noticesTo(notices));
    assertThat(notices).singleElement().asString().contains("Resuming after step 5 (epoch 1)");
    assertThat(resumed.weights().classifierFingerprint()).isEqualTo(expected);
    assertThat(hdfs().listStatus(runs)).extracting(FileStatus::isDirectory).containsExactly(true);
  }

  /** From then on the name node refuses what changes files. */
  private static final class SafeModeAfter implements TrainingListener {
    private final long step;

    SafeModeAfter(long step) {
      this.step = step;
    }

    @Override
    public void onStep(StepProgress progress) {
      if (progress.step() == step) {
        try {
          hdfs().setSafeMode(SafeModeAction.ENTER);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }
}
