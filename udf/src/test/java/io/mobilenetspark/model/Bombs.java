package io.mobilenetspark.model;

import static io.mobilenetspark.model.BombNodes.FLOAT;
import static io.mobilenetspark.model.BombNodes.INT;
import static io.mobilenetspark.model.BombNodes.call;
import static io.mobilenetspark.model.BombNodes.cast;
import static io.mobilenetspark.model.BombNodes.constant;
import static io.mobilenetspark.model.BombNodes.convolution;
import static io.mobilenetspark.model.BombNodes.fill;
import static io.mobilenetspark.model.BombNodes.function;
import static io.mobilenetspark.model.BombNodes.ints;
import static io.mobilenetspark.model.BombNodes.matrix;
import static io.mobilenetspark.model.BombNodes.node;
import static io.mobilenetspark.model.BombNodes.number;
import static io.mobilenetspark.model.BombNodes.range;
import static io.mobilenetspark.model.BombNodes.shape;
import static io.mobilenetspark.model.BombNodes.signature;
import static io.mobilenetspark.model.BombNodes.text;
import static io.mobilenetspark.model.BombNodes.type;
import static io.mobilenetspark.model.BombNodes.types;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Small graphs that take more memory or time than there is, each with what must be said of it. They
 * change {@link LinearModule}'s graph.
 */
final class Bombs {

  /**
   * @param change to the graph
   * @param problem a part of the message
   */
  record Bomb(Consumer<GraphDef.Builder> change, String problem) {}

  private static final long HUGE = 1 << 30;

  private Bombs() {}

  static Map<String, Bomb> all() {
    Map<String, Bomb> bombs = new LinkedHashMap<>();
    sizes(bombs);
    functions(bombs);
    layers(bombs);
    return bombs;
  }

  private static void sizes(Map<String, Bomb> bombs) {
    bombs.put("fill", scalar(graph -> fill(graph, "bomb", 1 << 18, 1 << 18), "MiB"));
    bombs.put("fill-beyond-numbers", scalar(graph -> fill(graph, "bomb", HUGE, HUGE), "bomb'"));
    bombs.put(
        "tile",
        scalar(
            graph -> {
              ints(graph, "multiples", 1, HUGE);
              graph.addNode(node("bomb", "Tile", "clean", "multiples").putAttr("T", FLOAT));
            },
            "bomb'"));
    bombs.put(
        "pad",
        scalar(
            graph -> {
              matrix(graph, "paddings", 2, 0, 0, HUGE, HUGE);
              graph.addNode(node("bomb", "Pad", "clean", "paddings").putAttr("T", FLOAT));
            },
            "bomb'"));
    bombs.put(
        "resize",
        scalar(
            graph -> {
              ints(graph, "size", 1 << 20, 1 << 20);
              graph.addNode(node("bomb", "ResizeBilinear", "images", "size").putAttr("T", FLOAT));
            },
            "bomb'"));
    bombs.put(
        "range",
        scalar(
            graph -> {
              range(graph, "range", Integer.MAX_VALUE);
              cast(graph, "bomb", "range", DataType.DT_INT32, DataType.DT_FLOAT);
            },
            "MiB"));
    bombs.put(
        "outer-product",
        scalar(
            graph -> {
              fill(graph, "column", 1 << 17, 1);
              fill(graph, "row", 1, 1 << 17);
              graph.addNode(node("bomb", "Mul", "column", "row").putAttr("T", FLOAT));
            },
            "MiB"));
    bombs.put(
        "broadcast-to",
        scalar(
            graph -> {
              ints(graph, "shape", HUGE, 5);
              graph.addNode(node("bomb", "BroadcastTo", "clean", "shape").putAttr("T", FLOAT));
            },
            "[BroadcastTo]"));
    bombs.put(
        "size-from-pixels",
        scalar(
            graph -> {
              graph.addNode(node("sum", "Sum", "clean", "all").putAttr("T", FLOAT));
              cast(graph, "count", "sum", DataType.DT_FLOAT, DataType.DT_INT32);
              ints(graph, "one", 1);
              graph.addNode(node("dims", "Reshape", "count", "one").putAttr("T", INT));
              number(graph, "value", 1);
              graph.addNode(node("bomb", "Fill", "dims", "value").putAttr("T", FLOAT));
            },
            "depends on the images"));
    bombs.put(
        "concat-of-concats",
        scalar(
            graph -> {
              String last = "clean";
              for (int i = 0; i < 12; i++) {
                NodeDef.Builder concat = node(i == 11 ? "bomb" : "concat" + i, "ConcatV2");
                for (int k = 0; k < 8; k++) {
                  concat.addInput(last);
                }
                graph.addNode(
                    concat
                        .addInput("zero")
                        .putAttr("T", FLOAT)
                        .putAttr("N", AttrValue.newBuilder().setI(8).build()));
                last = "concat" + i;
              }
            },
            "MiB"));
    bombs.put(
        "many-at-once",
        scalar(
            graph -> {
              NodeDef.Builder sum = node("bomb", "AddN").putAttr("T", FLOAT);
              for (int i = 0; i < 64; i++) {
                fill(graph, "part" + i, 1 << 13, 1 << 13);
                sum.addInput("part" + i);
              }
              graph.addNode(sum.putAttr("N", AttrValue.newBuilder().setI(64).build()));
            },
            "MiB"));
  }

