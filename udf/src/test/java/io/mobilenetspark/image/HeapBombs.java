package io.mobilenetspark.image;

import io.mobilenetspark.testing.SampleImages;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes PNMs, TGAs, PSDs and icons that ask for much work with few bytes. */
final class HeapBombs {

  private HeapBombs() {}

  /** A PNM: its text header, then bytes that repeat. */
  static byte[] pnm(String header, String pattern, long length) {
    byte[] head = ascii(header);
    byte[] repeated = ascii(pattern);
    byte[] file = Arrays.copyOf(head, Math.toIntExact(head.length + length));
    for (int i = head.length; i < file.length; i++) {
      file[i] = repeated[(i - head.length) % repeated.length];
    }
    return file;
  }

  /** A TGA of no palette or one of 256 colors; run-length types get runs of one length. */
  static byte[] tga(int type, int bits, int side, int run) {
    boolean isMapped = (type & 7) == 1;
    ByteBuffer head = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    head.put((byte) 0).put((byte) (isMapped ? 1 : 0)).put((byte) type).putShort((short) 0);
    head.putShort((short) (isMapped ? 256 : 0)).put((byte) (isMapped ? 24 : 0)).putInt(0);
    head.putShort((short) side).putShort((short) side).put((byte) bits);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(head.array());
    out.writeBytes(new byte[isMapped ? 768 : 0]);
    int pixelBytes = (bits + 7) / 8;
    byte[] row;
    if (type < 8) {
      row = new byte[side * pixelBytes];
    } else {
      int runs = (side + run - 1) / run;
      row = new byte[runs * (1 + pixelBytes)];
      for (int i = 0; i < runs; i++) {
        int length = Math.min(run, side - i * run);
        row[i * (1 + pixelBytes)] = (byte) (0x80 | (length - 1));
      }
    }
    for (int y = 0; y < side; y++) {
      out.writeBytes(row);
    }
    return out.toByteArray();
  }

  /**
   * A PSD of run lengths.
   *
   * @param resources so many empty image resources come before the picture
   */
  static byte[] psd(int mode, int channels, int bits, int side, int run, int resources) {
    int rowBytes = (side * bits + 7) / 8;
    int runs = (rowBytes + run - 1) / run;
    byte[] row = new byte[2 * runs];
    for (int i = 0; i < runs; i++) {
      row[2 * i] = (byte) (1 - Math.min(run, rowBytes - run * i));
      row[2 * i + 1] = (byte) i;
    }
    byte[] resource = {'8', 'B', 'I', 'M', 0x0f, (byte) 0xa0, 0, 0, 0, 0, 0, 0};
    ByteBuffer file =
        ByteBuffer.allocate(60 + 768 + 12 * resources + channels * side * (2 + row.length));
    file.put(ascii("8BPS")).putShort((short) 1).put(new byte[6]).putShort((short) channels);
    file.putInt(side).putInt(side).putShort((short) bits).putShort((short) mode);
    file.putInt(mode == 2 ? 768 : 0).put(new byte[mode == 2 ? 768 : 0]);
    file.putInt(12 * resources);
    for (int i = 0; i < resources; i++) {
      file.put(resource);
    }
    file.putInt(0).putShort((short) 1);
    for (int i = 0; i < channels * side; i++) {
      file.putShort((short) row.length);
    }
    for (int i = 0; i < channels * side; i++) {
      file.put(row);
    }
    return Arrays.copyOf(file.array(), file.position());
  }

  /** An icon of one image. */
  static byte[] icon(byte[] image, int entries) {
    ByteBuffer icon = ByteBuffer.allocate(6 + 16 * entries).order(ByteOrder.LITTLE_ENDIAN);
    icon.putShort((short) 0).putShort((short) 1).putShort((short) entries);
    for (int i = 0; i < entries; i++) {
      icon.putInt(0).putShort((short) 1).putShort((short) 32);
      icon.putInt(image.length).putInt(icon.capacity());
    }
    return SampleImages.concat(icon.array(), image);
  }

  /** An icon's bitmap of zeros, and its mask. */
  static byte[] bitmap(int side, int bits) {
    int palette = bits <= 8 ? 4 << bits : 0;
    int rows = ((side * bits + 31) / 32 * 4 + (side + 31) / 32 * 4) * side;
    ByteBuffer bitmap = ByteBuffer.allocate(40 + palette + rows).order(ByteOrder.LITTLE_ENDIAN);
    bitmap.putInt(40).putInt(side).putInt(2 * side).putShort((short) 1).putShort((short) bits);
    return bitmap.array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
