package io.mobilenetspark.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/**
 * The directory of a Windows icon or cursor, which holds one picture in several sizes. The largest
 * is the one that is read, of those the deepest.
 *
 * @param index its place in the directory
 * @param offset where its PNG, or its bitmap without a file header, begins
 * @param length its bytes
 * @param width its width by its own header, not by the directory's byte
 * @param height its height
 * @param bits bits a pixel; 32 of a PNG
 * @param isPng whether it is a whole PNG
 * @param images how many images the directory has
 */
record IcoDirectory(
    int index,
    int offset,
    int length,
    long width,
    long height,
    int bits,
    boolean isPng,
    int images) {

  private static final int HEADER = 6;
  private static final int ENTRY = 16;

  /** In an entry. */
  private static final int COLORS = 2;

  private static final int BITS = 6;

  /** The least of a bitmap; of a PNG it has the whole first chunk. */
  private static final int BITMAP_HEADER = 40;

  private static final int MAX_ENTRY_SIDE = 256;

  /** Whether bytes begin as an icon (1) or a cursor (2) of at least one image. */
  static boolean isIco(byte[] bytes) {
    return bytes.length >= HEADER
        && Bytes.u16le(bytes, 0) == 0
        && (Bytes.u16le(bytes, 2) == 1 || isCursor(bytes))
        && Bytes.u16le(bytes, 4) > 0;
  }

  static boolean isCursor(byte[] bytes) {
    return Bytes.u16le(bytes, 2) == 2;
  }

  /** The largest image. */
  static IcoDirectory largest(byte[] bytes) throws RejectedImageException {
    int images = Bytes.u16le(bytes, 4);
    ImageHeader.require(bytes, HEADER + ENTRY * images, "ICO directory");
    IcoDirectory largest = null;
    for (int i = 0; i < images; i++) {
      int entry = HEADER + ENTRY * i;
      long offset = Bytes.u32le(bytes, entry + 12);
      long length = Math.min(Bytes.u32le(bytes, entry + 8), bytes.length - offset);
      if (length < BITMAP_HEADER) {
        continue; // cut off, by the file or by its entry; another may be there
      }
      IcoDirectory image = at(bytes, (int) offset, (int) length, i, images);
      if (largest == null || image.isLargerThan(largest)) {
        largest = image;
      }
    }
    if (largest == null) {
      throw new RejectedImageException(
          ImageStatus.TRUNCATED,
          String.format(Locale.ROOT, "ICO of %d bytes that ends before its images", bytes.length));
    }
    return largest;
  }

  private static IcoDirectory at(byte[] bytes, int offset, int length, int index, int images) {
    boolean isPng = Bytes.u32be(bytes, offset) == 0x89504e47L;
    if (isPng) {
      long width = Bytes.u32be(bytes, offset + 16);
      long height = Bytes.u32be(bytes, offset + 20);
      return new IcoDirectory(index, offset, length, width, height, 32, true, images);
    }
    // A bitmap's height counts the mask's rows too.
    long width = Bytes.u32le(bytes, offset + 4);
    long height = Bytes.u32le(bytes, offset + 8) / 2;
    int bits = Bytes.u16le(bytes, offset + 14);
    return new IcoDirectory(index, offset, length, width, height, bits, false, images);
  }

  private boolean isLargerThan(IcoDirectory other) {
    // In doubles: claims of 32 bits each.
    int bySize = Double.compare((double) width * height, (double) other.width * other.height);
    return bySize > 0 || (bySize == 0 && bits > other.bits);
  }

  ImageHeader header() {
    return new ImageHeader(
        ImageFormat.ICO,
        width,
        height,
        images,
        isPng ? ImageHeader.Decoder.TENSORFLOW : ImageHeader.Decoder.IMAGE_IO,
        12);
  }

  /** The PNG in the file. */
  byte[] png(byte[] bytes) {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  /** The entry's sides are of a byte, which the icons' reader goes by; some bitmaps are larger. */
  boolean isTooWideForItsEntry() {
    return width > MAX_ENTRY_SIDE || height > MAX_ENTRY_SIDE;
  }

  /**
   * These bytes with an entry that says of a bitmap's colors what the bitmap has: for the palette
   * and the mask, the reader makes room for as many as the entry says, or else as its bits a pixel
   * can have, which is 64 MiB for 24 and 4 GiB for 30.
   */
  byte[] withOwnColors(byte[] bytes) {
    int entry = HEADER + ENTRY * index;
    byte[] honest = bytes.clone();
    if (bits > 8) {
      honest[entry + COLORS] = 2; // the mask's
    } else if (honest[entry + COLORS] == 0 && !isCursor(bytes)) { // a cursor has its hot spot there
      honest[entry + BITS] = (byte) bits;
      honest[entry + BITS + 1] = 0;
    }
    return honest;
  }

  /** The bitmap as a file of its own, without the mask. */
  byte[] bmp(byte[] bytes) throws RejectedImageException {
    long header = Bytes.u32le(bytes, offset);
    if (header < 40 || header > length) {
      throw new RejectedImageException(
          ImageStatus.CORRUPT,
          String.format(Locale.ROOT, "ICO with a bitmap header of %d bytes", header));
    }
    long colors = bits > 8 ? 0 : Bytes.u32le(bytes, offset + 32);
    long palette = 4 * (bits <= 8 && colors == 0 ? 1L << bits : colors);
    ByteBuffer bmp = ByteBuffer.allocate(14 + length).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put((byte) 'B').put((byte) 'M').putInt(14 + length).putInt(0);
    bmp.putInt((int) (14 + header + palette));
    bmp.put(bytes, offset, length);
    return bmp.putInt(14 + 8, (int) height).array();
  }

  static boolean reachesEnd(byte[] bytes) {
    for (int i = 0; i < Bytes.u16le(bytes, 4); i++) {
      int entry = HEADER + ENTRY * i;
      if (entry + ENTRY > bytes.length
          || Bytes.u32le(bytes, entry + 8) + Bytes.u32le(bytes, entry + 12) > bytes.length) {
        return false;
      }
    }
    return true;
  }
}