  private static void functions(Map<String, Bomb> bombs) {
    bombs.put("endless-loop", scalar(graph -> loop(graph, true), "steps"));
    bombs.put("loop-over-pixels", scalar(graph -> loop(graph, false), "depends on the images"));
    bombs.put(
        "recursion",
        scalar(
            graph -> {
              function(graph, "again", call("inner", "again", "x"));
              graph.addNode(call("bomb", "again", "clean"));
            },
            "calls itself"));
    bombs.put(
        "nested-functions",
        scalar(
            graph -> {
              function(graph, "f0", node("inner", "Square", "x").putAttr("T", FLOAT));
              for (int i = 1; i < 30; i++) {
                function(
                    graph,
                    "f" + i,
                    call("half", "f" + (i - 1), "x"),
                    call("inner", "f" + (i - 1), "half:output:0"));
              }
              graph.addNode(call("bomb", "f29", "clean"));
            },
            "steps"));
    bombs.put(
        "deep-functions",
        scalar(
            graph -> {
              function(graph, "f0", node("inner", "Square", "x").putAttr("T", FLOAT));
              for (int i = 1; i < 1000; i++) {
                function(graph, "f" + i, call("inner", "f" + (i - 1), "x"));
              }
              graph.addNode(call("bomb", "f999", "clean"));
            },
            "deep"));
    bombs.put(
        "branch-not-taken",
        scalar(
            graph -> {
              function(
                  graph,
                  "large",
                  constant("dims", DataType.DT_INT32, new long[] {2}, 1 << 18, 1 << 18),
                  constant("value", DataType.DT_FLOAT, new long[0], 1),
                  node("inner", "Fill", "dims:output:0", "value:output:0").putAttr("T", FLOAT));
              function(graph, "small", node("inner", "Square", "x").putAttr("T", FLOAT));
              graph.addNode(constant("yes", DataType.DT_BOOL, new long[0], 1));
              graph.addNode(
                  node("bomb", "StatelessIf", "yes", "clean")
                      .putAttr("then_branch", function("small"))
                      .putAttr("else_branch", function("large"))
                      .putAttr("Tcond", type(DataType.DT_BOOL))
                      .putAttr("Tin", types(DataType.DT_FLOAT))
                      .putAttr("Tout", types(DataType.DT_FLOAT)));
            },
            "MiB"));
    bombs.put(
        "named-like-an-op",
        scalar(
            graph -> {
              function(
                  graph,
                  "Square",
                  constant("file", DataType.DT_STRING, new long[0]),
                  node("text", "ReadFile", "file:output:0"),
                  node("inner", "StringToNumber", "text:contents:0"));
              graph.addNode(node("bomb", "Square", "clean").putAttr("T", FLOAT));
            },
            "a function 'Square'"));
  }

