package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExportException;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.Modules;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real HDFS, in this process, as a place to load from and to export to. */
@Tag("slow")
class HdfsTest {

  @TempDir private static java.nio.file.Path temporary;

  private static final Configuration CONFIGURATION = new Configuration();
  private static final Cluster CLUSTER = new Cluster();

  /** Started before the tests, stopped after them. */
  private static final class Cluster {
    private @Nullable MiniDFSCluster dfs;

    void start() throws IOException {
      dfs = new MiniDFSCluster.Builder(CONFIGURATION).numDataNodes(1).build();
      dfs.waitActive();
    }

    FileSystem fileSystem() throws IOException {
      return requireNonNull(dfs, "not started").getFileSystem();
    }

    void stop() {
      if (dfs != null) {
        dfs.shutdown();
      }
    }
  }

  @BeforeAll
  static void start() throws IOException {
    NativeLibrary.load();
    CONFIGURATION.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, temporary.toString());
    // The name node's web server wants it to exist.
    Files.createDirectories(java.nio.file.Path.of(System.getProperty("java.io.tmpdir")));
    CLUSTER.start();
    FileSystem hdfs = CLUSTER.fileSystem();
    Path local = new Path(SharedData.directory().resolve("modules").toUri());
    hdfs.mkdirs(new Path("/hub"));
    for (String module : Modules.HUB) {
      hdfs.copyFromLocalFile(new Path(local, module), new Path("/hub/" + module));
    }
    hdfs.copyFromLocalFile(new Path(local, "slim_checkpoint"), new Path("/hub/slim_checkpoint"));
  }

  @AfterAll
  static void stop() {
    CLUSTER.stop();
  }

  private static String uri(String path) throws IOException {
    return CLUSTER.fileSystem().makeQualified(new Path(path)).toString();
  }

  private static ModelLoader loader() {
    return new ModelLoader(CONFIGURATION);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "feature_vector_1",
        "feature_vector_3",
        "feature_vector_4",
        "feature_vector_5",
        "slim_checkpoint",
        "slim_checkpoint/mobilenet_v1_0.75_224.ckpt"
      })
  void everyFormatIsLoadedFromHdfs(String module) throws IOException {
    String handle = uri("/hub/" + module);
    assertThat(handle).startsWith("hdfs://");
    FrozenModel expected = Modules.load(ModelRequest.of(Modules.handle("slim")));
    assertThat(loader().load(ModelRequest.of(handle)).fingerprint())
        .isEqualTo(expected.fingerprint());
  }

  @Test
  void generalPathRunsFromHdfs() throws IOException {
    ModelRequest request =
        ModelRequest.of(uri("/hub/feature_vector_4")).withPath(ExecutionPath.GENERAL);
    assertThat(loader().load(request).dimension()).isEqualTo(768);
  }

  @Test
  void archiveIsLoadedFromHdfs() throws IOException {
    byte[] archive =
        Archives.ofDirectory(SharedData.directory().resolve("modules/feature_vector_3"), "gz");
    try (OutputStream out = CLUSTER.fileSystem().create(new Path("/hub/three.tar.gz"))) {
      out.write(archive);
    }
    assertThat(loader().load(ModelRequest.of(uri("/hub/three.tar.gz"))).format()).isEqualTo("hub1");
  }

  @Test
  void digestsHoldOnHdfs() throws IOException, NoSuchAlgorithmException {
    byte[] archive =
        Archives.ofDirectory(SharedData.directory().resolve("modules/feature_vector_3"), "gz");
    try (OutputStream out = CLUSTER.fileSystem().create(new Path("/hub/digested.tar.gz"))) {
      out.write(archive);
    }
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(archive));
    ModelRequest request = ModelRequest.of(uri("/hub/digested.tar.gz"));
    ModelRequest right = request.withSha256(sha256);
    assertThat(loader().weights(right).fingerprint())
        .isEqualTo(loader().weights(request).fingerprint());

    String wrong = "0".repeat(64);
    assertThatThrownBy(() -> loader().weights(request.withSha256(wrong)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("has the SHA-256 " + sha256 + ", not " + wrong);
    try (OutputStream out = CLUSTER.fileSystem().append(new Path("/hub/digested.tar.gz"))) {
      out.write(0);
    }
    assertThatThrownBy(() -> loader().weights(right)).hasMessageContaining("not " + sha256);
    assertThatThrownBy(
            () ->
                loader().weights(ModelRequest.of(uri("/hub/feature_vector_3")).withSha256(sha256)))
        .hasMessageContaining("this is not one");
  }

  @ParameterizedTest
  @EnumSource
  void exportsToHdfs(ExportFormat format) throws IOException {
    String output = uri("/exported/below/" + format.optionName());
    ModelRequest source = ModelRequest.of(uri("/hub/slim_checkpoint"));
    ModelExporter exporter = new ModelExporter(CONFIGURATION);
    exporter.export(
        loader(), source, format, ExportHead.AUTO, output, ModelExporter.IfExists.ERRORIFEXISTS);
    MobileNetWeights written = loader().weights(ModelRequest.of(output));
    assertThat(written.fingerprint()).isEqualTo(loader().weights(source).fingerprint());
    assertThat(names("/exported/below")).noneMatch(name -> name.startsWith("."));

    assertThatThrownBy(
            () ->
                exporter.export(
                    loader(),
                    source,
                    format,
                    ExportHead.AUTO,
                    output,
                    ModelExporter.IfExists.ERRORIFEXISTS))
        .isInstanceOf(ModelExportException.class)
        .hasMessageContaining("it already exists");
    exporter.export(
        loader(), source, format, ExportHead.AUTO, output, ModelExporter.IfExists.OVERWRITE);
    assertThat(loader().weights(ModelRequest.of(output)).fingerprint())
        .isEqualTo(written.fingerprint());
    assertThat(names("/exported/below")).noneMatch(name -> name.startsWith("."));
  }

  private static List<String> names(String directory) throws IOException {
    return Arrays.stream(CLUSTER.fileSystem().listStatus(new Path(directory)))
        .map(FileStatus::getPath)
        .map(Path::getName)
        .toList();
  }

  @Test
  void absentModuleAndUnreachableClusterAreTold() throws IOException {
    String absent = uri("/hub/nothing");
    assertThatThrownBy(() -> loader().load(ModelRequest.of(absent)))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("/hub/nothing");
    assertThatThrownBy(() -> loader().load(ModelRequest.of("nosuchscheme://host/module")))
        .isInstanceOf(ModelLoadException.class)
        .hasMessageContaining("nosuchscheme")
        .hasMessageContaining("file system");
  }
}
