package io.mobilenetspark.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A contestant in a process of its own. It prints READY once it is, and after each line of its
 * standard input embeds all photographs and prints the images a second; its end ends it.
 */
final class PeerProcess implements Contestant {

  private static final long START_SECONDS = 600;
  private static final long ROUND_SECONDS = 1200;
  private static final String READY = "READY";
  private static final String ENDED = "";

  /** Ray and Daft would tell their authors that they are used. */
  private static final Map<String, String> QUIET =
      Map.of("RAY_USAGE_STATS_ENABLED", "0", "DO_NOT_TRACK", "1");

  private final Process process;
  private final PrintWriter orders;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Path log;
  private final Path table;
  private final String versions;

  /**
   * Starts a process and waits until it is ready.
   *
   * @param log what it prints to standard error
   * @param table where it writes
   * @throws IOException if it does not become ready
   */
  PeerProcess(List<String> command, Path log, Path table) throws IOException, InterruptedException {
    this.log = log;
    this.table = table;
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().putAll(QUIET);
    builder.environment().remove("SPARK_HOME"); // PySpark has a Spark of its own
    this.process = builder.start();
    this.orders =
        new PrintWriter(
            new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
    Thread reader = new Thread(this::read, "answers of " + process.pid());
    reader.setDaemon(true);
    reader.start();
    try {
      String ready = answer(START_SECONDS);
      if (!ready.startsWith(READY)) {
        throw new IOException("it said '" + ready + "' instead of " + READY);
      }
      this.versions = ready.substring(READY.length()).strip();
    } catch (IOException | InterruptedException e) {
      close();
      throw e;
    }
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      // The process was ended.
    }
    answers.add(ENDED);
  }

  private String answer(long seconds) throws IOException, InterruptedException {
    String line = answers.poll(seconds, TimeUnit.SECONDS);
    if (line == null) {
      throw new IOException(String.format(Locale.ROOT, "no answer in %d s; see %s", seconds, log));
    } else if (line.equals(ENDED)) {
      throw new IOException("it has ended: " + lastWords());
    }
    return line;
  }

  private String lastWords() throws IOException {
    List<String> said =
        Files.readString(log, StandardCharsets.ISO_8859_1)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    return said.isEmpty() ? "without a word" : said.get(said.size() - 1);
  }

  @Override
  public double round() throws IOException, InterruptedException {
    orders.println("round");
    return Double.parseDouble(answer(ROUND_SECONDS));
  }

  @Override
  public Optional<Path> table() {
    return Optional.of(table);
  }

  @Override
  public String versions() {
    return versions;
  }

  /** Ends the process and those that it has started. */
  @Override
  public void close() {
    orders.close(); // a worker ends with its input, and takes down what it started
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.add(process.toHandle());
    if (!hasEnded(15)) {
      all.forEach(ProcessHandle::destroy);
      if (!hasEnded(5)) {
        all.forEach(ProcessHandle::destroyForcibly);
      }
    }
  }

  private boolean hasEnded(long seconds) {
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
