package io.mobilenetspark.model.export;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.export.ModelExporter.IfExists;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicDirectoryTest {

  private static final String FILE = "weights";

  @TempDir java.nio.file.Path directory;

  /** A process that is killed before one of its calls: that one and all behind it never happen. */
  private static final class MortalFileSystem extends FilterFileSystem {
    private int left;

    MortalFileSystem(FileSystem fileSystem, int calls) {
      super(fileSystem);
      left = calls;
    }

    private void live() throws IOException {
      if (left-- <= 0) {
        throw new IOException("killed");
      }
    }

    boolean isAlive() {
      return left >= 0;
    }

    @Override
    public boolean mkdirs(Path path, FsPermission permission) throws IOException {
      live();
      return super.mkdirs(path, permission);
    }

    @Override
    public boolean mkdirs(Path path) throws IOException {
      live();
      return super.mkdirs(path);
    }

    @Override
    public boolean rename(Path from, Path to) throws IOException {
      live();
      return super.rename(from, to);
    }

    @Override
    public boolean delete(Path path, boolean recursive) throws IOException {
      live();
      return super.delete(path, recursive);
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      live();
      return super.getFileStatus(path);
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      live();
      return super.create(
          path, permission, overwrite, bufferSize, replication, blockSize, progress);
    }
  }

  private FileSystem local() throws IOException {
    RawLocalFileSystem local = new RawLocalFileSystem();
    local.initialize(URI.create("file:///"), new Configuration());
    return local;
  }

  private Path target() {
    return new Path("file:" + directory.resolve("module"));
  }

  private void write(FileSystem fileSystem, String text) throws IOException {
    try (AtomicDirectory fresh = new AtomicDirectory(fileSystem, target())) {
      try (FSDataOutputStream out = fileSystem.create(new Path(fresh.path(), FILE), false)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      fresh.commit(IfExists.OVERWRITE);
    }
  }

  private String content() throws IOException {
    return Files.readString(directory.resolve("module").resolve(FILE));
  }

  private List<String> names() throws IOException {
    try (Stream<java.nio.file.Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aReplacementKilledAtAnyCallIsAsItWasOrComplete() throws IOException {
    FileSystem local = local();
    boolean hasEnded = false;
    int settled = 0;
    for (int calls = 0; !hasEnded; calls++) {
      write(local, "old");
      MortalFileSystem mortal = new MortalFileSystem(local, calls);
      try {
        write(mortal, "new");
      } catch (IOException e) {
        assertThat(e).hasMessage("killed");
      }
      hasEnded = mortal.isAlive();
      boolean isThere = Files.exists(directory.resolve("module"));
      settled += isThere ? 0 : 1;

      AtomicDirectory.settle(local, target());

      assertThat(content()).as("killed before call %d", calls).isIn("old", "new");
      assertThat(names()).noneMatch(name -> name.endsWith(".old"));
      if (!isThere) { // what was being moved is complete
        assertThat(content()).isEqualTo("new");
        assertThat(names()).containsExactly("module");
      }
      assertThat(calls).isLessThan(100);
      for (String name : names()) { // of a run that had not come so far; it may be another's
        local.delete(new Path("file:" + directory.resolve(name)), true);
      }
    }
    assertThat(settled).isPositive();
  }

  /** Hadoop closes file systems as the JVM is told to stop. */
  @Test
  void aStoppedProcessLeavesNothing() throws IOException {
    write(local(), "old");
    AtomicDirectory made;
    try (FileSystem ended = FileSystem.newInstanceLocal(new Configuration())) {
      made = new AtomicDirectory(ended, target());
      ended.create(new Path(made.path(), "half")).close();
    }
    assertThat(names()).containsExactly("module");
    assertThat(content()).isEqualTo("old");
    made.close();
    try (FileSystem ended = FileSystem.newInstanceLocal(new Configuration())) {
      write(ended, "new");
    }
    assertThat(content()).as("what is committed stays").isEqualTo("new");
  }

  @Test
  void nameMayHaveAColon() throws IOException {
    FileSystem local = local();
    Path target = new Path("file:" + directory.resolve("1:2 x"));
    for (int i = 0; i < 2; i++) {
      try (AtomicDirectory made = new AtomicDirectory(local, target)) {
        made.commit(IfExists.OVERWRITE);
      }
    }
    AtomicDirectory.settle(local, target);
    assertThat(names()).containsExactly("1:2 x");
  }

  @Test
  void nothingIsTouchedThatIsNotOfTheDirectory() throws IOException {
    FileSystem local = local();
    write(local, "mine");
    for (String name :
        List.of(".module.x.old", ".modules." + "0".repeat(36) + ".old", "module.old")) {
      Files.createDirectory(directory.resolve(name));
    }
    List<String> before = names();
    AtomicDirectory.settle(local, target());
    assertThat(names()).isEqualTo(before);
    AtomicDirectory.settle(local, new Path(target(), "no/such/parent"));
    AtomicDirectory.settle(local, new Path("file:/"));
  }
}
