package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.jobs.cli.ContinuousOptions;
import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.LabelOptions;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.spark.EmbedSettings;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code embed}: an image table in, a Parquet table of vectors out. */
@Command(
    name = "embed",
    description = "Compute the feature vectors of a table of images and write them as Parquet.",
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # A directory of photographs",
      "  mobilenet-spark embed --input photos --output vectors --model mobilenet_v1_0.75_224.ckpt",
      "",
      "  # A Parquet table with the bytes in column 'jpeg', on a cluster",
      "  mobilenet-spark embed --input hdfs:///images --image-column jpeg --id-column sku \\",
      "      --keep-columns category,price --output hdfs:///vectors --output-mode overwrite \\",
      "      --model hdfs:///models/mobilenet_v1_0.75_224.ckpt \\",
      "      --master yarn --num-executors 50 --executor-cores 4 --executor-memory 4g",
      "",
      "  # A CSV file that lists the images' paths in column 'file'",
      "  mobilenet-spark embed --input list.csv --input-option header=true --image-column file \\",
      "      --id-column file --output vectors --model builtin",
      "",
      "  # A folder that photographs come into, looked at each minute",
      "  mobilenet-spark embed --input photos --output vectors --continuous \\",
      "      --trigger-interval 1min --model mobilenet_v1_0.75_224.ckpt",
      "",
      "  # Fail if more than one image in a hundred is broken",
      "  mobilenet-spark embed --input photos --output vectors --max-error-rate 0.01 --model builtin"
    })
public final class EmbedCommand implements Callable<Integer>, SettingOptions.Holder {

  private final SettingOptions settings =
      SettingOptions.of(
          ModelSources.SETTINGS,
          ImageSettings.ALL,
          List.of(ImageSettings.IMAGE_STATS),
          EmbedSettings.ALL);

  @Mixin private InputOptions input = new InputOptions();
  @Mixin private LabelOptions labels = new LabelOptions();
  @Mixin private OutputTableOptions output = new OutputTableOptions();
  @Mixin private TableOptions table = new TableOptions();
  @Mixin private IncrementalOptions incremental = new IncrementalOptions();
  @Mixin private ContinuousOptions continuous = new ContinuousOptions();
  @Mixin private ResultOptions common = new ResultOptions();

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    EmbedRequest request =
        new EmbedRequest(
            input,
            settings.values(),
            labels,
            continuous.isAsked() ? output.incrementalByDefault() : output,
            table,
            incremental);
    new EmbedJob(request, continuous, common.console()).run();
    return ExitCode.OK.code();
  }
}
