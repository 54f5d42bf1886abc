package io.mobilenetspark.jobs.model;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.model.ModelReport;
import io.mobilenetspark.runtime.NativeLibrary;
import java.util.concurrent.Callable;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code inspect}: the facts about a model, without running it. */
@Command(
    name = "inspect",
    description =
        "Show a model's format, signatures, expected image size, weights and fingerprint.",
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  mobilenet-spark inspect --model hdfs:///models/feature_vector_4",
      "  mobilenet-spark inspect --model mobilenet_v1_0.75_224.ckpt --json"
    })
public final class InspectCommand implements Callable<Integer>, SettingOptions.Holder {

  private final SettingOptions settings = SettingOptions.of(ModelSources.SETTINGS);

  @Mixin private ResultOptions common = new ResultOptions();

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    Console console = common.console();
    Logs.configure(console.verbosity());
    console.show("Reading the model ...");
    NativeLibrary.load();
    ModelSource model = ModelSources.of(settings.values(), console);
    ModelReport report = model.loader(SparkHadoopUtil.get().conf()).inspect(model.request());
    console.print(report.toText().stripTrailing());
    console.result(report::toJson);
    return ExitCode.OK.code();
  }
}
