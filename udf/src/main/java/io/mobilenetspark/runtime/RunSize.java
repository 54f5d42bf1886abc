package io.mobilenetspark.runtime;

import io.mobilenetspark.common.ImageSize;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many images a batch has where nobody has said it, and how many of them each run of the model.
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
  /** As many as the batch. */
  ANY(0),
  /** One: without oneDNN, and for models that take no more. */
  ONE(1),
  /** Two, of which one is computed in vain at the end of some batches. */
  TWO(2);

  /** Of a batch, where the bytes of the images allow it. */
  public static final int MOST = 8;

  /** Where the system does not tell its caches. */
  private static final int ELSEWHERE = 4;

  private static final int LEAST = 2;
  private static final int BYTES_OF_AN_IMAGE = 256 << 10;

  /** A GPU needs many images to be busy. Not measured: there was none. */
  private static final int MOST_ON_GPU = 64;

  /** Of what a task may hold, see "Memory" in docs/cluster.md. */
  private static final long BYTES_ON_GPU = 32L << 20;

  private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([KM])");
  private static final Pattern CPUS = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private static final RunSize OF_THIS_PROCESS = on(InstructionSet.ofThisProcess());
  private static final int BATCH_ON_THIS_CPU = OF_THIS_PROCESS == ANY ? best(CACHES) : MOST;

  private final int fixed;

  RunSize(int fixed) {
    this.fixed = fixed;
  }

  /** On the CPU of this process. */
  static RunSize ofThisProcess() {
    return OF_THIS_PROCESS;
  }

  /**
   * Images in a batch on a core of this machine, from 2 to 8: where each run is one, those that are
   * fastest, and elsewhere as many as there may be that are alike.
   */
  public static int batchOnThisCpu() {
    return BATCH_ON_THIS_CPU;
  }

  /** Images in a batch on a GPU, at least 1. */
  public static int onGpu(ImageSize size) {
    long bytes = (long) size.rgbValues() * Float.BYTES;
    return (int) Math.max(1, Math.min(MOST_ON_GPU, BYTES_ON_GPU / bytes));
  }

  /**
   * @param instructions by {@link InstructionSet}
   */
  static RunSize on(String instructions) {
    if (InstructionSet.isEigen(instructions) || !instructions.startsWith("avx")) {
      return ONE;
    }
    return instructions.startsWith("avx512") ? ANY : TWO;
  }

  /** The size of a run of so many images. */
  int of(int images) {
    return fixed == 0 ? images : fixed;
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
    } catch (IOException | DirectoryIteratorException | IllegalArgumentException e) {
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
