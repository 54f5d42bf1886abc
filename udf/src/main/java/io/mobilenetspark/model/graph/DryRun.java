package io.mobilenetspark.model.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;

/**
 * Runs a graph without computing any pixel: shapes, and the small numbers that shapes and loops
 * hang on, are followed from op to op, in Java. So what the graph takes is known before TensorFlow
 * sees it, which itself computes constants and shapes when it imports a graph.
 *
 * <p>Refused is what can't be told: a size, a place or the end of a loop that depends on pixels or
 * on fractions, functions that call themselves, loops that go on for more than {@value #MAX_STEPS}
 * steps; and an op that no rule is known of. For one graph; safe for use by many threads.
 */
public final class DryRun {

  /** Nodes that run, those of functions each time that they are called, and their inputs. */
  static final int MAX_STEPS = 1_000_000;

  private static final int MAX_DEPTH = 32;

  private static final Map<String, Rule> RULES = rules();

  private static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");
  private static final Set<String> BRANCHES = Set.of("If", "StatelessIf");
  private static final Set<String> LOOPS = Set.of("While", "StatelessWhile");

  private static final Set<DataType> TYPES =
      Set.of(
          DataType.DT_FLOAT,
          DataType.DT_DOUBLE,
          DataType.DT_HALF,
          DataType.DT_BFLOAT16,
          DataType.DT_INT64,
          DataType.DT_INT32,
          DataType.DT_INT16,
          DataType.DT_INT8,
          DataType.DT_UINT16,
          DataType.DT_UINT8,
          DataType.DT_BOOL);

  private final Body graph;
  private final Map<String, Body> functions = new HashMap<>();
  private final String images;

