package io.mobilenetspark.jobs.page;

import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/** The file that the page goes to, whole or not at all. */
final class PageFile {

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
                "The output %s is a directory, and a report is one file. Pass --output with the name of"
                    + " a file, such as %s/report.html.",
                place.path(),
                place.path()));
      }
      byte[] ours = Page.BEGINNING.getBytes(StandardCharsets.UTF_8);
      try (InputStream in = files.open(place.real())) {
        if (!Arrays.equals(in.readNBytes(ours.length), ours)) {
          throw UserException.input(
              String.format(
                  Locale.ROOT,
                  "The output %s is a file that report did not write. Pass another --output, or remove"
                      + " it first.",
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
   * @throws UserException if that fails; what was there is there still
   */
  long write(Page page) {
    FileSystem files = files();
    Path file = place.real();
    Path temporary =
        Location.child(file.getParent(), "." + file.getName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (OutputStream out = files.create(temporary, false)) {
        page.write(out);
      }
      long bytes = files.getFileStatus(temporary).getLen();
      if (place.mode() == OutputMode.OVERWRITE && !isLocal()) {
        files.delete(file, false); // local files are replaced as they are renamed
      } else if (place.mode() != OutputMode.OVERWRITE && files.exists(file)) {
        throw new IOException("it has come up in the meantime");
      }
      if (!files.rename(temporary, file)) {
        throw new IOException(String.format(Locale.ROOT, "can't rename %s to it", temporary));
      }
      return bytes;
    } catch (IOException e) {
      throw UserException.job(
          String.format(Locale.ROOT, "Can't write %s: %s", place.path(), e.getMessage()), e);
    } finally {
      removeQuietly(files, temporary);
    }
  }

  private static void removeQuietly(FileSystem files, Path temporary) {
    try {
      files.delete(temporary, false);
    } catch (IOException e) {
      // The failure before this one says more, and a file that begins with a dot bothers nobody.
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
