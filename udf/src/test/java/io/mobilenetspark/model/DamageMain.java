package io.mobilenetspark.model;

import io.mobilenetspark.model.checkpoint.IndexDamage;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ExecutionPath;
import io.mobilenetspark.runtime.FeatureExtractor;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.testing.ProtoDamage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TFloat32;

/**
 * A process of its own that loads damaged copies of one module. Arguments: seed, count, a directory
 * to work in, the module, the side of its images. Prints {@code key value} lines.
 */
final class DamageMain {

  /** Ways to damage a module. */
  private enum Damage {
    BIT_FLIPS,
    TRUNCATION,
    RANDOM_BYTES,
    SWAPPED_TENSORS,
    ALTERED_INDEX,
    ALTERED_GRAPH,
    ALTERED_NODE,
    DELETED_FILE
  }

  private static final Damage[] CHOICE = {
    Damage.BIT_FLIPS,
    Damage.BIT_FLIPS,
    Damage.TRUNCATION,
    Damage.RANDOM_BYTES,
    Damage.SWAPPED_TENSORS,
    Damage.ALTERED_INDEX,
    Damage.ALTERED_INDEX,
    Damage.ALTERED_GRAPH,
    Damage.ALTERED_GRAPH,
    Damage.ALTERED_GRAPH,
    // What may well load, so that TensorFlow runs it: half of all.
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.ALTERED_NODE,
    Damage.DELETED_FILE
  };

  private static final String GRAPH = "saved_model.pb";

  private static final long MAX_IMAGE_VALUES = 3 * 512 * 512;

  private static final List<ExecutionPath> PATHS =
      List.of(ExecutionPath.AUTO, ExecutionPath.FAST, ExecutionPath.GENERAL);

  private final Random random;
  private final ModelLoader loader = new ModelLoader(new Configuration());
  private final Map<String, Integer> counts = new TreeMap<>();
  private long slowestMillis;

  private DamageMain(long seed) {
    this.random = new Random(seed);
  }

  public static void main(String[] arguments) throws IOException {
    NativeLibrary.load();
    DamageMain main = new DamageMain(Long.parseLong(arguments[0]));
    int count = Integer.parseInt(arguments[1]);
    Path work = Path.of(arguments[2]);
    Path module = Path.of(arguments[3]);
    int side = Integer.parseInt(arguments[4]);
    long filesBefore = 0;
    long memoryBefore = 0;
    for (int i = 0; i < count; i++) {
      if (i == count / 4) { // when everything is warm
        filesBefore = openFiles();
        memoryBefore = residentKilobytes();
      }
      main.once(i, work, module, side);
    }
    System.out.println("open-files-grown " + (openFiles() - filesBefore));
    System.out.println("resident-kilobytes-grown " + (residentKilobytes() - memoryBefore));
    System.out.println("slowest-millis " + main.slowestMillis);
    main.counts.forEach((key, value) -> System.out.println(key + " " + value));
  }

  private void once(int number, Path work, Path original, int side) throws IOException {
    Path copy = work.resolve("damaged");
    delete(copy);
    copy(original, copy);
    Damage damage = CHOICE[random.nextInt(CHOICE.length)];
    damage(copy, damage);
    ExecutionPath path =
        damage == Damage.ALTERED_NODE && Files.exists(copy.resolve(GRAPH))
            ? ExecutionPath.GENERAL
            : PATHS.get(random.nextInt(PATHS.size()));
    // Should the process die, the last line says on what.
    System.err.printf(Locale.ROOT, "%d %s %s %s%n", number, original.getFileName(), damage, path);
    System.err.flush();
    long start = System.nanoTime();
    String outcome =
        load(ModelRequest.of(copy.toString()).withPath(path).withImageSize(side, side), damage);
    slowestMillis = Math.max(slowestMillis, (System.nanoTime() - start) / 1_000_000);
    counts.merge(outcome, 1, Integer::sum);
    counts.merge(damage + "-" + outcome, 1, Integer::sum);
    delete(copy);
  }

  private String load(ModelRequest request, Damage damage) {
    try {
      switch (damage == Damage.ALTERED_NODE ? 2 : random.nextInt(5)) {
        case 0 -> loader.inspect(request);
        case 1 -> loader.trainable(request);
        default -> {
          return run(loader.load(request));
        }
      }
      return "loaded";
    } catch (ModelLoadException e) {
      boolean isComplete =
          e.getMessage() != null
              && !e.problem().isBlank()
              && !e.problem().contains("null")
              && !e.cure().isBlank();
      if (!isComplete) {
        System.out.println("BAD MESSAGE " + e.getMessage());
      }
      return isComplete ? "refused" : "refused-without-words";
    } catch (Throwable e) { // what must not be: the test prints it
      StringWriter trace = new StringWriter();
      e.printStackTrace(new PrintWriter(trace));
      System.out.println("UNEXPECTED " + trace);
      return "unexpected";
    }
  }

