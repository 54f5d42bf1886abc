package io.mobilenetspark.model.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes what {@link SortedTable} reads: uncompressed blocks of sorted keys, an empty meta index,
 * an index of the blocks, a footer.
 */
final class SortedTableWriter {

  /** As TensorFlow's own table builder. */
  private static final int BLOCK_BYTES = 256 << 10;

  private static final int RESTART_INTERVAL = 16;

  private final ByteArrayOutputStream table = new ByteArrayOutputStream();

  private SortedTableWriter() {}

  /** The table of these entries; keys are ISO 8859-1, see {@link SortedTable}. */
  static byte[] write(SortedMap<String, byte[]> entries) {
    return new SortedTableWriter().all(entries);
  }

  private byte[] all(SortedMap<String, byte[]> entries) {
    Block index = new Block(1);
    Block block = new Block(RESTART_INTERVAL);
    String last = "";
    for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
      if (block.size() >= BLOCK_BYTES) {
        index.add(last, finish(block));
        block = new Block(RESTART_INTERVAL);
      }
      last = entry.getKey();
      block.add(last, entry.getValue());
    }
    index.add(last, finish(block));
    byte[] metaIndexHandle = finish(new Block(1));
    byte[] indexHandle = finish(index);
    ByteBuffer footer =
        ByteBuffer.allocate(SortedTable.FOOTER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    footer.put(metaIndexHandle).put(indexHandle);
    footer.putLong(SortedTable.FOOTER_BYTES - Long.BYTES, SortedTable.MAGIC);
    table.writeBytes(footer.array());
    return table.toByteArray();
  }

  /** Appends a block and its trailer; gives its handle, that is, its place and size. */
  private byte[] finish(Block block) {
    byte[] bytes = block.finish();
    ByteArrayOutputStream handle = new ByteArrayOutputStream();
    Varints.write(handle, table.size());
    Varints.write(handle, bytes.length);
    byte[] withType = new byte[bytes.length + 1]; // type 0: not compressed
    System.arraycopy(bytes, 0, withType, 0, bytes.length);
    table.writeBytes(withType);
    table.writeBytes(littleEndian(Checksums.masked(withType, 0, withType.length)));
    return handle.toByteArray();
  }

  private static byte[] littleEndian(int value) {
    return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  /** One block: each key without what it shares with the one before it, except at restarts. */
  private static final class Block {
    private final int restartInterval;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream restarts = new ByteArrayOutputStream();
    private int entries;
    private byte[] lastKey = {};

    Block(int restartInterval) {
      this.restartInterval = restartInterval;
    }

    int size() {
      return bytes.size();
    }

    void add(String name, byte[] value) {
      byte[] key = name.getBytes(StandardCharsets.ISO_8859_1);
      int shared = 0;
      if (entries % restartInterval == 0) {
        restarts.writeBytes(littleEndian(bytes.size()));
      } else {
        int most = Math.min(key.length, lastKey.length);
        while (shared < most && key[shared] == lastKey[shared]) {
          shared++;
        }
      }
      Varints.write(bytes, shared);
      Varints.write(bytes, key.length - shared);
      Varints.write(bytes, value.length);
      bytes.write(key, shared, key.length - shared);
      bytes.writeBytes(value);
      lastKey = key;
      entries++;
    }

    byte[] finish() {
      if (entries == 0) {
        restarts.writeBytes(littleEndian(0)); // a reader expects one restart even in an empty block
      }
      bytes.writeBytes(restarts.toByteArray());
      bytes.writeBytes(littleEndian(restarts.size() / Integer.BYTES));
      return bytes.toByteArray();
    }
  }
}
