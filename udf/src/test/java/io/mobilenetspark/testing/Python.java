package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A Python that has TensorFlow: the one of the system property {@code python.executable}, else of
 * the environment variable {@code PYTHON}, else of the virtual environment {@code
 * udf/target/python}. Tests that need one are skipped, and say so, where there is none.
 */
public final class Python {

  private static final long MAX_SECONDS = 300;

  private static final class Holder {
    private static final Optional<String> EXECUTABLE =
        Stream.of(
                Optional.ofNullable(System.getProperty("python.executable")),
                Optional.ofNullable(System.getenv("PYTHON")),
                Optional.of(
                    SharedData.projectRoot().resolve("udf/target/python/bin/python").toString()))
            .flatMap(Optional::stream)
            .filter(Python::hasTensorFlow)
            .findFirst();
  }

  private Python() {}

  /** Skips the test, loudly, where there is no Python with TensorFlow. */
  public static void require() {
    Assumptions.assumeTrue(
        Holder.EXECUTABLE.isPresent(),
        "NOT TESTED against TensorFlow's Python: pass -Dpython.executable=... of a Python with"
            + " tensorflow-cpu");
  }

  /** Runs the interoperability script; gives what it printed. */
  public static String interop(String... arguments) throws IOException {
    require();
    List<String> command = new ArrayList<>();
    command.add(Holder.EXECUTABLE.orElseThrow());
    command.add(SharedData.projectRoot().resolve("udf/src/test/python/hub_interop.py").toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("python", ".out");
    Path errors = Files.createTempFile("python", ".err");
    try {
      int status = run(command, output, errors);
      assertThat(status).as("%s: %s", command, Files.readString(errors)).isZero();
      return Files.readString(output);
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }

  private static boolean hasTensorFlow(String executable) {
    if (executable.contains("/") && !Files.isExecutable(Path.of(executable))) {
      return false;
    }
    try {
      Path output = Files.createTempFile("python", ".out");
      int status = run(List.of(executable, "-c", "import tensorflow"), output, output);
      Files.deleteIfExists(output);
      return status == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static int run(List<String> command, Path output, Path errors) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    try {
      if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("%s has not ended in %d s".formatted(command, MAX_SECONDS));
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Writes float32 little-endian. */
  public static Path writeFloats(Path file, float[] values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    try {
      return Files.write(file, bytes.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads float32 little-endian. */
  public static float[] readFloats(Path file) throws IOException {
    FloatBuffer buffer =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }

  /** The last line that a script printed. */
  public static String lastLine(String printed) {
    List<String> lines = printed.strip().lines().toList();
    return lines.get(lines.size() - 1);
  }
}
