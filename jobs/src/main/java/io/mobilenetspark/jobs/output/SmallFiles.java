package io.mobilenetspark.jobs.output;

import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * Files of a table that the next ones stand for, as they are small and many.
 *
 * @param paths where they are
 * @param rows how many they have
 * @param computedOn instruction sets
 */
public record SmallFiles(List<Path> paths, long rows, Set<String> computedOn) {

  /** A file of half the size that files are written in is good enough. */
  static final long BYTES = VectorParts.BYTES_PER_FILE / 2;

  /** Whether files written anew are less than half as many, or one. */
  static boolean areFewer(int files, long bytes, long bytesPerFile) {
    long full = bytes / bytesPerFile;
    return files > (full == 0 ? 1 : 2 * (1 + full));
  }
}
