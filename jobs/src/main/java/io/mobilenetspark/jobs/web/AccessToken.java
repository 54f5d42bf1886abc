package io.mobilenetspark.jobs.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** A secret that only those know who saw the server's output. */
final class AccessToken {

  private static final int BYTES = 24;

  private final String text;

  private AccessToken(String text) {
    this.text = text;
  }

  /** A new one, of 192 random bits. */
  static AccessToken random() {
    byte[] bytes = new byte[BYTES];
    new SecureRandom().nextBytes(bytes);
    return new AccessToken(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Of letters, digits, - and _ alone. */
  String text() {
    return text;
  }

  /** Whether this is it; takes as long whatever part of it is right. */
  boolean isSame(@Nullable String given) {
    return given != null
        && MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), text.getBytes(StandardCharsets.UTF_8));
  }
}
