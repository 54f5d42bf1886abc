package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Formats and variants that Java's readers decode, or that nothing here does. */
class VariantsTest {

  private static final ImageOptions OPTIONS = TestReader.options(1, 1);

  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  /** TGA has no magic bytes; a header that is no writer's is not one. */
  @Test
  void tgaIsToldByItsHeaderOrFooter() {
    byte[] tga = Corpus.file("tga/UTC16.TGA");
    assertThat(ImageFormat.sniff(tga)).isEqualTo(ImageFormat.TGA);
    byte[] footerless = Arrays.copyOf(tga, tga.length - 26);
    assertThat(ImageFormat.sniff(footerless)).isEqualTo(ImageFormat.TGA);
    Random random = new Random(7);
    byte[] noise = new byte[100];
    for (int i = 0; i < 1_000_000; i++) {
      random.nextBytes(noise);
      assertThat(ImageFormat.sniff(noise)).isNotEqualTo(ImageFormat.TGA);
    }
    assertThat(ImageFormat.sniff(new byte[100])).isNull();
  }

  /** One row of four: -1000, 0, 500, 1000. The least is black, the greatest white. */
  @ParameterizedTest
  @ValueSource(ints = {16, 32})
  void signedIntegersAreStretched(int bits) {
    byte[] tiff = grayTiff(bits, 2, -1_000, 0, 500, 1_000);
    assertThat(grays(tiff)).containsExactly(0, 128, 191, 255);
  }

  @Test
  void realNumbersAreShadesUnlessTheyLieBeyond() {
    int nan = Float.floatToIntBits(Float.NaN);
    assertThat(grays(grayTiff(32, 3, bits(0), bits(0.5f), bits(1), bits(0.2f))))
        .containsExactly(0, 128, 255, 51);
    assertThat(grays(grayTiff(32, 3, bits(100), bits(160), nan, bits(200))))
        .containsExactly(0, 153, 0, 255);
    assertThat(grays(grayTiff(32, 3, bits(-3e38f), bits(0), bits(0), bits(3e38f))))
        .containsExactly(0, 128, 128, 255);
    assertThat(grays(grayTiff(32, 3, bits(7), bits(7), bits(7), bits(7))))
        .containsExactly(0, 0, 0, 0);
  }

  private static int bits(float value) {
    return Float.floatToIntBits(value);
  }

  private static int[] grays(byte[] file) {
    byte[] rgb = decoded(file);
    int[] grays = new int[rgb.length / 3];
    for (int i = 0; i < grays.length; i++) {
      grays[i] = rgb[3 * i] & 0xff;
      assertThat(rgb[3 * i + 2]).isEqualTo(rgb[3 * i]);
    }
    return grays;
  }

