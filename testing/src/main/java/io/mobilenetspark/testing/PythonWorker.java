package io.mobilenetspark.testing;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Python that has imported TensorFlow and runs scripts with it, one after the other; see {@code
 * worker.py}. To import it for each would take longer than most of them. It ends with this JVM.
 */
final class PythonWorker {

  private final Process process;
  private final Writer requests;
  private final BufferedReader answers;

  private PythonWorker(Process process) {
    this.process = process;
    this.requests = process.outputWriter();
    this.answers = process.inputReader();
  }

  /** Starts one; empty if there is no such Python, or it has no TensorFlow. */
  static Optional<PythonWorker> start(String executable) {
    try {
      Path script = SharedData.projectRoot().resolve("testing/src/main/python/worker.py");
      ProcessBuilder builder =
          new ProcessBuilder(executable, script.toString()).redirectError(Redirect.DISCARD);
      builder.environment().put("TMPDIR", System.getProperty("java.io.tmpdir"));
      PythonWorker worker = new PythonWorker(builder.start());
      return "ready".equals(worker.answers.readLine()) ? Optional.of(worker) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Runs a script; gives its exit status.
   *
   * @throws IOException if it takes longer than it may; this worker can't be used any more
   */
  synchronized int run(
      Path script, List<String> arguments, Path output, Path errors, long maxSeconds)
      throws IOException {
    requests.write(
        new ObjectMapper()
            .writeValueAsString(
                Map.of(
                    "script", script.toString(),
                    "arguments", arguments,
                    "output", output.toString(),
                    "errors", errors.toString())));
    requests.write("\n");
    requests.flush();
    CompletableFuture<String> answer = CompletableFuture.supplyAsync(this::answer);
    try {
      return Integer.parseInt(answer.get(maxSeconds, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IOException(script + " has not ended in " + maxSeconds + " s", e);
    }
  }

  private String answer() {
    try {
      return requireNonNull(answers.readLine(), "the worker has ended");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
