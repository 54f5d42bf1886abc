package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Witnesses;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Every option of {@code embed} has a witness in {@link OptionWitnessIT}, or a test elsewhere. */
class OptionWitnessTest {

  @Test
  void everyOptionHasOne(@TempDir Path directory) throws IOException {
    NativeLibrary.load();
    Set<String> names = new TreeSet<>(OptionWitnessIT.ELSEWHERE);
    Witnesses.all(directory, (unused, format, seed) -> {})
        .forEach(witness -> names.add(OptionWitnessIT.option(witness.setting())));

    assertThat(
            new CommandLine(new EmbedCommand())
                .getCommandSpec().options().stream().map(OptionSpec::longestName))
        .containsExactlyInAnyOrderElementsOf(names);
  }
}
