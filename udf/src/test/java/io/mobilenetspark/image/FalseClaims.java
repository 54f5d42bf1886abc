package io.mobilenetspark.image;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.SampleImages;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The program that {@link FalseClaimsTest} runs in a JVM of its own: small files of every format in
 * which one number, wherever one may be, claims something else. Reports every file that took more
 * time than any may, or more memory than the budget had reserved for it.
 *
 * <p>Arguments: how many files (0 for all), the seed, and a part of the names of the files that are
 * tried.
 */
final class FalseClaims {

  private static final long[] NUMBERS = {
    0, 1, 0x7fff, 0xffff, 0x7fffffffL, 0xfffffff0L, 0xffffffffL
  };

  private static final String[] DECIMALS = {
    "0", "1", "32767", "65535", "2147483647", "4294967280", "4294967295", "99999999999999999999"
  };

  private static final Pattern DIGITS = Pattern.compile("[0-9]+");

  /** Where numbers are set: from the start, from a TIFF's directory on, and at the end. */
  private static final int FROM_START = 512;

  private static final int AT_END = 64;

  /** More of one kind are counted only. */
  private static final int MOST_REPORTS = 60;

  private static final long MEBIBYTE = 1 << 20;
  private static final long MOST_CPU_NANOS = 2_000_000_000L;

  /** Half of what TensorFlow's and the collector's threads take by themselves is noise. */
  private static final long NATIVE_SLACK = 12 * MEBIBYTE;

  /** What decoders allocate in turn counts as if they held it at once. */
  private static final long HEAP_SLACK = 12 * MEBIBYTE;

  private static final ImageOptions OPTIONS =
      new ImageOptions(ImageSize.square(16), ResizeMethod.BILINEAR, ImageLimits.DEFAULT);

  private final TestReader reader;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final Map<ImageStatus, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> reports = new TreeMap<>();
  private long slowest;
  private String slowestName = "";

  private FalseClaims(TestReader reader) {
    this.reader = reader;
  }

  /** One number of a file, set to another. */
  private record Claim(String file, int at, int width, boolean isLittle, long number, int digits) {

    byte[] in(byte[] whole) {
      if (width == 0) {
        byte[] decimal = DECIMALS[(int) number].getBytes(StandardCharsets.US_ASCII);
        return SampleImages.concat(
            Arrays.copyOf(whole, at),
            decimal,
            Arrays.copyOfRange(whole, at + digits, whole.length));
      }
      byte[] bytes = whole.clone();
      for (int i = 0; i < width; i++) {
        bytes[at + i] = (byte) (number >> (8 * (isLittle ? i : width - 1 - i)));
      }
      return bytes;
    }
  }

  public static void main(String[] args) throws IOException {
    int count = Integer.parseInt(args[0]);
    Map<String, byte[]> files = files(args.length > 2 ? args[2] : "");
    List<Claim> all = new ArrayList<>();
    files.forEach((name, bytes) -> addClaims(name, bytes, all));
    Random random = new Random(Long.parseLong(args[1]));
    List<Claim> claims =
        count == 0 ? all : random.ints(count, 0, all.size()).mapToObj(all::get).toList();
    try (TestReader reader = new TestReader()) {
      FalseClaims run = new FalseClaims(reader);
      for (byte[] bytes : files.values()) { // loads libraries and classes
        reader.outcome(TestReader.encoded(bytes), OPTIONS);
      }
      for (Map.Entry<String, byte[]> file : files.entrySet()) { // as they are
        run.read(file.getKey(), file.getValue());
      }
      for (Claim claim : claims) {
        byte[] whole = files.get(claim.file());
        if (whole == null) {
          throw new IllegalStateException(claim.file());
        }
        run.read(claim.toString(), claim.in(whole));
      }
      run.print(claims.size(), all.size(), files.size());
    }
  }

