package io.mobilenetspark.jobs.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.testing.FaultyFileSystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails, there is a page: the old one, the new one, or one that the message names. */
class PageFileTest {

  private static final Page OLD = new Page("old", Map.of(), new byte[0], new byte[0]);
  private static final Page NEW = new Page("new", Map.of(), new byte[] {1, 2, 3}, new byte[9]);

  @TempDir private Path directory;

  @AfterEach
  void nothingFails() {
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
  }

  /** Replaces as FileContext does: HDFS's own is in one step. */
  public static final class FaultyContext extends DelegateToFileSystem {
    public FaultyContext(URI uri, Configuration conf) throws Exception {
      super(uri, new FaultyFileSystem(), conf, uri.getScheme(), false);
    }
  }

  private static byte[] bytes(Page page) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    page.write(out);
    return out.toByteArray();
  }

  private static Configuration hadoop(String scheme) {
    Configuration hadoop = new Configuration();
    hadoop.set("fs." + scheme + ".impl", FaultyFileSystem.class.getName());
    hadoop.set("fs." + scheme + ".impl.disable.cache", "true");
    hadoop.set("fs.AbstractFileSystem.hdfs.impl", FaultyContext.class.getName());
    return hadoop;
  }

  /** A store that replaces files as they are closed, one with a FileContext, one without. */
  @ParameterizedTest
  @ValueSource(strings = {"s3a", "hdfs", "unknown"})
  void everyCallMayBeTheLast(String scheme) throws IOException {
    Path page = directory.resolve("report.html");
    String output = scheme + "://faulty" + page;
    boolean isNamed = false;
    int calls = Integer.MAX_VALUE;
    for (int n = 1; n <= calls; n++) {
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      Files.write(page, bytes(OLD));
      PageFile file = PageFile.of(output, OutputMode.OVERWRITE, List.of(), hadoop(scheme));

      FaultyFileSystem.failFrom(n);
      String message = "";
      try {
        assertThat(file.write(NEW)).isEqualTo(bytes(NEW).length);
      } catch (UserException e) {
        message = String.valueOf(e.getMessage());
      }
      String description = scheme + ", fails from call " + n + ": " + FaultyFileSystem.calls();
      Matcher named =
          Pattern.compile("The new page is \\w+://faulty(\\S+): rename it to").matcher(message);
      if (named.find()) {
        isNamed = true;
        assertThat(Path.of(named.group(1))).as(description).hasBinaryContent(bytes(NEW));
      } else {
        assertThat(Files.readAllBytes(page)).as(description).isIn(bytes(OLD), bytes(NEW));
      }
      if (message.isEmpty()) {
        assertThat(page).as(description).hasBinaryContent(bytes(NEW));
      }
      calls = FaultyFileSystem.calls().size() < n ? n : calls;
    }
    assertThat(isNamed).isEqualTo(!scheme.equals("s3a"));
    assertThat(calls).isBetween(2, 100);
  }

  @ParameterizedTest
  @ValueSource(strings = {"s3a", "hdfs", "unknown", "file"})
  void whatComesUpInTheMeantimeStays(String scheme) throws IOException {
    Path page = directory.resolve("r".repeat(250) + ".html");
    String output = scheme + (scheme.equals("file") ? "://" : "://faulty") + page;
    Configuration hadoop = scheme.equals("file") ? new Configuration() : hadoop(scheme);
    PageFile.of(output, OutputMode.ERRORIFEXISTS, List.of(), hadoop).write(OLD);
    Files.delete(page);
    PageFile file = PageFile.of(output, OutputMode.ERRORIFEXISTS, List.of(), hadoop);
    Files.write(page, bytes(OLD));

    assertThatThrownBy(() -> file.write(NEW)).isInstanceOf(UserException.class);

    PageFile.of(output, OutputMode.IGNORE, List.of(), hadoop);
    assertThat(page).hasBinaryContent(bytes(OLD));
    assertThat(directory).isDirectoryNotContaining(path -> !path.equals(page));
    PageFile.of(output, OutputMode.OVERWRITE, List.of(), hadoop).write(NEW);
    assertThat(page).hasBinaryContent(bytes(NEW));
    assertThat(directory).isDirectoryNotContaining(path -> !path.equals(page));
  }

  /** The hook of a JVM that stops runs while the page is being written. */
  @Test
  void aTemporaryFileIsRemovedUnlessItIsTheOnlyCopy() throws IOException {
    Path path = Files.writeString(directory.resolve("page"), "page");
    FileSystem files = FileSystem.getLocal(new Configuration());
    TemporaryFile temporary =
        new TemporaryFile(files, new org.apache.hadoop.fs.Path(path.toString()));

    temporary.keep();
    temporary.remove();
    assertThat(path).exists();
    temporary.release();
    temporary.remove();
    assertThat(path).doesNotExist();
    assertThatThrownBy(temporary::keep)
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("the run was stopped");
  }
}
