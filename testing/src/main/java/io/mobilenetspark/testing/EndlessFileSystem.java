package io.mobilenetspark.testing;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.jspecify.annotations.Nullable;

/**
 * A store of any number of files that takes no room: {@code many://DIRECTORIES-FILES/} has so many
 * directories of so many files each, and all of them are one local file, {@value #CONTENT}. Nothing
 * in it is held, so that what memory is used is the reader's.
 */
public final class EndlessFileSystem extends FileSystem {

  /** In Hadoop's configuration: the local file that every file is. */
  public static final String CONTENT = "testing.many.content";

  /** In Hadoop's configuration: how many files there are besides, in a directory of their own. */
  public static final String ADDED = "testing.many.added";

  /**
   * In Hadoop's configuration: a local folder. The first process that lists the last directory, and
   * the first that opens a file, leave a mark in it, and are killed by SIGKILL.
   */
  public static final String DEATHS = "testing.many.deaths";

  /**
   * In Hadoop's configuration: a local folder. The first two tasks that open the first file of a
   * directory fail, and the first that opens the last one hangs until it is killed; each leaves a
   * mark in it.
   */
  public static final String STUMBLES = "testing.many.stumbles";

  /** The marks, in {@link #STUMBLES}. */
  public static final List<String> STUMBLE_MARKS = List.of("first", "second", "hanging");

  /** The marks, in {@link #DEATHS}. */
  public static final List<String> MARKS = List.of("listing", "opening");

  private URI uri = URI.create("many:///");
  private int directories;
  private int files;
  private int added;
  private @Nullable LocalFileSystem local;
  private @Nullable FileStatus content;
  private @Nullable String deaths;
  private @Nullable String stumbles;

  @Override
  public void initialize(URI name, Configuration configuration) throws IOException {
    super.initialize(name, configuration);
    setConf(configuration);
    uri = URI.create("many://" + name.getAuthority());
    String[] numbers = name.getAuthority().split("-", -1);
    directories = Integer.parseInt(numbers[0]);
    files = Integer.parseInt(numbers[1]);
    added = configuration.getInt(ADDED, 0);
    deaths = configuration.get(DEATHS);
    stumbles = configuration.get(STUMBLES);
    LocalFileSystem disk = FileSystem.getLocal(configuration);
    local = disk;
    content = disk.getFileStatus(new Path(configuration.get(CONTENT)));
  }

  @Override
  public String getScheme() {
    return "many";
  }

  @Override
  public URI getUri() {
    return uri;
  }

  private void dieOnce(String mark) throws IOException {
    if (deaths != null && isFirst(deaths, mark)) {
      Sigkill.thisProcess();
    }
  }

  /** Of all processes, by a mark. */
  private static boolean isFirst(String folder, String mark) throws IOException {
    try {
      Files.createFile(java.nio.file.Path.of(folder, mark));
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private void stumble(Path file) throws IOException {
    if (stumbles == null) {
      return;
    }
    int number = number(file);
    if (number == 0
        && (isFirst(stumbles, STUMBLE_MARKS.get(0)) || isFirst(stumbles, STUMBLE_MARKS.get(1)))) {
      throw new IllegalStateException("a task fails at " + file); // no IOException, which is a row
    }
    if (number == files - 1 && isFirst(stumbles, STUMBLE_MARKS.get(2))) {
      try {
        TimeUnit.HOURS.sleep(1);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("killed at " + file);
      }
    }
  }

  private FileStatus content() {
    return java.util.Objects.requireNonNull(content);
  }

  private FileStatus directory(Path path) {
    return new FileStatus(0, true, 1, 0, 0, path);
  }

  private FileStatus file(Path directory, int index) {
    return new FileStatus(
        content().getLen(),
        false,
        1,
        1 << 20,
        content().getModificationTime(),
        new Path(directory, String.format(Locale.ROOT, "%08d.jpg", index)));
  }

  private int allDirectories() {
    return added > 0 ? directories + 1 : directories;
  }

  private int filesIn(Path directory) {
    return number(directory) < directories ? files : added;
  }

  private static int number(Path path) {
    return Integer.parseInt(path.getName().replaceAll("\\D", ""));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    Path full = makeQualified(path);
    String name = full.getName();
    if (full.depth() == 0
        || (full.depth() == 1 && name.matches("\\d{6}") && number(full) < allDirectories())) {
      return directory(full);
    }
    if (full.depth() == 2
        && name.matches("\\d{8}\\.jpg")
        && number(full) < filesIn(full.getParent())) {
      return file(full.getParent(), number(full));
    }
    throw new FileNotFoundException("There is no " + full);
  }

  @Override
  public RemoteIterator<FileStatus> listStatusIterator(Path path) throws IOException {
    Path full = getFileStatus(path).getPath();
    boolean isRoot = full.depth() == 0;
    int all = isRoot ? allDirectories() : filesIn(full);
    if (!isRoot && number(full) == allDirectories() - 1) {
      dieOnce(MARKS.get(0));
    }
    return new RemoteIterator<>() {
      private int index;

      @Override
      public boolean hasNext() {
        return index < all;
      }

      @Override
      public FileStatus next() {
        int i = index++;
        return isRoot
            ? directory(new Path(full, String.format(Locale.ROOT, "%06d", i)))
            : file(full, i);
      }
    };
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    RemoteIterator<FileStatus> all = listStatusIterator(path);
    java.util.List<FileStatus> found = new java.util.ArrayList<>();
    while (all.hasNext()) {
      found.add(all.next());
    }
    return found.toArray(new FileStatus[0]);
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    getFileStatus(path);
    dieOnce(MARKS.get(1));
    stumble(path);
    return java.util.Objects.requireNonNull(local).open(content().getPath(), bufferSize);
  }

  private static IOException readOnly() {
    return new IOException("read-only");
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      @Nullable Progressable progress)
      throws IOException {
    throw readOnly();
  }

  @Override
  public FSDataOutputStream append(Path path, int bufferSize, @Nullable Progressable progress)
      throws IOException {
    throw readOnly();
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    throw readOnly();
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    throw readOnly();
  }

  @Override
  public boolean mkdirs(Path path, FsPermission permission) throws IOException {
    throw readOnly();
  }

  @Override
  public void setWorkingDirectory(Path path) {
    // there is but one
  }

  @Override
  public Path getWorkingDirectory() {
    return new Path(uri + "/");
  }
}
