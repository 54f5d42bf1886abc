package io.mobilenetspark.model.handle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.mobilenetspark.testing.Archives;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** Archives that are made to fill the memory, the stack or the disk, or to write elsewhere. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HostileArchivesTest {

  private static final int BLOCK = 512;

  @TempDir private Path temporary;

  private interface Content {
    void to(OutputStream out) throws IOException;
  }

  private Path archive(Content content) throws IOException {
    Path file = temporary.resolve("archive.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      content.to(out);
      header(out, "saved_model.pb", '0', 0);
      out.write(new byte[2 * BLOCK]);
    }
    return file;
  }

  private static void header(OutputStream out, String name, char type, long size)
      throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
    put(header, 124, String.format(Locale.ROOT, "%011o\0%011o\0", size, 0));
    put(header, 148, "        ");
    header[156] = (byte) type;
    put(header, 257, "ustar\0" + "00");
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    out.write(header);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static void padded(OutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes);
    out.write(new byte[(BLOCK - bytes.length % BLOCK) % BLOCK]);
  }

  private void assertRefused(Path file, String message) throws IOException {
    Path target = Files.createDirectories(temporary.resolve("target"));
    assertThatThrownBy(() -> new Archive(file, 1L << 30).unpackTo(target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
    assertThat(Archives.names(target)).isEmpty();
    assertThat(Archives.names(temporary)).hasSize(1);
  }

  /** Long names and extended headers are kept in memory. */
  @ParameterizedTest
  @ValueSource(chars = {'L', 'K', 'x', 'g'})
  void headersThatFillTheMemory(char type) throws IOException {
    Path file =
        archive(
            out -> {
              long size = 600L << 20;
              header(out, "././@LongLink", type, size);
              String key = type == 'x' || type == 'g' ? size + " a=" : "";
              padded(out, key + "a".repeat((1 << 20) - key.length()));
              byte[] piece = "a".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
              for (int i = 1; i < 600; i++) {
                out.write(piece);
              }
            });
    assertThat(Files.size(file)).isLessThan(4 << 20);
    assertRefused(file, "headers have more than 1048576 bytes");
  }

  /** Each is read by a call within the call for the one before. */
  @ParameterizedTest
  @ValueSource(chars = {'L', 'x', 'g'})
  void headersThatFillTheStack(char type) throws IOException {
    Path file =
        archive(
            out -> {
              for (int i = 0; i < 100_000; i++) {
                header(out, "x", type, 11);
                padded(out, type == 'L' ? "long name\0\0" : "11 a=bcdef\n");
              }
            });
    assertRefused(file, "headers have more than 1048576 bytes");
  }

  /** A header's length says how much the decoder allocates before it reads a byte. */
  @Test
  void dictionariesThatFillTheMemory() throws IOException {
    Path file = temporary.resolve("archive.tar.xz");
    LZMA2Options options = new LZMA2Options(0);
    options.setDictSize(256 << 20);
    try (OutputStream out = new XZOutputStream(Files.newOutputStream(file), options)) {
      header(out, "saved_model.pb", '0', 0);
      out.write(new byte[2 * BLOCK]);
    }
    assertRefused(file, "memory");
  }

  /** The name of a gzip's file has no end. */
  @Test
  void namesInGzipHeadersAreNotKept() throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(plain)) {
      header(out, "saved_model.pb", '0', 0);
      out.write(new byte[2 * BLOCK]);
    }
    byte[] gzip = plain.toByteArray();
    gzip[3] |= 8; // FNAME
    Path file = temporary.resolve("archive.tar.gz");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(gzip, 0, 10);
      byte[] name = "a".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < 64; i++) {
        out.write(name);
      }
      out.write(0);
      out.write(gzip, 10, gzip.length - 10);
    }
    Path target = Files.createDirectories(temporary.resolve("target"));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    new Archive(file, 1 << 20).unpackTo(target);
    long after = threads.getCurrentThreadAllocatedBytes();
    assertThat(Archives.names(target)).containsExactly("saved_model.pb");
    assertThat(after - before).isLessThan(32L << 20);
  }

  /** As pigz and bgzip write them, and as Python reads them. */
  @ParameterizedTest
  @ValueSource(strings = {"gz", "bz2", "xz"})
  void severalMembersAreOneArchive(String compression) throws IOException {
    Path module = Files.createDirectories(temporary.resolve("made"));
    Files.writeString(module.resolve("saved_model.pb"), "graph");
    byte[] tar = Archives.ofDirectory(module, "tar");
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (int from = 0; from < tar.length; from += BLOCK) {
      whole.write(Archives.compress(Arrays.copyOfRange(tar, from, from + BLOCK), compression));
    }
    Path file = Files.write(temporary.resolve("archive"), whole.toByteArray());
    Path target = Files.createDirectories(temporary.resolve("target"));
    new Archive(file, 1 << 20).unpackTo(target);
    assertThat(target.resolve("saved_model.pb")).hasContent("graph");
  }

  /** 8 GiB are announced. */
  @Test
  void sizesThatLie() throws IOException {
    assertRefused(
        archive(
            out -> {
              header(out, "huge", '0', 077777777777L);
              out.write(new byte[BLOCK]);
            }),
        "Truncated");
  }

  /** An old GNU sparse file of 16 MiB that has not a byte. */
  @Test
  void holesCountAsBytes() throws IOException {
    Path file = temporary.resolve("archive.tar");
    try (OutputStream out = Files.newOutputStream(file)) {
      byte[] header = new byte[BLOCK];
      put(header, 0, "huge");
      put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
      put(header, 124, "00000000000\0" + "00000000000\0");
      header[156] = 'S';
      put(header, 257, "ustar  \0");
      put(header, 386, "00100000000\0" + "00000000000\0");
      put(header, 483, "00100000000\0");
      put(header, 148, "        ");
      int sum = 0;
      for (byte b : header) {
        sum += b & 0xff;
      }
      put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
      out.write(header);
      out.write(new byte[2 * BLOCK]);
    }
    Path target = Files.createDirectories(temporary.resolve("target"));
    assertThatThrownBy(() -> new Archive(file, 1 << 20).unpackTo(target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than 1048576 bytes");
    assertThat(Archives.names(target)).isEmpty();
  }

  @Test
  void whatIsAFileIsNoDirectory() throws IOException {
    for (String other : new String[] {"variables/index", "variables/"}) {
      Path file =
          archive(
              out -> {
                header(out, "variables", '0', 0);
                header(out, other, other.endsWith("/") ? '5' : '0', 0);
              });
      assertRefused(file, "it has 'variables' both as a file and as a directory");
    }
  }

  /** Whatever the archive and the umask say: no bits of setuid, none for others to write. */
  @Test
  void permissionsAreOurs() throws IOException {
    Path file = temporary.resolve("archive.tar");
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      int[] modes = {06777, 0, 0666};
      for (int mode : modes) {
        TarArchiveEntry entry = new TarArchiveEntry("d" + mode + "/file");
        entry.setMode(mode);
        out.putArchiveEntry(entry);
        out.closeArchiveEntry();
      }
    }
    Path target = Files.createDirectories(temporary.resolve("target"));
    new Archive(file, 1 << 20).unpackTo(target);
    assertThat(Archives.names(target)).hasSize(3);
    for (Path made : FileTrees.below(target)) {
      if (!made.equals(target)) {
        int mode = Permissions.of(made).orElseThrow().mode() & 07777;
        assertThat(mode & 07022).as(made.toString()).isZero();
        assertThat(mode & 0400).as(made.toString()).isNotZero();
      }
    }
  }
}
