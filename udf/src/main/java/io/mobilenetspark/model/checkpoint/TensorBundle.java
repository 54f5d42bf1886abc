package io.mobilenetspark.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
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
import org.tensorflow.proto.TensorShapeProto;

/**
 * Reads TensorFlow's V2 checkpoint format (what {@code SaveV2} writes and {@code RestoreV2} reads)
 * from any Hadoop file system: {@code <prefix>.index}, a sorted table of names to places, and
 * {@code <prefix>.data-?????-of-?????}, the bytes.
 *
 * <p>Written in Java rather than run through {@code RestoreV2} so that remote file systems need no
 * copy on the local disk and a damaged file can't take the JVM down. Checksums of the index and of
 * every tensor are verified. Immutable; safe for use by many threads.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/v2.18.0/tensorflow/core/util/tensor_bundle/tensor_bundle.h">tensor_bundle.h</a>
 */
final class TensorBundle {

  private final FileSystem fileSystem;
  private final Path prefix;
  private final int shards;
  private final SortedMap<String, BundleEntryProto> entries;

  private TensorBundle(
      FileSystem fileSystem, Path prefix, int shards, SortedMap<String, BundleEntryProto> entries) {
    this.fileSystem = fileSystem;
    this.prefix = prefix;
    this.shards = shards;
    this.entries = entries;
  }

  static Path indexPath(Path prefix) {
    return prefix.suffix(".index");
  }

  /**
   * Reads the index.
   *
   * @throws ModelLoadException if it is missing, damaged or of another format
   */
  static TensorBundle open(Path prefix, Configuration configuration) {
    Path index = indexPath(prefix);
    try {
      FileSystem fileSystem = prefix.getFileSystem(configuration);
      long length = fileSystem.getFileStatus(index).getLen();
      if (length > SortedTable.MAX_BYTES) {
        throw new IOException(
            "%d bytes; an index has at most %d".formatted(length, SortedTable.MAX_BYTES));
      }
      byte[] bytes = new byte[(int) length];
      try (FSDataInputStream in = fileSystem.open(index)) {
        in.readFully(0, bytes);
      }
      Map<String, ByteBuffer> table = SortedTable.read(bytes);
      ByteBuffer headerBytes = table.remove("");
      if (headerBytes == null) {
        throw new IOException("the index has no header");
      }
      BundleHeaderProto header = BundleHeaderProto.parseFrom(headerBytes);
      if (header.getEndianness() != BundleHeaderProto.Endianness.LITTLE) {
        throw new IOException("big-endian checkpoints are not read");
      }
      SortedMap<String, BundleEntryProto> entries = new TreeMap<>();
      for (Map.Entry<String, ByteBuffer> entry : table.entrySet()) {
        entries.put(entry.getKey(), BundleEntryProto.parseFrom(entry.getValue()));
      }
      return new TensorBundle(fileSystem, prefix, header.getNumShards(), entries);
    } catch (IOException e) {
      throw new ModelLoadException(
          "Can't read the checkpoint index %s: %s. Pass the prefix of a TensorFlow V2 checkpoint (the part before .index)."
              .formatted(index, e.getMessage()),
          e);
    }
  }

  /** All float32 tensors, by name. */
  Map<String, WeightTensor> readFloats() {
    SortedMap<String, WeightTensor> tensors = new TreeMap<>();
    entries.forEach(
        (name, entry) -> {
          if (entry.getDtype() == DataType.DT_FLOAT && entry.getSlicesCount() == 0) {
            tensors.put(name, readFloat(name, entry));
          }
        });
    return tensors;
  }

  private WeightTensor readFloat(String name, BundleEntryProto entry) {
    Path data = prefix.suffix(".data-%05d-of-%05d".formatted(entry.getShardId(), shards));
    try {
      long[] shape =
          entry.getShape().getDimList().stream().mapToLong(TensorShapeProto.Dim::getSize).toArray();
      long size = Float.BYTES;
      for (long dimension : shape) {
        if (dimension < 0) {
          throw new IOException("shape " + Arrays.toString(shape));
        }
        size = Math.multiplyExact(size, dimension);
      }
      long length = fileSystem.getFileStatus(data).getLen();
      boolean isInside = entry.getOffset() >= 0 && entry.getOffset() <= length - size;
      if (size != entry.getSize() || size > Integer.MAX_VALUE - 8 || !isInside) {
        throw new IOException(
            "shape %s needs %d bytes, the entry says %d at offset %d of a file of %d"
                .formatted(
                    Arrays.toString(shape), size, entry.getSize(), entry.getOffset(), length));
      }
      byte[] bytes = new byte[(int) size];
      try (FSDataInputStream in = fileSystem.open(data)) {
        in.readFully(entry.getOffset(), bytes);
      }
      if (maskedCrc(bytes, 0, bytes.length) != entry.getCrc32C()) {
        throw new IOException("its checksum is wrong");
      }
      float[] values = new float[bytes.length / Float.BYTES];
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
      return new WeightTensor(shape, values);
    } catch (IOException | ArithmeticException e) {
      throw new ModelLoadException(
          "Can't read tensor '%s' from %s: %s. The checkpoint is incomplete or damaged; copy it again."
              .formatted(name, data, e.getMessage()),
          e);
    }
  }

  /** CRC-32C with LevelDB's masking, so that checksums of checksums don't degenerate. */
  static int maskedCrc(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
