package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that a group shares, one of which is hostile: what it plants, and changes meanwhile. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostileCacheTest extends HandleFixture {

  private String handle = "";
  private Path entry = Path.of("");

  HostileCacheTest() throws IOException {}

  @BeforeEach
  void share() throws IOException {
    cache = Files.createDirectory(temporary.resolve("shared"));
    Files.setAttribute(cache, "unix:mode", 02775);
    server.on(MODULE, HubServer.ok(archive));
    handle = server.url("localhost", MODULE);
    entry = cache.resolve(sha1(handle));
  }

  private HubOptions named() {
    return HubOptions.fromEnvironment(Map.of("TFHUB_CACHE_DIR", cache.toString()));
  }

  private Path beside(String suffix) {
    return entry.resolveSibling(entry.getFileName() + suffix);
  }

  /** What a link leads to is another user's, or this one's, and not to be written. */
  @ParameterizedTest
  @ValueSource(strings = {".descriptor.txt", ".sha256"})
  void linksAreNotWrittenThrough(String suffix) throws IOException {
    Path victim = Files.writeString(temporary.resolve("victim"), "precious");
    Files.createSymbolicLink(beside(suffix), victim);
    assertIsModule(resolve(handle, named()));
    assertThat(victim).hasContent("precious");
    assertThat(beside(suffix)).isRegularFile();
    assertThat(Files.isSymbolicLink(beside(suffix))).isFalse();
  }

  /** It says nothing of a life, and goes as a dead process's does. */
  @ParameterizedTest
  @ValueSource(strings = {"nowhere", "victim", "/dev/zero", "pipe"})
  void strangeLocksCountAsAbandoned(String to) throws Exception {
    Path victim = Files.writeString(temporary.resolve("victim"), "precious");
    if (to.equals("pipe")) {
      Process made = new ProcessBuilder("mkfifo", beside(".lock").toString()).start();
      assertThat(made.waitFor()).isZero();
    } else {
      Files.createSymbolicLink(beside(".lock"), temporary.resolve(to));
    }
    long cpu = cpu();
    assertIsModule(resolve(handle, named()));
    assertThat(cpu() - cpu).as("busy waiting").isLessThan(TimeUnit.MILLISECONDS.toNanos(450));
    assertThat(Files.exists(beside(".lock"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(victim).hasContent("precious");
  }

  private static long cpu() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** A record of the cache's user proves something, one that others could write does not. */
  @Test
  void digestsProveNothingWhereOthersWrite() throws IOException {
    Optional<String> expected = Optional.of(sha256(archive));
    assertThatThrownBy(() -> resolve(handle, named(), expected))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("others may write there (mode 2775)");
    assertThat(server.requests()).isEmpty();

    assertIsModule(resolve(handle, named())); // who expects none may share
    Files.setAttribute(cache, "unix:mode", 0755);
    assertIsModule(resolve(handle, named(), expected));
    Files.setAttribute(beside(".sha256"), "unix:mode", 0664);
    assertThatThrownBy(() -> resolve(handle, named(), expected))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining(".sha256, others may write there");
  }

  /** The digest of a link's target would be of what it leads to today. */
  @ParameterizedTest
  @ValueSource(strings = {"file", "directory"})
  void linksInModulesAreNoneOfTheArchive(String what) throws IOException {
    Files.setAttribute(cache, "unix:mode", 0755);
    Path made = resolve(handle, named());
    Path elsewhere = temporary.resolve("elsewhere");
    if (what.equals("file")) {
      Files.move(made.resolve("saved_model.pb"), elsewhere);
      Files.createSymbolicLink(made.resolve("saved_model.pb"), elsewhere);
    } else {
      Files.createDirectory(elsewhere);
      Files.createSymbolicLink(made.resolve("assets"), elsewhere);
    }
    assertThatThrownBy(() -> resolve(handle, named(), Optional.of(sha256(archive))))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("are not those that came out of the archive");
  }

  /** Whatever the umask: who may write into the cache must not change what is being unpacked. */
  @Tag("slow")
  @Test
  void whatIsBeingUnpackedIsClosed() throws Exception {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 4, 300));
    List<String> command = new ArrayList<>(List.of("sh", "-c", "umask 000; exec \"$@\"", "sh"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            ResolveMain.class.getName(),
            handle,
            cache.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    Set<String> open = new TreeSet<>();
    while (process.isAlive()) {
      open.addAll(openBelow(cache));
      Thread.sleep(5);
    }
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(printed).isZero();
    open.addAll(openBelow(cache));
    assertThat(open).allMatch(name -> name.contains(".lock"));
    assertThat(entry).isNotEmptyDirectory();
  }

  private static List<String> openBelow(Path directory) throws IOException {
    List<String> open = new ArrayList<>();
    for (Path file : FileTrees.below(directory)) {
      try {
        if (!file.equals(directory)
            && Permissions.of(file).filter(Permissions::othersMayWrite).isPresent()) {
          open.add(directory.relativize(file).toString());
        }
      } catch (NoSuchFileException e) {
        // gone meanwhile
      }
    }
    return open;
  }
}
