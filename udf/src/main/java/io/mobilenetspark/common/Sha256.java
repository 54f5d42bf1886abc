package io.mobilenetspark.common;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** SHA-256, which every Java has: nobody need catch that there is none. */
public final class Sha256 {

  private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{64}");

  private Sha256() {}

  /** A new digest. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /**
   * Holds a digest that somebody typed.
   *
   * @throws IllegalArgumentException unless it is 64 hexadecimal digits, in whatever case
   */
  public static void requireHex(String text) {
    if (!HEX.matcher(text).matches()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "'%s' is not a SHA-256: 64 hexadecimal digits", text));
    }
  }

  /** The digest of all bytes, as 64 hexadecimal digits in lower case. */
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(digest().digest(bytes));
  }
}
