package io.mobilenetspark.image;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The text in front of a portable bitmap, graymap, pixmap, anymap (PBM, PGM, PPM, PAM) or PFM. */
final class PnmHeader {

  /** No header of a size that fits the limits is longer; comments count. */
  private static final int MAX_HEADER = 1 << 16;

  private final byte[] bytes;
  private int at = 2;
  private long width;
  private long height;
  private long samples = 1;
  private long max = 1;

  private PnmHeader(byte[] bytes) {
    this.bytes = bytes;
  }

  static boolean isPnm(byte[] bytes) {
    return bytes.length > 2
        && bytes[0] == 'P'
        && "1234567fF".indexOf(bytes[1]) >= 0
        && isSpace(bytes[2]);
  }

  /** Whether the samples are decimal numbers. */
  static boolean isText(byte[] bytes) {
    return bytes[1] >= '1' && bytes[1] <= '3';
  }

  static ImageHeader header(byte[] bytes) throws RejectedImageException {
    PnmHeader header = read(bytes);
    long sampleBytes =
        header.max > 65_535 || bytes[1] == 'f' || bytes[1] == 'F' ? 4 : header.max > 255 ? 2 : 1;
    return new ImageHeader(
        ImageFormat.PNM,
        header.width,
        header.height,
        1,
        ImageHeader.Decoder.IMAGE_IO,
        2 * header.samples * sampleBytes + 4);
  }

  /** Whether the pixels of a binary file are all there; of a textual one nobody knows. */
  static boolean reachesEnd(byte[] bytes) {
    PnmHeader header;
    try {
      header = read(bytes);
    } catch (RejectedImageException e) {
      return e.outcome().status() != ImageStatus.TRUNCATED;
    }
    long rowBytes =
        switch (bytes[1]) {
          case '1', '2', '3' -> 0;
          case '4' -> (header.width + 7) / 8;
          case 'f', 'F' -> 4 * header.samples * header.width;
          default -> (header.max > 255 ? 2 : 1) * header.samples * header.width;
        };
    return header.at + rowBytes * header.height <= bytes.length;
  }

  private static PnmHeader read(byte[] bytes) throws RejectedImageException {
    PnmHeader header = new PnmHeader(bytes);
    if (bytes[1] == '7') {
      header.readAnymap();
      return header;
    }
    header.width = header.number();
    header.height = header.number();
    if (bytes[1] == 'f' || bytes[1] == 'F') {
      header.word(); // the scale, a real number whose sign is the byte order
    } else if (bytes[1] != '1' && bytes[1] != '4') {
      header.max = header.number();
    }
    header.samples = "36F".indexOf(bytes[1]) >= 0 ? 3 : 1;
    header.at++; // the one blank before the pixels
    return header;
  }

  private void readAnymap() throws RejectedImageException {
    for (String key = word(); !key.equals("ENDHDR"); key = word()) {
      if (key.equals("332")) {
        throw new RejectedImageException(
            ImageStatus.UNSUPPORTED_FORMAT, "a thumbnail of the viewer XV, which is not supported");
      }
      switch (key.toUpperCase(Locale.ROOT)) {
        case "WIDTH" -> width = number();
        case "HEIGHT" -> height = number();
        case "DEPTH" -> samples = number();
        case "MAXVAL" -> max = number();
        case "TUPLTYPE" -> word();
        default -> throw corrupt(String.format(Locale.ROOT, "the word '%s'", key));
      }
    }
    at++;
    if (samples < 1 || samples > 4) {
      throw new RejectedImageException(
          ImageStatus.UNSUPPORTED_FORMAT,
          String.format(Locale.ROOT, "PAM with %d samples a pixel; 1 to 4 are supported", samples));
    }
  }

  private long number() throws RejectedImageException {
    String word = word();
    if (!word.matches("[0-9]{1,9}")) {
      throw corrupt(String.format(Locale.ROOT, "'%s' where a number should be", word));
    }
    return Long.parseLong(word);
  }

  private String word() throws RejectedImageException {
    while (at < bytes.length && (isSpace(bytes[at]) || bytes[at] == '#')) {
      if (bytes[at] == '#') {
        while (at < bytes.length && bytes[at] != '\n' && bytes[at] != '\r') {
          at++;
        }
      } else {
        at++;
      }
    }
    int from = at;
    while (at < bytes.length && !isSpace(bytes[at]) && bytes[at] != '#' && at - from < 32) {
      at++;
    }
    if (at >= bytes.length || at > MAX_HEADER) {
      throw new RejectedImageException(
          at >= bytes.length ? ImageStatus.TRUNCATED : ImageStatus.CORRUPT,
          String.format(
              Locale.ROOT, "PNM whose header has no end in %d bytes", Math.min(at, bytes.length)));
    }
    return new String(bytes, from, at - from, StandardCharsets.ISO_8859_1);
  }

  private static RejectedImageException corrupt(String what) {
    return new RejectedImageException(
        ImageStatus.CORRUPT, String.format(Locale.ROOT, "PNM with %s in its header", what));
  }

  private static boolean isSpace(byte octet) {
    return octet == ' ' || (octet >= '\t' && octet <= '\r');
  }
}
