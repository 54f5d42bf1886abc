package io.mobilenetspark.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.model.FrozenModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TType;

/** Compares the shapes and numbers of a dry run with those that TensorFlow's run gives. */
public final class DryRunOracle {

  private DryRunOracle() {}

  /** The first output of every node. */
  public static void compare(String name, GraphDef graphDef, long batch, int side) {
    Map<String, List<Value>> told;
    try {
      told = new DryRun(graphDef, FrozenModel.INPUT).shapes(batch, side, side, 3);
    } catch (RefusedGraphException e) {
      throw new AssertionError(name, e);
    }
    // What hangs on a switch may not run at all.
    boolean hasBranches =
        graphDef.getNodeList().stream().anyMatch(node -> node.getOp().equals("Switch"));
    int compared = 0;
    try (Graph graph = new Graph()) {
      graph.importGraphDef(graphDef);
      try (Session session = new Session(graph);
          TFloat32 images = TFloat32.tensorOf(Shape.of(batch, side, side, 3))) {
        images.scalars().forEach(scalar -> scalar.setFloat(0.25f));
        Session.Runner runner = session.runner().feed(FrozenModel.INPUT, images);
        List<String> fetched = new ArrayList<>();
        List<Value> values = new ArrayList<>();
        for (NodeDef node : graphDef.getNodeList()) {
          List<Value> outputs = Objects.requireNonNull(told.get(node.getName()));
          boolean isFetched =
              hasBranches
                  ? node.getName().equals(FrozenModel.OUTPUT)
                  : !outputs.isEmpty() && !node.getOp().equals("Placeholder");
          if (isFetched) {
            runner.fetch(node.getName(), 0);
            fetched.add(node.getName());
            values.add(outputs.get(0));
          }
        }
        try (Result result = runner.run()) {
          for (int i = 0; i < fetched.size(); i++) {
            TType tensor = (TType) result.get(i);
            assertThat(values.get(i).shape())
                .as("%s: shape of %s for %d images", name, fetched.get(i), batch)
                .isEqualTo(tensor.shape().asArray());
            if (tensor instanceof TInt32 ints && values.get(i).numbers().isPresent()) {
              List<Long> numbers = new ArrayList<>();
              ints.scalars().forEach(scalar -> numbers.add((long) scalar.getInt()));
              assertThat(values.get(i).numbers().get())
                  .as("%s: numbers of %s", name, fetched.get(i))
                  .containsExactly(numbers.stream().mapToLong(Long::longValue).toArray());
            }
            compared++;
          }
        }
      }
    }
    assertThat(compared).isPositive();
  }
}
