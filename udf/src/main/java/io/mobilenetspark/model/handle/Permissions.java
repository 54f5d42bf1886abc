package io.mobilenetspark.model.handle;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A file's owner and mode, as {@code stat} has them.
 *
 * @param uid of the owner
 * @param mode with the file's type
 */
record Permissions(int uid, int mode) {

  private static final int TYPE = 0170000;
  private static final int LINK = 0120000;
  private static final int STICKY = 01000;
  private static final int ROOT = 0;

  /**
   * Those of a file, or of a link itself; empty where there is no such thing as an owner's number.
   */
  static Optional<Permissions> of(Path file) throws IOException {
    try {
      Map<String, Object> attributes =
          Files.readAttributes(file, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
      return attributes.get("uid") instanceof Integer uid
              && attributes.get("mode") instanceof Integer mode
          ? Optional.of(new Permissions(uid, mode))
          : Optional.empty();
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  boolean isLink() {
    return (mode & TYPE) == LINK;
  }

  /** Whether this process's user, or root, who may do anything anyhow, owns it. */
  boolean isMineOrRoots() {
    return uid == ROOT || uid == new UnixSystem().getUid();
  }

  boolean othersMayRead() {
    return (mode & 0044) != 0;
  }

  /** Whether the group or anybody may write; of a link, nobody writes into it. */
  boolean othersMayWrite() {
    return !isLink() && (mode & 0022) != 0;
  }

  boolean anybodyMayWrite() {
    return !isLink() && (mode & 0002) != 0;
  }

  /** Of a directory: whether others get at what is in it. */
  boolean othersMayEnter() {
    return (mode & 0011) != 0;
  }

  /** Of a directory: whether others may rename or delete what is not theirs in it. */
  boolean othersMayReplace() {
    return othersMayWrite() && (mode & STICKY) == 0;
  }

  /** Of a directory: whether anybody may rename or delete what is not theirs in it. */
  boolean anybodyMayReplace() {
    return anybodyMayWrite() && (mode & STICKY) == 0;
  }

  /** As {@code ls} and {@code chmod} write it. */
  String octal() {
    return Integer.toOctalString(mode & 07777);
  }
}
