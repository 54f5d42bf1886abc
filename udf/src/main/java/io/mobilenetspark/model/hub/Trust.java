package io.mobilenetspark.model.hub;

import io.mobilenetspark.model.graph.AllowedOps;
import io.mobilenetspark.model.graph.Cost;
import io.mobilenetspark.model.graph.DryRun;
import io.mobilenetspark.model.graph.RefusedGraphException;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorflow.proto.GraphDef;

/** Whether a module's author is trusted: a graph is a program. */
public enum Trust {
  /**
   * A graph may have the ops of {@link AllowedOps} only, and take at most {@link Cost#MAX_WORK} an
   * image and {@link Cost#MAX_BYTES} a run; both are told before TensorFlow sees it.
   */
  UNTRUSTED,
  /** Whatever the graph has is run. */
  TRUSTED;

  private static final Cure CURE =
      Cure.of(
          "If you trust its author as you trust a program that you run, pass %s.",
          ModelSettings.TRUST_MODEL);

  /**
   * Refuses a graph that this trust does not extend to.
   *
   * @param name of the module, for the message
   */
  void check(String name, GraphDef graph) {
    refuse(name, this == TRUSTED ? List.of() : AllowedOps.refused(graph));
  }

  private static void refuse(String name, List<String> refused) {
    if (!refused.isEmpty()) {
      throw new ModelLoadException(
          name,
          String.format(
              Locale.ROOT,
              "its graph has %s, and what is not known to be harmless could touch files, the network, processes or Python",
              refused),
          CURE);
    }
  }

  /**
   * Refuses a frozen graph that takes too much for a batch of images, or of which that can't be
   * told.
   *
   * @param name of the module, for the message
   * @param images name of the placeholder
   * @param shape of a batch, [n, height, width, 3]
   */
  void checkCost(String name, GraphDef graph, String images, long... shape) {
    if (this == UNTRUSTED) {
      try {
        new DryRun(graph, images).check(shape);
      } catch (RefusedGraphException e) {
        throw tooMuch(name, e);
      }
    }
  }

  /**
   * What is said when a graph takes too much.
   *
   * @param name of the module
   */
  public static ModelLoadException tooMuch(String name, RefusedGraphException e) {
    return new ModelLoadException(name, e.problem(), CURE, e);
  }

  /**
   * Refuses a frozen graph that lay in a file or came over the network, and that nothing has looked
   * at since.
   *
   * @param name of the model, for the message
   * @throws IOException if TensorFlow's native code must not see it: it is damaged
   * @throws ModelLoadException if this trust does not extend to it
   */
  public void checkStored(String name, GraphDef graph) throws IOException {
    GraphLimits.check(graph);
    if (this == UNTRUSTED) {
      List<String> refused = new ArrayList<>(AllowedOps.refused(graph));
      refused.addAll(AllowedOps.orders(graph));
      refuse(name, refused);
    }
  }
}
