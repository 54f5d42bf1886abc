package io.mobilenetspark.model.hub;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Cure;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** What the tensors of signatures are. */
final class SignatureValues {

  private static final List<String> IMAGE_KEYS = List.of("images", "inputs");
  private static final int CHANNELS = 3;

  private SignatureValues() {}

  static List<ModuleSignature.Value> of(Map<String, TensorInfo> tensors) {
    List<ModuleSignature.Value> values = new ArrayList<>();
    new TreeMap<>(tensors)
        .forEach((key, info) -> values.add(value(key, info.getDtype(), info.getTensorShape())));
    return values;
  }

  static ModuleSignature.Value value(String key, DataType type, TensorShapeProto shape) {
    return new ModuleSignature.Value(
        key,
        type == DataType.DT_FLOAT
            ? "float32"
            : type.name().replaceFirst("^DT_", "").toLowerCase(Locale.ROOT),
        shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList());
  }

  /** The input that takes the images. */
  static TensorInfo images(String module, SignatureDef signature) {
    Map<String, TensorInfo> inputs = signature.getInputsMap();
    TensorInfo images =
        IMAGE_KEYS.stream()
            .filter(inputs::containsKey)
            .findFirst()
            .map(inputs::get)
            .orElse(inputs.size() == 1 ? inputs.values().iterator().next() : null);
    if (images == null || !isImages(images.getDtype(), images.getTensorShape())) {
      throw new ModelLoadException(
          module,
          String.format(Locale.ROOT, "its signature takes no images: inputs %s", of(inputs)),
          Cure.of(
              "Set %s to one with an input 'images', float32 [n, height, width, 3].",
              ModelSettings.SIGNATURE));
    }
    return images;
  }

  static boolean isImages(DataType type, TensorShapeProto shape) {
    if (type != DataType.DT_FLOAT) {
      return false;
    }
    if (shape.getUnknownRank()) {
      return true;
    }
    return shape.getDimCount() == 4
        && (shape.getDim(3).getSize() == CHANNELS || shape.getDim(3).getSize() == -1);
  }

  /** Height and width, if a shape [n, height, width, 3] has both. */
  static Optional<ImageSize> extent(TensorShapeProto shape) {
    if (shape.getDimCount() != 4) {
      return Optional.empty();
    }
    long height = shape.getDim(1).getSize();
    long width = shape.getDim(2).getSize();
    return InputSizes.isPossible(height, width)
        ? Optional.of(new ImageSize((int) height, (int) width))
        : Optional.empty();
  }
}
