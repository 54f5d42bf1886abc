package io.mobilenetspark.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.cli.CommonOptions.Verbosity;
import io.mobilenetspark.jobs.cli.Console.Results;
import io.mobilenetspark.jobs.cli.Screen.Stream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is seen of a command on a terminal of 60 columns, in a file, and by a program. */
class ConsoleTest {

  private static final int COLUMNS = 60;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Console console(Verbosity verbosity, Results results, Screen screen) {
    return new Console(
        new PrintWriter(out, true), new PrintWriter(err, true), verbosity, results, screen);
  }

  /** Standard output and standard error are the same one. */
  private Console terminal() {
    PrintWriter both = new PrintWriter(out, true);
    return new Console(
        both,
        both,
        Verbosity.NORMAL,
        Results.TEXT,
        new Screen(true, COLUMNS, EnumSet.allOf(Stream.class)));
  }

  private static Screen file() {
    return new Screen(false, 80, Set.of());
  }

  private static String progress(long done) {
    return Progress.fitted(done, OptionalLong.of(10_000), Duration.ofSeconds(100), COLUMNS);
  }

  @Test
  void theChangingLineGivesWayToAllOthers() {
    Console console = terminal();
    console.note("Model: builtin");
    for (long done = 0; done <= 10_000; done += 100) {
      console.show(progress(done));
    }
    assertThat(Typescript.seen(out.toString(), COLUMNS))
        .containsExactly(
            "Model: builtin", "[===============] 100% 10,000 of 10,000, 100.0/s, 0:00 left");
    console.note("The table has changed");
    console.show(progress(5));
    console.print("10,000 images");
    console.clearLine();
    console.print("Vectors: file:/vectors");
    assertThat(Typescript.seen(out.toString(), COLUMNS))
        .containsExactly(
            "Model: builtin",
            "The table has changed",
            "10,000 images",
            "Vectors: file:/vectors",
            "");
  }

  /** Of its edge no line knows any more. */
  @Test
  void aTerminalThatHasBecomeNarrowerHasOneLineAllTheSame() {
    Console console = terminal();
    console.show(progress(100));
    console.show(progress(200));
    assertThat(Typescript.seen(out.toString(), 30))
        .satisfiesExactly(line -> assertThat(line).startsWith("[ ").hasSize(30));
  }

  @Test
  void errorsAreToldOnALineOfTheirOwn() {
    Console console = terminal();
    console.show(progress(100));
    PrintWriter writer = new PrintWriter(out, true);
    Console.tellError(
        writer,
        "There is no input /x. Check it.",
        new Screen(true, COLUMNS, EnumSet.of(Stream.ERR)));
    assertThat(Typescript.seen(out.toString(), COLUMNS))
        .containsExactly("Error: There is no input /x.", "       Check it.", "");
    assertThat(out.toString()).contains("\u001b[1;31mError:\u001b[0m There");
  }

  @Test
  void noSequenceComesIntoAFile() {
    Console console = console(Verbosity.NORMAL, Results.TEXT, file());
    console.show(progress(100));
    console.note("a note");
    console.print(console.styled(Style.GOOD, "ok") + " a result");
    console.clearLine();
    Console.tellError(new PrintWriter(err, true), "One. Two.", file());
    assertThat(out.toString().lines()).containsExactly("ok a result");
    assertThat(err.toString().lines()).containsExactly("a note", "Error: One. Two.");
  }

  @Test
  void quietSaysNothing() {
    Console console =
        console(
            Verbosity.QUIET, Results.TEXT, new Screen(true, COLUMNS, EnumSet.allOf(Stream.class)));
    console.show(progress(100));
    console.note("a note");
    console.print("a result");
    console.result(() -> Map.of("a", 1));
    console.printLeft("/out");
    assertThat(out.toString() + err).isEmpty();
    assertThat(console.isSilent()).isTrue();
  }

  /** In ASCII, which is the same in every locale; one line, which is read by line, too. */
  @Test
  void aProgramGetsOneObjectAndNothingElse() throws Exception {
    for (Verbosity verbosity : List.of(Verbosity.NORMAL, Verbosity.QUIET)) {
      out.getBuffer().setLength(0);
      Console console = console(verbosity, Results.JSON, file());
      assertThat(console.isSilent()).isFalse();
      console.print("10 images");
      console.result(() -> Map.of("id", "\u015fekil \ud83d\ude00\n\u001b[2J", "nan", Double.NaN));
      String line = out.toString();
      assertThat(line.lines()).hasSize(1);
      assertThat(line).isASCII();
      assertThat(new ObjectMapper().readTree(line).get("id").asText())
          .isEqualTo("\u015fekil \ud83d\ude00\n\u001b[2J");
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatIsLeftIsToldToo() throws Exception {
    console(Verbosity.NORMAL, Results.JSON, file()).printLeft("s3a://ann:secret@bucket/out");
    assertThat(out.toString())
        .isEqualToIgnoringNewLines("{\"written\":false,\"output\":\"s3a://bucket/out\"}");
    out.getBuffer().setLength(0);
    console(Verbosity.NORMAL, Results.TEXT, file()).printLeft("file:/out");
    assertThat(out.toString())
        .isEqualToIgnoringNewLines("file:/out exists; left as it is (--output-mode ignore)");
  }
}
