package io.mobilenetspark.model.handle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The two steps of the cache's protocol that not every file system can do. */
interface CacheFiles {

  /** The operating system's. */
  CacheFiles NATIVE =
      new CacheFiles() {
        @Override
        public void link(Path link, Path existing) throws IOException {
          Files.createLink(link, existing);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
      };

  /** Gives a file a second name, unless there is such a file. */
  void link(Path link, Path existing) throws IOException;

  /** Renames a directory in one step; an empty one of the new name is replaced. */
  void rename(Path from, Path to) throws IOException;
}
