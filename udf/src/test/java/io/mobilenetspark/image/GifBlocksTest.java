package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The blocks of a GIF by hand, as giflib passes over them. */
class GifBlocksTest {

  /** A screen of 258 x 5. */
  private static final byte[] SCREEN = {'G', 'I', 'F', '8', '9', 'a', 2, 1, 5, 0, 0, 0, 0};

  private static final byte[] CONTROL = {0x21, (byte) 0xf9, 4, 1, 2, 3, 4, 0};
  private static final byte[] COMMENT = {0x21, (byte) 0xfe, 2, 'h', 'i', 1, '!', 0};
  private static final byte[] EMPTY = {0x21, (byte) 0xfe, 0};
  private static final byte[] END = {0x3b};

  private static byte[] gif(byte[]... blocks) {
    return SampleImages.concat(SCREEN, SampleImages.concat(blocks));
  }

  private static byte[] frame(int left, int top, int width, int height, int codeBits) {
    return new byte[] {
      0x2c,
      (byte) left,
      0,
      (byte) top,
      0,
      (byte) width,
      0,
      (byte) height,
      0,
      0,
      (byte) codeBits,
      1,
      9,
      0
    };
  }

  private static final byte[] FRAME = frame(1, 2, 3, 4, 2);

  private static GifBlocks blocks(byte[] gif) {
    try {
      return GifBlocks.of(gif);
    } catch (RejectedImageException e) {
      throw new AssertionError(e);
    }
  }

  private static String size(byte[] gif) {
    GifBlocks blocks = blocks(gif);
    return blocks.width() + "x" + blocks.height() + ", " + blocks.frames();
  }

  @Test
  void theScreenIsTheCanvasWhereThereIsNoFrame() throws RejectedImageException {
    assertThat(size(gif())).isEqualTo("258x5, 0");
    assertThat(blocks(gif(END)).first()).isNull();
    assertThat(blocks(gif(END)).header().frames()).isEqualTo(1);
    try {
      GifBlocks.of(Arrays.copyOf(SCREEN, 12));
      throw new AssertionError("taken");
    } catch (RejectedImageException e) {
      assertThat(e.outcome().reason()).isEqualTo("GIF header needs 13 bytes, the image has 12");
    }
  }

  @Test
  void theFirstFrameHasAPlace() {
    assertThat(blocks(gif(FRAME, END)).first())
        .isEqualTo(new GifBlocks.Frame(13, 27, 1, 2, 3, 4, -1));
    assertThat(size(gif(FRAME, END))).isEqualTo("3x4, 1");
    assertThat(blocks(gif(COMMENT, CONTROL, CONTROL, FRAME)).first())
        .as("the first control counts")
        .isEqualTo(new GifBlocks.Frame(37, 51, 1, 2, 3, 4, 21));
    assertThat(blocks(gif(new byte[] {0, 0}, FRAME)).first()).as("padding").isNotNull();
    byte[] far = FRAME.clone();
    far[2] = 1;
    far[4] = 1;
    assertThat(blocks(gif(far)).first()).isEqualTo(new GifBlocks.Frame(13, 27, 257, 258, 3, 4, -1));
  }

  @Test
  void colorTablesArePassedOver() {
    byte[] global = gif(new byte[12], FRAME);
    global[10] = (byte) 0x81; // four colors
    assertThat(blocks(global).first()).isEqualTo(new GifBlocks.Frame(25, 39, 1, 2, 3, 4, -1));
    byte[] local =
        SampleImages.concat(Arrays.copyOf(FRAME, 10), new byte[6], new byte[] {2, 1, 9, 0});
    local[9] = (byte) 0x80; // two
    assertThat(blocks(gif(local, FRAME)).first())
        .isEqualTo(new GifBlocks.Frame(13, 33, 1, 2, 3, 4, -1));
    assertThat(size(gif(local, FRAME))).isEqualTo("3x4, 2");
  }

  @Test
  void theCanvasHasTheSidesOfAllFramesThatAreRead() {
    byte[] wide = frame(0, 0, 9, 1, 8);
    byte[] high = frame(0, 0, 1, 7, 8);
    assertThat(size(gif(FRAME, wide, high))).isEqualTo("9x7, 3");
    assertThat(size(gif(FRAME, frame(0, 0, 9, 0, 2), high))).as("no height").isEqualTo("3x4, 2");
    assertThat(size(gif(FRAME, frame(0, 0, 0, 9, 2), high))).as("no width").isEqualTo("3x4, 2");
    assertThat(size(gif(FRAME, frame(0, 0, 9, 9, 9), high))).as("codes").isEqualTo("3x4, 2");
    assertThat(size(gif(frame(0, 0, 9, 9, 9), high))).as("of one frame").isEqualTo("9x9, 1");
    byte[] cut = gif(FRAME, wide);
    assertThat(size(Arrays.copyOf(cut, cut.length - 1))).isEqualTo("3x4, 2");
    assertThat(size(gif(FRAME, CONTROL, wide))).isEqualTo("9x4, 2");
    assertThat(size(gif(FRAME, END, wide))).isEqualTo("3x4, 1");
    assertThat(size(gif(FRAME, new byte[] {0}, wide)))
        .as("no padding any more")
        .isEqualTo("3x4, 1");
  }

