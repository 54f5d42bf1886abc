package io.mobilenetspark.model.hub;

import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;

/**
 * The graph of a training step's forward pass: variables are variables, BatchNorm uses the batch's
 * statistics. What it takes to train: assign the variables, add the regularization losses to the
 * loss, run the update ops with each step.
 *
 * <p>{@code FusedBatchNorm} of old modules has become {@code FusedBatchNormV3}, which gives the
 * same and has a gradient.
 *
 * @param graph every node that is needed, no more
 * @param images name of the op that takes the images, float32 [n, height, width, 3] in [0, 1]
 * @param features tensor ({@code op:index}) of the feature vectors
 * @param momentum name of the scalar op that sets the BatchNorm momentum; its default applies if it
 *     is not fed. Empty if the momentum is built in.
 * @param handles names of the {@code VarHandleOp}s by their variables' names
 * @param trainable names of the variables that gradients change
 * @param updateOps names of the ops that update the moving statistics
 * @param regularizationLosses scalar tensors ({@code op:index})
 */
public record TrainingGraph(
    GraphDef graph,
    String images,
    String features,
    Optional<String> momentum,
    Map<String, String> handles,
    List<String> trainable,
    List<String> updateOps,
    List<String> regularizationLosses) {

  private static final String SQUEEZE = "training/feature_vector/Squeeze";
  private static final Set<String> OLD_BATCH_NORMS = Set.of("FusedBatchNorm", "FusedBatchNormV2");

  /**
   * The training graph of a module's feature vector; a classifier is left out.
   *
   * @param name of the module, for messages
   * @param trust whether the module's author is trusted
   * @throws IOException if the graph is damaged
   * @throws ModelLoadException if it can't be trained, or may not be run
   */
  public static TrainingGraph of(String name, HubModule hub, Trust trust) throws IOException {
    GraphRequest request = GraphRequest.of(GraphRequest.Mode.TRAINING);
    ModuleGraph module = hub.graph(hub.givesLogits() ? request.withEndpoints() : request);
    String key = featureKey(name, hub, module);
    String output = module.outputs().getOrDefault(key, key);
    List<String> targets = new ArrayList<>(module.updateOps());
    targets.add(TensorRef.parse(output).node());
    List<String> losses = losses(module, part(module, targets));
    losses.forEach(loss -> targets.add(TensorRef.parse(loss).node()));
    GraphDef pruned = part(module, targets);
    GraphLimits.check(pruned);
    trust.check(name, pruned);
    GraphDef.Builder rewritten =
        GraphDef.newBuilder()
            .setVersions(pruned.getVersions())
            .setLibrary(GraphFreezer.clean(pruned.getLibrary()));
    for (NodeDef node : pruned.getNodeList()) {
      rewritten.addNode(withGradient(GraphFreezer.clean(node)));
    }
    if (hub.givesLogits()) {
      rewritten.addNode(squeeze(output));
    }
    Set<String> present = names(pruned);
    Map<String, String> handles =
        module.variables().entrySet().stream()
            .filter(entry -> present.contains(entry.getKey()))
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));
    return new TrainingGraph(
        rewritten.build(),
        module.images(),
        hub.givesLogits() ? SQUEEZE : output,
        module.momentum().filter(present::contains),
        handles,
        module.trainable().stream().filter(handles::containsKey).toList(),
        module.updateOps(),
        losses);
  }

  private static String featureKey(String name, HubModule hub, ModuleGraph module) {
    Optional<String> key =
        hub.givesLogits()
            ? Optional.of(MobileNetV1.GLOBAL_POOL)
                .filter(pool -> module.outputs().containsKey(pool))
            : module.featureKey();
    return key.orElseThrow(
        () ->
            new ModelLoadException(
                name,
                String.format(
                    Locale.ROOT,
                    "none of its outputs %s is the feature vector",
                    module.outputs().keySet()),
                Cure.of("Choose another module.")));
  }

  private static GraphDef part(ModuleGraph module, List<String> targets)
      throws DamagedGraphException {
    return GraphPruner.prune(
        module.graph(), targets, Set.of(module.images()), GraphPruner.Follow.DATA_AND_CONTROL);
  }

  /** Those on variables of the forward pass: a classifier's kernel has one too, but no use here. */
  private static List<String> losses(ModuleGraph module, GraphDef forward) {
    Map<String, List<String>> consumers = new HashMap<>();
    for (NodeDef node : module.graph().getNodeList()) {
      for (String input : node.getInputList()) {
        consumers
            .computeIfAbsent(TensorRef.parse(input).node(), name -> new ArrayList<>())
            .add(node.getName());
      }
    }
    Deque<String> toVisit = new ArrayDeque<>(module.variables().keySet());
    toVisit.removeAll(names(forward));
    Set<String> foreign = new HashSet<>();
    while (!toVisit.isEmpty()) {
      String name = toVisit.pop();
      if (foreign.add(name)) {
        toVisit.addAll(consumers.getOrDefault(name, List.of()));
      }
    }
    return module.regularizationLosses().stream()
        .filter(loss -> !foreign.contains(TensorRef.parse(loss).node()))
        .toList();
  }

  private static Set<String> names(GraphDef graph) {
    return graph.getNodeList().stream().map(NodeDef::getName).collect(Collectors.toSet());
  }

  /** Makes a feature vector of the pooled activations, whose height and width are 1. */
  private static NodeDef squeeze(String pooled) {
    return NodeDef.newBuilder()
        .setName(SQUEEZE)
        .setOp("Squeeze")
        .addInput(pooled)
        .putAttr("T", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
        .putAttr(
            "squeeze_dims",
            AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addI(1).addI(2))
                .build())
        .build();
  }

  private static NodeDef withGradient(NodeDef.Builder node) {
    return OLD_BATCH_NORMS.contains(node.getOp())
        ? node.setOp("FusedBatchNormV3")
            .putAttr("U", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
            .build()
        : node.build();
  }
}
