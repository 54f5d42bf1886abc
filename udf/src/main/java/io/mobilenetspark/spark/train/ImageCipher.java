package io.mobilenetspark.spark.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the images of a file such that each can be read by itself: AES in counter mode, as
 * Spark's own, under a key of this file alone, from a counter that begins with the image's number.
 *
 * <p>Safe for use by many threads.
 */
final class ImageCipher {

  private static final String ALGORITHM = "AES";
  private static final String TRANSFORMATION = "AES/CTR/NoPadding";
  private static final int COUNTER_BYTES = 16;

  private final SecretKeySpec key;

  private ImageCipher(byte[] key) {
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** One with a random key. */
  static ImageCipher ofKeyBytes(int length) {
    byte[] key = new byte[length];
    new SecureRandom().nextBytes(key);
    return new ImageCipher(key);
  }

  /** Encrypts, or decrypts: in counter mode that is the same. */
  byte[] apply(byte[] image, int number) throws IOException {
    try {
      Cipher cipher = Cipher.getInstance(TRANSFORMATION);
      byte[] counter = ByteBuffer.allocate(COUNTER_BYTES).putLong(number).array();
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter));
      return cipher.doFinal(image);
    } catch (GeneralSecurityException e) {
      throw new IOException("Java can't do " + TRANSFORMATION + ": " + e.getMessage(), e);
    }
  }
}
