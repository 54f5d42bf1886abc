package io.mobilenetspark.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Entries;
import io.mobilenetspark.testing.Floats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.EagerSession;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.Restore;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;
import org.tensorflow.types.family.TType;

/** Our reader and writer against TensorFlow's own SaveV2 and RestoreV2. */
class TensorBundleTest {

  private static final Configuration CONFIGURATION = new Configuration();

  /** Of one eager op. */
  private static final int MAX_RESULTS = 900;

  @TempDir private Path directory;

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  @Test
  void readsWhatTensorFlowWrites() throws IOException {
    String prefix = directory.resolve("written-by-tensorflow").toString();
    byte[] text = "an object graph \0 with any byte \377".getBytes(StandardCharsets.ISO_8859_1);
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      save(
          tf,
          prefix,
          List.of("a/vector", "b/matrix", "c/scalar", "d/counter", "e/text"),
          List.of("", "", "", "", ""),
          List.of(
              tf.constant(new float[] {1, -2.5f, Float.MIN_VALUE}),
              tf.constant(new float[][] {{1, 2, 3}, {4, 5, 6}}),
              tf.constant(7f),
              tf.constant(123456789012L),
              tf.constantOf(TString.tensorOfBytes(NdArrays.scalarOfObject(text)))));
    }
    TensorBundle bundle = open(prefix);
    assertThat(bundle.names())
        .containsExactly("a/vector", "b/matrix", "c/scalar", "d/counter", "e/text");
    SortedMap<String, WeightTensor> floats = bundle.readFloats();
    assertThat(floats).containsOnlyKeys("a/vector", "b/matrix", "c/scalar");
    Floats.assertSameBits(
        Entries.get(floats, "a/vector").values(), new float[] {1, -2.5f, Float.MIN_VALUE});
    assertThat(Entries.get(floats, "b/matrix").shape()).containsExactly(2, 3);
    Floats.assertSameBits(Entries.get(floats, "b/matrix").values(), new float[] {1, 2, 3, 4, 5, 6});
    assertThat(Entries.get(floats, "c/scalar").shape()).isEmpty();
    assertThat(bundle.read("d/counter").getDtype()).isEqualTo(DataType.DT_INT64);
    assertThat(bundle.readString("e/text")).isEqualTo(text);
    assertThatThrownBy(() -> bundle.readString("c/scalar")).hasMessageContaining("not a string");
    assertThatThrownBy(() -> bundle.read("nonsense")).hasMessageContaining("no tensor 'nonsense'");
  }

  /** The variables of a partitioner: rows, columns and both, with offsets of one and two bytes. */
  @Test
  void putsPartitionedVariablesTogether() throws IOException {
    String prefix = directory.resolve("partitioned").toString();
    float[] whole = new float[300 * 4];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = i;
    }
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      List<String> names = new ArrayList<>();
      List<String> slices = new ArrayList<>();
      List<Operand<?>> values = new ArrayList<>();
      int[][] rows = {{0, 40}, {40, 160}, {200, 100}};
      int[][] columns = {{0, 3}, {3, 1}};
      for (int[] row : rows) {
        names.add("by_rows");
        slices.add(String.format(Locale.ROOT, "300 4 %d,%d:-", row[0], row[1]));
        values.add(tf.constant(cut(whole, row, new int[] {0, 4})));
        for (int[] column : columns) {
          names.add("by_both");
          slices.add(
              String.format(
                  Locale.ROOT, "300 4 %d,%d:%d,%d", row[0], row[1], column[0], column[1]));
          values.add(tf.constant(cut(whole, row, column)));
        }
      }
      save(tf, prefix, names, slices, values);
    }
    SortedMap<String, WeightTensor> floats = open(prefix).readFloats();
    assertThat(floats).containsOnlyKeys("by_rows", "by_both");
    for (WeightTensor tensor : floats.values()) {
      assertThat(tensor.shape()).containsExactly(300, 4);
      Floats.assertSameBits(tensor.values(), whole);
    }
  }

  private static float[][] cut(float[] whole, int[] rows, int[] columns) {
    float[][] part = new float[rows[1]][columns[1]];
    for (int r = 0; r < rows[1]; r++) {
      for (int c = 0; c < columns[1]; c++) {
        part[r][c] = whole[(rows[0] + r) * 4 + columns[0] + c];
      }
    }
    return part;
  }

  /** From an index of one entry to one of several blocks. */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 17, 150, 9000})
  void tensorFlowReadsWhatIsWritten(int tensors) throws IOException {
    Random random = new Random(tensors);
    SortedMap<String, WeightTensor> written = new TreeMap<>();
    TensorBundleWriter writer = new TensorBundleWriter();
    for (int i = 0; i < tensors; i++) {
      String name =
          String.format(Locale.ROOT, "scope_%d/%s/weights", i % 7, Integer.toString(i * 31, 36));
      float[] values = new float[6];
      for (int v = 0; v < values.length; v++) {
        values[v] = random.nextFloat();
      }
      WeightTensor tensor = new WeightTensor(new long[] {2, 3}, values);
      written.put(name, tensor);
      writer.add(name, tensor);
    }
    byte[] text = new byte[70_000];
    random.nextBytes(text);
    writer.add("_CHECKPOINTABLE_OBJECT_GRAPH", text);
    org.apache.hadoop.fs.Path prefix =
        new org.apache.hadoop.fs.Path(directory.resolve("written").toUri());
    writer.write(FileSystem.getLocal(CONFIGURATION), prefix);

    TensorBundle ours = TensorBundle.open(prefix, CONFIGURATION);
    assertThat(ours.readString("_CHECKPOINTABLE_OBJECT_GRAPH")).isEqualTo(text);
    assertSame(ours.readFloats(), written);
    assertSame(restore(directory.resolve("written").toString(), written), written);
    assertThat(restoreString(directory.resolve("written").toString())).isEqualTo(text);
  }

  private static void assertSame(
      Map<String, WeightTensor> actual, Map<String, WeightTensor> expected) {
    assertThat(actual.keySet()).isEqualTo(expected.keySet());
    expected.forEach(
        (name, tensor) -> {
          assertThat(Entries.get(actual, name).shape()).isEqualTo(tensor.shape());
          Floats.assertSameBits(Entries.get(actual, name).values(), tensor.values());
        });
  }

  @Test
  void everyAlteredByteIsNoticed() throws IOException {
    float[] hundred = new float[100];
    Arrays.fill(hundred, 1.5f);
    TensorBundleWriter writer = new TensorBundleWriter();
    writer.add("a", new WeightTensor(new long[] {100}, hundred));
    writer.add("b", new byte[] {1, 2, 3});
    org.apache.hadoop.fs.Path prefix =
        new org.apache.hadoop.fs.Path(directory.resolve("altered").toUri());
    writer.write(FileSystem.getLocal(CONFIGURATION).getRawFileSystem(), prefix);
    int noticed = 0;
    int bytes = 0;
    for (String suffix : List.of(".index", ".data-00000-of-00001")) {
      Path file = directory.resolve("altered" + suffix);
      byte[] original = Files.readAllBytes(file);
      for (int i = 0; i < original.length; i++) {
        byte[] altered = original.clone();
        altered[i] ^= 0x10;
        Files.write(file, altered);
        bytes++;
        try {
          TensorBundle bundle = TensorBundle.open(prefix, CONFIGURATION);
          boolean isSame =
              bundle.names().equals(Set.of("a", "b"))
                  && Arrays.equals(Entries.get(bundle.readFloats(), "a").values(), hundred)
                  && Arrays.equals(bundle.readString("b"), new byte[] {1, 2, 3});
          // the footer's padding and the place of the empty meta index are not read
          assertThat(isSame).as("byte %d of %s", i, suffix).isTrue();
        } catch (IOException e) {
          assertThat(e).hasMessageContaining("altered");
          noticed++;
        }
      }
      Files.write(file, original);
    }
    assertThat(noticed).isGreaterThan(bytes * 3 / 4);
  }

  @Test
  void missingFilesAreTold() throws IOException {
    assertThatThrownBy(() -> open(directory.resolve("nothing").toString()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing.index");
    TensorBundleWriter writer = new TensorBundleWriter();
    writer.add("a", new WeightTensor(new long[] {1}, new float[] {1}));
    Path data = directory.resolve("half.data-00000-of-00001");
    writer.write(
        FileSystem.getLocal(CONFIGURATION),
        new org.apache.hadoop.fs.Path(directory.resolve("half").toUri()));
    Files.delete(data);
    assertThatThrownBy(() -> open(directory.resolve("half").toString()).readFloats())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("tensor 'a'");
  }

  private static TensorBundle open(String prefix) throws IOException {
    return TensorBundle.open(new org.apache.hadoop.fs.Path(Path.of(prefix).toUri()), CONFIGURATION);
  }

  private static void save(
      Ops tf, String prefix, List<String> names, List<String> slices, List<Operand<?>> values) {
    tf.train.save(tf.constant(prefix), strings(tf, names), strings(tf, slices), values);
  }

  private static Operand<TString> strings(Ops tf, List<String> values) {
    return tf.constantOf(TString.vectorOf(values.toArray(String[]::new)));
  }

  private static SortedMap<String, WeightTensor> restore(
      String prefix, SortedMap<String, WeightTensor> wanted) {
    SortedMap<String, WeightTensor> restored = new TreeMap<>();
    List<String> names = new ArrayList<>(wanted.keySet());
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      for (int from = 0; from < names.size(); from += MAX_RESULTS) {
        List<String> some = names.subList(from, Math.min(names.size(), from + MAX_RESULTS));
        Restore restore =
            tf.train.restore(
                tf.constant(prefix),
                strings(tf, some),
                strings(tf, some.stream().map(name -> "").toList()),
                some.stream().<Class<? extends TType>>map(name -> TFloat32.class).toList());
        for (int i = 0; i < some.size(); i++) {
          TFloat32 tensor = (TFloat32) restore.tensors().get(i).asTensor();
          float[] values = new float[Math.toIntExact(tensor.size())];
          tensor.asRawTensor().data().asFloats().read(values);
          restored.put(some.get(i), new WeightTensor(tensor.shape().asArray(), values));
        }
      }
    }
    return restored;
  }

  private static byte[] restoreString(String prefix) {
    try (EagerSession session = EagerSession.create()) {
      Ops tf = Ops.create(session);
      Restore restore =
          tf.train.restore(
              tf.constant(prefix),
              strings(tf, List.of("_CHECKPOINTABLE_OBJECT_GRAPH")),
              strings(tf, List.of("")),
              List.of(TString.class));
      return ((TString) restore.tensors().get(0).asTensor()).asBytes().getObject();
    }
  }
}
