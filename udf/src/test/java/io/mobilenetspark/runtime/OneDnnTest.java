package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.Graph;
import org.tensorflow.Session;

class OneDnnTest {

  @ParameterizedTest
  @CsvSource({
    "avx2 fma, '', false, true",
    "avx2 fma, 1, true, false",
    "avx2 fma, TRUE, true, false",
    "avx2 fma, 0, false, false", // somebody's will
    "avx2 fma, no, false, false", // TensorFlow warns of it
    "avx2 avx512f avx512bw, '', false, true",
    "avx2 avx512f avx512_vnni, '', true, false",
    "avx2 avx_vnni, '', true, false",
    "avx2 avx512f avx512_vnni amx_tile, 0, false, false",
    "sse4_1 avx, '', false, false",
    "'', '', true, false" // not x86, or not Linux
  })
  void isOnWhereTensorFlowHasIt(String cpu, String set, boolean isOn, boolean isAdvised) {
    Set<String> flags = cpu.isEmpty() ? Set.of() : Set.of(cpu.split(" "));
    Map<String, String> environment = set.isEmpty() ? Map.of() : Map.of(OneDnn.SWITCH, set);
    assertThat(OneDnn.isOn(flags, environment)).isEqualTo(isOn);
    Optional<String> advice = OneDnn.advice(flags, environment);
    assertThat(advice.isPresent()).isEqualTo(isAdvised);
    advice.ifPresent(
        text ->
            assertThat(text)
                .contains("TF_ENABLE_ONEDNN_OPTS=1", "spark.executorEnv.TF_ENABLE_ONEDNN_OPTS=1"));
  }

  /** TensorFlow logs that it uses oneDNN, which is the oracle here, on whatever CPU this is. */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "nonsense"}) // the last is as if it were not set
  void tensorFlowDoesWhatIsSaidOfIt(String set) throws Exception {
    ForkedJvm.Outcome outcome =
        ForkedJvm.run(
            Main.class,
            ForkedJvm.SHORT_RUN,
            Map.of(OneDnn.SWITCH, set, "TF_CPP_MIN_LOG_LEVEL", "0"));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    boolean isOn = outcome.output().contains("SAID true");
    assertThat(outcome.output())
        .contains("SAID " + isOn)
        .matches(
            output -> output.contains("oneDNN custom operations are on") == isOn,
            "TensorFlow's own word of oneDNN");
  }

  /** On an Arm CPU, Linux lists features by another name. */
  @Test
  void nothingIsKnownOfAnArmCpu(@TempDir Path folder) throws IOException {
    Path info = Files.writeString(folder.resolve("cpuinfo"), "Features\t: fp asimd sve\n");
    assertThat(InstructionSet.flags(info)).isEmpty();
  }

  @Test
  void theTestsRunAsTheLauncherDoes() {
    assertThat(System.getenv(OneDnn.SWITCH)).isEqualTo("1");
    assertThat(InstructionSet.ofThisProcess()).doesNotEndWith("_eigen");
    assertThat(OneDnn.advice()).isEmpty();
  }

  /** Opens a session. */
  static final class Main {

    private Main() {}

    public static void main(String[] args) {
      NativeLibrary.load();
      try (Graph graph = new Graph()) {
        new Session(graph).close();
      }
      System.out.println(
          "SAID " + OneDnn.isOn(InstructionSet.flagsOfThisMachine(), System.getenv()));
    }
  }
}
