package io.mobilenetspark.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.SampleImages;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The directories of TIFFs by hand, in both byte orders and both sizes of offsets. */
class TiffTagsTest {

  /** The four kinds of files. */
  private enum Kind {
    LITTLE(ByteOrder.LITTLE_ENDIAN, 4),
    BIG(ByteOrder.BIG_ENDIAN, 4),
    LITTLE_64(ByteOrder.LITTLE_ENDIAN, 8),
    BIG_64(ByteOrder.BIG_ENDIAN, 8);

    private final ByteOrder order;
    private final int offsetBytes;

    Kind(ByteOrder order, int offsetBytes) {
      this.order = order;
      this.offsetBytes = offsetBytes;
    }

    boolean is64() {
      return offsetBytes == 8;
    }

    char mark() {
      return order == ByteOrder.LITTLE_ENDIAN ? 'I' : 'M';
    }

    void offset(ByteBuffer into, long value) {
      if (is64()) {
        into.putLong(value);
      } else {
        into.putInt((int) value);
      }
    }

    int header() {
      return is64() ? 16 : 8;
    }

    int entry() {
      return is64() ? 20 : 12;
    }

    int count() {
      return is64() ? 8 : 2;
    }

    int directory(int entries) {
      return count() + entries * entry() + offsetBytes;
    }
  }

  /** One tag: its value is inline, or an offset where {@code values} is not 1. */
  private record Tag(int tag, int type, long values, long value) {}

  private static Tag number(int tag, long value) {
    return new Tag(tag, 4, 1, value);
  }

  /** One directory behind the header, and what follows. */
  private static byte[] tiff(Kind kind, long next, Tag... tags) {
    ByteBuffer tiff =
        ByteBuffer.allocate(kind.header() + kind.directory(tags.length)).order(kind.order);
    tiff.put((byte) kind.mark()).put((byte) kind.mark());
    tiff.putShort((short) (kind.is64() ? 43 : 42));
    if (kind.is64()) {
      tiff.putShort((short) 8).putShort((short) 0);
    }
    kind.offset(tiff, kind.header());
    directory(kind, tiff, next, tags);
    return tiff.array();
  }

  private static void directory(Kind kind, ByteBuffer into, long next, Tag... tags) {
    if (kind.is64()) {
      into.putLong(tags.length);
    } else {
      into.putShort((short) tags.length);
    }
    for (Tag tag : tags) {
      into.putShort((short) tag.tag).putShort((short) tag.type);
      kind.offset(into, tag.values);
      int at = into.position();
      if (tag.type == 3 && tag.values == 1) {
        into.putShort((short) tag.value);
      } else if (tag.type == 1 && tag.values == 1) {
        into.put((byte) tag.value);
      } else if (tag.type == 4 && tag.values == 1) {
        into.putInt((int) tag.value);
      } else {
        kind.offset(into, tag.value);
      }
      into.position(at + kind.offsetBytes);
    }
    kind.offset(into, next);
  }

