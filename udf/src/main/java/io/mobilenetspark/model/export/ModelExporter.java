package io.mobilenetspark.model.export;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.model.MobileNetWeights;
import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelReport;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.model.mobilenet.MobileNetV1;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;
import io.mobilenetspark.options.Cure;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes MobileNets V1 to directories on any Hadoop file system. Immutable; safe for use by many
 * threads.
 *
 * <p>Writing is atomic, see {@link AtomicDirectory}: after a failure the output is as it was
 * before.
 */
public final class ModelExporter {

  /** The published modules' default. */
  private static final double DEFAULT_MOMENTUM = 0.99;

  /** What TensorFlow and Keras write at the top of a model's directory. */
  private static final Pattern OF_MODELS =
      Pattern.compile(
          "saved_model\\.pb(txt)?|tfhub_module\\.pb|keras_metadata\\.pb|fingerprint\\.pb|variables"
              + "|assets|assets\\.extra|checkpoint|.+\\.ckpt\\.(index|meta|data-\\d{5}-of-\\d{5}|image_size\\.json)");

  private static final String VARIABLES = "variables";
  private static final Pattern OF_VARIABLES =
      Pattern.compile("variables\\.(index|data-\\d{5}-of-\\d{5})");

  /** What no model is without. */
  private static final Pattern MODEL = Pattern.compile("saved_model\\.pb(txt)?|.+\\.ckpt\\.index");

  private static final Setting<?> REPLACE =
      ModelSettings.OUTPUT_MODE
          .but(
              Surface.COMMAND_LINE,
              "pass " + ModelSettings.OUTPUT_MODE.on(Surface.COMMAND_LINE) + " overwrite")
          .but(Surface.STAGE, "remove it first");

  private final Configuration configuration;

  /**
   * @param configuration for the file systems
   */
  public ModelExporter(Configuration configuration) {
    this.configuration = configuration;
  }

  /** What to do if the output exists; the names are those of Spark's save modes. */
  public enum IfExists implements Choice {
    /** The output stays, and the export fails. */
    ERRORIFEXISTS,
    /** The output is replaced once the new one is complete. */
    OVERWRITE;

    /** By their words. */
    public static final Choices<IfExists> CHOICES = Choices.of("output mode", IfExists.class);
  }

  /**
   * Loads a MobileNet V1 of any format and writes it in another one.
   *
   * @param loader loads it
   * @param request the model; its image size, if given, is what the written one says it expects
   * @param head whether its classifier is written too
   * @throws io.mobilenetspark.model.hub.ModelLoadException if the model can't be used
   * @throws ModelExportException if it can't be written, or lacks the classifier that is asked for
   */
  public void export(
      ModelLoader loader,
      ModelRequest request,
      ExportFormat format,
      ExportHead head,
      String output,
      IfExists ifExists) {
    // Before the model is fetched: nobody likes to wait for this.
    requireFree(output, ifExists);
    MobileNetWeights weights = loader.weights(request);
    ModelReport report = loader.inspect(request);
    int side = ModelLoader.DEFAULT_IMAGE_SIDE;
    ExportFacts facts =
        new ExportFacts(
            Optional.ofNullable(request.imageSize())
                .or(report::expectedSize)
                .orElse(ImageSize.square(side)),
            report.batchNormMomentum().orElse(DEFAULT_MOMENTUM),
            report.regularizerScale().orElse(decimal(MobileNetV1.WEIGHT_DECAY)));
    export(weights, facts, format, head, output, ifExists);
  }

  private static double decimal(float value) {
    return Double.parseDouble(Float.toString(value));
  }

