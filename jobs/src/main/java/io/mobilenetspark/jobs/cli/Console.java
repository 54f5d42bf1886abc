package io.mobilenetspark.jobs.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import io.mobilenetspark.jobs.cli.Screen.Stream;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.model.handle.Redacted;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * What a command says: results on standard output, for people or for programs, and progress on
 * standard error. On a terminal the last line may be one that changes; it gives way to all others.
 */
public final class Console {

  private static final String CLEAR = "\r\u001b[K";

  /** A terminal may have become narrower: what is too long then ends at its edge. */
  private static final String CUT = "\u001b[?7l";

  private static final String WRAP = "\u001b[?7h";

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final PrintWriter out;
  private final PrintWriter err;
  private final Verbosity verbosity;
  private final Results results;
  private final Screen screen;
  private boolean hasChangingLine;

  /** Whom results are for. */
  public enum Results {
    /** People: lines of text. */
    TEXT,
    /** Programs: a JSON object. */
    JSON
  }

  public Console(CommandLine command, Verbosity verbosity, Results results) {
    this(command.getOut(), command.getErr(), verbosity, results, Screen.OWN);
  }

  Console(PrintWriter out, PrintWriter err, Verbosity verbosity, Results results, Screen screen) {
    this.out = out;
    this.err = err;
    this.verbosity = verbosity;
    this.results = results;
    this.screen = screen;
  }

  /**
   * Where messages go. The launcher sends standard error, which native libraries write to, to a
   * file and names another descriptor for what is meant for people.
   */
  public static PrintWriter messages() {
    String path = System.getenv("MOBILENET_SPARK_MESSAGES");
    if (path != null) {
      try {
        return writer(new FileOutputStream(path));
      } catch (IOException e) {
        // Not below the launcher after all: in a cluster's container, for one.
      }
    }
    return writer(System.err);
  }

  /** A writer to a terminal, or to what stands for one. */
  @SuppressForbidden("a terminal's charset is the machine's default")
  public static PrintWriter writer(OutputStream terminal) {
    return new PrintWriter(terminal, true, Charset.defaultCharset());
  }

  /** Whether help, on standard output, is coloured. */
  public static boolean isHelpColoured() {
    return Screen.OWN.coloured().contains(Stream.OUT);
  }

  /** Says what is wrong, whatever the verbosity: on a terminal in up to three lines. */
  static void tellError(PrintWriter err, String text, Screen screen) {
    String error = screen.styled(Stream.ERR, Style.ERROR, "Error:");
    String told = error + " " + ErrorText.of(text, screen.isTerminal());
    err.println(screen.isTerminal() ? CLEAR + told : told);
  }

  public Verbosity verbosity() {
    return verbosity;
  }

  /** Whether nobody reads what is printed: there are neither texts nor an object. */
  public boolean isSilent() {
    return verbosity == Verbosity.QUIET && results == Results.TEXT;
  }

  /** A line of the result, for people. */
  public synchronized void print(String line) {
    if (verbosity != Verbosity.QUIET && results == Results.TEXT) {
      clearLine();
      out.println(line);
    }
  }

  /** The result where there is nothing to do, since the output is to be left if it exists. */
  public void printLeft(String output) {
    print(String.format(Locale.ROOT, "%s exists; left as it is (--output-mode ignore)", output));
    result(() -> facts(false, output));
  }

  /** What begins the object of a command that has written its output: where that is. */
  public static Map<String, Object> written(String output) {
    return facts(true, output);
  }

  private static Map<String, Object> facts(boolean isWritten, String output) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("written", isWritten);
    facts.put("output", Redacted.path(output));
    return facts;
  }

  /** A part of what is printed, in a style if standard output takes colours. */
  public String styled(Style style, String text) {
    return screen.styled(Stream.OUT, style, text);
  }

  /**
   * The result, or one of several, for programs: an object on a line of its own, in ASCII, so that
   * every locale has it. It was asked for, whatever the verbosity.
   */
  public synchronized void result(Supplier<?> facts) {
    if (results == Results.JSON) {
      clearLine();
      try {
        out.println(JSON.writeValueAsString(facts.get()));
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("maps of texts and numbers are JSON", e);
      }
    }
  }

  /** A line about the progress. */
  public synchronized void note(String line) {
    if (verbosity != Verbosity.QUIET) {
      clearLine();
      err.println(line);
    }
  }

  /**
   * Shows a line on a terminal until another one is said; nothing elsewhere.
   *
   * @param line that is not wider than {@link #columns}
   */
  public synchronized void show(String line) {
    boolean isSeen = screen.isTerminal() && verbosity != Verbosity.QUIET;
    if (isSeen && !Stopping.hasBegun()) { // or it would stand behind the last word
      err.print(CLEAR + CUT + line + WRAP);
      err.flush();
      hasChangingLine = true;
    }
  }

  /** Shows no such line any longer. */
  public synchronized void clearLine() {
    if (hasChangingLine) {
      err.print(CLEAR);
      err.flush();
      hasChangingLine = false;
    }
  }

  /** Whether {@link #show} shows lines. */
  public boolean isTerminal() {
    return screen.isTerminal();
  }

  /** How wide the terminal was when the command was started. */
  public int columns() {
    return screen.columns();
  }
}
