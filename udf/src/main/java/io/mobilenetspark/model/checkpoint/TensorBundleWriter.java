package io.mobilenetspark.model.checkpoint;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.VersionDef;

/**
 * Writes TensorFlow's V2 checkpoint format: one data file of the tensors in the order of their
 * names, and the index. The same tensors give the same bytes. Not thread-safe.
 *
 * @see TensorBundle
 */
public final class TensorBundleWriter {

  /** The version that the reader of every TensorFlow since 1.0 accepts. */
  private static final int FORMAT_VERSION = 1;

  private final SortedMap<String, Entry> entries = new TreeMap<>();

  private record Entry(DataType type, TensorShapeProto shape, Content content) {}

  /** The bytes of a tensor as the data file holds them. */
  private interface Content {
    byte[] bytes();

    default int checksum(byte[] bytes) {
      return Checksums.masked(bytes, 0, bytes.length);
    }
  }

  /** A string's checksum is not that of its bytes in the file. */
  private static final class Text implements Content {
    private final byte[] value;

    Text(byte[] value) {
      this.value = value;
    }

    @Override
    public byte[] bytes() {
      return StringTensors.encode(value);
    }

    @Override
    public int checksum(byte[] bytes) {
      return StringTensors.checksum(value);
    }
  }

  /** Adds a float32 tensor. */
  public TensorBundleWriter add(String name, WeightTensor tensor) {
    return put(name, new Entry(DataType.DT_FLOAT, tensor.shapeProto(), tensor::toBytes));
  }

  /** Adds a scalar string tensor. */
  public TensorBundleWriter add(String name, byte[] value) {
    return put(
        name,
        new Entry(
            DataType.DT_STRING, TensorShapeProto.getDefaultInstance(), new Text(value.clone())));
  }

  private TensorBundleWriter put(String name, Entry entry) {
    if (requireNonNull(name, "name").isEmpty() || name.charAt(0) == 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a tensor can't have the name '%s'", name));
    }
    if (entries.put(name, entry) != null) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "there are two tensors '%s'", name));
    }
    return this;
  }

  /** Where the files go. */
  public interface Files {

    /** Opens a file whose name ends so; the writer closes it. */
    OutputStream create(String suffix) throws IOException;
  }

  /**
   * Writes {@code <prefix>.data-00000-of-00001} and then {@code <prefix>.index}. Not atomic: after
   * an exception either file may be there.
   */
  public void write(FileSystem fileSystem, Path prefix) throws IOException {
    write(suffix -> fileSystem.create(prefix.suffix(suffix), false));
  }

  /** The same, into files that the caller opens. */
  public void write(Files files) throws IOException {
    SortedMap<String, byte[]> index = new TreeMap<>();
    index.put(
        "",
        BundleHeaderProto.newBuilder()
            .setNumShards(1)
            .setVersion(VersionDef.newBuilder().setProducer(FORMAT_VERSION))
            .build()
            .toByteArray());
    try (OutputStream data = files.create(".data-00000-of-00001")) {
      long offset = 0;
      for (Map.Entry<String, Entry> named : entries.entrySet()) {
        Entry entry = named.getValue();
        byte[] bytes = entry.content.bytes();
        data.write(bytes);
        index.put(
            latin1(named.getKey()),
            BundleEntryProto.newBuilder()
                .setDtype(entry.type)
                .setShape(entry.shape)
                .setOffset(offset)
                .setSize(bytes.length)
                .setCrc32C(entry.content.checksum(bytes))
                .build()
                .toByteArray());
        offset += bytes.length;
      }
    }
    try (OutputStream out = files.create(TensorBundle.INDEX)) {
      out.write(SortedTableWriter.write(index));
    }
  }

  private static String latin1(String name) {
    return new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
