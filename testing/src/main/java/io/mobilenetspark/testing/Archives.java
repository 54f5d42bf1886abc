package io.mobilenetspark.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;

/** Makes tar archives, good and bad. */
public final class Archives {

  private Archives() {}

  /** A directory's files, with {@code ./} before the names as the published archives have. */
  public static byte[] ofDirectory(Path directory, String compression) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream compressed = compressed(bytes, compression);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(compressed);
        Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted().toList()) {
        String name = "./" + directory.relativize(file);
        TarArchiveEntry entry = new TarArchiveEntry(Files.isDirectory(file) ? name + "/" : name);
        if (Files.isRegularFile(file)) {
          entry.setSize(Files.size(file));
        }
        tar.putArchiveEntry(entry);
        if (Files.isRegularFile(file)) {
          Files.copy(file, tar);
        }
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** Bytes in a compressed file of their own. */
  public static byte[] compress(byte[] plain, String compression) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = compressed(bytes, compression)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private static OutputStream compressed(OutputStream out, String compression) throws IOException {
    return switch (compression) {
      case "gz" -> new GzipCompressorOutputStream(out);
      case "bz2" -> new BZip2CompressorOutputStream(out);
      case "xz" -> new XZCompressorOutputStream(out);
      default -> out;
    };
  }

  /** A good file, and after it one entry of a name and type; plain tar. */
  public static byte[] withEntry(String name, byte type, String linkName) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      byte[] content = "good".getBytes(StandardCharsets.UTF_8);
      TarArchiveEntry good = new TarArchiveEntry("saved_model.pb");
      good.setSize(content.length);
      tar.putArchiveEntry(good);
      tar.write(content);
      tar.closeArchiveEntry();
      // keeping a leading slash needs this constructor
      TarArchiveEntry bad = new TarArchiveEntry(name, type, /* preserveAbsolutePath= */ true);
      if (!linkName.isEmpty()) {
        bad.setLinkName(linkName);
      }
      tar.putArchiveEntry(bad);
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  /** Zeros that compress well. */
  public static byte[] bomb(long unpackedBytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes))) {
      TarArchiveEntry entry = new TarArchiveEntry("saved_model.pb");
      entry.setSize(unpackedBytes);
      tar.putArchiveEntry(entry);
      byte[] zeros = new byte[1 << 16];
      for (long left = unpackedBytes; left > 0; left -= zeros.length) {
        tar.write(zeros, 0, (int) Math.min(zeros.length, left));
      }
      tar.closeArchiveEntry();
    }
    return bytes.toByteArray();
  }

  /** Names of the files below a directory, hidden ones too. */
  public static List<String> names(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> directory.relativize(file).toString())
          .sorted()
          .toList();
    }
  }
}
