package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Variants of formats that the corpus has no file of, and what is said of what is not read. */
class FormatsTest {

  private static final ImageOptions OPTIONS = TestReader.options(1, 1);

  /** Black, white and the six pure colors: what every palette and bit depth can show. */
  private static final int[][] PURE_COLORS = {
    {0xff000000, 0xffffffff, 0xffff0000, 0xff00ff00},
    {0xff0000ff, 0xffffff00, 0xff00ffff, 0xffff00ff},
    {0xffffffff, 0xff00ff00, 0xff000000, 0xffff0000}
  };

  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_BYTE_INDEXED,
        BufferedImage.TYPE_USHORT_555_RGB,
        BufferedImage.TYPE_USHORT_565_RGB
      })
  void bmpOfAnyDepthHasTheColorsOfPng(int type) {
    byte[] bmp = SampleImages.file(PURE_COLORS, "bmp", type);
    assertThat(decoded(bmp)).isEqualTo(decoded(SampleImages.png(PURE_COLORS)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bmp", "png", "gif", "tiff"})
  void blackAndWhiteIsReadInEveryFormat(String format) {
    int[][] image = {{0xff000000, 0xffffffff, 0xffffffff}, {0xffffffff, 0xff000000, 0xff000000}};
    byte[] file = SampleImages.file(image, format, BufferedImage.TYPE_BYTE_BINARY);
    assertThat(decoded(file)).inHexadecimal().isEqualTo(decoded(SampleImages.png(image)));
  }

  /** AWT's own conversion would brighten it. */
  @Test
  void grayOfTiffIsTheStoredValue() {
    int[][] image = {{0xff000000, 0xff404040, 0xff808080, 0xffffffff}};
    BufferedImage gray = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setPixels(0, 0, 4, 1, new int[] {0, 0x40, 0x80, 255});
    java.io.ByteArrayOutputStream tiff = new java.io.ByteArrayOutputStream();
    try {
      assertThat(javax.imageio.ImageIO.write(gray, "tiff", tiff)).isTrue();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    assertThat(decoded(tiff.toByteArray())).isEqualTo(decoded(SampleImages.png(image)));
  }

  /** The name is no argument; but bytes that lie about themselves are. */
  @ParameterizedTest
  @CsvSource({
    "data/images/jpg/7/_DSC6099.webp,WEBP",
    "jpeg/5dhtsegments.jpg,JPEG",
    "data/images/tiff/13/BigTIFF.tif,TIFF",
    "data/images/gif/animated/1/animated.gif,GIF",
    "data/images/bmp/4/rle8.bmp,BMP"
  })
  void formatIsToldFromTheBytes(String file, ImageFormat format) {
    assertThat(reader.outcome(TestReader.encoded(Corpus.file(file)), OPTIONS))
        .isInstanceOfSatisfying(
            ImageOutcome.Read.class, read -> assertThat(read.format()).isEqualTo(format));
  }

  @ParameterizedTest
  @CsvSource({
    "'....ftypheic....',HEIC",
    "'....ftypavif....',AVIF",
    "'....ftypmif1....heicmif1',HEIC",
    "'....ftypmif1....mif1avif',AVIF",
    "'....ftypmif1....mif1    ',HEIF",
    "'....ftypisom............',a video",
    "'....jP  ........',JPEG 2000",
    "'icns............',ICNS",
    "'%PDF-1.7........',PDF",
    "'<!DOCTYPE html> ',error page",
    "'no image at all ',not a known image format"
  })
  void othersAreNamed(String bytes, String named) {
    ImageInput input = TestReader.encoded(bytes.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(reader.rejection(input, OPTIONS))
        .startsWith("UNSUPPORTED_FORMAT: ")
        .contains(named, "bytes that begin with");
  }

  @Test
  void sixteenBitsBecomeEightByLeavingOutTheLowOnes() {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    image.getRaster().setPixels(0, 0, 3, 1, new int[] {0x00ff, 0x80ff, 0xffff});
    java.io.ByteArrayOutputStream tiff = new java.io.ByteArrayOutputStream();
    java.io.ByteArrayOutputStream png = new java.io.ByteArrayOutputStream();
    try {
      assertThat(javax.imageio.ImageIO.write(image, "tiff", tiff)).isTrue();
      assertThat(javax.imageio.ImageIO.write(image, "png", png)).isTrue();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    byte[] expected = {0, 0, 0, (byte) 0x80, (byte) 0x80, (byte) 0x80, -1, -1, -1};
    assertThat(decoded(tiff.toByteArray())).isEqualTo(expected);
    assertThat(decoded(png.toByteArray())).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jpeg/gray-sample.jpg",
        "data/images/png/3/testImage.png",
        "data/images/gif/single/2/test.gif",
        "data/images/webp/2/1.sm.webp",
        "data/images/tiff/10/Imaging265.tiff",
        "data/images/bmp/1/Oregon Scientific DS6639 - DSC_0307 - small.bmp"
      })
  void cutOffFilesAreTruncated(String name) {
    byte[] whole = Corpus.file(name);
    ImageInput half = TestReader.encoded(Arrays.copyOf(whole, whole.length / 2));
    assertThat(reader.rejection(half, OPTIONS)).startsWith("TRUNCATED: ");
  }

  /** TensorFlow's canvas has the sides of the largest frame; here the second is 4 x 2. */
  @Test
  void firstFrameOfGifLiesOnTheCanvasOfAllFrames() {
    byte[] small = {0x2c, 1, 0, 1, 0, 2, 0, 2, 0, 0};
    byte[] wide = {0x2c, 0, 0, 0, 0, 4, 0, 2, 0, 0};
    byte[] gif =
        SampleImages.concat(
            GIF, RED_BLUE, small, FOUR_PIXELS, wide, EIGHT_PIXELS, new byte[] {0x3b});
    byte[] pixels = decoded(gif);
    assertThat(pixels).hasSize(3 * 4 * 2);
    assertThat(SampleImages.ofRgb(pixels, 2, 4))
        .isDeepEqualTo(
            new int[][] {
              {0xff000000, 0xff000000, 0xff000000, 0xff000000},
              {0xff000000, 0xffff0000, 0xff0000ff, 0xff000000}
            });
  }

  @Test
  void gifWithEmptyBlocksIsRead() {
    byte[] expected = decoded(gif(RED_BLUE, new byte[0]));
    assertThat(expected).containsExactly(-1, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0, -1);
    byte[] comment = {0x21, (byte) 0xfe, 0};
    byte[] application = {0x21, (byte) 0xff, 0};
    byte[] control = {0x21, (byte) 0xf9, 0};
    for (byte[] block : new byte[][] {comment, application, control, {0}}) {
      assertThat(decoded(gif(RED_BLUE, block))).isEqualTo(expected);
    }
  }

  /** Gray, as Pillow reads it: 0 and 1 of 255. */
  @Test
  void gifWithoutPaletteIsGray() {
    byte[] gif = gif(new byte[0], new byte[0]);
    gif[10] = 0;
    assertThat(decoded(gif)).containsExactly(0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 560})
  void bmpMayHaveSomethingBehindItsPixels(int trailer) {
    byte[] bmp = SampleImages.file(PURE_COLORS, "bmp", BufferedImage.TYPE_3BYTE_BGR);
    assertThat(decoded(Arrays.copyOf(bmp, bmp.length + trailer))).isEqualTo(decoded(bmp));
  }

  @Test
  void stillOfPngIsReadWhateverItsAnimationHeaderClaims() {
    byte[] png = SampleImages.png(PURE_COLORS);
    byte[] claim = {(byte) 0x7f, -1, -1, -1, 0, 0, 0, 0};
    assertThat(decoded(SampleImages.withChunk(png, "acTL", claim))).isEqualTo(decoded(png));
  }

  private static final byte[] GIF = {'G', 'I', 'F', '8', '9', 'a', 9, 0, 9, 0, (byte) 0x80, 0, 0};
  private static final byte[] RED_BLUE = {-1, 0, 0, 0, 0, -1};

  /** Codes of three bits: clear, 0, 1, clear, 0, 1, end, and the same twice over. */
  private static final byte[] FOUR_PIXELS = lzw(4, 0, 1, 4, 0, 1, 5);

  private static final byte[] EIGHT_PIXELS = lzw(4, 0, 1, 4, 0, 1, 4, 0, 1, 4, 0, 1, 5);

  private static byte[] lzw(int... codes) {
    byte[] data = new byte[(3 * codes.length + 7) / 8];
    for (int i = 0; i < 3 * codes.length; i++) {
      data[i / 8] |= (byte) ((codes[i / 3] >> i % 3 & 1) << i % 8);
    }
    return SampleImages.concat(new byte[] {2, (byte) data.length}, data, new byte[] {0});
  }

  private static byte[] gif(byte[] palette, byte[] block) {
    byte[] frame = {0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0};
    return SampleImages.concat(GIF, palette, block, frame, FOUR_PIXELS, new byte[] {0x3b});
  }

  @Test
  void sparksStructIsRead() {
    byte[] gray = decoded(new ImageInput.Pixels(2, 1, 1, new byte[] {5, (byte) 200}));
    assertThat(gray).containsExactly(5, 5, 5, 200, 200, 200);
    byte[] bgr = decoded(new ImageInput.Pixels(1, 2, 3, new byte[] {1, 2, 3, 4, 5, 6}));
    assertThat(bgr).containsExactly(3, 2, 1, 6, 5, 4);
    byte[] bgra = decoded(new ImageInput.Pixels(1, 1, 4, new byte[] {1, 2, 3, 0}));
    assertThat(bgra).containsExactly(3, 2, 1);
  }

  @ParameterizedTest
  @CsvSource({
    "-1,-1,-1,0,EMPTY: Spark's image source could not decode",
    "-1,-1,3,0,EMPTY: Spark's image source could not decode",
    "2,2,3,11,CORRUPT: an image struct of 2 x 2 pixels and 3 channels does not have 11 bytes",
    "2,2,3,13,CORRUPT: an image struct of 2 x 2 pixels",
    "2,2,2,8,UNSUPPORTED_FORMAT: an image struct of 2 channels",
    "0,4,3,0,CORRUPT: PIXELS that claims a size of 0 x 4",
    "-1,4,3,0,CORRUPT: PIXELS that claims a size of -1 x 4",
    // 65536 * 65536 is 0 in int arithmetic, and 3 * 37837 * 37837 is 137 of them.
    "65536,65536,1,0,CORRUPT: an image struct of 65536 x 65536",
    "2147483647,2147483647,3,3,CORRUPT: an image struct of 2147483647 x 2147483647"
  })
  void sparksStructIsRefused(int width, int height, int channels, int bytes, String reason) {
    ImageInput pixels = new ImageInput.Pixels(width, height, channels, new byte[bytes]);
    assertThat(reader.rejection(pixels, OPTIONS)).startsWith(reason);
  }

  private static byte[] decoded(ImageInput input) {
    return reader.decoded(input, OPTIONS);
  }

  private static byte[] decoded(byte[] file) {
    return decoded(TestReader.encoded(file));
  }
}
