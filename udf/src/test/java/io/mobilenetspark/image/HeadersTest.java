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

/** The headers of formats by hand: which bytes count, and which is the last that must be there. */
class HeadersTest {

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] cut(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }

  /** What is read of a header, or why it is refused. */
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

  private static boolean isComplete(ImageFormat format, byte[] bytes) {
    return ImageHeader.isComplete(format, bytes);
  }

  // BMP

  private static byte[] bmp(int width, int height, int bits, int compression, int pixelBytes) {
    ByteBuffer bmp = ByteBuffer.allocate(54 + pixelBytes).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put(text("BM")).putInt(54 + pixelBytes).putInt(0).putInt(54).putInt(40);
    bmp.putInt(width).putInt(height).putShort((short) 1).putShort((short) bits).putInt(compression);
    return bmp.array();
  }

  private static byte[] coreBmp(int length) {
    ByteBuffer bmp = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
    bmp.put(text("BM")).putInt(length).putInt(0).putInt(26).putInt(12);
    return bmp.putShort((short) 0xfffe).putShort((short) 0xfffd).array();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | 2 | 24 | 0 | 3x2 TENSORFLOW 4",
        "3 | -2 | 24 | 0 | 3x2 TENSORFLOW 4",
        "-3 | 2 | 24 | 0 | -3x2 TENSORFLOW 4",
        "3 | 2 | 24 | 3 | 3x2 IMAGE_IO 4",
        "3 | 2 | 8 | 0 | 3x2 IMAGE_IO 4",
        "3 | 2 | 24 | 4 | UNSUPPORTED_FORMAT: BMP that wraps a JPEG",
        "3 | 2 | 24 | 5 | UNSUPPORTED_FORMAT: BMP that wraps a PNG"
      })
  void bmpHeaders(int width, int height, int bits, int compression, String claim) {
    assertThat(claim(ImageFormat.BMP, cut(bmp(width, height, bits, compression, 0), 34)))
        .isEqualTo(claim);
  }

  @Test
  void bmpHeadersEnd() {
    assertThat(claim(ImageFormat.BMP, coreBmp(0))).isEqualTo("65534x65533 IMAGE_IO 4");
    assertThat(claim(ImageFormat.BMP, cut(coreBmp(0), 25)))
        .isEqualTo("TRUNCATED: BMP header needs 26 bytes, the image has 25");
    assertThat(claim(ImageFormat.BMP, cut(bmp(3, 2, 24, 0, 0), 33)))
        .isEqualTo("TRUNCATED: BMP header needs 34 bytes, the image has 33");
  }

  /** Three pixels of three bytes fill a row of twelve. */
  @Test
  void bmpsEndWithTheirPixels() {
    byte[] bmp = bmp(3, -2, 24, 0, 24);
    assertThat(isComplete(ImageFormat.BMP, bmp)).isTrue();
    assertThat(isComplete(ImageFormat.BMP, cut(bmp, 77))).isFalse();
    assertThat(BmpHeader.withoutTrailer(bmp)).isSameAs(bmp);
    assertThat(BmpHeader.withoutTrailer(cut(bmp, 79))).isEqualTo(bmp);
    byte[] compressed = bmp(3, 2, 8, 1, 5);
    assertThat(isComplete(ImageFormat.BMP, compressed)).as("says its length").isTrue();
    assertThat(isComplete(ImageFormat.BMP, cut(compressed, 58))).isFalse();
    assertThat(isComplete(ImageFormat.BMP, cut(coreBmp(50), 50))).isTrue();
    assertThat(isComplete(ImageFormat.BMP, cut(coreBmp(51), 50))).isFalse();
  }

  // WebP

  private static byte[] chunk(String type, int... data) {
    int padding = data.length & 1;
    ByteBuffer chunk =
        ByteBuffer.allocate(8 + data.length + padding).order(ByteOrder.LITTLE_ENDIAN);
    return chunk.put(text(type)).putInt(data.length).put(bytes(data)).array();
  }

  private static byte[] webp(byte[]... chunks) {
    byte[] content = SampleImages.concat(chunks);
    ByteBuffer header = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    header.put(text("RIFF")).putInt(4 + content.length).put(text("WEBP"));
    return SampleImages.concat(header.array(), content);
  }

  private static final byte[] FILLER = chunk("XXXX", new int[12]);

  /** A frame of 3 x 2 at (2, 4) with some data. */
  private static byte[] webpFrame(int... data) {
    int[] frame = new int[16 + data.length];
    frame[0] = 1;
    frame[3] = 2;
    frame[6] = 2;
    frame[9] = 1;
    System.arraycopy(data, 0, frame, 16, data.length);
    return chunk("ANMF", frame);
  }

  @Test
  void webpChunksClaimSizes() {
    byte[] lossy = chunk("VP8 ", 0, 0, 0, 0, 0, 0, 3, 0xc0, 2, 0xc0);
    byte[] lossless = chunk("VP8L", 0x2f, 2, 0x40, 0, 0, 0);
    byte[] extended = chunk("VP8X", 0, 0, 0, 0, 4, 1, 0, 1, 0, 1);
    assertThat(claim(ImageFormat.WEBP, webp(lossy, FILLER))).isEqualTo("3x2 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, webp(lossless, FILLER))).isEqualTo("3x2 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, webp(extended, FILLER))).isEqualTo("261x65538 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, webp(webpFrame()))).isEqualTo("3x2 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, webp(FILLER))).isEqualTo("0x0 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, webp(FILLER, lossy, extended, lossless)))
        .as("the largest")
        .isEqualTo("261x65538 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, webp(chunk("XXXX", 1), FILLER, lossy)))
        .as("behind a byte of padding")
        .isEqualTo("3x2 IMAGE_IO 8");
  }

  /** A claim counts if all its bytes are there. */
  @ParameterizedTest
  @CsvSource({"'VP8 ', 10", "VP8L, 5", "VP8X, 10", "ANMF, 16"})
  void webpClaimsEnd(String type, int length) {
    int[] data = new int[length];
    Arrays.fill(data, 0x11);
    byte[] webp = webp(FILLER, chunk(type, data));
    byte[] whole = cut(webp, 12 + 20 + 8 + length);
    assertThat(claim(ImageFormat.WEBP, whole)).doesNotStartWith("0x0");
    assertThat(claim(ImageFormat.WEBP, cut(whole, whole.length - 1))).startsWith("0x0");
    assertThat(claim(ImageFormat.WEBP, cut(whole, whole.length - length - 1))).startsWith("0x0");
  }

  @Test
  void webpHeadersEnd() {
    assertThat(claim(ImageFormat.WEBP, cut(webp(FILLER), 30))).isEqualTo("0x0 IMAGE_IO 8");
    assertThat(claim(ImageFormat.WEBP, cut(webp(FILLER), 29)))
        .isEqualTo("TRUNCATED: WebP header needs 30 bytes, the image has 29");
    assertThat(isComplete(ImageFormat.WEBP, webp(FILLER))).isTrue();
    assertThat(isComplete(ImageFormat.WEBP, cut(webp(FILLER), 31))).isFalse();
  }

  @Test
  void webpFramesAreCounted() throws RejectedImageException {
    assertThat(WebpChunks.header(webp(FILLER)).frames()).isEqualTo(1);
    assertThat(WebpChunks.header(webp(FILLER, webpFrame(), webpFrame())).frames()).isEqualTo(2);
  }

  @Test
  void webpKindsAreThoseOfItsChunks() {
    for (String type : new String[] {"VP8 ", "VP8L", "ALPH", "ANMF", "EXIF"}) {
      byte[] webp = webp(FILLER, chunk(type, 1, 2));
      assertThat(WebpChunks.isLossy(webp)).isEqualTo(type.equals("VP8 ") || type.equals("ANMF"));
      assertThat(WebpChunks.hasLossless(webp))
          .isEqualTo(type.equals("VP8L") || type.equals("ALPH") || type.equals("ANMF"));
    }
    assertThat(WebpChunks.isLossy(webp(chunk("VP8 "), FILLER))).as("the first chunk").isTrue();
    assertThat(WebpChunks.isLossy(webp(FILLER, chunk("VP8 ")))).as("the last bytes").isTrue();
    assertThat(WebpChunks.isLossy(cut(webp(FILLER, chunk("VP8 ")), 39))).isFalse();
    assertThat(WebpChunks.hasLossless(webp(chunk("VP8L"), FILLER))).isTrue();
    assertThat(WebpChunks.hasLossless(webp(chunk("ALPH"), FILLER))).isTrue();
    assertThat(WebpChunks.hasLossless(webp(webpFrame()))).isTrue();
    assertThat(WebpChunks.isLossy(webp(webpFrame()))).isTrue();
  }

  @Test
  void webpBlocksEndWithTheChunkOrTheFile() {
    byte[] exif = chunk("EXIF", 'I', 'I', '*');
    assertThat(WebpChunks.exif(webp(FILLER, exif))).isEqualTo(text("II*"));
    assertThat(WebpChunks.exif(webp(exif))).isEqualTo(text("II*"));
    assertThat(WebpChunks.exif(cut(webp(exif), 22))).isEqualTo(text("II"));
    assertThat(WebpChunks.exif(webp(FILLER))).isNull();
    assertThat(WebpChunks.exif(webp(chunk("EXIF", 'E', 'x', 'i', 'f', 0, 0, 'M'))))
        .as("with a JPEG's name before it")
        .isEqualTo(text("M"));
    assertThat(WebpChunks.exif(webp(chunk("EXIF", 'E', 'x', 'i', 'f', 0, 0))))
        .isEqualTo(text("Exif\0\0"));
    assertThat(WebpChunks.exif(webp(chunk("EXIF", 'E', 'X', 'i', 'f', 0, 0, 'M')))).hasSize(7);
    assertThat(WebpChunks.profile(webp(FILLER, chunk("ICCP", 1, 2)))).containsExactly(1, 2);
    assertThat(WebpChunks.profile(webp(chunk("ICCP", 1, 2)))).containsExactly(1, 2);
    assertThat(WebpChunks.profile(cut(webp(chunk("ICCP", 1, 2)), 21))).containsExactly(1);
    assertThat(WebpChunks.profile(webp(FILLER))).isNull();
  }

  @Test
  void theFirstFrameOfAWebpBecomesAStill() throws RejectedImageException {
    byte[] webp = webp(FILLER, webpFrame(7, 8), webpFrame(9));
    WebpChunks.FirstFrame frame = WebpChunks.firstFrame(webp);
    assertThat(frame).isNotNull();
    assertThat(frame.x()).isEqualTo(2);
    assertThat(frame.y()).isEqualTo(4);
    assertThat(frame.still())
        .isEqualTo(webp(chunk("VP8X", 0x10, 0, 0, 0, 2, 0, 0, 1, 0, 0), bytes(7, 8)));
    assertThat(WebpChunks.firstFrame(webp(webpFrame()))).as("without data").isNotNull();
    assertThat(WebpChunks.firstFrame(webp(FILLER))).isNull();
    for (byte[] damaged :
        new byte[][] {
          cut(webp(webpFrame(1)), 36), webp(chunk("ANMF", new int[15])), webp(chunk("ANMF"))
        }) {
      assertThat(firstFrame(damaged))
          .isEqualTo("TRUNCATED: animated WebP that ends within its first frame");
    }
  }

  private static String firstFrame(byte[] webp) {
    try {
      return WebpChunks.firstFrame(webp) == null ? "none" : "one";
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  @Test
  void theCanvasOfAWebpIsThatOfItsFirstChunk() throws RejectedImageException {
    byte[] webp = webp(chunk("VP8X", 0, 0, 0, 0, 4, 1, 0, 1, 0, 0));
    assertThat(WebpChunks.canvas(webp).width()).isEqualTo(261);
    assertThat(WebpChunks.canvas(webp).height()).isEqualTo(2);
    for (byte[] damaged : new byte[][] {webp(FILLER), cut(webp, 29)}) {
      assertThat(canvas(damaged)).isEqualTo("CORRUPT: animated WebP without a canvas");
    }
  }

  private static String canvas(byte[] webp) {
    try {
      return WebpChunks.canvas(webp).toString();
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }
}
