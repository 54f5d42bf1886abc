package io.mobilenetspark.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.testing.Floats;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Checkpoints that TensorFlow wrote, read without TensorFlow. */
class TensorBundleTest {

  @TempDir private Path directory;

  @Test
  void readsWhatSaveV2Wrote() {
    Path prefix = directory.resolve("some.ckpt");
    save(
        prefix,
        Map.of("a/scalar", Shape.scalar(), "a/matrix", Shape.of(2, 3), "z", Shape.of(1000)));

    Map<String, WeightTensor> tensors = read(prefix);

    assertThat(tensors.keySet()).containsExactly("a/matrix", "a/scalar", "z");
    assertThat(requireNonNull(tensors.get("a/matrix")).shape()).containsExactly(2, 3);
    assertThat(requireNonNull(tensors.get("a/scalar")).shape()).isEmpty();
    tensors.forEach(
        (name, tensor) -> Floats.assertSameBits(tensor.values(), values(name, tensor.size())));
  }

  @Test
  void readsTheTrainedWeightsBitForBit() throws IOException {
    Path weights = SharedData.directory().resolve("weights/mobilenet_v1_0.75_224");
    byte[] expected = Files.readAllBytes(weights.resolve("weights.f32"));
    JsonNode manifest = new ObjectMapper().readTree(weights.resolve("manifest.json").toFile());

    Map<String, WeightTensor> tensors = read(SharedData.slimCheckpoint());

    int compared = 0;
    for (JsonNode entry : manifest.get("tensors")) {
      String name = entry.get("name").asText();
      if (!name.startsWith("MobilenetV1/Logits")) { // the checkpoint has a background class more
        float[] values = new float[entry.get("bytes").asInt() / Float.BYTES];
        ByteBuffer.wrap(expected, entry.get("offset").asInt(), entry.get("bytes").asInt())
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer()
            .get(values);
        assertThat(tensors).containsKey(name);
        Floats.assertSameBits(requireNonNull(tensors.get(name)).values(), values);
        compared++;
      }
    }
    assertThat(compared).isEqualTo(135);
  }

  @Test
  void everyFlippedBitOfTheDataIsFound() throws IOException {
    Path prefix = directory.resolve("some.ckpt");
    save(prefix, Map.of("a", Shape.of(5), "b", Shape.of(7)));
    Path data = directory.resolve("some.ckpt.data-00000-of-00001");
    byte[] good = Files.readAllBytes(data);
    assertThat(good).hasSize(12 * Float.BYTES);
    for (int bit = 0; bit < good.length * 8; bit++) {
      Files.write(data, flipped(good, bit));
      assertThatThrownBy(() -> read(prefix))
          .as("bit %d", bit)
          .isInstanceOf(ModelLoadException.class)
          .hasMessageContaining("its checksum is wrong");
    }
  }

  @Test
  void flippedBitsOfTheIndexAreFoundOrHarmless() throws IOException {
    Path prefix = directory.resolve("some.ckpt");
    save(prefix, Map.of("a", Shape.of(5), "b", Shape.of(7)));
    Path index = directory.resolve("some.ckpt.index");
    byte[] good = Files.readAllBytes(index);
    int found = 0;
    for (int bit = 0; bit < good.length * 8; bit++) {
      Files.write(index, flipped(good, bit));
      Map<String, WeightTensor> tensors = Map.of();
      try {
        tensors = read(prefix);
      } catch (ModelLoadException e) {
        assertThat(e).hasMessageContaining("some.ckpt.index");
        found++;
      }
      tensors.forEach(
          (name, tensor) -> Floats.assertSameBits(tensor.values(), values(name, tensor.size())));
    }
    // What isn't found lies in the footer's padding and in the meta index, which nobody reads.
    assertThat(found).isGreaterThan(good.length * 8 / 2);
  }

  private static byte[] flipped(byte[] bytes, int bit) {
    byte[] copy = bytes.clone();
    copy[bit / 8] ^= (byte) (1 << bit % 8);
    return copy;
  }

  @Test
  void cutOffFilesAreFound() throws IOException {
    Path prefix = directory.resolve("some.ckpt");
    save(prefix, Map.of("a", Shape.of(5), "b", Shape.of(7)));
    for (String suffix : List.of(".index", ".data-00000-of-00001")) {
      Path file = directory.resolve("some.ckpt" + suffix);
      byte[] good = Files.readAllBytes(file);
      for (int length = 0; length < good.length; length++) {
        Files.write(file, Arrays.copyOf(good, length));
        assertThatThrownBy(() -> read(prefix))
            .as("%s cut to %d of %d bytes", suffix, length, good.length)
            .isInstanceOf(ModelLoadException.class)
            .hasMessageContaining("some.ckpt");
      }
      Files.write(file, good);
    }
    assertThat(read(prefix)).hasSize(2);
  }

  private static Map<String, WeightTensor> read(Path prefix) {
    return TensorBundle.open(new org.apache.hadoop.fs.Path(prefix.toUri()), new Configuration())
        .readFloats();
  }

  /** Values that differ from one another and from tensor to tensor. */
  private static float[] values(String name, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = name.hashCode() % 1000 + i * 0.37f;
    }
    return values;
  }

  /** Writes a checkpoint with TensorFlow itself. */
  private static void save(Path prefix, Map<String, Shape> tensors) {
    Map<String, Operand<TFloat32>> operands = new HashMap<>();
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      tensors.forEach(
          (name, shape) ->
              operands.put(
                  name,
                  tf.reshape(
                      tf.constant(values(name, Math.toIntExact(shape.size()))),
                      tf.constant(shape.asArray()))));
      String[] names = operands.keySet().toArray(String[]::new);
      String[] slices = new String[names.length];
      Arrays.fill(slices, "");
      var save =
          tf.train.save(
              tf.constant(prefix.toString()),
              tf.constant(NdArrays.vectorOfObjects(names)),
              tf.constant(NdArrays.vectorOfObjects(slices)),
              List.of(names).stream().<Operand<?>>map(operands::get).toList());
      try (Session session = new Session(graph)) {
        session.runner().addTarget(save.op()).run().close();
      }
    }
  }
}
