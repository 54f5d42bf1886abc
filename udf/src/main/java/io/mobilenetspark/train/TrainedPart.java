package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.MobileNetV1;
import io.mobilenetspark.model.MobileNetV1.Layer;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Which part of the network is trained. The head always is. */
public sealed interface TrainedPart extends Serializable {

  /** The layers that are trained, in order; those before them keep their weights. */
  List<Layer> layers();

  /** The head alone. */
  record HeadOnly() implements TrainedPart {
    @Override
    public List<Layer> layers() {
      return List.of();
    }
  }

  /** All 27 layers and the head. */
  record WholeNetwork() implements TrainedPart {
    @Override
    public List<Layer> layers() {
      return MobileNetV1.LAYERS;
    }
  }

  /**
   * A layer, all behind it, and the head.
   *
   * @param name the layer's TF-Slim name, such as {@code Conv2d_12_depthwise}
   */
  record FromLayer(String name) implements TrainedPart {
    public FromLayer {
      requireNonNull(name, "name");
      if (indexOf(name) < 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "There is no layer '%s' to train from. The layers are: %s.",
                name,
                MobileNetV1.LAYERS.stream().map(Layer::name).collect(Collectors.joining(", "))));
      }
    }

    @Override
    public List<Layer> layers() {
      return MobileNetV1.LAYERS.subList(indexOf(name), MobileNetV1.LAYERS.size());
    }

    private static int indexOf(String name) {
      return MobileNetV1.LAYERS.stream().map(Layer::name).toList().indexOf(name);
    }
  }

  /**
   * The part that an option's value names.
   *
   * @param value {@code head}, {@code all} or a layer's name
   * @throws IllegalArgumentException if there is no such layer; the message lists them
   */
  static TrainedPart fromOption(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "head" -> new HeadOnly();
      case "all" -> new WholeNetwork();
      default -> new FromLayer(value);
    };
  }
}