  /**
   * @param graph what is to be run, all of it
   * @param images name of the only placeholder
   * @throws RefusedGraphException if nodes take what is not there, or run in a circle
   */
  public DryRun(GraphDef graph, String images) throws RefusedGraphException {
    this.graph = Body.of(graph.getNodeList());
    this.images = images;
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      functions.put(function.getSignature().getName(), Body.of(function));
    }
  }

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new HashMap<>();
    rules.putAll(ElementwiseRules.all());
    rules.putAll(LayerRules.all());
    rules.putAll(ShapeRules.all());
    rules.putAll(PartRules.all());
    rules.put("Switch", call -> List.of(call.input(0), call.input(0)));
    rules.put("Merge", DryRun::merge);
    return Map.copyOf(rules);
  }

  /** The ops that can be run. */
  static Set<String> ops() {
    Set<String> ops = new TreeSet<>(RULES.keySet());
    ops.addAll(CALLS);
    ops.addAll(BRANCHES);
    ops.addAll(LOOPS);
    ops.add("Placeholder");
    return ops;
  }

  /**
   * What the graph takes for a batch of images.
   *
   * @param shape of the images, [n, height, width, 3]
   * @throws RefusedGraphException if it takes more than {@link Cost#MAX_WORK} or {@link
   *     Cost#MAX_BYTES}, or that can't be told
   */
  public Cost check(long... shape) throws RefusedGraphException {
    Run run = new Run(shape);
    Cost cost = run.run(graph, List.of()).cost();
    cost.requireWithin(shape[0]);
    return cost;
  }

  /** What the outputs of the graph's nodes are, by the nodes' names; for tests. */
  Map<String, List<Value>> shapes(long... shape) throws RefusedGraphException {
    Run run = new Run(shape);
    Outcome outcome = run.run(graph, List.of());
    Map<String, List<Value>> shapes = new HashMap<>();
    for (int i = 0; i < graph.steps().size(); i++) {
      shapes.put(graph.steps().get(i).node().getName(), outcome.values().get(i));
    }
    return shapes;
  }

  /**
   * @param values all steps' outputs
   * @param results what a function gives
   */
  private record Outcome(List<List<Value>> values, List<Value> results, Cost cost) {}

  /** Outputs of one step and its cost. */
  private record Done(List<Value> outputs, Cost cost) {}

  private static List<Value> merge(Call call) throws RefusedGraphException {
    Optional<Value> joined = Optional.of(call.input(0));
    for (Value input : call.inputs()) {
      joined = joined.flatMap(input::join);
    }
    return List.of(
        joined.orElseThrow(() -> call.refused("has branches that give different shapes")),
        Value.of(DataType.DT_INT32));
  }

  private final class Run {
    private final long[] shape;
    private final Set<String> active = new HashSet<>();
    private long steps;

    Run(long[] shape) {
      this.shape = shape;
    }

    Outcome run(Body body, List<Value> arguments) throws RefusedGraphException {
      List<List<Value>> values = new ArrayList<>();
      Memory memory = new Memory();
      double work = 0;
      for (Body.Step step : body.steps()) {
        List<Value> inputs = new ArrayList<>();
        for (Body.Source source : step.sources()) {
          inputs.add(value(source, values, arguments));
        }
        steps += 1L + inputs.size();
        if (steps > MAX_STEPS) {
          throw new RefusedGraphException(
              String.format(
                  Locale.ROOT, "its loops and functions go on for more than %d steps", MAX_STEPS));
        }
        Call call = new Call(step.node(), step.definition(), inputs);
        Done done = apply(call);
        double bytes = 0;
        for (Value output : done.outputs()) {
          if (!TYPES.contains(output.type())) {
            throw call.refused("gives a tensor of the type " + output.type());
          }
          bytes += step.node().getOp().equals("Const") ? 0 : output.bytes();
        }
        work += done.cost().work();
        memory.add(step, bytes, done.cost().bytes());
        new Cost(work, bytes).requireWithin(shape[0]); // long before numbers lose their meaning
        values.add(done.outputs());
      }
      List<Value> results = new ArrayList<>();
      for (Body.Source result : body.results()) {
        results.add(value(result, values, arguments));
        if (result.step() != Body.ARGUMENT) {
          memory.keep(result.step());
        }
      }
      Cost cost = new Cost(work, memory.peak());
      cost.requireWithin(shape[0]);
      return new Outcome(values, results, cost);
    }

    private static Value value(Body.Source source, List<List<Value>> values, List<Value> arguments)
        throws RefusedGraphException {
      List<Value> of = source.step() == Body.ARGUMENT ? arguments : values.get(source.step());
      if (source.output() >= of.size()) {
        throw new RefusedGraphException("its graph takes an output that no node has");
      }
      return of.get(source.output());
    }

    private Done apply(Call call) throws RefusedGraphException {
      String op = call.node().getOp();
      if (CALLS.contains(op)) {
        return done(call(call, "f", call.inputs()));
      } else if (BRANCHES.contains(op)) {
        return branch(call);
      } else if (LOOPS.contains(op)) {
        return loop(call);
      } else if (op.equals("Placeholder")) {
        return images(call);
      }
      Rule rule = RULES.get(op);
      if (rule == null) {
        throw call.refused("is of an op that is not run");
      }
      List<Value> outputs = rule.apply(call);
      double elements = 0;
      for (Value value : call.inputs()) {
        elements += value.elements();
      }
      for (Value value : outputs) {
        elements += value.elements();
      }
      return new Done(
          outputs,
          new Cost(call.multiplications() + elements * Cost.OF_AN_ELEMENT, call.scratchBytes()));
    }

    private Done images(Call call) throws RefusedGraphException {
      if (!call.node().getName().equals(images)) {
        throw call.refused("needs a tensor that nothing supplies");
      }
      return new Done(List.of(call.output(DataType.DT_FLOAT, shape)), Cost.NONE);
    }

    private static Done done(Outcome outcome) {
      return new Done(outcome.results(), outcome.cost());
    }

    private Outcome call(Call call, String attribute, List<Value> arguments)
        throws RefusedGraphException {
      String name = call.attributeFunction(attribute);
      Body body = functions.get(name);
      if (body == null) {
        throw call.refused(String.format(Locale.ROOT, "calls '%s', which is not there", name));
      }
      if (body.arguments() != arguments.size()) {
        throw call.refused(
            String.format(Locale.ROOT, "calls '%s' with %d tensors", name, arguments.size()));
      }
      if (!active.add(name)) {
        throw call.refused(String.format(Locale.ROOT, "calls '%s', which calls itself", name));
      }
      if (active.size() > MAX_DEPTH) {
        throw call.refused(String.format(Locale.ROOT, "is more than %d calls deep", MAX_DEPTH));
      }
      Outcome outcome = run(body, arguments);
      active.remove(name);
      return outcome;
    }

    /** Both branches: TensorFlow computes constants of the one that isn't taken, too. */
    private Done branch(Call call) throws RefusedGraphException {
      List<Value> arguments = call.inputs().subList(1, call.inputs().size());
      Done yes = done(call(call, "then_branch", arguments));
      Done no = done(call(call, "else_branch", arguments));
      Cost cost = yes.cost().plus(no.cost());
      Optional<Long> condition = call.input(0).number();
      if (condition.isPresent()) {
        return new Done(condition.get() == 0 ? no.outputs() : yes.outputs(), cost);
      }
      List<Value> outputs = new ArrayList<>();
      for (int i = 0; i < yes.outputs().size(); i++) {
        Optional<Value> joined =
            i < no.outputs().size()
                ? yes.outputs().get(i).join(no.outputs().get(i))
                : Optional.empty();
        outputs.add(
            joined.orElseThrow(() -> call.refused("has branches that give different shapes")));
      }
      return new Done(outputs, cost);
    }

    /** As often as it will, and once if it won't: TensorFlow may compute its body's constants. */
    private Done loop(Call call) throws RefusedGraphException {
      List<Value> state = call.inputs();
      Cost cost = call(call, "body", state).cost();
      while (true) {
        Outcome condition = call(call, "cond", state);
        cost = cost.plus(condition.cost());
        Optional<Long> goesOn =
            condition.results().size() == 1
                ? condition.results().get(0).number()
                : Optional.empty();
        if (goesOn.isEmpty()) {
          throw call.refused("is a loop whose end depends on the images or on fractions");
        } else if (goesOn.get() == 0) {
          return new Done(state, cost);
        }
        Outcome body = call(call, "body", state);
        if (body.results().size() != state.size()) {
          throw call.refused(
              String.format(Locale.ROOT, "is a loop that gives %d tensors", body.results().size()));
        }
        state = body.results();
        cost = cost.plus(body.cost());
        cost.requireWithin(shape[0]);
      }
    }
  }
}
