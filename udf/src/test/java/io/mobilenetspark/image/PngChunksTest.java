package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunks of a PNG by hand: what is counted, and what the last bytes of a file are. */
class PngChunksTest {

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte[] HEADER =
      chunk("IHDR", new byte[] {0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0});
  private static final byte[] END = chunk("IEND");

  private static byte[] chunk(String type, byte... data) {
    return claiming(type, data.length, SampleImages.concat(data, new byte[4]));
  }

  /** With a length that may lie. */
  private static byte[] claiming(String type, int length, byte[] rest) {
    return ByteBuffer.allocate(8 + rest.length)
        .putInt(length)
        .put(type.getBytes(StandardCharsets.US_ASCII))
        .put(rest)
        .array();
  }

  private static byte[] png(byte[]... chunks) {
    return SampleImages.concat(SIGNATURE, HEADER, SampleImages.concat(chunks));
  }

  private static String header(byte[] png) {
    try {
      ImageHeader header = PngChunks.header(png);
      return header.width() + " x " + header.height() + ", " + header.frames() + " frames";
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  @Test
  void theHeaderIsTheFirstChunk() {
    assertThat(header(png())).isEqualTo("3 x 2, 1 frames");
    assertThat(header(Arrays.copyOf(png(), 26))).isEqualTo("3 x 2, 1 frames");
    assertThat(header(Arrays.copyOf(png(), 25)))
        .isEqualTo("TRUNCATED: PNG header needs 26 bytes, the image has 25");
    assertThat(header(SampleImages.concat(SIGNATURE, END, HEADER)))
        .isEqualTo("CORRUPT: PNG whose first chunk is not IHDR");
  }

  @Test
  void framesAreThoseThatAreThere() {
    byte[] frame = chunk("fcTL", new byte[26]);
    assertThat(header(png(frame))).isEqualTo("3 x 2, 1 frames");
    assertThat(header(png(frame, chunk("fdAT"), frame, frame, END))).isEqualTo("3 x 2, 3 frames");
    byte[] whole = png(frame, chunk("fcTL"));
    assertThat(header(whole)).isEqualTo("3 x 2, 2 frames");
    assertThat(header(Arrays.copyOf(whole, whole.length - 1))).isEqualTo("3 x 2, 1 frames");
  }

  @Test
  void chunksAreFoundWhereTheyAre() {
    byte[] png = png(chunk("abCd", (byte) 7), END);
    assertThat(PngChunks.count(png)).isEqualTo(3);
    assertThat(PngChunks.find(png, PngChunks.IEND)).isEqualTo(png.length - 12);
    assertThat(PngChunks.find(Arrays.copyOf(png, png.length - 1), PngChunks.IEND)).isEqualTo(-1);
    assertThat(PngChunks.count(Arrays.copyOf(png, png.length - 1))).isEqualTo(2);
    assertThat(PngChunks.find(SIGNATURE, PngChunks.IEND)).isEqualTo(-1);
    assertThat(PngChunks.find(SampleImages.concat(SIGNATURE, END), PngChunks.IEND)).isEqualTo(8);
  }

  @Test
  void dataEndsWithTheChunkOrTheFile() {
    long eXif = 0x65584966L;
    byte[] png = png(chunk("eXIf", (byte) 1, (byte) 2), chunk("eXIf", (byte) 3));
    assertThat(PngChunks.exif(png)).containsExactly(1, 2);
    assertThat(PngChunks.exif(png())).isNull();
    byte[] claiming = png(claiming("eXIf", 9, new byte[] {1, 2, 3, 4, 5}));
    assertThat(PngChunks.exif(claiming)).containsExactly(1, 2, 3, 4, 5);
    List<String> contents = new ArrayList<>();
    PngChunks.each(png, eXif, (from, length) -> contents.add(from + "+" + length));
    PngChunks.each(claiming, eXif, (from, length) -> contents.add(from + "+" + length));
    assertThat(contents).containsExactly("41+2", "55+1", "41+5");
    PngChunks.each(png, PngChunks.IEND, (from, length) -> contents.clear());
    assertThat(contents).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"iCCP", "zTXt", "iTXt"})
  void whatInflatesIsLeftOut(String type) {
    byte[] inflatable = chunk(type, (byte) 1, (byte) 2);
    byte[] other = chunk("tEXt", (byte) 1);
    byte[] tail = {5, 6, 7};
    assertThat(PngChunks.withoutInflatables(png(inflatable, other, END, tail)))
        .isEqualTo(png(other, END, tail));
    assertThat(PngChunks.withoutInflatables(png(inflatable, END))).isEqualTo(png(END));
    assertThat(PngChunks.withoutInflatables(png(other, inflatable))).isEqualTo(png(other));
    byte[] plain = png(other, END);
    assertThat(PngChunks.withoutInflatables(plain)).isSameAs(plain);
  }

  /** libpng makes room for what a chunk claims; image data it reads piece by piece. */
  @ParameterizedTest
  @CsvSource({
    "tEXt, 3, 3, true",
    "tEXt, 4, 3, false",
    "tEXt, 2147483647, 3, false",
    "IDAT, 4, 3, true",
    "IEND, 4, 3, true"
  })
  void aFalseClaimEndsTheFile(String type, int claim, int rest, boolean isKept) {
    byte[] png = png(chunk("tEXt", (byte) 1), claiming(type, claim, new byte[rest]));
    assertThat(PngChunks.withoutInflatables(png))
        .isEqualTo(isKept ? png : png(chunk("tEXt", (byte) 1)));
  }

  @Test
  void theFirstBytesOfAChunkAreNoClaim() {
    byte[] png = SampleImages.concat(png(), new byte[] {127, 0, 0, 0, 't', 'E', 'X'});
    assertThat(PngChunks.withoutInflatables(png)).isSameAs(png);
  }

  @Test
  void whatIsBehindTheEndIsNoClaim() {
    byte[] png = png(END, claiming("tEXt", 99, new byte[0]));
    assertThat(PngChunks.withoutInflatables(png)).isSameAs(png);
  }
}
