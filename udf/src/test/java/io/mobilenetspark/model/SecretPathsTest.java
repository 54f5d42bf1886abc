package io.mobilenetspark.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** File systems take users in addresses, as Hadoop's for FTP does, and quote them in errors. */
class SecretPathsTest {

  private static final String SECRET = "pLaNtEd";

  /** Where all is there, or nothing, and nothing can be read. */
  static final class Leaky extends RawLocalFileSystem {
    private @Nullable URI uri;

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
      super.initialize(name, configuration);
      uri = name;
    }

    @Override
    public URI getUri() {
      return uri == null ? URI.create("leaky:///") : uri; // asked for while it is made
    }

    @Override
    protected void checkPath(Path path) {}

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      String name = path.getName();
      if (name.startsWith("absent")) {
        throw new FileNotFoundException("Nothing at " + path);
      }
      if (name.startsWith("broken")) {
        throw new IOException("failed", new IOException("Connection refused by " + path));
      }
      return new FileStatus(1, name.startsWith("module"), 1, 1, 1, path);
    }

    @Override
    public FileStatus[] listStatus(Path path) throws IOException {
      throw new IOException("Can't list " + path);
    }

    @Override
    public FSDataInputStream open(Path path, int buffer) throws IOException {
      throw new IOException("Can't open " + path);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "leaky, absent", "leaky, absent.tar.gz", "leaky, broken", "leaky, broken.tar.gz",
    "leaky, module", "leaky, file", "leaky, file.tar.gz", "LEAKY, file.tar.gz"
  })
  void areNotQuoted(String scheme, String name) {
    Configuration configuration = new Configuration();
    configuration.setClass("fs.leaky.impl", Leaky.class, FileSystem.class);
    configuration.setBoolean("fs.leaky.impl.disable.cache", true);
    String handle =
        String.format(Locale.ROOT, "%s://anna:%s@store.example/%s", scheme, SECRET, name);
    ModelLoader loader = new ModelLoader(configuration);
    for (ModelRequest request :
        new ModelRequest[] {
          ModelRequest.of(handle), ModelRequest.of(handle).withPath(ExecutionPath.GENERAL)
        }) {
      for (Throwable thrown :
          new Throwable[] {
            catchThrowable(() -> loader.load(request)),
            catchThrowable(() -> loader.weights(request)),
            catchThrowable(() -> loader.inspect(request)),
            catchThrowable(() -> loader.trainable(request))
          }) {
        assertThat(thrown).isInstanceOf(ModelLoadException.class);
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        assertThat(trace.toString()).contains("store.example").doesNotContain(SECRET);
      }
    }
  }
}
