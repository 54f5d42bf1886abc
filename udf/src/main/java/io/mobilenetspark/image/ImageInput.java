package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.common.Sha256;
import java.io.DataOutput;
import java.io.IOException;

/** One image as a table holds it. */
public sealed interface ImageInput {

  /** Bytes of the Java heap that this holds. */
  default long heldBytes() {
    return 0;
  }

  /** A NULL in the image column. */
  record Missing() implements ImageInput {}

  /**
   * A file that could not be read.
   *
   * @param reason what was attempted and what went wrong
   */
  record Unreadable(String reason) implements ImageInput {
    public Unreadable {
      requireNonNull(reason, "reason");
    }
  }

  /**
   * A file whose length alone is over the limit, so that nobody has read it.
   *
   * @param bytes the file's length
   */
  record Oversized(long bytes) implements ImageInput {}

  /**
   * A file within the limits that the Java heap has no room for, so that nobody has read it.
   *
   * @param bytes the file's length
   */
  record Unaffordable(long bytes) implements ImageInput {}

  /**
   * An image that must not be decoded in this process.
   *
   * @param reason what happens then
   */
  record Crashing(String reason) implements ImageInput {
    public Crashing {
      requireNonNull(reason, "reason");
    }
  }

  /** The bytes of an image file. Holds the caller's array, which must not change while in use. */
  final class Encoded implements ImageInput {
    private final byte[] bytes;

    public Encoded(byte[] bytes) {
      this.bytes = requireNonNull(bytes, "bytes");
    }

    byte[] bytes() {
      return bytes;
    }

    /** Writes their number, then the bytes. */
    public void writeTo(DataOutput out) throws IOException {
      out.writeInt(bytes.length);
      out.write(bytes);
    }

    /** SHA-256 of the bytes, in hexadecimal. */
    public String sha256() {
      return Sha256.hex(bytes);
    }

    @Override
    public long heldBytes() {
      return bytes.length;
    }
  }

  /**
   * Decoded pixels as Spark's {@code image} source gives them: rows from the top, interleaved, 8
   * bits a channel, in OpenCV's channel order (gray, BGR or BGRA). Holds the caller's array.
   *
   * @see <a href="https://spark.apache.org/docs/latest/ml-datasource.html">Spark's image source</a>
   */
  final class Pixels implements ImageInput {
    private final int width;
    private final int height;
    private final int channels;
    private final byte[] data;

    /**
     * @param width width in pixels, -1 for an image that Spark could not decode
     * @param height height in pixels, -1 for an image that Spark could not decode
     * @param channels 1 (gray), 3 (BGR) or 4 (BGRA); anything else is rejected when it is read
     * @param data {@code height * width * channels} bytes; another length is rejected
     */
    public Pixels(int width, int height, int channels, byte[] data) {
      this.width = width;
      this.height = height;
      this.channels = channels;
      this.data = requireNonNull(data, "data");
    }

    int width() {
      return width;
    }

    int height() {
      return height;
    }

    int channels() {
      return channels;
    }

    byte[] data() {
      return data;
    }

    @Override
    public long heldBytes() {
      return data.length;
    }
  }
}
