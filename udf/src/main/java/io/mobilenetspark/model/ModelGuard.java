package io.mobilenetspark.model;

import io.mobilenetspark.model.graph.DryRun;
import io.mobilenetspark.model.graph.RefusedGraphException;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.hub.Trust;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.proto.GraphDef;

/**
 * Holds a model to what its {@link FrozenModel#trust()} allows, where it is about to be run:
 * whatever it has come through since it was loaded. TensorFlow's native library must be loaded.
 * Safe for use by many threads; holds no native memory.
 */
public final class ModelGuard {

  private final FrozenModel model;
  private final String name;

  /** Empty if whatever the graph has is run. */
  private final Optional<DryRun> dryRun;

  private final Set<Long> checked = ConcurrentHashMap.newKeySet();

  private ModelGuard(FrozenModel model, String name, Optional<DryRun> dryRun) {
    this.model = model;
    this.name = name;
    this.dryRun = dryRun;
  }

  /**
   * Looks at a model's graph.
   *
   * @param graph what {@link FrozenModel#parsedGraph()} gave
   * @throws ModelLoadException if it is damaged, or has what its trust does not extend to
   */
  public static ModelGuard of(FrozenModel model, GraphDef graph) {
    try {
      return of(model, graph, model.name());
    } catch (IOException e) {
      throw new ModelLoadException(
          model.name(), String.valueOf(e.getMessage()), Cure.of("Load the model again."), e);
    }
  }

  /**
   * The same for a model that lies in a file.
   *
   * @param name what the user named it by
   * @throws IOException if it is damaged
   */
  static ModelGuard of(FrozenModel model, GraphDef graph, String name) throws IOException {
    model.trust().checkStored(name, graph);
    for (String end : new String[] {FrozenModel.INPUT, FrozenModel.OUTPUT}) {
      if (graph.getNodeList().stream().noneMatch(node -> node.getName().equals(end))) {
        throw new IOException(String.format(Locale.ROOT, "its frozen graph has no node '%s'", end));
      }
    }
    try {
      return new ModelGuard(
          model,
          name,
          model.trust() == Trust.TRUSTED
              ? Optional.empty()
              : Optional.of(new DryRun(graph, FrozenModel.INPUT)));
    } catch (RefusedGraphException e) {
      throw Trust.tooMuch(name, e);
    }
  }

  /**
   * Refuses a batch for which the graph takes too much memory or time; cheap once a size has
   * passed.
   *
   * @param images how many there are in the batch
   * @throws ModelLoadException if it takes too much, or that can't be told
   */
  public void check(long images) {
    if (dryRun.isEmpty() || checked.contains(images)) {
      return;
    }
    try {
      dryRun.get().check(images, model.imageHeight(), model.imageWidth(), 3);
      checked.add(images);
    } catch (RefusedGraphException e) {
      ModelLoadException tooMuch = Trust.tooMuch(name, e);
      throw images == 1
          ? tooMuch
          : new ModelLoadException(
              name,
              e.problem(),
              Cure.of(
                      String.format(Locale.ROOT, "Set %%s to less than %d, such as 1.", images),
                      ModelSettings.BATCH_SIZE)
                  .then(tooMuch.anyCure()),
              e);
    }
  }
}
