package io.mobilenetspark.image;

import io.mobilenetspark.testing.SampleImages;
import io.mobilenetspark.testing.TestProfiles;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Small honest files of the kinds that the corpus has none of. */
final class ClaimedFiles {

  private static final int[][] PIXELS = {
    {0xff000000, 0xffffffff, 0xffff0000, 0xff00ff00},
    {0xff0000ff, 0xffffff00, 0xff00ffff, 0xffff00ff},
  };

  private ClaimedFiles() {}

  static Map<String, byte[]> all() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    byte[] png = SampleImages.png(PIXELS);
    byte[] profile = TestProfiles.adobeRgb();
    files.put("made.png", png);
    files.put("interlaced.png", RasterBombs.png(20, 20, 8, 6, 1, 0));
    files.put("profile.png", TestProfiles.png(PIXELS, profile));
    files.put("png.ico", icon(png, 32));
    for (int bits : new int[] {24, 32}) {
      files.put("bitmap" + bits + ".ico", icon(bitmap(bits), bits));
    }
    files.put("made.gif", SampleImages.file(PIXELS, "gif", BufferedImage.TYPE_BYTE_INDEXED));
    files.put("made24.bmp", SampleImages.file(PIXELS, "bmp", BufferedImage.TYPE_3BYTE_BGR));
    files.put("made8.bmp", SampleImages.file(PIXELS, "bmp", BufferedImage.TYPE_BYTE_INDEXED));
    files.put("made.tiff", SampleImages.file(PIXELS, "tiff", BufferedImage.TYPE_3BYTE_BGR));
    for (int compression : new int[] {8, 32_946}) {
      byte[] tile = RasterBombs.deflated(3 * 16 * 16);
      files.put(
          "tiles" + compression + ".tiff",
          RasterBombs.sharedTiles(40, 40, 16, compression, 2, 3, 8, 1, tile));
    }
    files.put("lossless.webp", RasterBombs.webp(16, 16, 4));
    files.put("extended.webp", extended(RasterBombs.webp(16, 16, 1), profile));
    for (int frame :
        new int[] {
          JpegBombs.BASELINE,
          JpegBombs.PROGRESSIVE,
          JpegBombs.ARITHMETIC,
          JpegBombs.ARITHMETIC_PROGRESSIVE
        }) {
      JpegBombs jpeg = new JpegBombs(frame, 16, 16, 3, 1).sparseTables();
      boolean isProgressive =
          frame == JpegBombs.PROGRESSIVE || frame == JpegBombs.ARITHMETIC_PROGRESSIVE;
      jpeg.scan(0, isProgressive ? 0 : 63, 0);
      files.put("frame" + frame + ".jpg", jpeg.end());
    }
    for (int version : new int[] {1, 2}) {
      for (int compression : new int[] {0, 1}) {
        files.put("v" + version + "c" + compression + ".psd", psd(version, compression));
      }
    }
    for (int type : new int[] {1, 2, 3, 9, 10, 11}) {
      files.put("type" + type + ".tga", tga(type));
    }
    for (String text : new String[] {"P1 2 1 1 0 ", "P2 2 1 255 7 9 ", "P3 1 1 255 7 8 9 "}) {
      files.put(text.substring(0, 2) + ".pnm", text.getBytes(StandardCharsets.US_ASCII));
    }
    for (String text : new String[] {"P4 2 1 a", "P5 2 1 255 ab", "P6 1 1 65535 abcdef"}) {
      files.put(text.substring(0, 2) + ".pnm", text.getBytes(StandardCharsets.US_ASCII));
    }
    String anymap = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\nabc";
    files.put("P7.pnm", anymap.getBytes(StandardCharsets.US_ASCII));
    return files;
  }

  private static byte[] icon(byte[] image, int bits) {
    ByteBuffer icon = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    icon.putShort((short) 0).putShort((short) 1).putShort((short) 1);
    icon.put((byte) 4).put((byte) 2).putShort((short) 0).putShort((short) 1).putShort((short) bits);
    icon.putInt(image.length).putInt(22);
    return SampleImages.concat(icon.array(), image);
  }

  /** An icon's bitmap of 4 x 2 pixels, and its mask. */
  private static byte[] bitmap(int bits) {
    ByteBuffer bitmap = ByteBuffer.allocate(40 + 32 + 8).order(ByteOrder.LITTLE_ENDIAN);
    bitmap.putInt(40).putInt(4).putInt(4).putShort((short) 1).putShort((short) bits);
    return bitmap.array();
  }

  private static byte[] extended(byte[] still, byte[] profile) {
    byte[] image = java.util.Arrays.copyOfRange(still, 12, still.length);
    byte[] padded = java.util.Arrays.copyOf(profile, (profile.length + 1) / 2 * 2);
    ByteBuffer head = ByteBuffer.allocate(38 + padded.length).order(ByteOrder.LITTLE_ENDIAN);
    head.put("RIFF".getBytes(StandardCharsets.US_ASCII));
    head.putInt(30 + padded.length + image.length + 16);
    head.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0x2c);
    head.put(new byte[] {15, 0, 0, 15, 0, 0});
    head.put("ICCP".getBytes(StandardCharsets.US_ASCII)).putInt(profile.length).put(padded);
    byte[] tail = {'E', 'X', 'I', 'F', 8, 0, 0, 0, 'I', 'I', 42, 0, 8, 0, 0, 0};
    return SampleImages.concat(head.array(), image, tail);
  }

  /** 2 x 2 pixels of RGB, one resource, no layers. */
  private static byte[] psd(int version, int compression) {
    ByteBuffer file = ByteBuffer.allocate(200);
    file.put("8BPS".getBytes(StandardCharsets.US_ASCII)).putShort((short) version);
    file.put(new byte[6]).putShort((short) 3).putInt(2).putInt(2);
    file.putShort((short) 8).putShort((short) 3).putInt(0);
    file.putInt(16).put("8BIM".getBytes(StandardCharsets.US_ASCII)).putShort((short) 1005);
    file.putShort((short) 0).putInt(4).putInt(7);
    if (version == 2) {
      file.putLong(0);
    } else {
      file.putInt(0);
    }
    file.putShort((short) compression);
    for (int row = 0; row < 6 && compression == 1; row++) {
      if (version == 2) {
        file.putInt(2);
      } else {
        file.putShort((short) 2);
      }
    }
    file.put(new byte[] {-1, 1, -1, 2, -1, 3, -1, 4, -1, 5, -1, 6});
    return java.util.Arrays.copyOf(file.array(), file.position());
  }

  private static byte[] tga(int type) {
    boolean isMapped = (type & 7) == 1;
    int bits = (type & 7) == 2 ? 24 : 8;
    ByteBuffer file = ByteBuffer.allocate(120).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0).put((byte) (isMapped ? 1 : 0)).put((byte) type);
    file.putShort((short) 0).putShort((short) (isMapped ? 4 : 0)).put((byte) (isMapped ? 24 : 0));
    file.putInt(0).putShort((short) 2).putShort((short) 2).put((byte) bits).put((byte) 0);
    file.put(new byte[isMapped ? 12 : 0]);
    for (int pixel = 0; pixel < 4; pixel++) {
      file.put(new byte[type > 8 ? 1 : 0]).put(new byte[bits / 8]);
    }
    file.put(new byte[8]).put("TRUEVISION-XFILE.\0".getBytes(StandardCharsets.US_ASCII));
    return java.util.Arrays.copyOf(file.array(), file.position());
  }
}