  private static void layers(Map<String, Bomb> bombs) {
    bombs.put(
        "product-of-matrices",
        scalar(
            graph -> {
              fill(graph, "left", 1 << 14, 1 << 14);
              graph.addNode(node("bomb", "MatMul", "left", "left").putAttr("T", FLOAT));
            },
            "operations"));
    bombs.put(
        "empty-kernel",
        scalar(
            graph -> {
              fill(graph, "kernel0", 1, 1, 3, 0);
              graph.addNode(convolution("bomb", "kernel0", 1));
            },
            "bomb'"));
    bombs.put(
        "no-stride",
        scalar(
            graph -> {
              fill(graph, "kernel0", 1, 1, 3, 5);
              graph.addNode(convolution("bomb", "kernel0", 0));
            },
            "strides"));
    bombs.put(
        "file-as-constant",
        scalar(
            graph ->
                graph.addNode(
                    node("bomb", "ImmutableConst")
                        .putAttr("dtype", FLOAT)
                        .putAttr("shape", AttrValue.newBuilder().setShape(shape(1)).build())
                        .putAttr("memory_region_name", text("/etc/hostname"))),
            "[ImmutableConst]"));
  }

  /** For n images, every value with every other: the memory grows with n * n. */
  static Bomb outerProductOfImages() {
    return scalar(
        graph -> {
          matrix(graph, "column/shape", 1, -1, 1);
          matrix(graph, "row/shape", 1, 1, -1);
          ints(graph, "two", 2);
          for (String side : new String[] {"column", "row"}) {
            graph.addNode(
                node(side + "/dims", "Reshape", side + "/shape", "two").putAttr("T", INT));
            graph.addNode(node(side, "Reshape", "images", side + "/dims").putAttr("T", FLOAT));
          }
          graph.addNode(node("bomb", "Mul", "column", "row").putAttr("T", FLOAT));
        },
        "for 32 images");
  }

  /** The features, multiplied by the sum of what {@code bomb} gives. */
  private static Bomb scalar(Consumer<GraphDef.Builder> change, String problem) {
    return new Bomb(
        graph -> {
          LinearModule.rename(graph, "features", "clean");
          ints(graph, "all", 0, 1);
          graph.addNode(constant("zero", DataType.DT_INT32, new long[0], 0));
          graph.addNode(constant("flat", DataType.DT_INT32, new long[] {1}, -1));
          change.accept(graph);
          graph.addNode(node("vector", "Reshape", "bomb", "flat").putAttr("T", FLOAT));
          graph.addNode(node("total", "Sum", "vector", "zero").putAttr("T", FLOAT));
          graph.addNode(node("features", "Mul", "clean", "total").putAttr("T", FLOAT));
        },
        problem);
  }

  private static void loop(GraphDef.Builder graph, boolean isEndless) {
    OpDef.Builder signature = signature("goes-on", DataType.DT_BOOL);
    FunctionDef.Builder condition = FunctionDef.newBuilder().setSignature(signature);
    condition.addNodeDef(constant("yes", DataType.DT_BOOL, new long[0], 1));
    condition.addNodeDef(constant("axes", DataType.DT_INT32, new long[] {2}, 0, 1));
    condition.addNodeDef(node("sum", "Sum", "x", "axes:output:0").putAttr("T", FLOAT));
    condition.addNodeDef(constant("limit", DataType.DT_FLOAT, new long[0], 1));
    condition.addNodeDef(
        node("positive", "Less", "sum:output:0", "limit:output:0").putAttr("T", FLOAT));
    condition.putRet("y", isEndless ? "yes:output:0" : "positive:z:0");
    graph.getLibraryBuilder().addFunction(condition);
    function(graph, "step", node("inner", "Square", "x").putAttr("T", FLOAT));
    graph.addNode(
        node("bomb", "StatelessWhile", "clean")
            .putAttr("cond", function("goes-on"))
            .putAttr("body", function("step"))
            .putAttr("T", types(DataType.DT_FLOAT)));
  }
}
