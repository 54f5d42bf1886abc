package io.mobilenetspark.model.checkpoint;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.tensorflow.proto.BundleEntryProto;
import org.tensorflow.proto.BundleHeaderProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.proto.TensorSliceProto;

/**
 * Reads TensorFlow's V2 checkpoint format (what {@code SaveV2} writes and {@code RestoreV2} reads)
 * from any Hadoop file system: {@code <prefix>.index}, a sorted table of names to places, and
 * {@code <prefix>.data-?????-of-?????}, the bytes.
 *
 * <p>Written in Java rather than run through {@code RestoreV2} so that remote file systems need no
 * copy on the local disk and a damaged file can't take the JVM down. Checksums of the index and of
 * every tensor are verified. Immutable; safe for use by many threads; holds no open file.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/core/util/tensor_bundle/tensor_bundle.h">tensor_bundle.h</a>
 */
public final class TensorBundle {

  /** What the index's name ends with. */
  static final String INDEX = ".index";

  private final FileSystem fileSystem;
  private final Path prefix;
  private final int shards;
  private final SortedMap<String, BundleEntryProto> slices;
  private final SortedMap<String, BundleEntryProto> entries;

  private TensorBundle(
      FileSystem fileSystem,
      Path prefix,
      int shards,
      SortedMap<String, BundleEntryProto> entries,
      SortedMap<String, BundleEntryProto> slices) {
    this.fileSystem = fileSystem;
    this.prefix = prefix;
    this.shards = shards;
    this.entries = entries;
    this.slices = slices;
  }

  /** Where the index of a checkpoint is. */
  public static Path indexPath(Path prefix) {
    return prefix.suffix(INDEX);
  }

  /**
   * Reads the index.
   *
   * @param prefix path of the index without {@code .index}
   * @param configuration for the file system
   * @throws IOException if it is missing, damaged or of another format
   */
  public static TensorBundle open(Path prefix, Configuration configuration) throws IOException {
    Path index = indexPath(prefix);
    try {
      FileSystem fileSystem = prefix.getFileSystem(configuration);
      long length = fileSystem.getFileStatus(index).getLen();
      if (length > SortedTable.MAX_BYTES) {
        throw new IOException(
            String.format(
                Locale.ROOT, "%d bytes; an index has at most %d", length, SortedTable.MAX_BYTES));
      }
      byte[] bytes = new byte[(int) length];
      try (FSDataInputStream in = fileSystem.open(index)) {
        in.readFully(0, bytes);
      }
      return parse(fileSystem, prefix, SortedTable.read(bytes));
    } catch (IOException e) {
      throw new IOException(
          String.format(
              Locale.ROOT, "the checkpoint index %s can't be read: %s", index, e.getMessage()),
          e);
    }
  }

