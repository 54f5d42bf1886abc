package io.mobilenetspark.model.handle;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Unpacks a module's tar archive, plain or compressed with gzip, bzip2 or xz.
 *
 * <p>The whole archive is looked through before the first file is written. Only regular files and
 * directories below the target pass; nothing is written outside it, and no more than the limit.
 */
final class Archive {

  private static final int MAX_ENTRIES = 100_000;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int HEADER_BYTES = 512;

  /** The published modules' archives need less than 1 MiB; xz's highest level needs 65. */
  private static final int MAX_XZ_KIBIBYTES = 128 << 10;

  private final Path file;
  private final long maxBytes;

  /**
   * @param maxBytes of all entries' contents together
   */
  Archive(Path file, long maxBytes) {
    this.file = file;
    this.maxBytes = maxBytes;
  }

  /**
   * Unpacks into an existing directory.
   *
   * @throws IOException if it is no archive, is damaged, or has an entry that is refused; then
   *     nothing has been written, unless the disk failed
   */
  void unpackTo(Path target) throws IOException {
    check(target);
    try (Entries entries = open()) {
      for (TarArchiveEntry entry = entries.next(); entry != null; entry = entries.next()) {
        Path path = resolve(target, entry);
        if (entry.isDirectory()) {
          FileTrees.makeDirectories(path);
        } else {
          FileTrees.makeDirectories(requireNonNull(path.getParent(), "below the target"));
          try (OutputStream out = FileTrees.make(path)) {
            entries.content().transferTo(out);
          }
        }
      }
    }
  }

  private void check(Path target) throws IOException {
    Set<Path> files = new HashSet<>();
    Set<Path> directories = new HashSet<>();
    int count = 0;
    long bytes = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (Entries entries = open()) {
      for (TarArchiveEntry entry = entries.next(); entry != null; entry = entries.next()) {
        Path path = resolve(target, entry);
        if (++count > MAX_ENTRIES) {
          throw new IOException(
              String.format(Locale.ROOT, "it has more than %d entries", MAX_ENTRIES));
        }
        if (!entry.isDirectory() && !files.add(path)) {
          throw new IOException(
              String.format(Locale.ROOT, "it has two entries '%s'", entry.getName()));
        }
        Path above = entry.isDirectory() ? path : path.getParent();
        while (above != null && !above.equals(target) && directories.add(above)) {
          above = above.getParent();
        }
        InputStream content = entries.content();
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
          bytes += read;
          if (bytes > maxBytes) {
            throw new IOException(
                String.format(
                    Locale.ROOT, "it unpacks to more than %d bytes, the limit", maxBytes));
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("it is damaged: " + e.getMessage(), e);
    }
    directories.retainAll(files);
    if (!directories.isEmpty()) {
      throw new IOException(
          String.format(
              Locale.ROOT,
              "it has '%s' both as a file and as a directory",
              target.relativize(directories.iterator().next())));
    }
    if (files.isEmpty()) {
      throw new IOException("it has no files");
    }
  }

  private static Path resolve(Path target, TarArchiveEntry entry) throws IOException {
    String name = entry.getName();
    boolean isRegular = entry.isFile() && !entry.isLink() && !entry.isSymbolicLink();
    boolean isSpecial =
        entry.isBlockDevice()
            || entry.isCharacterDevice()
            || entry.isFIFO()
            || entry.isLink()
            || entry.isSymbolicLink();
    if (isSpecial || (!isRegular && !entry.isDirectory())) {
      throw new IOException(
          String.format(Locale.ROOT, "entry '%s' is neither a file nor a directory", name));
    }
    boolean isInside =
        !name.startsWith("/")
            && !name.contains("\\")
            && name.indexOf('\0') < 0
            && !List.of(name.split("/")).contains("..");
    Path path = isInside ? target.resolve(name).normalize() : target;
    if (!isInside || !path.startsWith(target)) {
      throw new IOException(
          String.format(Locale.ROOT, "entry '%s' would lie outside the module", name));
    }
    return path;
  }

  private Entries open() throws IOException {
    InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
    try {
      InputStream plain = new BufferedInputStream(uncompressed(in), BUFFER_BYTES);
      plain.mark(HEADER_BYTES);
      byte[] header = plain.readNBytes(HEADER_BYTES);
      plain.reset();
      if (!TarArchiveInputStream.matches(header, header.length)) {
        throw new IOException("it is not a tar archive");
      }
      return new Entries(plain);
    } catch (IOException | RuntimeException e) {
      in.close();
      throw e;
    }
  }

  private static InputStream uncompressed(InputStream in) throws IOException {
    in.mark(HEADER_BYTES);
    byte[] start = in.readNBytes(6);
    in.reset();
    if (startsWith(start, 0x1f, 0x8b)) {
      // Of the JDK: it keeps no name and no comment of the header, however long they are.
      return new GZIPInputStream(in, BUFFER_BYTES);
    } else if (startsWith(start, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(in, true);
    } else if (startsWith(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return XZCompressorInputStream.builder()
          .setInputStream(in)
          .setDecompressConcatenated(true)
          .setMemoryLimitKiB(MAX_XZ_KIBIBYTES)
          .get();
    }
    return in;
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    boolean matches = bytes.length >= magic.length;
    for (int i = 0; matches && i < magic.length; i++) {
      matches = (bytes[i] & 0xff) == magic[i];
    }
    return matches;
  }
}
