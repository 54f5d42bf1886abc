package io.mobilenetspark.model.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.common.ImageSize;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Says which image size a module expects, in a file beside formats that have no place for it:
 * <code>
 * {"height":64,"width":64}</code>.
 */
public final class ImageSizeFile {

  /** The file of a checkpoint has its name before. */
  public static final String NAME = "image_size.json";

  private static final int MAX_BYTES = 1 << 12;

  private ImageSizeFile() {}

  /** That of a SavedModel, in the folder that TensorFlow leaves to others. */
  public static Path ofSavedModel(Path directory) {
    return new Path(directory, "assets.extra/" + NAME);
  }

  /**
   * That of a checkpoint.
   *
   * @param prefix of the checkpoint's files
   */
  public static Path ofCheckpoint(Path prefix) {
    return prefix.suffix("." + NAME);
  }

  /** Writes it; what is there is an error. */
  public static void write(FileSystem fileSystem, Path file, ImageSize size) throws IOException {
    Map<String, Integer> json =
        new TreeMap<>(Map.of("height", size.height(), "width", size.width()));
    try (OutputStream out = fileSystem.create(file, false)) {
      out.write(new ObjectMapper().writeValueAsBytes(json));
    }
  }

  /**
   * Reads it; empty if there is none.
   *
   * @throws IOException if it is damaged; the message says so
   */
  static Optional<ImageSize> read(FileSystem fileSystem, Path file) throws IOException {
    if (!fileSystem.exists(file)) {
      return Optional.empty();
    }
    JsonNode json;
    try (FSDataInputStream in = fileSystem.open(file)) {
      json = new ObjectMapper().readTree(in.readNBytes(MAX_BYTES));
    } catch (IOException e) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: %s", file, e.getMessage()), e);
    }
    long height = json.path("height").asLong();
    long width = json.path("width").asLong();
    if (!InputSizes.isPossible(height, width)) {
      throw new IOException(
          String.format(Locale.ROOT, "%s is damaged: it says %d x %d pixels", file, height, width));
    }
    return Optional.of(new ImageSize((int) height, (int) width));
  }
}