  private static TiffTags tags(byte[] tiff) {
    try {
      return TiffTags.of(tiff);
    } catch (RejectedImageException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Long> values(byte[] tiff, int tag) {
    TiffTags tags = tags(tiff);
    TiffTags.Values values = tags.values(tags.first(), tag);
    List<Long> list = new ArrayList<>();
    for (int i = 0; i < values.count(); i++) {
      list.add(values.at(i));
    }
    return list;
  }

  private static String claim(byte[] tiff) {
    try {
      ImageHeader header = TiffDirectory.read(tiff).header();
      return header.width()
          + "x"
          + header.height()
          + ", "
          + header.frames()
          + ", "
          + header.heapBytesPerPixel();
    } catch (RejectedImageException e) {
      return e.outcome().status() + ": " + e.outcome().reason();
    }
  }

  private static final Tag WIDTH = number(256, 3);
  private static final Tag HEIGHT = number(257, 2);

  @ParameterizedTest
  @EnumSource
  void tagsAreReadInEveryKindOfFile(Kind kind) {
    byte[] tiff =
        tiff(
            kind,
            0,
            WIDTH,
            HEIGHT,
            new Tag(274, 3, 1, 6),
            new Tag(700, 1, 1, 200),
            new Tag(701, 4, 1, 0xfffffffeL));
    assertThat(claim(tiff)).isEqualTo("3x2, 1, 6");
    assertThat(values(tiff, 256)).containsExactly(3L);
    assertThat(values(tiff, 274)).containsExactly(6L);
    assertThat(values(tiff, 700)).containsExactly(200L);
    assertThat(values(tiff, 701)).containsExactly(0xfffffffeL);
    assertThat(values(tiff, 999)).isEmpty();
    assertThat(tags(tiff).isWhole(tags(tiff).first())).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aFileEndsBehindItsDirectory(Kind kind) {
    byte[] tiff = tiff(kind, 0, WIDTH, HEIGHT);
    int next = kind.offsetBytes;
    byte[] withoutNext = Arrays.copyOf(tiff, tiff.length - next);
    assertThat(claim(withoutNext)).as("without the next one's offset").isEqualTo("3x2, 1, 6");
    assertThat(claim(Arrays.copyOf(tiff, withoutNext.length - 1)))
        .isEqualTo(
            "TRUNCATED: TIFF of "
                + (withoutNext.length - 1)
                + " bytes that ends before its directory");
    assertThat(claim(Arrays.copyOf(tiff, kind.header() + kind.count() - 1)))
        .startsWith("TRUNCATED: TIFF of");
    assertThat(claim(Arrays.copyOf(tiff, kind.header() - 1)))
        .isEqualTo(
            "TRUNCATED: TIFF header needs "
                + kind.header()
                + " bytes, the image has "
                + (kind.header() - 1));
  }

  /** Values that fit into their place lie there, others where it points. */
  @ParameterizedTest
  @EnumSource
  void longerValuesLieElsewhere(Kind kind) {
    int inline = kind.offsetBytes;
    byte[] tiff = tiff(kind, 0, new Tag(700, 1, inline + 1, 100), new Tag(701, 1, inline, 0));
    ByteBuffer whole = ByteBuffer.allocate(100 + inline + 1).order(kind.order);
    whole.put(tiff).position(100);
    whole.put((byte) 7).position(100 + inline);
    whole.put((byte) 8);
    List<Long> far = values(whole.array(), 700);
    assertThat(far).hasSize(inline + 1).startsWith(7L).endsWith(8L);
    assertThat(values(whole.array(), 701)).hasSize(inline).containsOnly(0L);
    assertThat(values(Arrays.copyOf(whole.array(), 100 + inline), 700)).as("cut off").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void shortsAndLongsLieBesideOneAnother(Kind kind) {
    byte[] tiff =
        tiff(kind, 0, new Tag(700, 3, 5, 100), new Tag(701, 4, 3, 100), new Tag(702, 16, 2, 100));
    ByteBuffer whole = ByteBuffer.allocate(116).order(kind.order);
    whole.put(tiff).position(100);
    for (int i = 1; i <= 8; i++) {
      whole.putShort((short) (i * 0x1000));
    }
    assertThat(values(whole.array(), 700))
        .containsExactly(0x1000L, 0x2000L, 0x3000L, 0x4000L, 0x5000L);
    assertThat(values(whole.array(), 701))
        .containsExactly(
            whole.getInt(100) & 0xffffffffL,
            whole.getInt(104) & 0xffffffffL,
            whole.getInt(108) & 0xffffffffL);
    assertThat(values(whole.array(), 702)).containsExactly(whole.getLong(100), whole.getLong(108));
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "14, 1", "19, 1", "65535, 1", "4, 0", "1, 1000", "1, 4294967295"})
  void tagsOfNoTypeOrLengthHaveNoValues(int type, long count) {
    byte[] tiff = tiff(Kind.LITTLE, 0, new Tag(700, type, count, 8), WIDTH);
    assertThat(values(tiff, 700)).isEmpty();
  }

  /** Fractions, texts and what is signed are no numbers here. */
  @ParameterizedTest
  @ValueSource(ints = {2, 5, 9, 10, 11, 12})
  void typesThatAreNoWholeNumbers(int type) {
    byte[] tiff = tiff(Kind.LITTLE_64, 0, new Tag(700, type, 1, 0x4242_4242L));
    List<Long> values = values(tiff, 700);
    assertThat(values).containsExactly(type == 9 ? 0x4242_4242L : 0L);
  }

  /** ImageIO's reader ends a directory at a tag of more values than an int can count. */
  @Test
  void aTagOfTooManyValuesEndsTheDirectory() {
    byte[] tiff =
        tiff(Kind.LITTLE, 0, WIDTH, HEIGHT, new Tag(700, 1, 0x8000_0000L, 0), number(277, 9));
    assertThat(claim(tiff)).isEqualTo("3x2, 1, 6");
    assertThat(values(tiff, 700)).isEmpty();
    assertThat(values(tiff, 277)).isEmpty();
    byte[] most =
        tiff(Kind.LITTLE, 0, WIDTH, HEIGHT, new Tag(700, 1, 0x7fff_ffffL, 0), number(277, 1));
    assertThat(values(most, 277)).containsExactly(1L);
  }

  private static String reason(Tag... more) {
    Tag[] tags = Arrays.copyOf(new Tag[] {WIDTH, HEIGHT}, 2 + more.length);
    System.arraycopy(more, 0, tags, 2, more.length);
    return claim(tiff(Kind.LITTLE, 0, tags));
  }

  @Test
  void whatAHeaderClaims() {
    assertThat(reason(number(277, 3))).as("samples").isEqualTo("3x2, 1, 10");
    assertThat(reason(number(277, 3), number(258, 16))).as("bits").isEqualTo("3x2, 1, 16");
    assertThat(reason(number(258, 1))).isEqualTo("3x2, 1, 6");
    assertThat(reason(number(258, 9))).isEqualTo("3x2, 1, 8");
    assertThat(reason(number(277, 64), number(258, 64))).isEqualTo("3x2, 1, 1028");
    assertThat(reason(number(277, 65)))
        .isEqualTo("CORRUPT: TIFF of 65 samples a pixel, 8 bits each");
    assertThat(reason(number(277, 0))).isEqualTo("CORRUPT: TIFF of 0 samples a pixel, 8 bits each");
    assertThat(reason(number(258, 65)))
        .isEqualTo("CORRUPT: TIFF of 1 samples a pixel, 65 bits each");
    assertThat(reason(number(259, 34_925)))
        .isEqualTo("UNSUPPORTED_FORMAT: LZMA compressed TIFF; save it with LZW or Deflate");
    assertThat(reason(number(322, 16), number(323, 32))).as("tiles").isEqualTo("16x32, 1, 6");
    assertThat(reason(number(322, 1), number(323, 1))).isEqualTo("3x2, 1, 6");
    byte[] negative =
        tiff(Kind.LITTLE_64, 0, WIDTH, HEIGHT, new Tag(322, 16, 1, -1), number(323, 4));
    assertThat(claim(negative)).isEqualTo("CORRUPT: TIFF of tiles of -1 x 4");
    negative = tiff(Kind.LITTLE_64, 0, WIDTH, HEIGHT, number(322, 4), new Tag(323, 16, 1, -1));
    assertThat(claim(negative)).isEqualTo("CORRUPT: TIFF of tiles of 4 x -1");
    assertThat(claim(tiff(Kind.LITTLE, 0, HEIGHT, number(322, 16), number(323, 16))))
        .as("nothing")
        .isEqualTo("0x2, 1, 6");
    assertThat(claim(tiff(Kind.LITTLE, 0, WIDTH, number(322, 16), number(323, 16))))
        .isEqualTo("3x0, 1, 6");
  }

  /** A JPEG in a strip claims a size of its own; in a TIFF of another compression it is data. */
  @ParameterizedTest
  @CsvSource({"6, '300x200, 1, 6'", "7, '300x200, 1, 6'", "5, '3x2, 1, 6'"})
  void jpegsWithinClaimToo(int compression, String claim) {
    byte[] tiff =
        tiff(
            Kind.LITTLE,
            0,
            WIDTH,
            HEIGHT,
            number(259, compression),
            number(273, 100),
            number(279, 17));
    byte[] jpeg = {-1, -40, -1, -64, 0, 11, 8, 0, -56, 1, 44, 1, 1, 17, 0, -1, -39};
    byte[] whole = SampleImages.concat(Arrays.copyOf(tiff, 100), jpeg);
    assertThat(claim(whole)).isEqualTo(claim);
  }

  @Test
  void orientationAndProfile() throws RejectedImageException {
    byte[] plain = tiff(Kind.LITTLE, 0, WIDTH);
    assertThat(TiffDirectory.read(plain).orientation()).isEqualTo(1);
    assertThat(TiffDirectory.read(plain).profile()).isNull();
    assertThat(TiffDirectory.read(plain).isSigned()).isFalse();
    byte[] all =
        tiff(Kind.LITTLE, 0, number(274, 6), number(339, 2), new Tag(34_675, 7, 4, 0x04030201));
    assertThat(TiffDirectory.read(all).orientation()).isEqualTo(6);
    assertThat(TiffDirectory.read(all).profile()).containsExactly(1, 2, 3, 4);
    assertThat(TiffDirectory.read(all).isSigned()).isTrue();
  }

  @Test
  void stripsLieWithinTheFile() {
    byte[] tiff = tiff(Kind.LITTLE, 0, WIDTH, HEIGHT, number(273, 100), number(279, 6));
    byte[] whole = Arrays.copyOf(tiff, 106);
    assertThat(TiffDirectory.reachesEnd(whole)).isTrue();
    assertThat(TiffDirectory.reachesEnd(Arrays.copyOf(tiff, 105))).isFalse();
    byte[] tiled = tiff(Kind.LITTLE, 0, WIDTH, HEIGHT, number(324, 100), number(325, 6));
    assertThat(TiffDirectory.reachesEnd(Arrays.copyOf(tiled, 106))).isTrue();
    assertThat(TiffDirectory.reachesEnd(Arrays.copyOf(tiled, 105))).isFalse();
    assertThat(TiffDirectory.reachesEnd(tiff(Kind.LITTLE, 0, WIDTH))).as("no strips").isTrue();
    assertThat(TiffDirectory.reachesEnd(Arrays.copyOf(tiff, 30))).isFalse();
  }

  /** Directories one behind the other; a loop ends where it closes. */
  @ParameterizedTest
  @EnumSource
  void pagesAreChained(Kind kind) {
    int second = kind.header() + kind.directory(1);
    byte[] tiff = tiff(kind, second, WIDTH);
    ByteBuffer next = ByteBuffer.allocate(kind.directory(2)).order(kind.order);
    directory(kind, next, kind.header(), WIDTH, HEIGHT);
    byte[] whole = SampleImages.concat(tiff, next.array());
    assertThat(tags(whole).cost())
        .isEqualTo(
            new TiffTags.Cost(2, 2 * 1_000 + 150 * (2 + 3) + 3 * 4 * 2, 200 * (2 + 3) + 3 * 4 * 2));
    assertThat(tags(tiff).cost().pages()).as("the second is not there").isEqualTo(1);
    int offset = kind.offsetBytes;
    assertThat(tags(Arrays.copyOf(whole, whole.length - offset)).cost().pages())
        .as("without the last offset")
        .isEqualTo(2);
  }

  /** A directory below another is visited once, and only below the tags that have them. */
  @ParameterizedTest
  @CsvSource({"330, true", "34665, true", "34853, true", "40965, false", "700, false"})
  void directoriesBelow(int tag, boolean isVisited) {
    int second = Kind.LITTLE.header() + Kind.LITTLE.directory(2);
    byte[] tiff = tiff(Kind.LITTLE, 0, number(tag, second), number(tag, second));
    ByteBuffer below = ByteBuffer.allocate(Kind.LITTLE.directory(1)).order(ByteOrder.LITTLE_ENDIAN);
    directory(Kind.LITTLE, below, 0, WIDTH);
    TiffTags.Cost cost = tags(SampleImages.concat(tiff, below.array())).cost();
    assertThat(cost.pages()).isEqualTo(1);
    assertThat(cost.work())
        .isEqualTo(1_000 + 3 * 150 + 2 * 8 + (isVisited ? 1_000 + 2 * 150 + 8 : 0));
    assertThat(cost.heapBytes()).isEqualTo(3 * 200 + 2 * 8 + (isVisited ? 2 * 200 + 8 : 0));
  }

  @ParameterizedTest
  @CsvSource({"330, 330, 2", "330, 34665, 1", "34665, 40965, 2", "34665, 330, 1", "34853, 330, 1"})
  void directoriesBelowThose(int tag, int under, int visited) {
    int second = Kind.LITTLE.header() + Kind.LITTLE.directory(1);
    int third = second + Kind.LITTLE.directory(1);
    ByteBuffer below =
        ByteBuffer.allocate(2 * Kind.LITTLE.directory(1)).order(ByteOrder.LITTLE_ENDIAN);
    directory(Kind.LITTLE, below, 0, number(under, third));
    directory(Kind.LITTLE, below, 0, WIDTH);
    byte[] tiff = SampleImages.concat(tiff(Kind.LITTLE, 0, number(tag, second)), below.array());
    assertThat(tags(tiff).cost().heapBytes()).isEqualTo((1 + visited) * (2 * 200L + 8));
  }

  @Test
  void rationalsCostMore() {
    for (int type : new int[] {5, 10}) {
      byte[] tiff = Arrays.copyOf(tiff(Kind.LITTLE, 0, new Tag(700, type, 2, 40)), 56);
      assertThat(tags(tiff).cost())
          .isEqualTo(new TiffTags.Cost(1, 1_000 + 2 * 150 + 16 * 15, 2 * 200 + 16 * 6));
    }
  }

  /** A chain of directories below one another, which is looked at 32 deep. */
  @ParameterizedTest
  @CsvSource({"32, false", "33, true"})
  void directoriesAreNotVisitedForEver(int depth, boolean isCutOff) {
    int each = Kind.LITTLE.directory(1);
    ByteBuffer below = ByteBuffer.allocate(depth * each).order(ByteOrder.LITTLE_ENDIAN);
    int first = Kind.LITTLE.header();
    for (int i = 1; i < depth; i++) {
      directory(Kind.LITTLE, below, 0, number(330, first + (i + 1) * each));
    }
    byte[] tiff =
        SampleImages.concat(tiff(Kind.LITTLE, 0, number(330, first + each)), below.array());
    assertThat(tags(tiff).cost().work() == Long.MAX_VALUE / 4).isEqualTo(isCutOff);
  }
}
