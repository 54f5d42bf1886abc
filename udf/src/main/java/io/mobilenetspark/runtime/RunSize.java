package io.mobilenetspark.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many images one run of a model takes.
 *
 * <p>More images than fit the second-level cache of a core slow each other down; fewer cost more
 * calls. Measured with MobileNet V1 0.75 at 224 pixels: 2 or 3 images are best with 512 KB, 4 with
 * 1 MB, and 8 with 2 MB ({@code ForwardBenchmark}).
 *
 * <p>With oneDNN's kernels for AVX-512, an image has the same bits in a run of any size. Its
 * kernels for AVX2 are chosen by the size of a run, and TensorFlow's own add up in another order,
 * so that there each run has the same number of images, if need be one of them twice.
 */
public enum RunSize {
  /** Any number. */
  ANY,
  /** Always two: few images are then computed in vain. */
  TWO;

  /** Images in a run on a GPU, which needs many to be busy. Not measured: there was none. */
  public static final int ON_GPU = 64;

  private static final int FIXED = 2;

  /** Where the system does not tell its caches. */
  private static final int ELSEWHERE = 4;

  private static final int LEAST = 2;
  private static final int MOST = 8;
  private static final int BYTES_OF_AN_IMAGE = 256 << 10;

  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KM])");
  private static final Pattern CPUS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private static final RunSize OF_THIS_PROCESS = on(InstructionSet.ofThisProcess());
  private static final int BEST_ON_THIS_CPU = OF_THIS_PROCESS == TWO ? FIXED : best(CACHES);

  /** On the CPU of this process. */
  static RunSize ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /** The number of images that is fastest on a core of this machine, from 2 to 8. */
  public static int bestOnThisCpu() {
    return BEST_ON_THIS_CPU;
  }

  /**
   * @param instructions by {@link InstructionSet}
   */
  static RunSize on(String instructions) {
    return instructions.startsWith("avx512") && !InstructionSet.isEigen(instructions) ? ANY : TWO;
  }

  /** The size of a run of so many images. */
  int of(int images) {
    return this == ANY ? images : FIXED;
  }

  /**
   * @param caches Linux's folder of the caches of a CPU, with a folder for each
   */
  static int best(Path caches) {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(caches, "index*")) {
      for (Path cache : folders) {
        if (text(cache, "level").equals("2")) {
          long share = bytes(text(cache, "size")) / cpus(text(cache, "shared_cpu_list"));
          return (int) Math.max(LEAST, Math.min(MOST, share / BYTES_OF_AN_IMAGE));
        }
      }
      return ELSEWHERE;
    } catch (IOException | IllegalArgumentException e) {
      return ELSEWHERE;
    }
  }

  private static long bytes(String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(size);
    }
    return Long.parseLong(matcher.group(1)) << (matcher.group(2).equals("M") ? 20 : 10);
  }

  /** Of a list such as {@code 0-1,8-9}: threads of one core share its cache. */
  private static int cpus(String list) {
    int count = 0;
    for (String range : list.split(",", -1)) {
      Matcher matcher = CPUS.matcher(range);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(list);
      }
      int first = Integer.parseInt(matcher.group(1));
      count += matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2)) - first + 1;
    }
    return Math.max(1, count);
  }

  private static String text(Path cache, String name) throws IOException {
    return Files.readString(cache.resolve(name), StandardCharsets.ISO_8859_1).strip();
  }
}
