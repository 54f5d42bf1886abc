package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The segments of a JPEG by hand, and where each ends. */
class JpegMarkersTest {

  private static final byte[] START = bytes(0xff, 0xd8);
  private static final byte[] SCAN = bytes(0xff, 0xda, 0, 2);
  private static final byte[] END = bytes(0xff, 0xd9);

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }

  private static byte[] segment(int marker, byte... data) {
    int length = data.length + 2;
    return SampleImages.concat(bytes(0xff, marker, length >> 8, length), data);
  }

  /** Of 3 x 2 pixels, up to the number of its components. */
  private static byte[] frame(int marker, int bits, int components) {
    return segment(marker, bytes(bits, 0, 2, 0, 3, components));
  }

  private static byte[] jpeg(byte[]... parts) {
    return SampleImages.concat(START, SampleImages.concat(parts));
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static ImageHeader header(byte[]... parts) throws RejectedImageException {
    return JpegMarkers.header(jpeg(parts));
  }

  private static String rejection(byte[]... parts) {
    try {
      return header(parts).toString();
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  @Test
  void aFrameHeaderClaimsASize() throws RejectedImageException {
    assertThat(header(frame(0xc0, 8, 3)))
        .isEqualTo(new ImageHeader(ImageFormat.JPEG, 3, 2, 1, ImageHeader.Decoder.TENSORFLOW, 12));
    byte[] cut = Arrays.copyOf(frame(0xc0, 8, 3), 9);
    assertThat(rejection(cut)).isEqualTo("TRUNCATED: JPEG that ends within its frame header");
  }

  @Test
  void whatComesBeforeItIsPassedOver() throws RejectedImageException {
    byte[] frame = frame(0xc0, 8, 1);
    for (byte[] before :
        new byte[][] {
          segment(0xe0, frame(0xc0, 8, 4)), // a picture within a picture
          segment(0xc4, bytes(1, 2, 3)),
          bytes(0xff, 0xc8, 0, 2),
          bytes(0xff, 0xcc, 0, 2),
          bytes(0xff, 0xe0, 0, 0), // a length that is too short for itself
          bytes(0xff, 0xe0, 0, 1),
          bytes(0xff), // a fill byte
          bytes(0xff, 0xff, 0xff),
          bytes(1, 2, 0xff, 0, 3),
          bytes(0xff, 0xd0, 0xff, 0xd7), // restarts
          bytes(0xff, 0xd8), // two markers without a length
          bytes(0xff, 0x01)
        }) {
      assertThat(header(before, frame).width()).as(TestReader.hex(before)).isEqualTo(3);
    }
  }

  @Test
  void withoutAFrameHeaderItIsCutOffOrBroken() {
    assertThat(rejection())
        .isEqualTo("TRUNCATED: JPEG of 2 bytes that ends before its frame header");
    assertThat(rejection(segment(0xe0, bytes(1, 2, 3))))
        .isEqualTo("TRUNCATED: JPEG of 9 bytes that ends before its frame header");
    for (byte[] end : new byte[][] {SCAN, END}) {
      assertThat(rejection(end, frame(0xc0, 8, 3)))
          .isEqualTo("CORRUPT: JPEG without a frame header before its first scan or its end");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0xc0, 8, TENSORFLOW",
    "0xc1, 8, TENSORFLOW",
    "0xc2, 8, TENSORFLOW",
    "0xc3, 8, IMAGE_IO",
    "0xc3, 12, IMAGE_IO",
    "0xc9, 8, TENSORFLOW",
    "0xca, 8, TENSORFLOW"
  })
  void processesHaveTheirDecoders(int marker, int bits, ImageHeader.Decoder decoder)
      throws RejectedImageException {
    assertThat(header(frame(marker, bits, 1)).decoder()).isEqualTo(decoder);
  }

  @ParameterizedTest
  @CsvSource({
    "0xc0, 12, 12-bit",
    "0xc2, 16, 16-bit",
    "0xc5, 8, hierarchical",
    "0xc6, 8, hierarchical",
    "0xc7, 8, hierarchical",
    "0xcb, 8, 'lossless, arithmetic-coded'",
    "0xcd, 8, hierarchical",
    "0xce, 8, hierarchical",
    "0xcf, 8, hierarchical"
  })
  void processesThatNobodyReadsAreNamed(int marker, int bits, String name) {
    assertThat(rejection(frame(marker, bits, 1)))
        .isEqualTo(
            "UNSUPPORTED_FORMAT: "
                + name
                + " JPEG, which is not supported; save it with 8 bits a sample as a baseline JPEG,"
                + " or as PNG");
  }

  @Test
  void frameHeadersAreSixteenMarkersButThree() {
    for (int marker = 0; marker < 256; marker++) {
      boolean isTable = marker == 0xc4 || marker == 0xc8 || marker == 0xcc;
      assertThat(JpegMarkers.isFrameHeader(marker)).isEqualTo(marker / 16 == 0xc && !isTable);
    }
  }

  @Test
  void theEndFollowsTheLastScan() {
    assertThat(JpegMarkers.reachesEnd(jpeg(SCAN, bytes(1, 0xff, 0, 0xff, 0xd3, 5), END))).isTrue();
    assertThat(JpegMarkers.reachesEnd(jpeg(END))).isTrue();
    assertThat(JpegMarkers.reachesEnd(jpeg(SCAN, bytes(1, 0xff, 0, 0xff)))).isFalse();
    assertThat(JpegMarkers.reachesEnd(jpeg(segment(0xe1, END)))).as("of a preview").isFalse();
    assertThat(JpegMarkers.reachesEnd(jpeg())).isFalse();
  }

  @Test
  void exifIsWhatFollowsItsName() {
    byte[] exif = segment(0xe1, text("Exif\0\0II*"));
    byte[] xmp = segment(0xe1, text("http://ns.adobe.com/xap/1.0/\0<x/>"));
    assertThat(JpegMarkers.exif(jpeg(exif, END))).isEqualTo(text("II*"));
    assertThat(JpegMarkers.exif(jpeg(xmp, exif))).isEqualTo(text("II*"));
    assertThat(JpegMarkers.exif(jpeg(segment(0xe2, text("Exif\0\0II*"))))).isNull();
    assertThat(JpegMarkers.exif(jpeg(xmp))).isNull();
    assertThat(JpegMarkers.exif(jpeg())).isNull();
    assertThat(JpegMarkers.exif(jpeg(segment(0xe1, text("Exif\0\0"))))).as("nothing").isNull();
    assertThat(JpegMarkers.exif(jpeg(segment(0xe1, text("Exif")), text("\0\0II*")))).isNull();
    for (byte[] end : new byte[][] {SCAN, END}) {
      assertThat(JpegMarkers.exif(jpeg(end, exif))).as("behind the picture").isNull();
    }
    byte[] whole = jpeg(exif);
    assertThat(JpegMarkers.exif(Arrays.copyOf(whole, whole.length - 1)))
        .as("as far as it goes")
        .isEqualTo(text("II"));
    assertThat(JpegMarkers.exif(Arrays.copyOf(whole, whole.length - 3))).isNull();
  }

  @Test
  void segmentsOfAMarkerAreThoseBeforeTheFirstScan() {
    byte[] a = segment(0xe2, text("a"));
    byte[] empty = segment(0xe2);
    byte[] other = segment(0xe1, text("x"));
    assertThat(JpegMarkers.applicationSegments(jpeg(a, other, empty, a, SCAN, a), 0xe2))
        .containsExactly(text("a"), text(""), text("a"));
    assertThat(JpegMarkers.applicationSegments(jpeg(a, END, a), 0xe2)).containsExactly(text("a"));
    byte[] whole = jpeg(other, a);
    assertThat(JpegMarkers.applicationSegments(whole, 0xe2)).containsExactly(text("a"));
    for (int cut = 1; cut <= 5; cut++) {
      assertThat(JpegMarkers.applicationSegments(Arrays.copyOf(whole, whole.length - cut), 0xe2))
          .as("cut off")
          .isEmpty();
    }
    assertThat(JpegMarkers.applicationSegments(jpeg(empty), 0xe2)).containsExactly(text(""));
    assertThat(JpegMarkers.applicationSegments(START, 0xe2)).isEmpty();
  }

  @Test
  void garbageBetweenTheFirstMarkersIsLeftOut() {
    byte[] clean = jpeg(frame(0xc0, 8, 3), END);
    assertThat(JpegMarkers.withoutLeadingGarbage(clean)).isSameAs(clean);
    assertThat(JpegMarkers.withoutLeadingGarbage(START)).isSameAs(START);
    assertThat(JpegMarkers.withoutLeadingGarbage(jpeg(bytes(1, 2, 3), frame(0xc0, 8, 3), END)))
        .isEqualTo(clean);
    assertThat(JpegMarkers.withoutLeadingGarbage(jpeg(bytes(0xff), END)))
        .isEqualTo(SampleImages.concat(START, END));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void markersAreLookedForWithinALimit(int limit) {
    assertThat(JpegMarkers.nextMarker(bytes(7, 0xff, 0xd9, 0xff), 0, limit))
        .isEqualTo(limit < 3 ? -1 : 1);
  }

  @Test
  void segmentsEndWhereTheySay() {
    byte[] bytes = bytes(0, 0xff, 0xe0, 1, 2, 0);
    assertThat(JpegMarkers.skipSegment(bytes, 1, 0xe0)).isEqualTo(3 + 0x102);
    assertThat(JpegMarkers.skipSegment(Arrays.copyOf(bytes, 5), 1, 0xe0)).isEqualTo(3 + 0x102);
    assertThat(JpegMarkers.skipSegment(Arrays.copyOf(bytes, 4), 1, 0xe0)).isEqualTo(3);
    assertThat(JpegMarkers.skipSegment(bytes, 1, 0xd8)).isEqualTo(3);
    assertThat(JpegMarkers.skipSegment(bytes, 1, 0x01)).isEqualTo(3);
    assertThat(JpegMarkers.skipSegment(bytes(0xff, 0xe0, 0, 0), 0, 0xe0)).isEqualTo(4);
  }
}