  /** A gray TIFF of one row. */
  private static byte[] grayTiff(int bits, int sampleFormat, int... samples) {
    ByteBuffer tiff = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8).putShort((short) 9);
    int[][] tags = {
      {256, samples.length},
      {257, 1},
      {258, bits},
      {259, 1},
      {262, 1},
      {273, 150},
      {277, 1},
      {279, samples.length * bits / 8},
      {339, sampleFormat}
    };
    for (int[] tag : tags) {
      tiff.putShort((short) tag[0]).putShort((short) 4).putInt(1).putInt(tag[1]);
    }
    tiff.position(150);
    for (int sample : samples) {
      if (bits == 16) {
        tiff.putShort((short) sample);
      } else {
        tiff.putInt(sample);
      }
    }
    return tiff.array();
  }

  /** By their names, never as broken. */
  @Test
  void variantsThatAreNotReadAreNamed() {
    byte[] lzma = grayTiff(16, 1, 1, 2);
    lzma[10 + 3 * 12 + 8] = (byte) 0x6d; // 34925
    lzma[10 + 3 * 12 + 9] = (byte) 0x88;
    byte[] twelveBits = Corpus.file("jpeg/5dhtsegments.jpg").clone();
    byte[] hierarchical = twelveBits.clone();
    for (int at = 2; at < twelveBits.length - 1; at++) {
      if (twelveBits[at] == -1 && (twelveBits[at + 1] & 0xfc) == 0xc0) {
        twelveBits[at + 4] = 12;
        hierarchical[at + 1] = (byte) 0xc5;
        break;
      }
    }
    byte[] psd = Corpus.file("psd/32bit5x5.psd");
    byte[] thumbnail = "P7 332\n#END_OF_COMMENTS\n1 1 255\n.".getBytes(StandardCharsets.US_ASCII);
    assertThat(rejection(lzma)).startsWith("UNSUPPORTED_FORMAT: LZMA compressed TIFF");
    assertThat(rejection(twelveBits)).startsWith("UNSUPPORTED_FORMAT: 12-bit JPEG");
    assertThat(rejection(hierarchical)).startsWith("UNSUPPORTED_FORMAT: hierarchical JPEG");
    assertThat(rejection(psd)).startsWith("UNSUPPORTED_FORMAT: PSD of 32 bits a channel");
    assertThat(rejection(thumbnail)).startsWith("UNSUPPORTED_FORMAT: a thumbnail of the viewer XV");
  }

  private static String rejection(byte[] file) {
    return reader.rejection(TestReader.encoded(file), OPTIONS);
  }

  private static final String ARITHMETIC =
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwg"
          + "JC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/yQALCAAIAAgBAREA/8wABgAQEAX/2gAIAQEAAD8A"
          + "0qSA/9k=";

  private static final String ARITHMETIC_PROGRESSIVE =
      "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwg"
          + "JC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/ygALCAAIAAgBAREA/8wABAAQ/9oACAEBAAAAAdJX"
          + "/8wABBAF/9oACAEBAAEFAsD/zAAEEAX/2gAIAQEABj8CwP/MAAQQBf/aAAgBAQABPyHA/9oACAEBAAAA"
          + "EP/MAAQQBf/aAAgBAQABPxDA/9k=";

  /** A gray block of 8 x 8, as libjpeg-turbo's cjpeg -arithmetic writes it. */
  @ParameterizedTest
  @ValueSource(strings = {ARITHMETIC, ARITHMETIC_PROGRESSIVE})
  void arithmeticCodedJpegIsRead(String base64) {
    byte[] gray = decoded(Base64.getDecoder().decode(base64));
    assertThat(gray).hasSize(3 * 64).containsOnly(200);
  }

  /** Each claims a size that is over the limits, in a header of a few bytes. */
  @Test
  void sizesOfNewFormatsAreCheckedBeforeDecoding() {
    byte[] pnm = "P6 60000 60000 255\n".getBytes(StandardCharsets.US_ASCII);
    byte[] pam =
        "P7\nWIDTH 60000\nHEIGHT 60000\nDEPTH 3\nMAXVAL 255\nENDHDR\n"
            .getBytes(StandardCharsets.US_ASCII);
    byte[] tga = Corpus.file("tga/UTC16.TGA").clone();
    Arrays.fill(tga, 12, 16, (byte) 0xff);
    byte[] psd = Corpus.file("psd/transp.psd").clone();
    psd[15] = 1; // height and width get 65,536 more
    psd[19] = 1;
    byte[] ico = Corpus.file("ico/joypad.ico").clone();
    for (int image = 0; image < (ico[4] & 0xff); image++) {
      int offset = (int) Bytes.u32le(ico, 6 + 16 * image + 12);
      ico[offset + 6] = 1; // the third byte of the width
    }
    for (byte[] file : new byte[][] {pnm, pam, tga, psd, ico}) {
      assertThat(rejection(file)).startsWith("TOO_MANY_PIXELS: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data/images/pbm/1/Oregon Scientific DS6639 - DSC_0307 - small.ppm",
        "data/images/ico/1/Oregon Scientific DS6639 - DSC_0307 - small.ico",
        "tga/UTC16.TGA",
        "psd/test_indexed.psd"
      })
  void cutOffFilesOfNewFormatsAreTruncated(String name) {
    byte[] whole = Corpus.file(name);
    assertThat(rejection(Arrays.copyOf(whole, whole.length / 2))).startsWith("TRUNCATED: ");
  }

  private static byte[] decoded(byte[] file) {
    return reader.decoded(TestReader.encoded(file), OPTIONS);
  }
}
