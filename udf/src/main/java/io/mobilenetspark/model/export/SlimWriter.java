package io.mobilenetspark.model.export;

import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.checkpoint.TensorBundleWriter;
import io.mobilenetspark.model.hub.ImageSizeFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Writes a TF-Slim checkpoint, with the classifier if there is one. */
final class SlimWriter {

  private final MobileNetWeights weights;
  private final ExportFacts facts;

  SlimWriter(MobileNetWeights weights, ExportFacts facts) {
    this.weights = weights;
    this.facts = facts;
  }

  void write(FileSystem fileSystem, Path directory) throws IOException {
    fileSystem.mkdirs(directory);
    // As the published checkpoints are named, such as mobilenet_v1_0.75_224.ckpt and _1.0_
    String name =
        String.format(
            Locale.ROOT,
            "mobilenet_v1_%s_%d.ckpt",
            weights.depthMultiplier(),
            facts.size().height());
    TensorBundleWriter bundle = new TensorBundleWriter();
    weights.featureTensors().forEach(bundle::add);
    weights.classifierTensors().forEach(bundle::add);
    bundle.write(fileSystem, new Path(directory, name));
    ImageSizeFile.write(
        fileSystem, ImageSizeFile.ofCheckpoint(new Path(directory, name)), facts.size());
    // tf.train.latest_checkpoint looks for this file
    try (OutputStream out = fileSystem.create(new Path(directory, "checkpoint"), false)) {
      String state =
          String.format(
              Locale.ROOT,
              "model_checkpoint_path: \"%1$s\"%nall_model_checkpoint_paths: \"%1$s\"%n",
              name);
      out.write(state.getBytes(StandardCharsets.UTF_8));
    }
  }
}
