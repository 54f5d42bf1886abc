package io.mobilenetspark.testing;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ColorConvertOp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;

/** Makes ICC profiles of three primaries and one curve (ICC.1:2001), and files that hold them. */
public final class TestProfiles {

  /** Columns: X, Y, Z of red, green and blue, for D50 as profiles have them. */
  private static final double[][] ADOBE_RGB = {
    {0.60974, 0.31111, 0.01947}, {0.20528, 0.62567, 0.06087}, {0.14919, 0.06322, 0.74457}
  };

  private static final double[][] DISPLAY_P3 = {
    {0.51512, 0.24120, -0.00105}, {0.29198, 0.69225, 0.04189}, {0.15710, 0.06657, 0.78407}
  };

  private static final double[] D50 = {0.96420, 1, 0.82491};

  /** From linear Display P3's white to sRGB, both for D50. */
  private static final double[][] XYZ_TO_SRGB = {
    {3.1338561, -1.6168667, -0.4906146},
    {-0.9787684, 1.9161415, 0.0334540},
    {0.0719453, -0.2289914, 1.4052427}
  };

  private TestProfiles() {}

  /** Adobe RGB (1998): gamma 563/256. */
  public static byte[] adobeRgb() {
    ByteBuffer curve = ByteBuffer.allocate(16);
    curve.put(ascii("curv")).putInt(0).putInt(1).putShort((short) 0x0233);
    return profile(ADOBE_RGB, curve.array());
  }

  /** Display P3: the curve of sRGB, as a table. */
  public static byte[] displayP3() {
    ByteBuffer curve = ByteBuffer.allocate(12 + 2 * 1024);
    curve.put(ascii("curv")).putInt(0).putInt(1024);
    for (int i = 0; i < 1024; i++) {
      double value = i / 1023.0;
      double linear = value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
      curve.putShort((short) Math.round(linear * 65_535));
    }
    return profile(DISPLAY_P3, curve.array());
  }

  private static byte[] profile(double[][] primaries, byte[] curve) {
    String[] names = {"desc", "cprt", "wtpt", "rXYZ", "gXYZ", "bXYZ", "rTRC", "gTRC", "bTRC"};
    ByteBuffer description = ByteBuffer.allocate(104);
    description.put(ascii("desc")).putInt(0).putInt(5).put(ascii("test\0"));
    byte[] text =
        Arrays.copyOf(SampleImages.concat(ascii("text"), new byte[4], ascii("none\0")), 16);
    byte[][] data = {
      description.array(),
      text,
      xyz(D50),
      xyz(primaries[0]),
      xyz(primaries[1]),
      xyz(primaries[2]),
      curve,
      curve,
      curve
    };
    return ofTags("mntrRGB XYZ ", names, data);
  }

  /** A profile of a table of colors (lut16Type), each a shade of gray in Lab. */
  public static byte[] tables(int inputs) {
    int points = inputs == 1 ? 255 : inputs == 3 ? 33 : 17;
    int colors = (int) Math.pow(points, inputs);
    ByteBuffer lut = ByteBuffer.allocate(52 + 4 * inputs + 6 * colors + 12);
    lut.put(ascii("mft2")).putInt(0).put((byte) inputs).put((byte) 3).put((byte) points);
    lut.put((byte) 0);
    for (int i = 0; i < 9; i++) {
      lut.putInt(i % 4 == 0 ? 0x10000 : 0);
    }
    lut.putShort((short) 2).putShort((short) 2);
    for (int i = 0; i < inputs; i++) {
      lut.putInt(0xffff);
    }
    for (int i = 0; i < colors; i++) {
      lut.putShort((short) (0xff00L * i / colors))
          .putShort((short) 0x8000)
          .putShort((short) 0x8000);
    }
    lut.putInt(0xffff).putInt(0xffff).putInt(0xffff);
    String space = inputs == 1 ? "GRAY" : inputs == 3 ? "RGB " : "CMYK";
    return ofTags("prtr" + space + "Lab ", new String[] {"A2B0"}, new byte[][] {lut.array()});
  }

  /** A profile of so many matrices, one after the other (multiProcessElementsType). */
  public static byte[] matrices(int count) {
    ByteBuffer elements = ByteBuffer.allocate(16 + 8 * count + 60);
    elements.put(ascii("mpet")).putInt(0).putShort((short) 3).putShort((short) 3).putInt(count);
    for (int i = 0; i < count; i++) {
      elements.putInt(16 + 8 * count).putInt(60);
    }
    elements.put(ascii("matf")).putInt(0).putShort((short) 3).putShort((short) 3);
    for (int i = 0; i < 12; i++) {
      elements.putFloat(i < 9 && i % 4 == 0 ? 1 : i < 9 ? 0.001f : 0);
    }
    byte[] whole = tables(3);
    byte[] table = Arrays.copyOfRange(whole, 144, whole.length);
    return ofTags(
        "prtrRGB Lab ", new String[] {"A2B0", "D2B0"}, new byte[][] {table, elements.array()});
  }

