package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers of PNM, PSD, TGA and ICO by hand, as {@link HeadersTest} has those of others. */
class RasterHeadersTest {

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] cut(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }

  private static String claim(ImageFormat format, byte[] bytes) {
    try {
      ImageHeader header = ImageHeader.read(format, bytes);
      return header.width()
          + "x"
          + header.height()
          + " "
          + header.decoder()
          + " "
          + header.heapBytesPerPixel();
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  // PNM

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "P1 3 2 1 | 3x2 IMAGE_IO 6",
        "P4 3 2 x | 3x2 IMAGE_IO 6",
        "P2 3 2 255 1 | 3x2 IMAGE_IO 6",
        "P5 3 2 256 x | 3x2 IMAGE_IO 8",
        "P5 3 2 65535 x | 3x2 IMAGE_IO 8",
        "P5 3 2 65536 x | 3x2 IMAGE_IO 12",
        "P6 3 2 255 x | 3x2 IMAGE_IO 10",
        "P3 3 2 256 x | 3x2 IMAGE_IO 16",
        "Pf 3 2 -1.0 x | 3x2 IMAGE_IO 12",
        "PF 3 2 1 x | 3x2 IMAGE_IO 28",
        "P5 999999999 1 255 x | 999999999x1 IMAGE_IO 6",
        "P5 1000000000 1 255 x | CORRUPT: PNM with '1000000000' where a number should be in its header",
        "P5 -3 2 255 x | CORRUPT: PNM with '-3' where a number should be in its header",
        "P5 12345678901234567890123456789012 2 255 x | CORRUPT: PNM with '12345678901234567890123456789012' where a number should be in its header",
        "P5 123456789012345678901234567890123 2 255 x | CORRUPT: PNM with '12345678901234567890123456789012' where a number should be in its header",
        "P5 3 2 | TRUNCATED: PNM whose header has no end in 6 bytes",
        "P5 3 2 255 | TRUNCATED: PNM whose header has no end in 10 bytes",
        "P5 3 #2 255 | TRUNCATED: PNM whose header has no end in 11 bytes",
        "P7 332 3 2 255 x | UNSUPPORTED_FORMAT: a thumbnail of the viewer XV, which is not supported",
        "P7 WIDTH 3 height 2 DEPTH 4 MAXVAL 255 TUPLTYPE RGB_ALPHA ENDHDR x | 3x2 IMAGE_IO 12",
        "P7 WIDTH 3 HEIGHT 2 DEPTH 1 MAXVAL 256 ENDHDR x | 3x2 IMAGE_IO 8",
        "P7 WIDTH 3 HEIGHT 2 DEPTH 5 ENDHDR x | UNSUPPORTED_FORMAT: PAM with 5 samples a pixel; 1 to 4 are supported",
        "P7 WIDTH 3 HEIGHT 2 DEPTH 0 ENDHDR x | UNSUPPORTED_FORMAT: PAM with 0 samples a pixel; 1 to 4 are supported",
        "P7 WIDE 3 ENDHDR x | CORRUPT: PNM with the word 'WIDE' in its header"
      })
  void pnmHeaders(String file, String claim) {
    assertThat(claim(ImageFormat.PNM, text(file))).isEqualTo(claim);
  }

  @Test
  void pnmHeadersHaveBlanksAndComments() {
    for (String file :
        new String[] {"P5\t3\u000b2\r255\nx", "P5#wide\n3#high\r2 255#\n x", "P5 3 \f2 255 x"}) {
      assertThat(claim(ImageFormat.PNM, text(file))).isEqualTo("3x2 IMAGE_IO 6");
    }
  }

  /** Comments count: a header may have 65,536 bytes. */
  @ParameterizedTest
  @CsvSource({"65536, true", "65537, false"})
  void pnmHeadersHaveAnEnd(int length, boolean isRead) {
    String start = "P5 3 2\n#";
    String end = "\n255";
    byte[] file = text(start + "x".repeat(length - start.length() - end.length()) + end + " .");
    assertThat(claim(ImageFormat.PNM, file))
        .isEqualTo(
            isRead ? "3x2 IMAGE_IO 6" : "CORRUPT: PNM whose header has no end in 65537 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "P4 9 2  | 4",
        "P4 8 2  | 2",
        "P5 3 2 255  | 6",
        "P5 3 2 256  | 12",
        "P6 3 2 255  | 18",
        "Pf 3 2 1  | 24",
        "PF 3 2 1  | 72",
        "P1 3 2  | 1",
        "P7 WIDTH 3 HEIGHT 2 DEPTH 2 MAXVAL 255 ENDHDR  | 12"
      })
  void pnmsEndWithTheirPixels(String header, int pixels) {
    byte[] whole = text(header + " " + "x".repeat(pixels));
    assertThat(PnmHeader.reachesEnd(whole)).isTrue();
    assertThat(PnmHeader.reachesEnd(cut(whole, whole.length - 1)))
        .isEqualTo(pixels == 1 && header.startsWith("P1"));
    assertThat(PnmHeader.reachesEnd(text("P5 3"))).isFalse();
    assertThat(PnmHeader.reachesEnd(text("P5 x 2 255 x"))).as("broken").isTrue();
  }

  @Test
  void pnmsAreToldByThreeBytes() {
    for (String start : new String[] {"P1 ", "P6\n", "P7\t", "Pf\r", "PF\u000b", "P4\f"}) {
      assertThat(ImageFormat.sniff(text(start))).isEqualTo(ImageFormat.PNM);
    }
    for (String other : new String[] {"P1", "P8 ", "P0 ", "Q1 ", "P1x", "P1\u000e", "P1\b"}) {
      assertThat(ImageFormat.sniff(text(other))).as(other).isNull();
    }
    assertThat(PnmHeader.isText(text("P1 "))).isTrue();
    assertThat(PnmHeader.isText(text("P3 "))).isTrue();
    assertThat(PnmHeader.isText(text("P4 "))).isFalse();
    assertThat(PnmHeader.isText(text("P0 "))).isFalse();
  }

  // PSD

  private static void psdHeader(ByteBuffer psd, int version, int channels, int bits) {
    psd.put(text("8BPS")).putShort((short) version).position(12);
    psd.putShort((short) channels).putInt(2).putInt(3).putShort((short) bits).putShort((short) 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1 | 3 | 8 | 3x2 IMAGE_IO 14",
        "2 | 56 | 16 | 3x2 IMAGE_IO 232",
        "1 | 1 | 1 | 3x2 IMAGE_IO 10",
        "0 | 3 | 8 | CORRUPT: PSD of version 0 with 3 channels of 8 bits",
        "3 | 3 | 8 | CORRUPT: PSD of version 3 with 3 channels of 8 bits",
        "1 | 0 | 8 | CORRUPT: PSD of version 1 with 0 channels of 8 bits",
        "1 | 57 | 8 | CORRUPT: PSD of version 1 with 57 channels of 8 bits",
        "1 | 3 | 33 | CORRUPT: PSD of version 1 with 3 channels of 33 bits",
        "1 | 3 | 32 | UNSUPPORTED_FORMAT: PSD of 32 bits a channel; 1, 8 and 16 are supported: change its mode in Photoshop"
      })
  void psdHeaders(int version, int channels, int bits, String claim) {
    ByteBuffer header = ByteBuffer.allocate(26);
    psdHeader(header, version, channels, bits);
    byte[] psd = header.array();
    assertThat(claim(ImageFormat.PSD, psd)).isEqualTo(claim);
    assertThat(claim(ImageFormat.PSD, cut(psd, 25)))
        .isEqualTo("TRUNCATED: PSD header needs 26 bytes, the image has 25");
  }

  /** Sections of 1, 2 and 3 bytes, then the picture. */
  private static byte[] psd(int version, byte... picture) {
    ByteBuffer psd = ByteBuffer.allocate(26 + 4 + 1 + 4 + 2 + 4 * version + 3 + picture.length);
    psdHeader(psd, version, 1, 8);
    psd.putInt(1).put((byte) 9).putInt(2).put(text("rr"));
    if (version == 2) {
      psd.putInt(0);
    }
    return psd.putInt(3).put(text("lll")).put(picture).array();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void psdsHaveTheirSections(int version) {
    byte[] psd = psd(version, (byte) 0, (byte) 0, (byte) 7);
    assertThat(PsdHeader.reachesEnd(psd)).isTrue();
    for (int length = 26; length < psd.length; length++) {
      assertThat(PsdHeader.reachesEnd(cut(psd, length))).as("%d bytes", length).isFalse();
    }
    byte[] endless = psd.clone();
    endless[26] = (byte) 0xff;
    assertThat(PsdHeader.reachesEnd(endless)).isFalse();
    if (version == 2) {
      byte[] negative = psd.clone();
      negative[26 + 4 + 1 + 4 + 2] = (byte) 0xff;
      assertThat(PsdHeader.reachesEnd(negative)).isFalse();
      assertThat(PsdHeader.packets(negative)).isZero();
    }
  }

  @Test
  void psdsLoseTheirResources() {
    byte[] psd = psd(1, (byte) 0, (byte) 0, (byte) 7);
    byte[] without = PsdHeader.withoutResources(psd);
    assertThat(without).hasSize(psd.length - 2);
    assertThat(cut(without, 31)).isEqualTo(cut(psd, 31));
    assertThat(Arrays.copyOfRange(without, 31, 35)).containsOnly(0);
    assertThat(Arrays.copyOfRange(without, 35, without.length))
        .isEqualTo(Arrays.copyOfRange(psd, 37, psd.length));
    byte[] damaged = cut(psd, psd.length - 1);
    assertThat(PsdHeader.withoutResources(damaged)).isSameAs(damaged);
  }

  /** Two rows of one channel: their lengths, then packets of 3 bytes, a run, and 1 byte. */
  @Test
  void psdPacketsAreCounted() {
    byte[] rows = {2, 7, 7, 7, -5, 7, 0, 7};
    assertThat(PsdHeader.packets(psd(1, SampleImages.concat(new byte[] {0, 1}, new byte[4], rows))))
        .isEqualTo(3);
    assertThat(PsdHeader.packets(psd(2, SampleImages.concat(new byte[] {0, 1}, new byte[8], rows))))
        .isEqualTo(3);
    assertThat(PsdHeader.packets(psd(1, SampleImages.concat(new byte[6], rows))))
        .as("not compressed")
        .isZero();
    byte[] whole = psd(1, (byte) 0, (byte) 1, (byte) 7);
    assertThat(PsdHeader.packets(cut(whole, whole.length - 1))).isZero();
  }

  // TGA

  private static final byte[] FOOTER =
      SampleImages.concat(new byte[8], text("TRUEVISION-XFILE.\0"));

  /** A header of 3 x 2 pixels. */
  private static byte[] tga(
      int id, int mapType, int type, int mapLength, int mapBits, int bits, int descriptor) {
    ByteBuffer tga = ByteBuffer.allocate(18).order(ByteOrder.LITTLE_ENDIAN);
    tga.put((byte) id).put((byte) mapType).put((byte) type);
    tga.putShort((short) 0).putShort((short) mapLength).put((byte) mapBits).putInt(0);
    return tga.putShort((short) 3)
        .putShort((short) 2)
        .put((byte) bits)
        .put((byte) descriptor)
        .array();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2, 0, 0, 24, 0, true",
    "0, 10, 0, 0, 15, 0, true",
    "0, 2, 0, 0, 16, 8, true",
    "0, 2, 0, 0, 32, 9, false",
    "0, 2, 0, 0, 32, 0x3f, false",
    "0, 2, 0, 0, 32, 0x38, true",
    "0, 2, 0, 0, 32, 0x48, false",
    "0, 2, 0, 0, 32, 0x88, false",
    "0, 2, 0, 0, 8, 0, false",
    "1, 2, 1, 24, 24, 0, true",
    "1, 2, 0, 24, 24, 0, false",
    "0, 2, 1, 24, 24, 0, false",
    "2, 2, 1, 24, 24, 0, false",
    "1, 1, 256, 24, 8, 0, true",
    "1, 9, 256, 32, 8, 0, true",
    "1, 1, 257, 24, 8, 0, false",
    "1, 1, 2, 8, 8, 0, false",
    "1, 1, 2, 24, 16, 0, false",
    "0, 1, 0, 0, 8, 0, false",
    "0, 3, 0, 0, 8, 0, true",
    "0, 11, 0, 0, 16, 0, true",
    "0, 3, 0, 0, 24, 0, false",
    "1, 3, 2, 24, 8, 0, false",
    "0, 0, 0, 0, 24, 0, false",
    "0, 18, 0, 0, 24, 0, false"
  })
  void tgasAreToldByTheirHeaders(
      int mapType, int type, int mapLength, int mapBits, int bits, int descriptor, boolean isTga) {
    byte[] tga = tga(0, mapType, type, mapLength, mapBits, bits, descriptor);
    assertThat(TgaHeader.isTga(tga)).isEqualTo(isTga);
    assertThat(TgaHeader.isTga(SampleImages.concat(tga, FOOTER))).as("by its footer").isTrue();
    assertThat(TgaHeader.isTga(cut(tga, 17))).isFalse();
  }

  @Test
  void tgasHaveASize() {
    byte[] tga = tga(0, 0, 2, 0, 0, 24, 0);
    assertThat(claim(ImageFormat.TGA, tga)).isEqualTo("3x2 IMAGE_IO 8");
    for (int side : new int[] {12, 14}) {
      byte[] empty = tga.clone();
      empty[side] = 0;
      assertThat(TgaHeader.isTga(empty)).isFalse();
      empty[side + 1] = 1;
      assertThat(TgaHeader.isTga(empty)).isTrue();
    }
    byte[] mapStart = tga.clone();
    mapStart[3] = 1;
    assertThat(TgaHeader.isTga(mapStart)).isFalse();
    byte[] startAlone = tga(0, 1, 1, 0, 24, 8, 0);
    startAlone[3] = 1;
    assertThat(TgaHeader.isTga(startAlone)).isTrue();
  }

  @Test
  void aFooterIsNoPartOfTheHeader() {
    byte[] footer = SampleImages.concat(new byte[17], text("TRUEVISION-XFILE.\0"));
    assertThat(TgaHeader.isTga(footer)).isFalse();
    assertThat(TgaHeader.isTga(SampleImages.concat(new byte[1], footer))).isTrue();
  }

  @Test
  void tgasEndWithTheirPixelsOrTheirFooter() {
    byte[] tga = SampleImages.concat(tga(2, 1, 1, 4, 15, 8, 0), new byte[2 + 4 * 2 + 6]);
    assertThat(TgaHeader.reachesEnd(tga)).isTrue();
    assertThat(TgaHeader.reachesEnd(cut(tga, tga.length - 1))).isFalse();
    byte[] odd = SampleImages.concat(tga(0, 0, 2, 0, 0, 15, 0), new byte[12]);
    assertThat(TgaHeader.reachesEnd(odd)).isTrue();
    assertThat(TgaHeader.reachesEnd(cut(odd, odd.length - 1))).isFalse();
    byte[] runs = SampleImages.concat(tga(0, 0, 10, 0, 0, 24, 0), new byte[4]);
    assertThat(TgaHeader.reachesEnd(runs)).isFalse();
    assertThat(TgaHeader.reachesEnd(SampleImages.concat(runs, FOOTER))).isTrue();
  }

  /** A run of two, and four plain pixels; what follows the last pixel is no packet. */
  @Test
  void tgaPacketsAreCounted() {
    byte[] data = SampleImages.concat(new byte[] {(byte) 0x81, 1, 2, 3, 3}, new byte[12]);
    byte[] header = tga(1, 0, 10, 0, 0, 24, 0);
    byte[] id = {5};
    assertThat(TgaHeader.packets(SampleImages.concat(header, id, data, new byte[30]))).isEqualTo(2);
    assertThat(TgaHeader.packets(SampleImages.concat(header, id, data))).isEqualTo(2);
    assertThat(TgaHeader.packets(SampleImages.concat(header, id, cut(data, 4)))).isEqualTo(1);
    assertThat(TgaHeader.packets(SampleImages.concat(header, id))).isZero();
    assertThat(TgaHeader.packets(SampleImages.concat(tga(1, 0, 2, 0, 0, 24, 0), id, data)))
        .as("no run lengths")
        .isZero();
    byte[] mapped = tga(0, 1, 9, 2, 15, 8, 0);
    assertThat(
            TgaHeader.packets(
                SampleImages.concat(mapped, new byte[4], new byte[] {5, 1, 1, 1, 1, 1, 1})))
        .isEqualTo(1);
  }

  /** 31 is white, 16 is 132 of 255; red is in the high bits, and the file has blue first. */
  @ParameterizedTest
  @ValueSource(ints = {15, 16})
  void tgaPalettesGetWholeColors(int bits) {
    byte[] header = tga(1, 1, 1, 2, bits, 8, 0);
    byte[] map = {(byte) 0xff, 0x7f, 0x10, 0x04};
    byte[] tail = {5, 1, 0, 1};
    byte[] whole = {-1, -1, -1, (byte) 132, 0, 8};
    byte[] expected = SampleImages.concat(header, new byte[] {5}, whole, tail);
    expected[7] = 24;
    map[2] = 0x10; // blue 16
    map[3] = 0x04; // red 1
    byte[] tga = SampleImages.concat(header, new byte[] {5}, map, tail);
    assertThat(TgaHeader.withWholePalette(tga)).isEqualTo(expected);
    assertThat(TgaHeader.withWholePalette(SampleImages.concat(tga, FOOTER)))
        .as("without the footer, whose places move")
        .isEqualTo(expected);
    assertThat(TgaHeader.withWholePalette(cut(tga, 23))).hasSize(25);
    byte[] damaged = cut(tga, 22);
    assertThat(TgaHeader.withWholePalette(damaged)).isSameAs(damaged);
  }

  @Test
  void otherTgasStayAsTheyAre() {
    for (byte[] tga :
        new byte[][] {
          SampleImages.concat(tga(0, 1, 1, 2, 24, 8, 0), new byte[12]),
          SampleImages.concat(tga(0, 0, 2, 2, 15, 24, 0), new byte[18])
        }) {
      assertThat(TgaHeader.withWholePalette(tga)).isSameAs(tga);
    }
  }
}
