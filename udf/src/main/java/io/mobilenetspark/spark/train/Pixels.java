package io.mobilenetspark.spark.train;

import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;
import scala.Option;

/**
 * Decoded images of one size, by their numbers, in a file in one of Spark's local directories,
 * which the operating system keeps in memory as far as there is some. The file goes when these are
 * closed, or nobody in the process that wrote it has them any more. A copy sent to another process
 * has the file if it is on the same machine, and not encrypted: {@code spark.io.encryption.enabled}
 * encrypts it, with a key that stays in the process.
 *
 * <p>Safe for use by many threads.
 */
final class Pixels implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1;

  private static final Cleaner CLEANER = Cleaner.create();

  private final String file; // Kryo loses half of a File
  private final int imageBytes;
  private final long fileBytes;
  private final boolean isEncrypted;
  private final transient @Nullable ImageCipher cipher;
  private final transient Cleaner.@Nullable Cleanable own; // in the process that wrote it

  private Pixels(File file, int imageBytes, long fileBytes, @Nullable ImageCipher cipher) {
    this.file = file.getPath();
    this.imageBytes = imageBytes;
    this.fileBytes = fileBytes;
    this.isEncrypted = cipher != null;
    this.cipher = cipher;
    this.own = CLEANER.register(this, () -> file.delete());
  }

  /** Whether this process can read them. */
  boolean areHere() {
    File there = new File(file);
    return there.length() == fileBytes
        && (fileBytes == 0 || there.canRead())
        && (cipher != null || !isEncrypted);
  }

  /**
   * Reads some.
   *
   * @throws IOException if the file is not what it was
   */
  List<byte[]> read(int[] numbers) throws IOException {
    List<byte[]> images = new ArrayList<>();
    if (numbers.length == 0) {
      return images;
    }
    try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
      for (int number : numbers) {
        byte[] image = read(channel, number);
        images.add(cipher == null ? image : cipher.apply(image, number));
      }
    } finally {
      Reference.reachabilityFence(this); // or the file may go before it is open
    }
    return images;
  }

  private byte[] read(FileChannel channel, int number) throws IOException {
    byte[] image = new byte[imageBytes];
    ByteBuffer buffer = ByteBuffer.wrap(image);
    for (long at = (long) number * imageBytes; buffer.hasRemaining(); ) {
      int count = channel.read(buffer, at);
      if (count < 0) {
        throw new EOFException(file + " has become shorter");
      }
      at += count;
    }
    return image;
  }

  /** Deletes the file, in the process that wrote it. */
  @Override
  public void close() {
    if (own != null) {
      own.clean();
    }
  }

  /** Takes images one after the other. Used by one thread. */
  static final class Writer implements AutoCloseable {
    private final File file;
    private final @Nullable ImageCipher cipher;
    private final OutputStream out;
    private int imageBytes;
    private int count;
    private boolean isWhole;

    /**
     * For where this process keeps pixels.
     *
     * @throws IOException if nothing can be written there
     */
    Writer() throws IOException {
      SparkEnv spark = SparkEnv.get();
      Option<byte[]> key = spark.securityManager().getIOEncryptionKey();
      this.cipher = key.isDefined() ? ImageCipher.ofKeyBytes(key.get().length) : null;
      this.file = spark.blockManager().diskBlockManager().createTempLocalBlock()._2();
      this.out = new BufferedOutputStream(new FileOutputStream(file));
    }

    /**
     * Adds one.
     *
     * @throws IOException if the disk is full, say
     */
    void add(byte[] image) throws IOException {
      if (count > 0 && image.length != imageBytes) {
        throw new IllegalArgumentException(
            "an image has " + image.length + " bytes, others " + imageBytes);
      }
      imageBytes = image.length;
      out.write(cipher == null ? image : cipher.apply(image, count));
      count++;
    }

    /** All of them; nothing is added afterwards. */
    Pixels written() throws IOException {
      out.close();
      isWhole = true;
      return new Pixels(file, imageBytes, (long) count * imageBytes, cipher);
    }

    @Override
    public void close() throws IOException {
      try {
        out.close();
      } finally {
        if (!isWhole) {
          file.delete();
        }
      }
    }
  }
}
