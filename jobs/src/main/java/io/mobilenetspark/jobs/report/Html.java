package io.mobilenetspark.jobs.report;

import io.mobilenetspark.common.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Text in HTML and XML. */
public final class Html {

  private Html() {}

  /**
   * A text that means itself, between tags and in quoted attributes. What XML can't hold at all,
   * control characters and halves of characters, becomes U+FFFD.
   */
  public static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isAllowed(c) ? c : 0xfffd);
              }
            });
    return escaped.toString();
  }

  /** What a content security policy allows a script or a style by. */
  public static String policyHash(String text) {
    byte[] digest = Sha256.digest().digest(text.getBytes(StandardCharsets.UTF_8));
    return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
  }

  private static boolean isAllowed(int c) {
    boolean isControl = c < 0x20 && c != '\t' && c != '\n' && c != '\r';
    boolean isSurrogate = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return !isControl && !isSurrogate && c != 0xfffe && c != 0xffff;
  }
}
