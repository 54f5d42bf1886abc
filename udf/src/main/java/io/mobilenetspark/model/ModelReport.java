package io.mobilenetspark.model;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.model.hub.ModuleSignature;
import io.mobilenetspark.model.settings.ExecutionPath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What there is to know of a model.
 *
 * @param handle what the user named it by
 * @param format {@code hub1}, {@code tf2}, {@code slim} or {@code builtin}
 * @param version of the published module, if the handle is one's
 * @param architecture such as {@code MobileNet V1 0.75}, or that it is another one
 * @param path which way it would be run
 * @param tagSets of its graphs
 * @param signatures of its graphs
 * @param endpoints outputs that can be asked for by name, besides the features
 * @param expectedSize of the images
 * @param isSizeFixed whether it takes no other
 * @param dimension of the feature vector; 0 if it takes running the graph to know
 * @param classes of the classifier, with the background class; 0 without one
 * @param variables number of variables
 * @param trainable number of them that gradients change; empty if the format does not say
 * @param parameters number of values in all variables
 * @param batchNormMomentum weight of the old value in the moving statistics' updates
 * @param regularizers number of regularization losses
 * @param regularizerScale of the L2 regularizers
 * @param fingerprint SHA-256 of the weights; of MobileNets V1 only
 */
public record ModelReport(
    String handle,
    String format,
    Optional<String> version,
    String architecture,
    ExecutionPath path,
    List<Set<String>> tagSets,
    List<ModuleSignature> signatures,
    List<String> endpoints,
    Optional<ImageSize> expectedSize,
    boolean isSizeFixed,
    int dimension,
    int classes,
    int variables,
    Optional<Integer> trainable,
    long parameters,
    Optional<Double> batchNormMomentum,
    int regularizers,
    Optional<Double> regularizerScale,
    Optional<String> fingerprint) {

  /** The report for people: a line a fact. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "model", handle);
    line(text, "format", format + version.map(v -> ", version " + v).orElse(""));
    line(text, "architecture", architecture);
    line(text, "path", path.optionName());
    line(text, "image size", sizeText());
    line(text, "features", dimension == 0 ? "known when it is run" : Integer.toString(dimension));
    if (classes > 0) {
      line(text, "classes", Integer.toString(classes));
    }
    line(
        text,
        "variables",
        String.format(
            Locale.ROOT,
            "%d%s, %,d parameters",
            variables,
            trainable.map(count -> " (" + count + " trainable)").orElse(""),
            parameters));
    line(text, "momentum", batchNormMomentum.map(Object::toString).orElse("not in the files"));
    line(
        text,
        "regularizers",
        regularizers + regularizerScale.map(scale -> " of L2, scale " + scale).orElse(""));
    fingerprint.ifPresent(hex -> line(text, "fingerprint", hex));
    if (!tagSets.isEmpty()) {
      line(text, "tag sets", tagSets.toString());
    }
    for (ModuleSignature signature : signatures) {
      line(text, "signature", signature.name() + " " + signature.tags());
      signature.inputs().forEach(value -> line(text, "  in", valueText(value)));
      line(text, "  out", outputsText(signature.outputs()));
    }
    if (!endpoints.isEmpty()) {
      line(text, "endpoints", String.join(", ", endpoints));
    }
    return text.toString();
  }

  private String sizeText() {
    return expectedSize
        .map(size -> size + (isSizeFixed ? " only" : ", others too"))
        .orElse("not in the files");
  }

  private static String valueText(ModuleSignature.Value value) {
    return String.format(Locale.ROOT, "%s %s %s", value.key(), value.type(), value.shape());
  }

  /** A signature may have dozens of outputs; their keys are listed once, as endpoints. */
  private static String outputsText(List<ModuleSignature.Value> outputs) {
    return outputs.size() <= 2
        ? outputs.stream().map(ModelReport::valueText).collect(Collectors.joining("; "))
        : outputs.size() + " outputs";
  }

  private static void line(StringBuilder text, String key, String value) {
    text.append(String.format(Locale.ROOT, "%-13s %s%n", key, value));
  }

  /** The report for programs: one JSON object, keys in snake case, unknown facts left out. */
  public ObjectNode toJson() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("handle", handle).put("format", format);
    version.ifPresent(value -> json.put("version", value));
    json.put("architecture", architecture).put("path", path.optionName());
    expectedSize.ifPresent(
        size ->
            json.put("image_height", size.height())
                .put("image_width", size.width())
                .put("image_size_is_fixed", isSizeFixed));
    json.put("dimension", dimension).put("classes", classes).put("variables", variables);
    trainable.ifPresent(count -> json.put("trainable_variables", count));
    json.put("parameters", parameters);
    batchNormMomentum.ifPresent(momentum -> json.put("batch_norm_momentum", momentum));
    json.put("regularizers", regularizers);
    regularizerScale.ifPresent(scale -> json.put("regularizer_scale", scale));
    fingerprint.ifPresent(hex -> json.put("fingerprint", hex));
    ArrayNode tags = json.putArray("tag_sets");
    tagSets.forEach(set -> set.forEach(tags.addArray()::add));
    ArrayNode list = json.putArray("signatures");
    for (ModuleSignature signature : signatures) {
      ObjectNode node = list.addObject().put("name", signature.name());
      signature.tags().forEach(node.putArray("tags")::add);
      signature.inputs().forEach(value -> add(node.withArray("inputs"), value));
      signature.outputs().forEach(value -> add(node.withArray("outputs"), value));
    }
    endpoints.forEach(json.putArray("endpoints")::add);
    return json;
  }

  private static void add(ArrayNode list, ModuleSignature.Value value) {
    ObjectNode node = list.addObject().put("key", value.key()).put("type", value.type());
    value.shape().forEach(node.putArray("shape")::add);
  }
}
