package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.Main;
import io.mobilenetspark.testing.FaultyFileSystem;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A command that is killed at a call of {@link FaultyFileSystem}, whose number comes first. */
final class DyingRunMain {

  private DyingRunMain() {}

  public static void main(String[] arguments) {
    FaultyFileSystem.dieAt(Long.parseLong(arguments[0]));
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    int code = Main.run(out, out, Arrays.copyOfRange(arguments, 1, arguments.length));
    out.println("made " + FaultyFileSystem.calls().size() + " calls");
    System.exit(code);
  }
}
