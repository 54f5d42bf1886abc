package io.mobilenetspark.jobs.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.jobs.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A link that names the output stays one, whatever is replaced behind it. */
class LinkedOutputTest {

  @TempDir private Path directory;

  @Test
  void exportReplacesWhatALinkLeadsTo() throws IOException {
    Path real = directory.resolve("real");
    Path link = Files.createSymbolicLink(directory.resolve("link"), real);
    String[] command = {
      "export", "--model=builtin", "--format=slim", "--output-mode=overwrite", "--output="
    };
    command[4] += real;
    Commands.run(command).assertExitCode(0);
    FileTime before = Files.getLastModifiedTime(checkpoint(real));
    Files.setLastModifiedTime(checkpoint(real), FileTime.fromMillis(0));
    command[4] = "--output=" + link;
    Commands.run(command).assertExitCode(0);
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(Files.getLastModifiedTime(checkpoint(real))).isGreaterThanOrEqualTo(before);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactlyInAnyOrder(real, link);
    }
  }

  private static Path checkpoint(Path module) throws IOException {
    try (Stream<Path> files = Files.list(module)) {
      return files
          .filter(file -> file.toString().endsWith(".index"))
          .findFirst()
          .orElse(module.resolve("none"));
    }
  }
}
