package io.mobilenetspark.jobs.page;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Arrays for a script, one behind the other: the length of a header in four bytes, the header in
 * JSON, which says of what type each array is, where it begins and how many values it has, and the
 * arrays, little-endian, each at a multiple of eight bytes behind the header.
 */
final class PackedArrays {

  private static final int ALIGNMENT = 8;

  private final Map<String, Object> header = new LinkedHashMap<>();
  private final ByteArrayOutputStream arrays = new ByteArrayOutputStream();

  /** Values of -128 to 127. */
  void addBytes(String name, byte[] values) {
    add(name, "i8", values.length, values);
  }

  /** Values of 0 to 65,535. */
  void addShorts(String name, int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    add(name, "u16", values.length, bytes.array());
  }

  /** Values of any size. */
  void addInts(String name, int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putInt(value);
    }
    add(name, "i32", values.length, bytes.array());
  }

  /** Anything else, as JSON in UTF-8. */
  void addJson(String name, Object value) throws IOException {
    byte[] bytes = new ObjectMapper().writeValueAsString(value).getBytes(StandardCharsets.UTF_8);
    add(name, "json", bytes.length, bytes);
  }

  private void add(String name, String type, int count, byte[] bytes) {
    Map<String, Object> place = new LinkedHashMap<>(); // in an order that is the same in each run
    place.put("type", type);
    place.put("offset", arrays.size());
    place.put("count", count);
    header.put(name, place);
    arrays.writeBytes(bytes);
    arrays.writeBytes(new byte[-arrays.size() & (ALIGNMENT - 1)]);
  }

  /** All of it. */
  byte[] gzip() {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      byte[] json = new ObjectMapper().writeValueAsBytes(header);
      out.write(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(json.length).array());
      out.write(json);
      arrays.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("can't compress in memory", e);
    }
    return zipped.toByteArray();
  }
}