  private static Map<String, byte[]> files(String part) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    DamagedImages.SEEDS.forEach(name -> files.put(name, Corpus.file(name)));
    files.putAll(ClaimedFiles.all());
    files.keySet().removeIf(name -> !name.contains(part));
    return files;
  }

  private static void addClaims(String name, byte[] bytes, List<Claim> claims) {
    int directory = 0;
    if (ImageFormat.sniff(bytes) == ImageFormat.TIFF) {
      long at = bytes[0] == 'I' ? Bytes.u32le(bytes, 4) : Bytes.u32be(bytes, 4);
      directory = (int) Math.min(at, bytes.length);
    }
    for (int at = 0; at < bytes.length; at++) {
      boolean isTried =
          at < FROM_START
              || (directory > 0 && at >= directory && at < directory + FROM_START)
              || at >= bytes.length - AT_END;
      for (int width = 2; isTried && width <= 4 && at + width <= bytes.length; width += 2) {
        for (long number : NUMBERS) {
          boolean isSymmetric = number == 0 || number == (1L << (8 * width)) - 1;
          if ((number >>> (8 * width)) == 0) {
            claims.add(new Claim(name, at, width, true, number, 0));
            if (!isSymmetric) {
              claims.add(new Claim(name, at, width, false, number, 0));
            }
          }
        }
      }
    }
    if (ImageFormat.sniff(bytes) == ImageFormat.PNM) {
      int length = Math.min(FROM_START, bytes.length);
      Matcher digits = DIGITS.matcher(new String(bytes, 0, length, StandardCharsets.ISO_8859_1));
      while (digits.find()) {
        for (int i = 0; i < DECIMALS.length; i++) {
          int width = digits.end() - digits.start();
          claims.add(new Claim(name, digits.start(), 0, true, i, width));
        }
      }
    }
  }

  private void read(String name, byte[] bytes) throws IOException {
    long[] took = once(bytes);
    DecodeMemory reserved = reserved(bytes);
    if (took[0] > MOST_CPU_NANOS / 2 || took[1] > reserved.nativeBytes() + NATIVE_SLACK) {
      took = once(bytes); // compilers and collectors were at work, perhaps
    }
    if (took[0] > slowest) {
      slowest = took[0];
      slowestName = name;
    }
    String what =
        String.format(
            Locale.ROOT,
            "%d ms (guess %d), native %d of %d KB, heap %d of %d KB, %d bytes, %s",
            took[0] / 1_000_000,
            guess(bytes) / 1_000_000,
            took[1] >> 10,
            reserved.nativeBytes() >> 10,
            took[2] >> 10,
            reserved.heapBytes() >> 10,
            bytes.length,
            name);
    if (took[0] > MOST_CPU_NANOS) {
      report("SLOW", what);
    } else if (took[0] > guess(bytes) * 1.2 + 60_000_000) {
      report("DEARER", what);
    }
    if (took[1] > reserved.nativeBytes() + NATIVE_SLACK) {
      report("NATIVE", what);
    }
    if (took[2] > 2 * reserved.heapBytes() + HEAP_SLACK) {
      report("HEAP", what);
    }
  }

  private void report(String kind, String what) {
    if (reports.merge(kind, 1, Integer::sum) <= MOST_REPORTS) {
      System.out.println(kind + " " + what);
    }
  }

  /** CPU time of the process, growth of its resident memory, and heap that was allocated. */
  private long[] once(byte[] bytes) throws IOException {
    long thread = Thread.currentThread().getId();
    long residentBefore = resident("VmRSS:", true);
    long allocatedBefore = threads.getThreadAllocatedBytes(thread);
    long cpuBefore = system.getProcessCpuTime();
    ImageOutcome outcome = reader.outcome(TestReader.encoded(bytes), OPTIONS);
    long cpu = system.getProcessCpuTime() - cpuBefore;
    long allocated = threads.getThreadAllocatedBytes(thread) - allocatedBefore;
    long grown = resident("VmHWM:", false) - residentBefore;
    counts.merge(outcome.status(), 1, Integer::sum);
    return new long[] {cpu, grown, allocated};
  }

  private static DecodeMemory reserved(byte[] bytes) {
    try {
      ImageHeader header = ImageReader.header(bytes, OPTIONS.limits());
      Orientation orientation = Orientation.of(header.format(), bytes);
      DecodeWork.check(header, bytes, orientation, OPTIONS);
      return DecodeMemory.of(
          header, bytes, orientation, OPTIONS, 1, MemoryBudget.ofThisJvm().nativeBytes());
    } catch (RejectedImageException e) {
      return new DecodeMemory(0, 0);
    }
  }

  private static long guess(byte[] bytes) {
    try {
      ImageHeader header = ImageReader.header(bytes, OPTIONS.limits());
      Orientation orientation = Orientation.of(header.format(), bytes);
      return (long) DecodeWork.nanoseconds(header, bytes, orientation, OPTIONS);
    } catch (RejectedImageException e) {
      return 0;
    }
  }

  /** A figure of this process; {@code isReset} forgets its highest resident memory. */
  private static long resident(String key, boolean isReset) throws IOException {
    if (isReset) {
      Files.write(Path.of("/proc/self/clear_refs"), new byte[] {'5'});
    }
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith(key)) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IllegalStateException(key);
  }

  private void print(int tried, int all, int files) {
    System.out.println("TRIED " + tried);
    System.out.println("ALL " + all);
    System.out.println("FILES " + files);
    counts.forEach((status, n) -> System.out.println("COUNT " + status + " " + n));
    reports.forEach((kind, n) -> System.out.println("REPORTED " + kind + " " + n));
    System.out.println("SLOWEST " + slowest / 1_000_000 + " ms, " + slowestName);
  }
}
