package io.mobilenetspark.model.handle;

import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;

/**
 * Whether other users of the machine could have put a module into the cache, by the rules of ssh
 * for its files. A module is code: who writes it runs it.
 *
 * <ul>
 *   <li>The default cache, in a folder that everybody shares, must belong to this user or to root,
 *       and nobody else may write into it, nor into what is in it. It is made so.
 *   <li>A cache that the user names may belong to somebody else, and to a group that shares it. But
 *       not everybody may write there.
 * </ul>
 *
 * <p>Where files have no owners with numbers (Windows), nothing is checked.
 */
final class CacheGuard {

  private final Path directory;
  private final HubOptions.CacheChoice choice;

  CacheGuard(Path directory, HubOptions.CacheChoice choice) {
    this.directory = directory;
    this.choice = choice;
  }

  /** Makes the directory if there is none, and checks it. */
  void open() throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      make();
    }
    check();
  }

  private void make() throws IOException {
    try {
      Files.createDirectory(directory);
      if (choice == HubOptions.CacheChoice.DEFAULT && Permissions.of(directory).isPresent()) {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
      }
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory)) {
        throw e;
      }
    }
  }

  /**
   * Checks the directory.
   *
   * @throws HandleException if others could have written there
   */
  void check() throws IOException {
    Optional<Permissions> own = Permissions.of(directory);
    if (own.isEmpty()) {
      return;
    }
    if (choice == HubOptions.CacheChoice.DEFAULT) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null
          && Permissions.of(parent.toRealPath())
              .filter(Permissions::othersMayReplace)
              .isPresent()) {
        throw refused(parent, "others may rename what is in it", "chmod +t");
      }
      for (Path above = directory.toRealPath().getParent();
          above != null;
          above = above.getParent()) {
        if (Permissions.of(above).filter(Permissions::anybodyMayReplace).isPresent()) {
          throw refused(above, "others may rename what is in it", "chmod +t");
        }
      }
      requireOurs(directory, own.get());
    }
    Path real = directory.toRealPath();
    Optional<Permissions> permissions = Permissions.of(real);
    if (permissions.isPresent()) {
      require(real, permissions.get());
    }
  }

  /**
   * Checks a module, unless nobody else can get at it.
   *
   * @throws HandleException if others could have written it
   */
  void checkEntry(Path entry) throws IOException {
    Optional<Permissions> cache = Permissions.of(directory.toRealPath());
    if (cache.isEmpty()) {
      return;
    }
    boolean isPrivate = !cache.get().othersMayEnter();
    for (Path file : FileTrees.below(entry)) {
      Optional<Permissions> permissions = Permissions.of(file);
      if (permissions.isPresent() && choice == HubOptions.CacheChoice.DEFAULT) {
        requireOurs(file, permissions.get());
      }
      if (permissions.isPresent() && !isPrivate) {
        require(file, permissions.get());
      }
    }
    Path digest = ArchiveDigest.fileOf(entry);
    if (Files.exists(digest) && choice == HubOptions.CacheChoice.DEFAULT) {
      Optional<Permissions> permissions = Permissions.of(digest);
      if (permissions.isPresent()) {
        requireOurs(digest, permissions.get());
        if (!isPrivate) {
          require(digest, permissions.get());
        }
      }
    }
  }

  /** Takes the right to write from others, whatever the umask says, before a module is seen. */
  void close(Path module) throws IOException {
    if (choice == HubOptions.CacheChoice.DEFAULT && Permissions.of(module).isPresent()) {
      for (Path file : FileTrees.below(module)) {
        var permissions = Files.getPosixFilePermissions(file);
        permissions.removeAll(PosixFilePermissions.fromString("----w--w-"));
        Files.setPosixFilePermissions(file, permissions);
      }
    }
  }

  private void requireOurs(Path file, Permissions permissions) throws HandleException {
    if (!permissions.isMineOrRoots()) {
      throw refused(
          file,
          String.format(
              Locale.ROOT,
              "%s belongs to the user with the number %d",
              permissions.isLink() ? "this link" : "it",
              permissions.uid()),
          "");
    }
  }

  private void require(Path file, Permissions permissions) throws HandleException {
    boolean isOpen =
        choice == HubOptions.CacheChoice.DEFAULT
            ? permissions.othersMayWrite()
            : permissions.anybodyMayWrite();
    if (choice == HubOptions.CacheChoice.DEFAULT) {
      requireOurs(file, permissions);
    }
    if (isOpen) {
      throw refused(
          file,
          String.format(Locale.ROOT, "others may write there (mode %s)", permissions.octal()),
          "chmod -R go-w");
    }
  }

  private static HandleException refused(Path file, String why, String command) {
    String repair =
        command.isEmpty()
            ? ""
            : String.format(
                Locale.ROOT, " If you know that all in it is yours, run: %s %s", command, file);
    return new HandleException(
        String.format(
                Locale.ROOT,
                "the cache of modules can't be trusted: of %s, %s; another user of this machine may have put",
                file,
                why)
            + " a module there",
        Cure.of(
            "Use a folder of your own: set %s, or %s.%s",
            HubOptions.CACHE_VARIABLE, ModelSettings.MODEL_CACHE, repair));
  }
}
