package io.mobilenetspark.train;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.mobilenet.MobileNetV1.Layer;
import io.mobilenetspark.options.Nearest;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Which part of the network is trained. The head always is. */
public sealed interface TrainedPart extends Serializable {

  /** What {@link HeadOnly} is called in options. */
  String HEAD = "head";

  /** What {@link WholeNetwork} is called in options. */
  String ALL = "all";

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
   * A layer, all layers after it, and the head.
   *
   * @param name the layer's TF-Slim name, such as {@code Conv2d_12_depthwise}
   */
  record FromLayer(String name) implements TrainedPart {
    public FromLayer {
      requireNonNull(name, "name");
      if (indexOf(name) < 0) {
        throw new IllegalArgumentException("there is no layer '" + name + "'");
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
   * The part that an option's value names, in any case.
   *
   * @param value {@code head}, {@code all} or a layer's name
   * @throws IllegalArgumentException if there is no such layer; the message has the layers, and the
   *     one that was probably meant
   */
  static TrainedPart fromOption(String value) {
    List<String> known =
        Stream.concat(Stream.of(HEAD, ALL), MobileNetV1.LAYERS.stream().map(Layer::name)).toList();
    String name =
        known.stream()
            .filter(value.replace('-', '_')::equalsIgnoreCase)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        String.format(
                            Locale.ROOT,
                            "unknown layer '%s'%s Known: %s",
                            value,
                            Nearest.question(value, known),
                            String.join(", ", known))));
    return switch (name) {
      case HEAD -> new HeadOnly();
      case ALL -> new WholeNetwork();
      default -> new FromLayer(name);
    };
  }
}
