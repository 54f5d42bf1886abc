package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an executor says where the library can't be loaded, in a JVM that takes itself for one. */
class NativeLibraryTest {

  @ParameterizedTest
  @CsvSource({
    "Windows 10, amd64, windows-x86_64",
    "Mac OS X, x86_64, macosx-x86_64",
    "Linux, riscv64, linux-riscv64",
    "Linux, ppc64le, linux-ppc64le",
    "FreeBSD, amd64, freebsd-x86_64"
  })
  void saysThatThereIsNoneForThePlatform(String system, String machine, String platform)
      throws Exception {
    ForkedJvm.Outcome outcome = loadOn(system, machine);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("has no native library for " + platform)
        .contains("(" + system + ", " + machine + ")")
        .contains("there is one for linux-x86_64, linux-arm64, macosx-arm64");
  }

  @ParameterizedTest
  @CsvSource({"Linux, aarch64, linux-arm64", "Mac OS X, aarch64, macosx-arm64"})
  void namesTheJarThatIsMissing(String system, String machine, String platform) throws Exception {
    ForkedJvm.Outcome outcome = loadOn(system, machine);
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("can't be loaded on " + platform)
        .contains("tensorflow-core-native-1.1.0-" + platform + ".jar")
        .contains("org.tensorflow:tensorflow-core-native:1.1.0:" + platform + " on Maven Central");
  }

  /** Or the error would name a jar of another version than that which is used. */
  @Test
  void versionIsThatOfTheClassPath() {
    assertThat(System.getProperty("java.class.path"))
        .contains(
            String.format(
                Locale.ROOT,
                "tensorflow-core-native-%s-%s.jar",
                NativeLibrary.VERSION,
                NativeLibrary.platform()));
  }

  private static ForkedJvm.Outcome loadOn(String system, String machine) throws Exception {
    return ForkedJvm.run(
        LoadMain.class, List.of("-Dos.name=" + system, "-Dos.arch=" + machine, "-Xmx256m"));
  }

  /** Loads the library. */
  static final class LoadMain {

    private LoadMain() {}

    public static void main(String[] args) {
      NativeLibrary.load();
    }
  }
}
