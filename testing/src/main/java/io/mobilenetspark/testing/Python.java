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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * A Python that has TensorFlow: the one of the system property {@code python.executable}, else of
 * the environment variable {@code PYTHON}, else of the virtual environment {@code
 * udf/target/python}. Tests that need one are skipped, and say so, where there is none.
 */
public final class Python {

  private static final long MAX_SECONDS = 1200;

  private static final class Holder {
    private static final Optional<PythonWorker> WORKER =
        places().map(PythonWorker::start).flatMap(Optional::stream).findFirst();
  }

  private Python() {}

  /** Skips the test, loudly, where there is no Python with TensorFlow. */
  public static void require() {
    Tiers.startsPython();
    if (Holder.WORKER.isEmpty()) {
      Prerequisites.missing(
          "against TensorFlow's Python: pass -Dpython.executable=... of a Python with"
              + " tensorflow-cpu",
          "tensorflow");
    }
  }

  /** Runs the interoperability script; gives what it printed. */
  public static String interop(String... arguments) throws IOException {
    return run("hub_interop.py", arguments);
  }

  /** Runs a script that needs TensorFlow; gives what it printed. Skipped where there is none. */
  public static String run(String script, String... arguments) throws IOException {
    require();
    PythonWorker worker = Holder.WORKER.orElseThrow();
    return printedBy(
        List.of(script, String.join(" ", arguments)),
        (output, errors) ->
            worker.run(scriptFile(script), List.of(arguments), output, errors, MAX_SECONDS));
  }

  /** What TensorFlow makes of each image file of a folder: the output of decode_reference.py. */
  public static String decodeReference(Path folder) throws IOException {
    return run("decode_reference.py", folder.toString());
  }

  /** What Pillow makes of files, of which it writes some: the output of pillow_reference.py. */
  public static String pillowReference(Path folder, String seed, String count) throws IOException {
    Tiers.startsPython();
    Optional<String> executable =
        find("PIL, numpy").or(() -> Optional.of("python3").filter(has("PIL, numpy")));
    if (executable.isEmpty()) {
      Prerequisites.missing("against Pillow: there is no Python with it and numpy", "PIL", "numpy");
    }
    return script(
        executable.orElseThrow(), Map.of(), "pillow_reference.py", folder.toString(), seed, count);
  }

  /**
   * The Python that has modules. Where there is none the test is skipped, and the list of clients
   * says so.
   *
   * @param client whose modules they are
   * @param what would be run
   * @param modules as {@code import} takes them
   */
  public static String having(String client, String what, String modules) {
    Tiers.startsPython();
    Optional<String> executable =
        Stream.concat(places(), Stream.of("python3")).filter(canImport(modules)).findFirst();
    if (executable.isEmpty()) {
      Clients.missing(
          client, what, "there is no Python that can import " + modules, modules.split(", ", -1));
    }
    return executable.orElseThrow();
  }

  /**
   * Runs a script of this module; gives what it printed.
   *
   * @param executable of a Python
   * @param environment what differs from this process's
   */
  public static String script(
      String executable, Map<String, String> environment, String script, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(executable);
    command.add(scriptFile(script).toString());
    command.addAll(List.of(arguments));
    return printedBy(command, (output, errors) -> run(command, environment, output, errors));
  }

  /** Of the module whose test runs; else of those that the modules share. */
  private static Path scriptFile(String script) {
    Path own = Path.of("src/test/python", script).toAbsolutePath();
    return Files.exists(own)
        ? own
        : SharedData.projectRoot().resolve("testing/src/main/python").resolve(script);
  }

  /** Runs a program; gives its exit status. */
  private interface Program {
    int run(Path output, Path errors) throws IOException;
  }

  private static String printedBy(List<String> command, Program program) throws IOException {
    Path output = Files.createTempFile("python", ".out");
    Path errors = Files.createTempFile("python", ".err");
    try {
      int status = program.run(output, errors);
      assertThat(status).as("%s: %s", command, Files.readString(errors)).isZero();
      return Files.readString(output);
    } finally {
      Files.deleteIfExists(output);
      Files.deleteIfExists(errors);
    }
  }

  /** The first of the places above whose Python can import a module. */
  private static Optional<String> find(String module) {
    return places().filter(has(module)).findFirst();
  }

  private static Stream<String> places() {
    return Stream.of(
            Optional.ofNullable(System.getProperty("python.executable")),
            Optional.ofNullable(System.getenv("PYTHON")),
            Optional.of(
                SharedData.projectRoot().resolve("udf/target/python/bin/python").toString()))
        .flatMap(Optional::stream);
  }

  /** Whether the modules are installed. To import TensorFlow takes as long as some tests. */
  private static Predicate<String> canImport(String modules) {
    return runs(
        "import importlib.util, sys; sys.exit(any(importlib.util.find_spec(module) is None for"
            + " module in '"
            + modules
            + "'.split(', ')))");
  }

  private static Predicate<String> has(String module) {
    return runs("import " + module);
  }

  private static Predicate<String> runs(String code) {
    return executable -> {
      if (executable.contains("/") && !Files.isExecutable(Path.of(executable))) {
        return false;
      }
      try {
        Path output = Files.createTempFile("python", ".out");
        int status = run(List.of(executable, "-c", code), Map.of(), output, output);
        Files.deleteIfExists(output);
        return status == 0;
      } catch (IOException e) {
        return false;
      }
    };
  }

  private static int run(
      List<String> command, Map<String, String> environment, Path output, Path errors)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().put("TMPDIR", System.getProperty("java.io.tmpdir"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException(
            String.format(Locale.ROOT, "%s has not ended in %d s", command, MAX_SECONDS));
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