  /** A profile of tags of any kind. */
  static byte[] ofTags(String classes, String[] names, byte[][] data) {
    int start = 128 + 4 + 12 * names.length;
    ByteBuffer table = ByteBuffer.allocate(start);
    byte[] all = SampleImages.concat(data);
    table.putInt(start + all.length).putInt(0).putInt(0x04200000).put(ascii(classes));
    table.putShort((short) 2026).putShort((short) 1).putShort((short) 1).position(36);
    table.put(ascii("acsp")).position(68);
    table.put(xyz(D50), 8, 12).position(128);
    table.putInt(names.length);
    for (int i = 0, at = start; i < names.length; at += data[i].length, i++) {
      table.put(ascii(names[i])).putInt(at).putInt(data[i].length);
    }
    return SampleImages.concat(table.array(), all);
  }

  private static byte[] xyz(double[] values) {
    ByteBuffer tag = ByteBuffer.allocate(20).put(ascii("XYZ ")).putInt(0);
    for (double value : values) {
      tag.putInt((int) Math.round(value * 65_536));
    }
    return tag.array();
  }

  /** sRGB of an Adobe RGB color, by the formulas, without any color management. */
  public static int[] adobeRgbToSrgb(int[] rgb) {
    double[] linear = new double[3];
    for (int to = 0; to < 3; to++) {
      for (int axis = 0; axis < 3; axis++) {
        for (int from = 0; from < 3; from++) {
          linear[to] +=
              XYZ_TO_SRGB[to][axis]
                  * ADOBE_RGB[from][axis]
                  * Math.pow(rgb[from] / 255.0, 563 / 256.0);
        }
      }
    }
    int[] srgb = new int[3];
    for (int c = 0; c < 3; c++) {
      double value = Math.min(1, Math.max(0, linear[c]));
      value = value <= 0.0031308 ? 12.92 * value : 1.055 * Math.pow(value, 1 / 2.4) - 0.055;
      srgb[c] = (int) Math.round(value * 255);
    }
    return srgb;
  }

  /** An sRGB picture's numbers in another profile's colors. */
  public static int[][] encoded(int[][] srgb, byte[] profile) {
    BufferedImage from =
        new BufferedImage(srgb[0].length, srgb.length, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < srgb.length; y++) {
      from.setRGB(0, y, srgb[0].length, 1, srgb[y], 0, srgb[0].length);
    }
    var to = from.getRaster().createCompatibleWritableRaster();
    ICC_Profile[] both = {
      ICC_Profile.getInstance(ColorSpace.CS_sRGB), ICC_Profile.getInstance(profile)
    };
    new ColorConvertOp(both, null).filter(from.getRaster(), to);
    int[][] image = new int[srgb.length][srgb[0].length];
    int[] pixel = new int[3];
    for (int y = 0; y < image.length; y++) {
      for (int x = 0; x < image[0].length; x++) {
        to.getPixel(x, y, pixel);
        image[y][x] = 0xff000000 | pixel[0] << 16 | pixel[1] << 8 | pixel[2];
      }
    }
    return image;
  }

  /** A PNG with a profile. */
  public static byte[] png(int[][] image, byte[] profile) {
    Deflater deflater = new Deflater();
    deflater.setInput(profile);
    deflater.finish();
    byte[] data = new byte[profile.length + 100];
    int length = deflater.deflate(data);
    deflater.end();
    return SampleImages.withChunk(
        SampleImages.png(image),
        "iCCP",
        SampleImages.concat(ascii("test\0\0"), Arrays.copyOf(data, length)));
  }

  /** A JPEG with a profile in segments of a given length. */
  public static byte[] jpeg(byte[] jpeg, byte[] profile, int part) {
    int count = (profile.length + part - 1) / part;
    byte[] file = Arrays.copyOf(jpeg, 2);
    for (int i = 0; i < count; i++) {
      byte[] data = Arrays.copyOfRange(profile, i * part, Math.min(profile.length, (i + 1) * part));
      ByteBuffer header = ByteBuffer.allocate(18).putShort((short) 0xffe2);
      header.putShort((short) (data.length + 16)).put(ascii("ICC_PROFILE\0"));
      header.put((byte) (i + 1)).put((byte) count);
      file = SampleImages.concat(file, header.array(), data);
    }
    return SampleImages.concat(file, Arrays.copyOfRange(jpeg, 2, jpeg.length));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