  /**
   * Writes a MobileNet V1. With its classifier it becomes what TF Hub calls an image classification
   * module, whose feature vector stays within reach; without, a feature vector module.
   *
   * @param head whether the classifier is written too
   * @param output a directory that is not there yet; its parents are made
   * @throws ModelExportException if it can't be written, or lacks the classifier that is asked for
   */
  public void export(
      MobileNetWeights weights,
      ExportFacts facts,
      ExportFormat format,
      ExportHead head,
      String output,
      IfExists ifExists) {
    requireFree(output, ifExists);
    MobileNetWeights written = written(weights, format, head, output);
    try {
      Path path = new Path(output);
      FileSystem fileSystem = fileSystem(path);
      try (AtomicDirectory directory = new AtomicDirectory(fileSystem, path)) {
        write(written, facts, format, fileSystem, directory.path());
        directory.commit(ifExists);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelExportException(
          output,
          PathSyntax.reason(output, e),
          Cure.of("Check the path, its rights and free space."),
          e);
    }
  }

  /** The tensors to write; the writers write all that they get. */
  private static MobileNetWeights written(
      MobileNetWeights weights, ExportFormat format, ExportHead head, String output) {
    return switch (head) {
      case AUTO -> format == ExportFormat.SLIM ? weights : weights.withoutClassifier();
      case FEATURES -> weights.withoutClassifier();
      case CLASSIFIER -> {
        if (weights.classCount() == 0) {
          throw new ModelExportException(
              output,
              String.format(
                  Locale.ROOT,
                  "it has no classifier, only feature vectors of %d",
                  weights.featureCount()),
              Cure.of(
                  "Pass a fine-tuned network, a classification module or a TF-Slim checkpoint, or"
                      + " leave out %s.",
                  ModelSettings.HEAD));
        }
        yield weights;
      }
    };
  }

  private static void write(
      MobileNetWeights weights,
      ExportFacts facts,
      ExportFormat format,
      FileSystem fileSystem,
      Path directory)
      throws IOException {
    switch (format) {
      case TF2 -> new Tf2Writer(weights, facts).write(fileSystem, directory);
      case HUB1 -> new Hub1Writer(weights, facts).write(fileSystem, directory);
      case SLIM -> new SlimWriter(weights, facts).write(fileSystem, directory);
    }
  }

  private void requireFree(String output, IfExists ifExists) {
    try {
      Path path = new Path(output);
      FileSystem fileSystem = fileSystem(path);
      AtomicDirectory.settle(fileSystem, path);
      if (!fileSystem.exists(path)) {
        return;
      } else if (ifExists == IfExists.ERRORIFEXISTS) {
        throw new ModelExportException(
            output, "it already exists", Cure.of("Choose another directory, or %s.", REPLACE));
      }
      if (fileSystem.getFileStatus(path).isFile()) {
        throw new ModelExportException(
            output, "it is a file", Cure.of("Choose another directory, or remove it first."));
      }
      List<String> others = others(fileSystem, path);
      if (!others.isEmpty()) {
        throw new ModelExportException(
            output,
            String.format(
                Locale.ROOT,
                "it has %s, which no model has, and overwriting would delete it",
                others.get(0)),
            Cure.of("Choose another directory, or remove it first."));
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelExportException(
          output,
          PathSyntax.reason(output, e),
          Cure.of("Check the path and the settings of its file system."),
          e);
    }
  }

  /** Names in a directory that are no model's; all of them if there is no model. */
  private static List<String> others(FileSystem fileSystem, Path path) throws IOException {
    List<String> others =
        new ArrayList<>(
            AtomicDirectory.others(fileSystem, path, name -> OF_MODELS.matcher(name).matches()));
    others.addAll(
        AtomicDirectory.others(
            fileSystem, new Path(path, VARIABLES), name -> OF_VARIABLES.matcher(name).matches()));
    boolean isModel =
        !AtomicDirectory.others(fileSystem, path, name -> !MODEL.matcher(name).matches()).isEmpty();
    return others.isEmpty() && !isModel
        ? AtomicDirectory.others(fileSystem, path, name -> false)
        : others;
  }

  /** Hadoop's local file system would lay a hidden checksum file beside each file. */
  private FileSystem fileSystem(Path path) throws IOException {
    FileSystem fileSystem = path.getFileSystem(configuration);
    return fileSystem instanceof LocalFileSystem local ? local.getRawFileSystem() : fileSystem;
  }
}
