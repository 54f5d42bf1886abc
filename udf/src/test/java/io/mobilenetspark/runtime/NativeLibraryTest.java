package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.ForkedJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an executor says where the library can't be loaded, in a JVM that takes itself for one. */
class NativeLibraryTest {

  @Tag("slow")
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

  @Tag("slow")
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

  /** Jars have local times: processes of two zones would unpack over each other. */
  @Test
  void eachTimeZoneUnpacksIntoAFolderOfItsOwn() {
    Path home = Path.of("home");
    assertThat(NativeCache.folder(home, ZoneId.of("Etc/UTC"))).isEmpty();
    assertThat(
            Stream.of("Europe/Berlin", "Africa/Lagos", "America/New_York", "Asia/Kolkata")
                .map(zone -> NativeCache.folder(home, ZoneId.of(zone)).orElseThrow()))
        .extracting(Path::toString)
        .containsExactly(
            "home/.javacpp/cache-utc+0100+0200",
            "home/.javacpp/cache-utc+0100",
            "home/.javacpp/cache-utc-0500-0400",
            "home/.javacpp/cache-utc+0530");
  }

  /** A library that another process has mapped is not touched. */
  @Tag("slow")
  @Test
  void aJvmOfAnotherTimeZoneLeavesALibraryAlone(@TempDir Path home) throws Exception {
    List<Object> seen = new ArrayList<>();
    for (String zone : List.of("UTC", "Asia/Tokyo", "UTC")) {
      ForkedJvm.Outcome outcome =
          ForkedJvm.run(LoadMain.class, List.of("-Duser.home=" + home, "-Duser.timezone=" + zone));
      assertThat(outcome.exitCode()).as(outcome.output()).isZero();
      Path ofUtc = home.resolve(".javacpp/cache");
      try (Stream<Path> files = Files.walk(ofUtc)) {
        Path library =
            files.filter(file -> file.toString().contains("libtensorflow_cc")).findFirst().get();
        BasicFileAttributes facts = Files.readAttributes(library, BasicFileAttributes.class);
        seen.add(List.of(facts.fileKey(), facts.lastModifiedTime()));
      }
    }
    assertThat(seen.get(1)).isEqualTo(seen.get(0));
    assertThat(seen.get(2)).isEqualTo(seen.get(0));
    assertThat(home.resolve(".javacpp/cache-utc+0900")).isDirectory();
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
