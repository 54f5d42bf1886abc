package io.mobilenetspark.jobs.finetune;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code finetune}: labelled images in, a trained module out. */
@Command(
    name = "finetune",
    description = {
      "Fine-tune a MobileNet V1 on labelled images, on Spark's executors, and write it as a module"
          + " that embed takes, with its labels, history, curves and MLlib model."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # A directory per class: photos/daisy/*.jpg, photos/tulip/*.jpg",
      "  mobilenet-spark finetune --input photos --validation-fraction 0.2 --output flowers \\",
      "      --model mobilenet_v1_0.75_224.ckpt",
      "  mobilenet-spark embed --input photos --output vectors --model flowers/tf2",
      "",
      "  # A Parquet table with labels, on a cluster; started again, the run resumes where it"
          + " stopped",
      "  mobilenet-spark finetune --input hdfs:///images --image-column jpeg \\",
      "      --label-column species --validation-input hdfs:///held-out --patience 3 \\",
      "      --checkpoint-dir hdfs:///runs/species --output hdfs:///models/species \\",
      "      --model hdfs:///models/mobilenet_v1_0.75_224.ckpt \\",
      "      --master yarn --num-executors 8 --executor-cores 4 --executor-memory 8g",
      "",
      "  # The head alone, by logistic regression; takes little longer than embedding the images",
      "  mobilenet-spark finetune --input photos --output flowers --trainable head --model builtin"
    })
public final class FinetuneCommand implements Callable<Integer>, SettingOptions.Holder {

  @Mixin private InputOptions input = new InputOptions();

  @Option(
      names = "--validation-input",
      paramLabel = "PATH",
      description = {
        "Images to validate on, read as those of --input; may be given more than once. Instead:"
            + " --validation-indicator-column or --validation-fraction."
      })
  private List<String> validationInput = new ArrayList<>();

  @Mixin private OutputDirectoryOptions output = new OutputDirectoryOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMATS",
      split = ",",
      defaultValue = "tf2",
      description = {
        "What the module is written as, each in a folder of its name: tf2, hub1, slim; several with"
            + " commas. Default: ${DEFAULT-VALUE}"
      })
  private List<ExportFormat> formats = new ArrayList<>(List.of(ExportFormat.TF2));

  @Option(
      names = "--head",
      paramLabel = "HEAD",
      defaultValue = "classifier",
      description = {
        "As in export. classifier: an image classification module, whose features are embed's"
            + " default all the same. features: without the classification head. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private ExportHead head = ExportHead.CLASSIFIER;

  @Mixin private ResultOptions common = new ResultOptions();

  @Spec private @Nullable CommandSpec spec;

  private final SettingOptions settings = TunerSettings.options();

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    new FinetuneJob(
            new FinetuneInput(input, validationInput),
            settings.values(),
            new FinetuneOutput(output, formats, head),
            requireNonNull(spec, "picocli sets this").commandLine().getParseResult().originalArgs(),
            common.console())
        .run();
    return ExitCode.OK.code();
  }
}