  /** What loads is run: damage that only a running graph shows must not take the process down. */
  private String run(FrozenModel model) {
    long values = 3L * model.imageHeight() * model.imageWidth();
    if (values > MAX_IMAGE_VALUES) {
      return "loaded"; // the size is damaged; no need to compute for minutes
    }
    try (FeatureExtractor extractor = FeatureExtractor.open(model, Precision.FLOAT32, 2);
        TFloat32 image =
            TFloat32.tensorOf(
                Shape.of(1, model.imageHeight(), model.imageWidth(), 3),
                data -> data.scalars().forEach(scalar -> scalar.setFloat(0.5f)))) {
      boolean fits = extractor.extract(image).length == model.dimension();
      counts.merge("run-" + model.path().optionName(), 1, Integer::sum);
      return fits ? "loaded" : "unexpected";
    } catch (TensorFlowException e) {
      return "loaded-but-fails";
    }
  }

  private void damage(Path module, Damage damage) throws IOException {
    switch (damage) {
      case BIT_FLIPS -> {
        Path file = anyFile(module);
        byte[] bytes = Files.readAllBytes(file);
        for (int flips = 1 + random.nextInt(16); flips > 0 && bytes.length > 0; flips--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
        Files.write(file, bytes);
      }
      case TRUNCATION -> {
        Path file = anyFile(module);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
      }
      case RANDOM_BYTES -> {
        byte[] bytes = new byte[random.nextInt(5000)];
        random.nextBytes(bytes);
        Files.write(anyFile(module), bytes);
      }
      case SWAPPED_TENSORS -> IndexDamage.swap(index(module), random);
      case ALTERED_INDEX -> IndexDamage.alter(index(module), random);
      case ALTERED_GRAPH -> alterGraph(module);
      case ALTERED_NODE -> alterNode(module);
      case DELETED_FILE -> Files.delete(anyFile(module));
    }
  }

  private void alterGraph(Path module) throws IOException {
    Path file = module.resolve(GRAPH);
    if (!Files.exists(file)) {
      IndexDamage.alter(index(module), random); // a checkpoint has no graph
      return;
    }
    SavedModel model = SavedModel.parseFrom(Files.readAllBytes(file));
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      model = (SavedModel) ProtoDamage.alter(model, random);
    }
    Files.write(file, model.toByteArray());
  }

  /** One node of the graph that gives the features, so that most of the module stays whole. */
  private void alterNode(Path module) throws IOException {
    Path file = module.resolve(GRAPH);
    if (!Files.exists(file)) {
      IndexDamage.swapAlike(index(module), random); // a checkpoint has no graph
      return;
    }
    SavedModel.Builder model = SavedModel.parseFrom(Files.readAllBytes(file)).toBuilder();
    GraphDef.Builder graph = model.getMetaGraphsBuilder(0).getGraphDefBuilder();
    List<FunctionDef.Builder> functions = graph.getLibraryBuilder().getFunctionBuilderList();
    if (functions.isEmpty()) {
      int node = random.nextInt(graph.getNodeCount());
      graph.setNode(node, (NodeDef) ProtoDamage.alter(graph.getNode(node), random));
    } else {
      // Of all nodes one, so that it is mostly one of the network's.
      int node =
          random.nextInt(functions.stream().mapToInt(FunctionDef.Builder::getNodeDefCount).sum());
      for (FunctionDef.Builder function : functions) {
        if (node >= 0 && node < function.getNodeDefCount()) {
          function.setNodeDef(node, (NodeDef) ProtoDamage.alter(function.getNodeDef(node), random));
        }
        node -= function.getNodeDefCount();
      }
    }
    Files.write(file, model.build().toByteArray());
  }

  private Path anyFile(Path module) throws IOException {
    List<Path> files = files(module);
    return files.get(random.nextInt(files.size()));
  }

  private static Path index(Path module) throws IOException {
    return files(module).stream()
        .filter(file -> file.toString().endsWith(".index"))
        .findFirst()
        .orElseThrow();
  }

  private static List<Path> files(Path module) throws IOException {
    try (Stream<Path> files = Files.walk(module)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
          if (!target.toFile().setWritable(true)) {
            throw new IOException("can't write " + target);
          }
        }
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> files = Files.walk(tree)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static long openFiles() throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(descriptors)) {
      return files.count();
    }
  }

  private static long residentKilobytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    System.gc();
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .map(line -> line.replaceAll("\\D", ""))
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(0);
  }
}
