package io.mobilenetspark.jobs.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.common.UserException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputFormatTest {

  @TempDir private Path directory;

  private final Configuration hadoop = new Configuration();

  /** The local disk, where a directory of this name vanishes before it is listed. */
  static final class Vanishing extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("vanishing:///");
    }

    @Override
    public RemoteIterator<FileStatus> listStatusIterator(org.apache.hadoop.fs.Path path)
        throws IOException {
      if (path.getName().equals("vanished")) {
        throw new FileNotFoundException(path + " is gone");
      }
      return super.listStatusIterator(path);
    }
  }

  private boolean hasFiles(String... paths) {
    return InputFormat.withoutFiles(List.of(paths), hadoop).isEmpty();
  }

  @Test
  void eachPathNeedsFiles() throws IOException {
    Path full = Files.createDirectories(directory.resolve("full/below"));
    Files.createFile(full.resolve("a.png"));
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(hasFiles(directory.resolve("full").toString())).isTrue();
    assertThat(hasFiles(full.toString(), empty.toString())).isFalse();
    assertThat(hasFiles(empty.toString(), full.toString())).isFalse();
    assertThatThrownBy(() -> hasFiles(directory.resolve("none").toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("There is no input");
  }

  @Test
  void hiddenMatchesDoNotCount() throws IOException {
    Files.createFile(directory.resolve(".a.png.part"));
    Files.createFile(directory.resolve("_SUCCESS"));
    assertThat(hasFiles(directory + "/*")).isFalse();
    assertThat(hasFiles(directory + "/.a.png.part")).as("named").isTrue();
    Files.createFile(directory.resolve("a.png"));
    assertThat(hasFiles(directory + "/*")).isTrue();
  }

  @Test
  void whatVanishesHasNoNames() throws IOException {
    hadoop.set("fs.vanishing.impl", Vanishing.class.getName());
    Files.createDirectory(directory.resolve("vanished"));
    assertThat(hasFiles("vanishing://" + directory)).isFalse();
    Files.createFile(directory.resolve("z.png"));
    assertThat(hasFiles("vanishing://" + directory)).isTrue();
    assertThatThrownBy(() -> hasFiles("vanishing://" + directory.resolve("vanished")))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("There is no input");
  }
}
