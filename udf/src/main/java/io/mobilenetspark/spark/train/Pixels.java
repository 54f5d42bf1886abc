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

/**
 * Decoded images of one size, by their numbers. They are in a file in one of Spark's local
 * directories, which the operating system keeps in memory as far as there is some; on the heap
 * where Spark encrypts what it writes there ({@code spark.io.encryption.enabled}). A copy sent to
 * another process has the file if it is on the same machine.
 */
sealed interface Pixels extends Serializable {

  /** Whether this process can read them. */
  boolean areHere();

  /**
   * Reads some.
   *
   * @throws IOException if the file is not what it was
   */
  List<byte[]> read(int[] numbers) throws IOException;

  /** Takes images one after the other. */
  interface Writer extends AutoCloseable {
    void add(byte[] image) throws IOException;

    /** All of them; nothing is added afterwards. */
    Pixels written() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** For where this process keeps pixels. */
  static Writer writer() throws IOException {
    SparkEnv spark = SparkEnv.get();
    return spark.securityManager().getIOEncryptionKey().isDefined()
        ? new OnHeap.HeapWriter()
        : new InFile.FileWriter(
            spark.blockManager().diskBlockManager().createTempLocalBlock()._2());
  }

  /** In a file, which is deleted when nobody in the process that wrote it has them any more. */
  final class InFile implements Pixels {
    private static final long serialVersionUID = 1;

    private static final Cleaner CLEANER = Cleaner.create();

    private final String file; // Kryo loses half of a File
    private final int imageBytes;
    private final long fileBytes;

    private InFile(File file, int imageBytes, long fileBytes) {
      this.file = file.getPath();
      this.imageBytes = imageBytes;
      this.fileBytes = fileBytes;
    }

    @Override
    public boolean areHere() {
      File there = new File(file);
      return there.length() == fileBytes && (fileBytes == 0 || there.canRead());
    }

    @Override
    public List<byte[]> read(int[] numbers) throws IOException {
      List<byte[]> images = new ArrayList<>();
      if (numbers.length == 0) {
        return images;
      }
      try (FileChannel channel = FileChannel.open(Path.of(file), StandardOpenOption.READ)) {
        for (int number : numbers) {
          byte[] image = new byte[imageBytes];
          ByteBuffer buffer = ByteBuffer.wrap(image);
          for (long at = (long) number * imageBytes; buffer.hasRemaining(); ) {
            int count = channel.read(buffer, at);
            if (count < 0) {
              throw new EOFException(file + " has become shorter");
            }
            at += count;
          }
          images.add(image);
        }
      } finally {
        Reference.reachabilityFence(this); // or the file may go before it is open
      }
      return images;
    }

    private static final class FileWriter implements Writer {
      private final File file;
      private final OutputStream out;
      private int imageBytes;
      private long fileBytes;
      private boolean isWhole;

      FileWriter(File file) throws IOException {
        this.file = file;
        this.out = new BufferedOutputStream(new FileOutputStream(file));
      }

      @Override
      public void add(byte[] image) throws IOException {
        if (fileBytes > 0 && image.length != imageBytes) {
          throw new IllegalArgumentException(
              "an image has " + image.length + " bytes, others " + imageBytes);
        }
        imageBytes = image.length;
        fileBytes += imageBytes;
        out.write(image);
      }

      @Override
      public Pixels written() throws IOException {
        out.close();
        isWhole = true;
        InFile pixels = new InFile(file, imageBytes, fileBytes);
        File written = file;
        CLEANER.register(pixels, () -> written.delete());
        return pixels;
      }

      @Override
      public void close() throws IOException {
        out.close();
        if (!isWhole) {
          file.delete();
        }
      }
    }
  }

  /** In the process that made them. */
  final class OnHeap implements Pixels {
    private static final long serialVersionUID = 1;

    private final transient byte @Nullable [][] images;

    private OnHeap(byte[][] images) {
      this.images = images;
    }

    @Override
    public boolean areHere() {
      return images != null;
    }

    @Override
    public List<byte[]> read(int[] numbers) {
      byte[][] here = images;
      if (here == null) {
        throw new IllegalStateException("they are in another process");
      }
      List<byte[]> read = new ArrayList<>();
      for (int number : numbers) {
        read.add(here[number]);
      }
      return read;
    }

    private static final class HeapWriter implements Writer {
      private final List<byte[]> images = new ArrayList<>();

      @Override
      public void add(byte[] image) {
        images.add(image);
      }

      @Override
      public Pixels written() {
        return new OnHeap(images.toArray(new byte[0][]));
      }

      @Override
      public void close() {}
    }
  }
}
