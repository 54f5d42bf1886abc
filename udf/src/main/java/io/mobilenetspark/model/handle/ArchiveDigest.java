package io.mobilenetspark.model.handle;

import io.mobilenetspark.common.Sha256;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the archive of a cached module was, in a file {@code <entry>.sha256} beside the module,
 * where tensorflow_hub looks at nothing. The archive is gone, and somebody may have replaced the
 * module since (tensorflow_hub fills an entry that was deleted, and leaves this file): so it names
 * the unpacked files by a digest of their own, and holds for these alone.
 */
final class ArchiveDigest {

  private static final Pattern RECORD =
      Pattern.compile("archive: (?<archive>[0-9a-f]{64})\\nfiles: (?<files>[0-9a-f]{64})\\n");

  private final Path file;
  private final Path entry;

  ArchiveDigest(Path entry) {
    this.entry = entry;
    this.file = fileOf(entry);
  }

  static Path fileOf(Path entry) {
    return entry.resolveSibling(entry.getFileName() + ".sha256");
  }

  /**
   * Writes it down.
   *
   * @param archive SHA-256 in hex
   * @param files the unpacked module, wherever it is yet
   */
  void write(String archive, Path files) throws IOException {
    FileTrees.write(
        file, String.format(Locale.ROOT, "archive: %s\nfiles: %s\n", archive, digest(files)));
  }

  /**
   * Compares the archive that the module came from.
   *
   * @param expected SHA-256 in hex
   * @throws HandleException if it was another one, or that is not known
   */
  void require(String expected) throws IOException {
    Cure cure =
        Cure.of(
            "Delete %s and run again with the network: it is downloaded anew, and checked.", entry);
    String text;
    try {
      text = FileTrees.readSmall(file);
    } catch (NoSuchFileException e) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "it is in the cache (%s), but the SHA-256 of its archive was not recorded:"
                  + " Python's tensorflow_hub or an earlier version put it there, or somebody by hand",
              entry),
          cure);
    }
    Matcher record = RECORD.matcher(text);
    if (!record.matches()) {
      throw new HandleException(
          String.format(
              Locale.ROOT, "%s, which should have the SHA-256 of its archive, is damaged", file),
          cure);
    }
    requireEqual(record.group("archive"), expected);
    if (!record.group("files").equals(digest(entry))) {
      throw new HandleException(
          String.format(
              Locale.ROOT,
              "its files in the cache (%s) are not those that came out of the archive with the SHA-256"
                  + " %s",
              entry,
              record.group("archive")),
          cure);
    }
  }

  /** Compares an archive's digest. */
  static void requireEqual(String actual, String expected) throws HandleException {
    if (!expected.equalsIgnoreCase(actual)) {
      throw new HandleException(
          String.format(Locale.ROOT, "the archive has the SHA-256 %s, not %s", actual, expected),
          Cure.of(
              "The archive was altered, or %s is of another one. Don't use it unless you"
                  + " know why.",
              ModelSettings.MODEL_SHA256));
    }
  }

  /** SHA-256 of names, sizes and contents of all files below, in the order of their names. */
  private static String digest(Path directory) throws IOException {
    MessageDigest digest = Sha256.digest();
    List<Path> files = new ArrayList<>();
    for (Path file : FileTrees.below(directory)) {
      if (Files.isSymbolicLink(file)) {
        // No archive has one, and what it leads to may change at any time.
        digest.update("link\0".getBytes(StandardCharsets.UTF_8));
      } else if (!Files.isDirectory(file)) {
        files.add(file);
      }
    }
    files.sort(null);
    for (Path file : files) {
      String head =
          String.format(Locale.ROOT, "%s\0%d\0", directory.relativize(file), Files.size(file));
      digest.update(head.getBytes(StandardCharsets.UTF_8));
      update(digest, file);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static String of(Path file) throws IOException {
    MessageDigest digest = Sha256.digest();
    update(digest, file);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, Path file) throws IOException {
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        digest.update(buffer, 0, read);
      }
    }
  }
}
