package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.common.Sha256;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the files that rows name. Of a file that is not there, or that nobody may read,
 * nothing; a store that does not answer fails the task, or all its images would count as changed.
 */
final class FileFacts implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int BUFFER = 1 << 16;

  private final SerializableConfiguration hadoop;

  FileFacts(Configuration hadoop) {
    this.hadoop = new SerializableConfiguration(hadoop);
  }

  private interface Look<T> {
    T at(Path path) throws IOException;
  }

  private static <T> @Nullable T look(@Nullable String location, Look<T> look) throws IOException {
    if (location == null) {
      return null;
    }
    try {
      return look.at(new Path(location));
    } catch (FileNotFoundException | AccessControlException e) {
      return null;
    } catch (IllegalArgumentException e) { // Hadoop's word for a path or scheme it can't parse
      return null;
    }
  }

  /** Modification time, in milliseconds since 1970, and length, in bytes. */
  @Nullable Row version(@Nullable String location) throws IOException {
    return look(
        location,
        path -> {
          FileStatus file = path.getFileSystem(hadoop.value()).getFileStatus(path);
          return RowFactory.create(file.getModificationTime(), file.getLen());
        });
  }

  /** SHA-256 of the bytes, in hexadecimal. */
  @Nullable String sha256(@Nullable String location) throws IOException {
    return look(
        location,
        path -> {
          MessageDigest digest = Sha256.digest();
          byte[] buffer = new byte[BUFFER];
          try (InputStream in =
              new DigestInputStream(path.getFileSystem(hadoop.value()).open(path), digest)) {
            while (in.read(buffer) >= 0) {
              // The stream adds what is read to the digest.
            }
          }
          return HexFormat.of().formatHex(digest.digest());
        });
  }
}
