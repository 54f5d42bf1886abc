package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache into which other users of the machine could have put a module. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CacheTrustTest extends HandleFixture {

  private static final int NOBODY = 65_534;

  private Path shared = Path.of("");
  private String handle = "";

  CacheTrustTest() throws IOException {}

  @BeforeEach
  void shareAFolder() throws IOException {
    shared = Files.createDirectory(temporary.resolve("shared"));
    mode(shared, 01777); // as /tmp is
    cache = shared.resolve("tfhub_modules");
    server.on(MODULE, HubServer.ok(archive));
    handle = server.url("localhost", MODULE);
  }

  private HubOptions byDefault() {
    return HubOptions.fromEnvironment(Map.of("TMPDIR", shared.toString()));
  }

  private HubOptions named() {
    return HubOptions.fromEnvironment(Map.of("TFHUB_CACHE_DIR", cache.toString()));
  }

  private static void mode(Path file, int mode) throws IOException {
    Files.setAttribute(file, "unix:mode", mode);
  }

  private static int modeOf(Path file) throws IOException {
    return Permissions.of(file).orElseThrow().mode() & 07777;
  }

  /** Gives a file to another user, which root alone can; skips, loudly, for others. */
  private static void giveAway(Path file) throws IOException {
    boolean isRoot = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    if (!isRoot) {
      System.out.println("SKIPPED: only root can give files to another user");
    }
    assumeTrue(isRoot, "root alone can give files to another user");
    Files.setAttribute(file, "unix:uid", NOBODY, LinkOption.NOFOLLOW_LINKS);
  }

  private Path entry(String where) throws IOException {
    Path entry = Files.createDirectories(cache.resolve(sha1(handle)));
    Path file = Files.writeString(entry.resolve("saved_model.pb"), where);
    mode(cache, 0755);
    mode(entry, 0755);
    mode(file, 0644);
    return entry;
  }

  private void assertRefused(HubOptions options, Path place, String why) {
    for (HubOptions.NetworkAccess network : HubOptions.NetworkAccess.values()) {
      assertThatThrownBy(() -> resolve(handle, options.withNetwork(network)))
          .isInstanceOfSatisfying(
              HandleException.class,
              e -> assertThat(e.cure()).contains("TFHUB_CACHE_DIR", "--model-cache"))
          .hasMessageContaining(String.format(Locale.ROOT, "of %s, %s", place, why));
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void theDefaultIsMadeForOneUser() throws IOException {
    Path path = resolve(handle, byDefault());
    assertIsModule(path);
    assertThat(modeOf(cache)).isEqualTo(0700);
    assertThat(resolve(handle, byDefault())).isEqualTo(path);
  }

  /** As Python makes it; what we add is closed to others whatever the umask says. */
  @Test
  void theDefaultMayBeReadByOthers() throws IOException {
    mode(Files.createDirectory(cache), 0755);
    HubCache hub = new HubCache(byDefault(), FAST, CacheFiles.NATIVE);
    Path entry =
        hub.get(
            handle,
            directory -> {
              Path file = Files.writeString(directory.resolve("saved_model.pb"), "graph");
              mode(file, 0666);
              mode(directory, 0777);
              return sha256(archive);
            });
    assertThat(modeOf(entry)).isEqualTo(0755);
    assertThat(modeOf(entry.resolve("saved_model.pb"))).isEqualTo(0644);
    assertThat(hub.find(handle)).isEqualTo(entry);
  }

  @ParameterizedTest
  @CsvSource({"0777, 777", "01777, 1777", "0775, 775", "0757, 757"})
  void theDefaultMustNotBeWritableByOthers(String mode, String told) throws IOException {
    entry("planted");
    mode(cache, Integer.parseInt(mode, 8));
    assertRefused(
        byDefault(), cache, String.format(Locale.ROOT, "others may write there (mode %s)", told));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "saved_model.pb"})
  void modulesInItMustNotBeWritableByOthers(String file) throws IOException {
    Path entry = entry("planted");
    Path open = file.isEmpty() ? entry : entry.resolve(file);
    mode(open, file.isEmpty() ? 0775 : 0666);
    assertRefused(byDefault(), open, "others may write there");
    mode(cache, 0700); // then nobody gets there
    assertThat(resolve(handle, byDefault())).isEqualTo(entry);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cache", "entry", "file", "digest"})
  void theDefaultMustNotBeAnotherUsers(String what) throws IOException {
    Path entry = entry("planted");
    Path digest = Files.writeString(ArchiveDigest.fileOf(entry), "");
    Path place =
        switch (what) {
          case "cache" -> cache;
          case "entry" -> entry;
          case "file" -> entry.resolve("saved_model.pb");
          default -> digest;
        };
    giveAway(place);
    assertRefused(byDefault(), place, "it belongs to the user with the number " + NOBODY);
  }

  @Test
  void theDefaultMustNotBeAnotherUsersLink() throws IOException {
    entry("planted");
    Path real = temporary.resolve("elsewhere");
    Files.move(cache, real);
    Files.createSymbolicLink(cache, real);
    assertThat(resolve(handle, byDefault())).exists();
    giveAway(cache);
    assertRefused(byDefault(), cache, "this link belongs to the user with the number " + NOBODY);
  }

  @Test
  void theFolderAboveMustNotLetOthersReplaceIt() throws IOException {
    entry("planted");
    mode(shared, 0777);
    assertRefused(byDefault(), shared, "others may rename what is in it");
  }

  @Test
  void aNamedCacheMayBeAGroups() throws IOException {
    Path entry = entry("module");
    mode(cache, 02775);
    mode(entry, 0775);
    mode(entry.resolve("saved_model.pb"), 0664);
    assertThat(resolve(handle, named())).isEqualTo(entry);
  }

  @Test
  void aNamedCacheMayBeAnotherUsers() throws IOException {
    Path entry = entry("module");
    giveAway(entry.resolve("saved_model.pb"));
    giveAway(entry);
    giveAway(cache);
    assertThat(resolve(handle, named())).isEqualTo(entry);
  }

  @Test
  void aNamedCacheMustNotBeEverybodys() throws IOException {
    Path entry = entry("planted");
    mode(cache, 01777);
    assertRefused(named(), cache, "others may write there (mode 1777)");
    mode(cache, 0755);
    mode(entry, 0777);
    assertRefused(named(), entry, "others may write there (mode 777)");
  }
}
