package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.OneIn;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of every file of the corpus, against two tables. {@code corpus.tsv} is ours: status,
 * format, upright size and a hash of the upright pixels. {@code tensorflow-pixels.tsv} is
 * TensorFlow's: a hash of the pixels of every file that {@code decode_image} reads, written by
 * src/test/python/image_reference.py.
 *
 * <p>{@code -Dcorpus.regenerate=true} writes our table anew, for a person to read the difference.
 */
class CorpusTest {

  private static final String TABLE = "src/test/resources/io/mobilenetspark/image/corpus.tsv";

  /**
   * Where we leave TensorFlow's way, file by file: decode_image takes the palette indexes of an
   * 8-bit BMP for shades of gray. Its pixels are no picture of what the file shows.
   */
  private static final Set<String> TENSORFLOW_IS_WRONG =
      Set.of("data/images/bmp/2/@broken/SanselanTest.bmp");

  private static final ImageOptions SMALL = TestReader.options(1, 1);
  private static TestReader reader;

  @BeforeAll
  static void open() {
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    reader.close();
  }

  @OneIn(3)
  @ParameterizedTest
  @EnumSource
  void everyFileHasItsExpectedOutcome(Corpus.Source source) throws IOException {
    List<String> actual = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : source.files().entrySet()) {
      actual.add(String.join("\t", source.id(), file.getKey(), outcome(file.getValue())));
    }
    if (Boolean.getBoolean("corpus.regenerate")) {
      regenerate(source, actual);
    }
    List<String> expected =
        Corpus.table("corpus.tsv").stream()
            .filter(line -> line[0].equals(source.id()))
            .map(line -> String.join("\t", line))
            .toList();
    assertThat(actual).hasSizeGreaterThan(15).containsExactlyElementsOf(expected);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(names = {"IMAGEIO_JPEG", "COMMONS_IMAGING", "PNGSUITE"})
  void storedPixelsAreThoseOfTensorFlowsPython(Corpus.Source source) throws IOException {
    ImageOptions asStored = SMALL.with(ImageSettings.EXIF_ORIENTATION, ExifOrientation.IGNORE);
    Map<String, byte[]> files = source.files();
    Map<String, String> expected = new HashMap<>();
    Map<String, String> actual = new HashMap<>();
    for (String[] line : Corpus.table("tensorflow-pixels.tsv")) {
      if (line[0].equals(source.id()) && !TENSORFLOW_IS_WRONG.contains(line[1])) {
        expected.put(line[1], String.join(" ", line[2], line[3], line[4]));
        actual.put(
            line[1],
            pixels(requireNonNull(files.get(line[1]), line[1]), asStored).replace('\t', ' '));
      }
    }
    assertThat(expected).hasSizeGreaterThanOrEqualTo(49);
    assertThat(actual).containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void photographsAreThoseOfTensorFlowsPython() throws IOException {
    MessageDigest all = sha256();
    List<Path> photographs = Corpus.photographs();
    for (Path photograph : photographs) {
      byte[] bytes = Files.readAllBytes(SharedData.directory().resolve(photograph));
      byte[] pixels = reader.decoded(TestReader.encoded(bytes), SMALL);
      all.update(TestReader.hex(sha256().digest(pixels)).getBytes(StandardCharsets.US_ASCII));
    }
    String[] expected =
        Corpus.table("tensorflow-pixels.tsv").stream()
            .filter(line -> line[0].equals("flower_photos"))
            .findFirst()
            .orElseThrow();
    assertThat(photographs).hasSize(Integer.parseInt(expected[2]));
    assertThat(TestReader.hex(all.digest())).isEqualTo(expected[4]);
  }

  /** Status, format, width, height and hash. */
  private static String outcome(byte[] bytes) {
    ImageOutcome outcome = reader.outcome(TestReader.encoded(bytes), SMALL);
    if (outcome instanceof ImageOutcome.Read read) {
      return String.format(Locale.ROOT, "OK\t%s\t%s", read.format(), pixels(bytes, SMALL));
    }
    ImageFormat format = ImageFormat.sniff(bytes);
    return String.format(
        Locale.ROOT, "%s\t%s\t\t\t", outcome.status(), format == null ? "" : format);
  }

  /** Width, height and hash, or why there are none. */
  private static String pixels(byte[] bytes, ImageOptions options) {
    ImageInput input = TestReader.encoded(bytes);
    ImageOutcome outcome = reader.outcome(input, options);
    if (outcome instanceof ImageOutcome.Read read) {
      return String.format(
          Locale.ROOT,
          "%d\t%d\t%s",
          read.width(),
          read.height(),
          TestReader.hex(sha256().digest(reader.decoded(input, options))));
    }
    return outcome.toString();
  }

  private static void regenerate(Corpus.Source source, List<String> lines) throws IOException {
    Path table = Path.of(TABLE);
    List<String> all = new ArrayList<>();
    all.add("source\tfile\tstatus\tformat\twidth\theight\tsha256");
    if (Files.exists(table)) {
      Files.readAllLines(table).stream()
          .skip(1)
          .filter(line -> !line.startsWith(source.id() + "\t"))
          .forEach(all::add);
    }
    all.addAll(lines);
    Files.write(table, all);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
