package io.mobilenetspark.jobs.common;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes reports for programs. */
public final class JsonFile {

  private JsonFile() {}

  /** Writes a file into a directory, whole or not at all; replaces one of that name. */
  public static void write(
      FileSystem fileSystem, Path directory, String name, Map<String, Object> json)
      throws IOException {
    byte[] bytes =
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsBytes(json);
    Path temporary = new Path(directory, name + ".tmp");
    try (OutputStream out = fileSystem.create(temporary, true)) {
      out.write(bytes);
    }
    Path file = new Path(directory, name);
    fileSystem.delete(file, false);
    if (!fileSystem.rename(temporary, file)) {
      throw new IOException(String.format(Locale.ROOT, "can't rename %s to %s", temporary, file));
    }
  }
}
