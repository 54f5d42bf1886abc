package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The reference data that lies beside the project where it is developed: trained weights, hub
 * modules, photographs and what TensorFlow's Python makes of them. Tests that need it are skipped,
 * and say so, on machines that don't have it.
 */
public final class SharedData {

  private SharedData() {}

  /** The folder, in {@code shared/data} beside the project. */
  public static Path directory() {
    Path root = projectRoot().resolve("../shared/data").normalize();
    if (!Files.isDirectory(root)) {
      Prerequisites.missing("against reference data: there is none at " + root, "data");
    }
    return root;
  }

  /** The project's top folder. */
  public static Path projectRoot() {
    return Path.of(System.getProperty("project.root", "..")).toAbsolutePath().normalize();
  }

  /** A TF-Slim checkpoint's prefix. */
  public static Path slimCheckpoint() {
    return directory().resolve("modules/slim_checkpoint/mobilenet_v1_0.75_224.ckpt");
  }

  /** The reference images, in the order of the reference features. */
  public static List<Path> goldenImages() throws IOException {
    JsonNode index = new ObjectMapper().readTree(directory().resolve("golden/index.json").toFile());
    List<Path> images = new ArrayList<>();
    index.get("images").forEach(image -> images.add(directory().resolve(image.asText())));
    assertThat(images).hasSize(53);
    return images;
  }

  /** Reference features [53, 768] of a resize method. */
  public static float[] goldenFeatures(String resize) throws IOException {
    return floats(directory().resolve("golden/features_" + resize + ".f32"));
  }

  /** Reference pixels [2, 224, 224, 3] in [0, 255] of a resize method. */
  public static float[] goldenPixels(String resize) throws IOException {
    return floats(directory().resolve("golden/pixels_" + resize + ".f32"));
  }

  private static float[] floats(Path file) throws IOException {
    FloatBuffer buffer =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