  private static TensorBundle parse(
      FileSystem fileSystem, Path prefix, Map<String, ByteBuffer> table) throws IOException {
    ByteBuffer headerBytes = table.remove("");
    if (headerBytes == null) {
      throw new IOException("the index has no header");
    }
    BundleHeaderProto header = BundleHeaderProto.parseFrom(headerBytes);
    if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
      throw new IOException("big-endian checkpoints are not read");
    }
    SortedMap<String, BundleEntryProto> entries = new TreeMap<>();
    SortedMap<String, BundleEntryProto> slices = new TreeMap<>();
    for (Map.Entry<String, ByteBuffer> entry : table.entrySet()) {
      BundleEntryProto proto = BundleEntryProto.parseFrom(entry.getValue());
      if (entry.getKey().charAt(0) == 0) { // an encoded slice; names don't start so
        slices.put(entry.getKey(), proto);
      } else {
        byte[] name = entry.getKey().getBytes(StandardCharsets.ISO_8859_1);
        entries.put(new String(name, StandardCharsets.UTF_8), proto);
      }
    }
    return new TensorBundle(fileSystem, prefix, header.getNumShards(), entries, slices);
  }

  /** Names of all tensors; of a partitioned variable the name of the whole. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /** All float32 tensors, by name; partitioned ones put together. */
  public SortedMap<String, WeightTensor> readFloats() throws IOException {
    SortedMap<String, WeightTensor> tensors = new TreeMap<>();
    try (Shards open = new Shards(fileSystem, prefix, shards)) {
      for (Map.Entry<String, BundleEntryProto> entry : entries.entrySet()) {
        if (entry.getValue().getDtype() == DataType.DT_FLOAT) {
          ByteBuffer bytes = ByteBuffer.wrap(read(entry.getKey(), entry.getValue(), open));
          float[] values = new float[bytes.remaining() / Float.BYTES];
          bytes.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
          tensors.put(entry.getKey(), new WeightTensor(shape(entry.getValue()), values));
        }
      }
    }
    return tensors;
  }

  /**
   * One tensor of any numeric type.
   *
   * @throws IOException if there is none of that name, or it can't be read
   */
  public TensorProto read(String name) throws IOException {
    BundleEntryProto entry = entry(name);
    try (Shards open = new Shards(fileSystem, prefix, shards)) {
      return TensorProto.newBuilder()
          .setDtype(entry.getDtype())
          .setTensorShape(entry.getShape())
          .setTensorContent(ByteString.copyFrom(read(name, entry, open)))
          .build();
    }
  }

  /**
   * The value of a scalar string tensor.
   *
   * @throws IOException if there is none of that name, it is of another type, or can't be read
   */
  public byte[] readString(String name) throws IOException {
    BundleEntryProto entry = entry(name);
    try (Shards open = new Shards(fileSystem, prefix, shards)) {
      if (entry.getDtype() != DataType.DT_STRING || entry.getShape().getDimCount() != 0) {
        throw new IOException("it is not a string");
      }
      byte[] bytes = open.read(entry);
      ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      long length = Varints.read(buffer);
      int lengthChecksum = buffer.getInt();
      if (length != buffer.remaining()) {
        throw new IOException("its length is wrong");
      }
      byte[] value = new byte[buffer.remaining()];
      buffer.get(value);
      CRC32C crc = StringTensors.crcOfLength(length);
      if (Checksums.masked(crc) != lengthChecksum
          || StringTensors.checksum(value) != entry.getCrc32C()) {
        throw new IOException("its checksum is wrong");
      }
      return value;
    } catch (IOException | BufferUnderflowException e) {
      throw unreadable(name, e);
    }
  }

  private BundleEntryProto entry(String name) throws IOException {
    BundleEntryProto entry = entries.get(name);
    if (entry == null) {
      throw new IOException(
          String.format(Locale.ROOT, "the checkpoint %s has no tensor '%s'", prefix, name));
    }
    return entry;
  }

  private byte[] read(String name, BundleEntryProto entry, Shards open) throws IOException {
    try {
      return entry.getSlicesCount() == 0 ? readWhole(entry, open) : readSlices(name, entry, open);
    } catch (IOException | ArithmeticException e) {
      throw unreadable(name, e);
    }
  }

  private IOException unreadable(String name, Exception cause) {
    return new IOException(
        String.format(
            Locale.ROOT,
            "tensor '%s' of the checkpoint %s can't be read: %s",
            name,
            prefix,
            cause.getMessage()),
        cause);
  }

  private static byte[] readWhole(BundleEntryProto entry, Shards open) throws IOException {
    long[] shape = shape(entry);
    long size = Math.multiplyExact(elementBytes(entry.getDtype()), elements(shape));
    if (size != entry.getSize()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "shape %s needs %d bytes, the entry says %d",
              Arrays.toString(shape),
              size,
              entry.getSize()));
    }
    byte[] bytes = open.read(entry);
    if (Checksums.masked(bytes, 0, bytes.length) != entry.getCrc32C()) {
      throw new IOException("its checksum is wrong");
    }
    return bytes;
  }

  private byte[] readSlices(String name, BundleEntryProto entry, Shards open) throws IOException {
    long[] shape = shape(entry);
    int element = elementBytes(entry.getDtype());
    long size = Math.multiplyExact(element, elements(shape));
    if (size > open.totalBytes()) {
      throw new IOException("its slices are smaller than its shape " + Arrays.toString(shape));
    }
    byte[] whole = new byte[Math.toIntExact(size)];
    long filled = 0;
    for (TensorSliceProto slice : entry.getSlicesList()) {
      BundleEntryProto part = slices.get(SliceKeys.encode(name, slice));
      if (part == null || part.getDtype() != entry.getDtype()) {
        throw new IOException("one of its slices is missing");
      }
      SliceCopier copier = SliceCopier.of(shape, slice, element);
      byte[] bytes = readWhole(part, open);
      copier.copyInto(whole, bytes);
      filled += bytes.length;
    }
    if (filled != size) {
      throw new IOException(
          String.format(Locale.ROOT, "its slices have %d bytes of %d", filled, size));
    }
    return whole;
  }

  private static long[] shape(BundleEntryProto entry) throws IOException {
    long[] shape =
        entry.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray();
    elements(shape);
    return shape;
  }

  private static long elements(long[] shape) throws IOException {
    long elements = 1;
    for (long dimension : shape) {
      if (dimension < 0) {
        throw new IOException("its shape is " + Arrays.toString(shape));
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  private static int elementBytes(DataType type) throws IOException {
    return switch (type) {
      case DT_FLOAT, DT_INT32, DT_UINT32 -> 4;
      case DT_DOUBLE, DT_INT64, DT_UINT64 -> 8;
      case DT_HALF, DT_BFLOAT16, DT_INT16, DT_UINT16 -> 2;
      case DT_INT8, DT_UINT8, DT_BOOL -> 1;
      default -> throw new IOException("its type is " + type);
    };
  }
}
