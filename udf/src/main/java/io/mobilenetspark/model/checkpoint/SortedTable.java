package io.mobilenetspark.model.checkpoint;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads a LevelDB table file, the form of a checkpoint's index: blocks of prefix-compressed keys,
 * an index of the blocks, a footer.
 *
 * <p>Keys are bytes. They are handed out as strings of as many characters (ISO 8859-1), which sort
 * as the bytes do.
 *
 * @see <a href="https://github.com/google/leveldb/blob/main/doc/table_format.md">table format</a>
 */
final class SortedTable {

  /** Far above any real index: one entry a variable, some tens of bytes each. */
  static final long MAX_BYTES = 256L << 20;

  static final long MAGIC = 0xdb4775248b80fb57L;
  static final int FOOTER_BYTES = 48;
  static final int TRAILER_BYTES = 5;

  private SortedTable() {}

  /**
   * All entries.
   *
   * @throws IOException if the bytes are not such a table, are cut off, altered or compressed
   */
  static Map<String, ByteBuffer> read(byte[] table) throws IOException {
    if (table.length < FOOTER_BYTES) {
      throw new IOException(
          String.format(Locale.ROOT, "%d bytes are too few for a table", table.length));
    }
    try {
      ByteBuffer footer =
          ByteBuffer.wrap(table, table.length - FOOTER_BYTES, FOOTER_BYTES)
              .order(ByteOrder.LITTLE_ENDIAN);
      if (footer.getLong(table.length - Long.BYTES) != MAGIC) {
        throw new IOException("it does not end as a checkpoint's index does");
      }
      Varints.read(footer); // where the meta index is: offset and size
      Varints.read(footer);
      Map<String, ByteBuffer> blocks = readBlock(table, Varints.read(footer), Varints.read(footer));
      Map<String, ByteBuffer> entries = new TreeMap<>();
      for (ByteBuffer handle : blocks.values()) {
        entries.putAll(readBlock(table, Varints.read(handle), Varints.read(handle)));
      }
      return entries;
    } catch (BufferUnderflowException
        | IllegalArgumentException
        | IndexOutOfBoundsException
        | ArithmeticException e) {
      throw new IOException("it is damaged", e);
    }
  }

  private static Map<String, ByteBuffer> readBlock(byte[] table, long offset, long size)
      throws IOException {
    if (offset < 0
        || size < 4
        || size > table.length
        || offset > table.length - size - TRAILER_BYTES) {
      throw new IOException(
          String.format(Locale.ROOT, "block of %d bytes at %d lies outside", size, offset));
    }
    int start = (int) offset;
    int length = (int) size;
    ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    if (Checksums.masked(table, start, length + 1) != bytes.getInt(start + length + 1)) {
      throw new IOException(
          String.format(Locale.ROOT, "the checksum of the block at %d is wrong", offset));
    }
    if (table[start + length] != 0) {
      throw new IOException("compressed blocks are not read");
    }
    int restarts = bytes.getInt(start + length - 4);
    long end = start + length - 4 - 4L * restarts;
    if (restarts < 0 || end < start) {
      throw new IOException(String.format(Locale.ROOT, "a block claims %d restarts", restarts));
    }
    Map<String, ByteBuffer> entries = new TreeMap<>();
    bytes.position(start).limit((int) end);
    byte[] key = {};
    while (bytes.hasRemaining()) {
      int shared = Math.toIntExact(Varints.read(bytes));
      int unshared = Math.toIntExact(Varints.read(bytes));
      int valueLength = Math.toIntExact(Varints.read(bytes));
      if (Math.min(shared, Math.min(unshared, valueLength)) < 0
          || shared > key.length
          || (long) unshared + valueLength > bytes.remaining()) {
        throw new IOException("an entry reaches outside its block");
      }
      byte[] next = new byte[shared + unshared];
      System.arraycopy(key, 0, next, 0, shared);
      bytes.get(next, shared, unshared);
      key = next;
      entries.put(
          new String(key, StandardCharsets.ISO_8859_1), bytes.slice(bytes.position(), valueLength));
      bytes.position(bytes.position() + valueLength);
    }
    return entries;
  }
}
