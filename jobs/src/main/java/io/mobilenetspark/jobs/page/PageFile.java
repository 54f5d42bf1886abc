package io.mobilenetspark.jobs.page;

import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.StreamCapabilities;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** The file that the page goes to, whole or not at all. */
final class PageFile {

  /** Schemes of stores in which a file takes its place, and the old one's, as it is closed. */
  private static final Set<String> WHOLE_WHEN_CLOSED =
      Set.of("s3", "s3a", "s3n", "gs", "oss", "cosn");

  private final OutputPlace place;

  private PageFile(OutputPlace place) {
    this.place = place;
  }

  /**
   * Checks that the page can go there.
   *
   * @param inputs what is read
   * @throws UserException if there is something that is not to be replaced
   */
  static PageFile of(String path, OutputMode mode, List<String> inputs, Configuration hadoop) {
    PageFile file =
        new PageFile(
            OutputPlace.whole(
                new OutputDirectoryOptions(path, mode),
                inputs,
                "is not for a page, which is of the whole table",
                hadoop));
    if (mode == OutputMode.OVERWRITE) {
      file.requireOwn();
    }
    return file;
  }

  private void requireOwn() {
    try {
      FileSystem files = files();
      if (!files.exists(place.real())) {
        return;
      }
      if (files.getFileStatus(place.real()).isDirectory()) {
        throw UserException.input(
            String.format(
                Locale.ROOT,
                "The output %s is a directory, and a report is one file. Pass --output with the"
                    + " name of a file, such as %s/report.html.",
                place.path(),
                place.path()));
      }
      byte[] ours = Page.BEGINNING.getBytes(StandardCharsets.UTF_8);
      try (InputStream in = files.open(place.real())) {
        if (!Arrays.equals(in.readNBytes(ours.length), ours)) {
          throw UserException.input(
              String.format(
                  Locale.ROOT,
                  "The output %s is a file that report did not write. Pass another --output, or"
                      + " remove it first.",
                  place.path()));
        }
      }
    } catch (IOException e) {
      throw UserException.input(
          String.format(Locale.ROOT, "Can't read %s: %s", place.path(), e.getMessage()), e);
    }
  }

  /** Whether there is nothing to do. */
  boolean isLeft() {
    return place.leavesWhatExists();
  }

  Path path() {
    return place.path();
  }

  /**
   * Writes the page.
   *
   * @return its size in bytes
   * @throws UserException if that fails; what was there is there still, or the message says where
   *     the page is
   */
  long write(Page page) {
    String scheme = String.valueOf(place.real().toUri().getScheme()).toLowerCase(Locale.ROOT);
    try {
      return WHOLE_WHEN_CLOSED.contains(scheme) ? writeAtOnce(page) : writeBeside(page);
    } catch (IOException e) {
      throw UserException.job(
          String.format(Locale.ROOT, "Can't write %s: %s", place.path(), e.getMessage()), e);
    }
  }

  private long writeAtOnce(Page page) throws IOException {
    FSDataOutputStream out = files().create(place.real(), place.mode() == OutputMode.OVERWRITE);
    try {
      page.write(out);
    } catch (IOException | RuntimeException e) { // closed, the part of a page would be the page
      if (out.hasCapability(StreamCapabilities.ABORTABLE_STREAM)) {
        out.abort();
      }
      throw e;
    }
    out.close();
    return out.getPos();
  }

  private long writeBeside(Page page) throws IOException {
    Path file = place.real();
    // A short name: that of the page may be as long as a name can be.
    TemporaryFile temporary =
        new TemporaryFile(files(), Location.child(file.getParent(), "." + UUID.randomUUID()));
    Stopping.Registration registration = Stopping.whenStopped(temporary::remove);
    try {
      long bytes;
      try (FSDataOutputStream out = files().create(temporary.path(), false)) {
        page.write(out);
        bytes = out.getPos();
      }
      if (place.mode() != OutputMode.OVERWRITE) {
        if (files().exists(file)) {
          throw new IOException("it has come up in the meantime");
        }
        rename(temporary.path());
      } else {
        temporary.keep();
        replaceBy(temporary);
      }
      return bytes;
    } finally {
      registration.cancel();
      temporary.remove();
    }
  }

  /** Between a deletion and a renaming there is no other page than the new one. */
  private void replaceBy(TemporaryFile temporary) throws IOException {
    try {
      replaceBy(temporary.path());
    } catch (IOException | RuntimeException e) {
      if (isThere()) {
        temporary.release();
        throw e;
      }
      throw new IOException(
          String.format(
              Locale.ROOT,
              "%s. The new page is %s: rename it to %s.",
              e.getMessage(),
              temporary.path(),
              place.path()),
          e);
    }
    temporary.release();
  }

  private void replaceBy(Path temporary) throws IOException {
    FileContext context = null;
    if (!isLocal()) { // whose files are replaced as others are renamed to them
      try {
        context = FileContext.getFileContext(place.real().toUri(), place.hadoop());
      } catch (UnsupportedFileSystemException e) {
        files().delete(place.real(), false);
      }
    }
    if (context == null) {
      rename(temporary);
    } else {
      context.rename(temporary, place.real(), Options.Rename.OVERWRITE);
    }
  }

  private void rename(Path temporary) throws IOException {
    if (!files().rename(temporary, place.real())) {
      throw new IOException(String.format(Locale.ROOT, "can't rename %s to it", temporary));
    }
  }

  private boolean isThere() {
    try {
      return files().exists(place.real());
    } catch (IOException e) {
      return false; // as far as can be told
    }
  }

  private boolean isLocal() {
    return place.fileSystem() instanceof LocalFileSystem;
  }

  /** A page is sent around: there is to be no file with its checksum beside it. */
  private FileSystem files() {
    return place.fileSystem() instanceof LocalFileSystem local
        ? local.getRawFileSystem()
        : place.fileSystem();
  }
}
