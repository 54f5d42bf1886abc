package io.mobilenetspark.bench;

import io.mobilenetspark.model.FrozenModel;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.runtime.Precision;
import io.mobilenetspark.runtime.SessionFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;

/**
 * Where a forward pass spends its time, by TensorFlow's own step statistics: microseconds an image
 * of each op on one thread, and for convolutions the rate of their arithmetic. Medians over the
 * runs; tracing adds a microsecond or two to an op.
 *
 * <pre>bench/run OpBenchmark [MODEL [float32|bfloat16 [IMAGES_A_RUN [RUNS]]]]</pre>
 */
public final class OpBenchmark {

  private static final RunOptions TRACED =
      RunOptions.newBuilder()
          .setTraceLevel(RunOptions.TraceLevel.FULL_TRACE)
          .setInterOpThreadPool(-1)
          .build();

  /** An op of the graph that was run; {@code operations} is 0 for one that is no convolution. */
  private record Op(String type, String node, double micros, double operations) {

    private String line() {
      String rate =
          operations == 0
              ? ""
              : String.format(Locale.ROOT, "%.0f", operations / micros / 1000); // GFLOP/s
      return String.format(Locale.ROOT, "| %s | %s | %.0f | %s |", type, node, micros, rate);
    }
  }

  private final Map<String, NodeDef> nodes = new HashMap<>();

  private OpBenchmark(GraphDef graph) {
    graph.getNodeList().forEach(node -> nodes.put(node.getName(), node));
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws Exception {
    String handle = args.length > 0 ? args[0] : "builtin";
    Precision precision = args.length > 1 ? Precision.CHOICES.parse(args[1]) : Precision.FLOAT32;
    int images = args.length > 2 ? Integer.parseInt(args[2]) : 8;
    int runs = args.length > 3 ? Integer.parseInt(args[3]) : 60;
    NativeLibrary.load();
    FrozenModel model =
        new ModelLoader(new Configuration()).load(handle, ModelLoader.DEFAULT_IMAGE_SIDE);
    List<Op> ops = new OpBenchmark(model.parsedGraph()).measure(model, precision, images, runs);
    System.out.println("| op | node | µs an image | GFLOP/s |\n|---|---|---|---|");
    ops.forEach(op -> System.out.println(op.line()));
    System.out.println("\nBy the type of op:\n");
    System.out.println("| op | nodes | µs an image | GFLOP/s |\n|---|---|---|---|");
    byType(ops).forEach(op -> System.out.println(op.line()));
  }

  private List<Op> measure(FrozenModel model, Precision precision, int images, int runs) {
    Random random = new Random(1);
    Shape shape = Shape.of(images, model.imageHeight(), model.imageWidth(), 3);
    Map<String, List<NodeExecStats>> stats = new LinkedHashMap<>();
    try (Graph graph = new Graph();
        TFloat32 batch =
            TFloat32.tensorOf(
                shape,
                pixels -> pixels.scalars().forEach(pixel -> pixel.setFloat(random.nextFloat())))) {
      graph.importGraphDef(model.parsedGraph());
      try (Session session =
          SessionFactory.ofThisJvm().open(graph, config(precision), Optional.empty())) {
        for (int run = -10; run < runs; run++) { // the first ones warm up
          try (Result result =
              session
                  .runner()
                  .feed(FrozenModel.INPUT, batch)
                  .fetch(FrozenModel.OUTPUT)
                  .setOptions(TRACED)
                  .runAndFetchMetadata()) {
            if (run >= 0) {
              collect(result, stats);
            }
          }
        }
      }
    }
    return stats.values().stream()
        .map(ofNode -> op(ofNode, images))
        .sorted(Comparator.comparingDouble(Op::micros).reversed())
        .toList();
  }

  private static void collect(Result result, Map<String, List<NodeExecStats>> stats) {
    for (DeviceStepStats device :
        result.getMetadata().orElseThrow().getStepStats().getDevStatsList()) {
      for (NodeExecStats node : device.getNodeStatsList()) {
        stats.computeIfAbsent(node.getNodeName(), name -> new ArrayList<>()).add(node);
      }
    }
  }

  /** As {@code FeatureExtractor} configures its session. */
  private static ConfigProto config(Precision precision) {
    RewriterConfig.Builder rewriter = RewriterConfig.newBuilder();
    if (precision == Precision.BFLOAT16) {
      rewriter.setAutoMixedPrecisionOnednnBfloat16(RewriterConfig.Toggle.ON);
    }
    return ConfigProto.newBuilder()
        .setIntraOpParallelismThreads(1)
        .setInterOpParallelismThreads(1)
        .setGraphOptions(GraphOptions.newBuilder().setRewriteOptions(rewriter))
        .build();
  }

  private Op op(List<NodeExecStats> stats, int images) {
    NodeExecStats one = stats.get(0);
    double micros =
        Rounds.median(
            stats.stream()
                .mapToDouble(run -> (run.getOpEndRelNanos() - run.getOpStartRelNanos()) / 1e3)
                .toArray());
    String label = one.getTimelineLabel(); // NODE = TYPE(INPUTS)
    String type = label.replaceFirst(".* = ", "").replaceFirst("\\(.*", "");
    double elements = elements(one);
    double operations = type.contains("Conv") ? elements * operationsOfAnElement(one) : 0;
    return new Op(
        type,
        one.getNodeName().replaceFirst("^.*/([^/]+/[^/]+)$", "$1"),
        micros / images,
        operations / images);
  }

  private static double elements(NodeExecStats stats) {
    return stats.getOutputList().stream()
        .limit(1)
        .flatMap(output -> output.getTensorDescription().getShape().getDimList().stream())
        .mapToDouble(TensorShapeProto.Dim::getSize)
        .reduce(1, (one, other) -> one * other);
  }

  /** A multiplication and an addition for each weight; a fused node has the name of its last op. */
  private double operationsOfAnElement(NodeExecStats stats) {
    NodeDef node = nodes.get(stats.getNodeName());
    while (node != null && !node.getOp().contains("Conv2")) {
      node = node.getInputCount() == 0 ? null : nodes.get(node.getInput(0));
    }
    if (node == null) {
      return 0;
    }
    NodeDef kernel = nodes.get(node.getInput(1));
    while (kernel != null && !kernel.getOp().equals("Const")) {
      kernel = kernel.getInputCount() == 0 ? null : nodes.get(kernel.getInput(0));
    }
    if (kernel == null) {
      return 0;
    }
    TensorShapeProto shape = kernel.getAttrOrThrow("value").getTensor().getTensorShape();
    double weights = shape.getDim(0).getSize() * shape.getDim(1).getSize();
    return 2
        * (node.getOp().startsWith("Depthwise") ? weights : weights * shape.getDim(2).getSize());
  }

  private static List<Op> byType(List<Op> ops) {
    Map<String, List<Op>> types = new LinkedHashMap<>();
    ops.forEach(op -> types.computeIfAbsent(op.type, type -> new ArrayList<>()).add(op));
    Function<List<Op>, Double> micros = of -> of.stream().mapToDouble(Op::micros).sum();
    return types.values().stream()
        .map(
            of ->
                new Op(
                    of.get(0).type,
                    Integer.toString(of.size()),
                    micros.apply(of),
                    of.stream().mapToDouble(Op::operations).sum()))
        .sorted(Comparator.comparingDouble(Op::micros).reversed())
        .toList();
  }
}
