package io.mobilenetspark.image;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.Python;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our pixels against those of TensorFlow's Python, {@code decode_image(channels=3,
 * expand_animations=False)}, byte by byte, for every JPEG, PNG, GIF and BMP of the corpora, the
 * photographs, and generated files as odd as the formats allow.
 */
@Tag("python")
class ParityTest {

  private static final ImageOptions OPTIONS =
      TestReader.options(1, 1).with(ImageSettings.EXIF_ORIENTATION, ExifOrientation.IGNORE);

  /** Why our pixels may differ from TensorFlow's; each has a check of its own. */
  enum Reason {
    BMP_PALETTE("TensorFlow takes the palette's indexes for shades of gray"),
    BMP_MASKS("TensorFlow passes over the masks that say where a colour's bits are"),
    GIF_EMPTY_BLOCK(
        "giflib takes what follows an empty comment for a part of it, here the first frame");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** The reason that a file's own header gives, or null. */
    static @Nullable Reason of(byte[] bytes) {
      ImageFormat format = ImageFormat.sniff(bytes);
      if (format == ImageFormat.GIF) {
        return hasEmptyCommentInFront(bytes) ? GIF_EMPTY_BLOCK : null;
      } else if (format != ImageFormat.BMP) {
        return null;
      }
      boolean hasMasks = bytes[30] == 3 || bytes[30] == 6; // without and with alpha
      return bytes[28] == 8 ? BMP_PALETTE : bytes[28] == 32 && hasMasks ? BMP_MASKS : null;
    }
  }

  private static boolean hasEmptyCommentInFront(byte[] gif) {
    GifBlocks.Frame first = null;
    try {
      first = GifBlocks.of(gif).first();
    } catch (RejectedImageException e) {
      return false;
    }
    for (int at = 13; first != null && at + 3 <= first.at(); at++) {
      if (gif[at] == 0x21 && gif[at + 1] == (byte) 0xfe && gif[at + 2] == 0) {
        return true;
      }
    }
    return false;
  }

  /** How many files of a format there are of each outcome. */
  private static final class Row {
    int files;
    int equal;
    int onlyOurs;
    int neither;
    final Map<Reason, Integer> differ = new EnumMap<>(Reason.class);
  }

  private static TestReader reader;
  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    Python.require();
    reader = new TestReader();
  }

  @AfterAll
  static void close() {
    if (reader != null) {
      reader.close();
    }
  }

  @Test
  void generatedFilesHaveTensorFlowsPixels() throws IOException {
    Map<String, Function<Random, byte[]>> generators = new LinkedHashMap<>();
    generators.put("gif", OddGifs::next);
    generators.put("png", OddPngs::next);
    generators.put("bmp", OddBmps::next);
    generators.put("jpg", OddJpegs::next);
    int each = Cases.count(150, 10_000);
    long seed = Cases.seed(ParityTest.class);
    Map<String, byte[]> files = new LinkedHashMap<>();
    generators.forEach(
        (name, generator) -> {
          for (int i = 0; i < each; i++) {
            files.put(name + i, generator.apply(new Random(seed * 31 + name.hashCode() * 7L + i)));
          }
        });
    compare(files);
  }

  @Test
  void filesOfTheCorporaHaveTensorFlowsPixels() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (Corpus.Source source : Corpus.Source.values()) {
      source
          .files()
          .forEach((name, bytes) -> files.put(source.id() + " " + name.replace('/', '_'), bytes));
    }
    for (Path photograph : Corpus.photographs()) {
      files.put(
          photograph.toString().replace('/', '_'),
          Files.readAllBytes(SharedData.directory().resolve(photograph)));
    }
    compare(files);
  }

  private void compare(Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue());
    }
    Map<ImageFormat, Row> table = new EnumMap<>(ImageFormat.class);
    List<String> faults = new ArrayList<>();
    for (String line : Python.decodeReference(folder).lines().toList()) {
      String[] fields = line.split("\t", -1);
      byte[] bytes = requireNonNull(files.get(fields[0]), fields[0]);
      ImageFormat format = ImageFormat.sniff(bytes);
      if (format == null) {
        assertThat(fields[1])
            .as("a file of no format that TensorFlow reads: %s", line)
            .isEqualTo("-");
        continue;
      }
      Row row = table.computeIfAbsent(format, f -> new Row());
      row.files++;
      boolean isTheirs = !fields[1].equals("-");
      String ours = ours(bytes);
      boolean isOurs = !ours.startsWith("-");
      if (!isTheirs) {
        row.onlyOurs += isOurs ? 1 : 0;
        row.neither += isOurs ? 0 : 1;
      } else if (ours.equals(String.join("\t", fields[1], fields[2], fields[3]))) {
        row.equal++;
      } else {
        Reason reason = Reason.of(bytes);
        if (reason == null) {
          faults.add(
              String.format(
                  Locale.ROOT,
                  "%s: ours %s, TensorFlow's %s x %s",
                  fields[0],
                  ours,
                  fields[1],
                  fields[2]));
        } else {
          row.differ.merge(reason, 1, Integer::sum);
        }
      }
    }
    print(table);
    assertThat(faults).isEmpty();
  }

  private static void print(Map<ImageFormat, Row> table) {
    System.out.println("PARITY format, files, equal, read by us alone, by neither, different");
    table.forEach(
        (format, row) ->
            System.out.printf(
                Locale.ROOT,
                "PARITY %-5s %6d %6d %6d %6d  %s%n",
                format,
                row.files,
                row.equal,
                row.onlyOurs,
                row.neither,
                row.differ));
    for (Reason reason : Reason.values()) {
      System.out.println("PARITY " + reason + ": " + reason.text);
    }
  }

  private static String ours(byte[] bytes) {
    ImageInput input = TestReader.encoded(bytes);
    ImageOutcome outcome = reader.outcome(input, OPTIONS);
    if (!(outcome instanceof ImageOutcome.Read read)) {
      return "- " + outcome;
    }
    return String.format(
        Locale.ROOT,
        "%d\t%d\t%s",
        read.width(),
        read.height(),
        sha256(reader.decoded(input, OPTIONS)));
  }

  static String sha256(byte[] bytes) {
    try {
      return TestReader.hex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
