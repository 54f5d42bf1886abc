package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.testing.Archives;
import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.HubServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems that can't do everything, and files that vanish between two looks. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class CacheFaultsTest extends HandleFixture {

  /** A machine under load beats late; nobody is to take that for a holder that is dead. */
  private static final LockTiming PATIENT =
      new LockTiming(Duration.ofMillis(50), Duration.ofMinutes(1));

  CacheFaultsTest() throws IOException {}

  private interface Fault {
    void raise(Path from, Path to) throws IOException;
  }

  private static CacheFiles withoutLinks(Fault fault) {
    return new CacheFiles() {
      @Override
      public void link(Path link, Path existing) throws IOException {
        fault.raise(link, existing);
      }

      @Override
      public void rename(Path from, Path to) throws IOException {
        NATIVE.rename(from, to);
      }
    };
  }

  private Path resolve(CacheFiles files) throws IOException {
    return resolve(files, FAST);
  }

  private Path resolve(CacheFiles files, LockTiming timing) throws IOException {
    try (ResolvedHandle resolved =
        new HandleResolver(new Configuration(), options(), timing, files)
            .resolve(server.url("localhost", MODULE), Optional.empty())) {
      return Path.of(resolved.path().toUri().getPath());
    }
  }

  /**
   * Linux calls it not permitted, or not supported, or not implemented; Java has classes for it.
   */
  private static List<Fault> faults() {
    return List.of(
        (link, existing) -> {
          throw new FileSystemException(
              link.toString(), existing.toString(), "Operation not permitted");
        },
        (link, existing) -> {
          throw new FileSystemException(
              link.toString(), existing.toString(), "Function not implemented");
        },
        (link, existing) -> {
          throw new AccessDeniedException(link.toString());
        },
        (link, existing) -> {
          throw new UnsupportedOperationException();
        });
  }

  @Test
  void hardLinksAreNotNeeded() throws Exception {
    for (Fault fault : faults()) {
      FileTrees.delete(cache);
      int before = server.requests().size();
      server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 3, 100));
      ExecutorService threads = Executors.newFixedThreadPool(6);
      try {
        List<Future<Path>> results = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          results.add(threads.submit(() -> resolve(withoutLinks(fault), PATIENT)));
        }
        for (Future<Path> result : results) {
          assertIsModule(result.get());
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(server.requests().size() - before).as("downloads").isEqualTo(1);
      assertThat(Archives.names(cache)).noneMatch(name -> name.contains(".lock"));
    }
  }

  /** A copy would be seen half done. */
  @Test
  void withoutRenamingItIsRefused() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    CacheFiles files =
        new CacheFiles() {
          @Override
          public void link(Path link, Path existing) throws IOException {
            NATIVE.link(link, existing);
          }

          @Override
          public void rename(Path from, Path to) throws IOException {
            throw new AtomicMoveNotSupportedException(from.toString(), to.toString(), "no");
          }
        };
    assertThatThrownBy(() -> resolve(files))
        .isInstanceOf(HandleException.class)
        .hasMessageContaining("can't rename a folder in one step");
    assertThat(Archives.names(cache))
        .noneMatch(name -> name.contains("lock") || name.contains("tmp"));
    assertIsModule(resolve(CacheFiles.NATIVE));
  }

  /** Another process, which took our lock for abandoned, was faster. */
  @Test
  void whoComesSecondTakesTheFirstsModule() throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    CacheFiles files =
        new CacheFiles() {
          @Override
          public void link(Path link, Path existing) throws IOException {
            NATIVE.link(link, existing);
          }

          @Override
          public void rename(Path from, Path to) throws IOException {
            Files.writeString(Files.createDirectories(to).resolve("saved_model.pb"), "first");
            NATIVE.rename(from, to);
          }
        };
    assertThat(resolve(files).resolve("saved_model.pb")).hasContent("first");
  }

  @Test
  void treesVanishWhileTheyAreLookedAt() throws Exception {
    Path tree = temporary.resolve("tree");
    AtomicBoolean isDone = new AtomicBoolean();
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> other =
          threads.submit(
              () -> {
                while (!isDone.get()) {
                  for (int i = 0; i < 20; i++) {
                    Path directory = Files.createDirectories(tree.resolve("a/b" + i));
                    Files.writeString(directory.resolve("file"), "12345");
                  }
                  for (int i = 0; i < 20; i++) {
                    Files.deleteIfExists(tree.resolve("a/b" + i + "/file"));
                    Files.deleteIfExists(tree.resolve("a/b" + i));
                  }
                  Files.deleteIfExists(tree.resolve("a"));
                  Files.deleteIfExists(tree);
                }
                return null;
              });
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Cases.count(2, 20));
      while (System.nanoTime() < end) {
        assertThat(FileTrees.sizeOf(tree)).isBetween(0L, 100L);
        assertThat(FileTrees.below(tree)).hasSizeBetween(0, 42);
      }
      isDone.set(true);
      other.get();
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0000", "\u00ff\u00fe", "h.1./../../../../..", "no dots", "h.1.\n"})
  void locksMayHoldAnything(String content) throws IOException {
    server.on(MODULE, HubServer.ok(archive));
    Files.createDirectories(cache);
    Path lock = cache.resolve(sha1(server.url("localhost", MODULE)) + ".lock");
    Files.write(lock, content.getBytes(StandardCharsets.ISO_8859_1));
    assertIsModule(resolve(CacheFiles.NATIVE));
    assertThat(lock).doesNotExist();
  }

  /** Somebody cleans up while modules are fetched and waited for. */
  @Test
  void whoDeletesTheCacheFailsNobodyForGood() throws Exception {
    server.on(MODULE, exchange -> sendSlowly(exchange, archive.length / 2, 3));
    Random random = new Random(Cases.seed(CacheFaultsTest.class));
    AtomicBoolean isDone = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(5);
    int modules = 0;
    try {
      Future<?> cleaner =
          threads.submit(
              () -> {
                while (!isDone.get()) {
                  Thread.sleep(random.nextInt(40));
                  try {
                    FileTrees.delete(cache);
                  } catch (IOException e) {
                    assertThat(e)
                        .as("others were faster")
                        .isInstanceOf(DirectoryNotEmptyException.class);
                  }
                }
                return null;
              });
      for (int round = 0; round < Cases.count(20, 1_000); round++) {
        List<Future<Path>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          results.add(threads.submit(() -> resolve(CacheFiles.NATIVE)));
        }
        for (Future<Path> result : results) {
          try {
            assertThat(result.get().getParent()).isEqualTo(cache);
            modules++;
          } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(HandleException.class);
          }
        }
      }
      isDone.set(true);
      cleaner.get();
    } finally {
      threads.shutdownNow();
    }
    assertThat(modules).isPositive();
    assertIsModule(resolve(CacheFiles.NATIVE));
  }
}