  @Test
  void aFrameThatIsCutOffIsNoFirst() {
    byte[] whole = gif(FRAME);
    assertThat(blocks(whole).first()).isNotNull();
    for (int length = 24; length < whole.length; length++) {
      GifBlocks blocks = blocks(Arrays.copyOf(whole, length));
      assertThat(blocks.first()).isNull();
      assertThat(blocks.frames()).isEqualTo(1);
    }
    assertThat(blocks(Arrays.copyOf(whole, 23)).frames()).isZero();
    assertThat(blocks(gif(CONTROL)).frames()).isZero();
  }

  /** Behind a frame, giflib takes what follows an empty extension for a part of it. */
  @Test
  void emptyExtensions() {
    byte[] part = {1, 'x', 0};
    assertThat(size(gif(EMPTY, FRAME))).isEqualTo("3x4, 1");
    assertThat(size(gif(FRAME, EMPTY, part, frame(0, 0, 9, 9, 2)))).isEqualTo("9x9, 2");
    assertThat(size(gif(FRAME, EMPTY, new byte[] {0}, frame(0, 0, 9, 9, 2)))).isEqualTo("9x9, 2");
    byte[] emptyControl = {0x21, (byte) 0xf9, 0};
    assertThat(blocks(gif(emptyControl, FRAME)).first())
        .isEqualTo(new GifBlocks.Frame(16, 30, 1, 2, 3, 4, -1));
  }

  @Test
  void aFrameCoversTheCanvasOfItsSize() {
    GifBlocks.Frame frame = new GifBlocks.Frame(0, 0, 0, 0, 3, 4, -1);
    assertThat(frame.covers(3, 4)).isTrue();
    assertThat(frame.covers(4, 4)).isFalse();
    assertThat(frame.covers(3, 5)).isFalse();
    assertThat(new GifBlocks.Frame(0, 0, 1, 0, 3, 4, -1).covers(3, 4)).isFalse();
    assertThat(new GifBlocks.Frame(0, 0, 0, 1, 3, 4, -1).covers(3, 4)).isFalse();
  }

  @Test
  void theFirstFrameAloneHasItsColorsAndItsControl() {
    byte[] moved = frame(0, 0, 3, 4, 2);
    byte[] global = gif(new byte[] {1, 2, 3, 4, 5, 6}, COMMENT, CONTROL, FRAME, FRAME, END);
    global[10] = (byte) 0x80;
    byte[] expected = gif(new byte[] {1, 2, 3, 4, 5, 6}, CONTROL, moved, END);
    expected[10] = (byte) 0x80;
    assertThat(blocks(global).firstFrameOnly(global)).isEqualTo(expected);

    byte[] local =
        SampleImages.concat(Arrays.copyOf(FRAME, 10), new byte[] {1, 2, 3, 4, 5, 6, 2, 1, 9, 0});
    local[9] = (byte) 0x80;
    byte[] expectedLocal = local.clone();
    expectedLocal[1] = 0;
    expectedLocal[3] = 0;
    byte[] gif = gif(local, FRAME);
    assertThat(blocks(gif).firstFrameOnly(gif)).isEqualTo(gif(expectedLocal, END));

    byte[] none = gif(END);
    assertThat(blocks(none).firstFrameOnly(none)).isSameAs(none);
  }

  @Test
  void aFrameWithoutColorsGetsTheGrays() {
    byte[] interlaced = FRAME.clone();
    interlaced[9] = 0x40;
    byte[] gif = gif(interlaced);
    byte[] alone = blocks(gif).firstFrameOnly(gif);
    assertThat(alone).hasSize(13 + 10 + 768 + 4 + 1);
    assertThat(alone[13 + 9]).isEqualTo((byte) (0x40 | 0x80 | 7));
    for (int gray = 0; gray < 256; gray++) {
      assertThat(Arrays.copyOfRange(alone, 23 + 3 * gray, 26 + 3 * gray)).containsOnly((byte) gray);
    }
    assertThat(Arrays.copyOfRange(alone, 23 + 768, alone.length)).containsExactly(2, 1, 9, 0, 0x3b);
  }

  @Test
  void theEndMayBePadded() {
    assertThat(GifBlocks.reachesEnd(gif(FRAME, END))).isTrue();
    assertThat(GifBlocks.reachesEnd(gif(FRAME, END, new byte[3]))).isTrue();
    assertThat(GifBlocks.reachesEnd(gif(FRAME))).isFalse();
    assertThat(GifBlocks.reachesEnd(new byte[4])).isFalse();
    assertThat(GifBlocks.reachesEnd(new byte[] {0x3b, 0})).isTrue();
  }

  @Test
  void subBlocksOfExtensionsBeforeTheFirstFrameAreCounted() {
    assertThat(GifBlocks.extensionSubBlocks(gif(COMMENT, CONTROL, FRAME, COMMENT))).isEqualTo(3);
    assertThat(GifBlocks.extensionSubBlocks(gif(EMPTY, new byte[] {0, 0}, COMMENT))).isEqualTo(2);
    assertThat(GifBlocks.extensionSubBlocks(gif(FRAME))).isZero();
    assertThat(GifBlocks.extensionSubBlocks(gif())).isZero();
    byte[] global = gif(new byte[] {1, 2, 3, 4, 5, 6}, COMMENT);
    global[10] = (byte) 0x80;
    assertThat(GifBlocks.extensionSubBlocks(global)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 15, 16, 17, 18, 19, 20})
  void subBlocksThatAreCutOffCountAsTheyBegin(int length) {
    assertThat(GifBlocks.extensionSubBlocks(Arrays.copyOf(gif(COMMENT), length)))
        .isEqualTo(length < 16 ? 0 : length < 19 ? 1 : 2);
  }
}
