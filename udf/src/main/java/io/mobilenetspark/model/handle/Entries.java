package io.mobilenetspark.model.handle;

import java.io.Closeable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a tar archive, one after the other. What the reader keeps in memory, long names
 * and extended headers, and reads by a recursion, chains of them, is bounded; contents are not. For
 * one thread.
 */
final class Entries implements Closeable {

  private static final int MAX_BYTES_OF_ONE = 1 << 20;
  private static final int MAX_BYTES_OF_ALL = 64 << 20;

  private final Meter meter;
  private final TarArchiveInputStream tar;

  /**
   * @param plain not compressed; closed with this
   */
  Entries(InputStream plain) {
    meter = new Meter(plain);
    tar = new TarArchiveInputStream(meter);
  }

  /**
   * The next entry, after the content of the one before was read to its end; null after the last.
   *
   * @throws IOException if it is damaged, or its headers are too large
   */
  @Nullable TarArchiveEntry next() throws IOException {
    meter.isOfHeaders = true;
    meter.ofOne = 0;
    try {
      return tar.getNextEntry();
    } finally {
      meter.isOfHeaders = false;
    }
  }

  /** The content of the entry; not to be closed. */
  InputStream content() {
    return tar;
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /** Counts the bytes that are read for headers. */
  private static final class Meter extends FilterInputStream {
    private boolean isOfHeaders;
    private long ofOne;
    private long ofAll;

    Meter(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count(Math.max(0, read));
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = super.skip(bytes);
      count(skipped);
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    private void count(long bytes) throws IOException {
      if (!isOfHeaders) {
        return;
      }
      ofOne += bytes;
      ofAll += bytes;
      if (ofOne > MAX_BYTES_OF_ONE || ofAll > MAX_BYTES_OF_ALL) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "its headers have more than %d bytes, the limit",
                ofOne > MAX_BYTES_OF_ONE ? MAX_BYTES_OF_ONE : MAX_BYTES_OF_ALL));
      }
    }
  }
}
