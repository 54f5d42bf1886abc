package io.mobilenetspark.image;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.testing.SampleImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The program that {@link MemoryBudgetTest} runs in a JVM of its own: four tasks read the largest
 * images that the limits allow, of every format and by every resize method, all at once.
 *
 * <p>Arguments: megabytes beside the heap, images a task, the seed.
 */
final class GiantImages {

  private static final int TASKS = 4;
  private static final int SIDE = 9_459;

  private GiantImages() {}

  public static void main(String[] args) throws Exception {
    long megabytes = Long.parseLong(args[0]);
    int images = Integer.parseInt(args[1]);
    long seed = Long.parseLong(args[2]);
    if (megabytes > 0) {
      MemoryBudget.limitNativeBytes(megabytes << 20);
    }
    System.out.println("BUDGET_NATIVE_MB " + (MemoryBudget.ofThisJvm().nativeBytes() >> 20));
    System.out.println("BUDGET_HEAP_MB " + (MemoryBudget.ofThisJvm().heapBytes() >> 20));
    Map<String, ImageInput> giants = giants();
    Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    ExecutorService tasks = Executors.newFixedThreadPool(TASKS);
    try (TestReader reader = new TestReader()) {
      List<Future<?>> running = new ArrayList<>();
      for (int task = 0; task < TASKS; task++) {
        Random random = new Random(seed + task);
        running.add(tasks.submit(() -> read(reader, giants, images, random, outcomes)));
      }
      for (Future<?> task : running) {
        task.get();
      }
    } finally {
      tasks.shutdown();
    }
    new TreeMap<>(outcomes).forEach((name, n) -> System.out.println("OUTCOME " + name + " x " + n));
    System.out.println("ROWS " + outcomes.values().stream().mapToInt(n -> n).sum());
    System.out.println("PEAK_MB " + peakMegabytes());
  }

  private static void read(
      TestReader reader,
      Map<String, ImageInput> giants,
      int images,
      Random random,
      Map<String, Integer> outcomes) {
    List<ResizeMethod> methods = List.of(ResizeMethod.values());
    List<String> names = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      if (names.isEmpty()) {
        names.addAll(giants.keySet());
        Collections.shuffle(names, random);
      }
      String name = names.remove(names.size() - 1);
      ImageOptions options =
          new ImageOptions(
                  ImageSize.square(224),
                  methods.get(random.nextInt(methods.size())),
                  ImageLimits.DEFAULT)
              .with(ImageSettings.CROP_FRACTION, random.nextBoolean() ? 1 : 0.875);
      ImageInput image = giants.get(name);
      if (image == null) {
        throw new IllegalStateException(name);
      }
      String outcome = reader.rejection(image, options);
      outcomes.merge(name + ": " + outcome, 1, Integer::sum);
    }
  }

  private static Map<String, ImageInput> giants() {
    Map<String, ImageInput> giants = new TreeMap<>();
    byte[] plain =
        new JpegBombs(JpegBombs.BASELINE, SIDE, SIDE, 3, 1).sparseTables().scan(0, 63, 0).end();
    giants.put(
        "JPEG, turned", TestReader.encoded(SampleImages.withExif(plain, SampleImages.exif(6))));
    giants.put(
        "JPEG, progressive",
        TestReader.encoded(
            new JpegBombs(JpegBombs.PROGRESSIVE, SIDE, SIDE, 4, 1)
                .sparseTables()
                .scan(0, 0, 0)
                .end()));
    giants.put("PNG", TestReader.encoded(RasterBombs.png(SIDE, SIDE, 8, 2, 0, 0)));
    giants.put("GIF", TestReader.encoded(RasterBombs.gif(SIDE, SIDE, new byte[0])));
    giants.put(
        "BMP", TestReader.encoded(RasterBombs.bmp(9_440, 24, 0, new byte[3 * 9_440 * 9_440])));
    giants.put("WebP", TestReader.encoded(RasterBombs.webp(SIDE, SIDE, 30_000)));
    byte[] rows = RasterBombs.deflated(3L * 8_000 * 8_000);
    giants.put(
        "TIFF", TestReader.encoded(RasterBombs.sharedTiles(8_000, 8_000, 0, 8, 2, 3, 8, 1, rows)));
    giants.put("struct", new ImageInput.Pixels(SIDE, SIDE, 1, new byte[SIDE * SIDE]));
    return giants;
  }

  private static long peakMegabytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
        .findFirst()
        .orElseThrow();
  }
}
