package io.mobilenetspark.jobs.input;

import java.io.Serializable;
import org.apache.hadoop.fs.FileStatus;

/** What a listing found: a file, or a directory that is to be listed. */
final class Listed implements Serializable {
  private static final long serialVersionUID = 1;

  // Plain fields: Kryo, which may be Spark's serializer, can't write records.
  private final String root;
  private final String path;
  private final long modified;
  private final long length;
  private final boolean isDirectory;

  private Listed(String root, String path, long modified, long length, boolean isDirectory) {
    this.root = root;
    this.path = path;
    this.modified = modified;
    this.length = length;
    this.isDirectory = isDirectory;
  }

  /**
   * @param root where the listing began
   * @param status of something at or below it
   */
  static Listed of(String root, FileStatus status) {
    return new Listed(
        root,
        status.getPath().toString(),
        status.getModificationTime(),
        status.getLen(),
        status.isDirectory());
  }

  boolean isDirectory() {
    return isDirectory;
  }

  /** Where the listing began that found this. */
  String root() {
    return root;
  }

  String path() {
    return path;
  }

  /** Milliseconds since 1970. */
  long modified() {
    return modified;
  }

  /** Bytes of a file. */
  long length() {
    return length;
  }
}
