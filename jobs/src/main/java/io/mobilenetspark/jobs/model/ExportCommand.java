package io.mobilenetspark.jobs.model;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.Location;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.model.export.ExportFormat;
import io.mobilenetspark.model.export.ExportHead;
import io.mobilenetspark.model.export.ModelExporter;
import io.mobilenetspark.model.export.ModelExporter.IfExists;
import io.mobilenetspark.model.handle.Redacted;
import io.mobilenetspark.runtime.NativeLibrary;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code export}: a MobileNet V1 of any format, written in another one. */
@Command(
    name = "export",
    description = {
      "Write a MobileNet V1 as a reusable SavedModel (tf2), a hub.Module (hub1) or a TF-Slim"
          + " checkpoint (slim). The weights stay the same, bit for bit."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # For Python's hub.KerasLayer(handle, trainable=True)",
      "  mobilenet-spark export --model mobilenet_v1_0.75_224.ckpt --format tf2 --output module"
    })
public final class ExportCommand implements Callable<Integer>, SettingOptions.Holder {

  private final SettingOptions settings = SettingOptions.of(ModelSources.SETTINGS);

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      description = "tf2, hub1 or slim.")
  private ExportFormat format = ExportFormat.TF2;

  @Option(
      names = "--head",
      paramLabel = "HEAD",
      description = {
        "features: no classifier. classifier: with it, as an image classification module. auto: the"
            + " classifier in a slim checkpoint, if there is one, and none in tf2 and hub1. Default:"
            + " ${DEFAULT-VALUE}"
      },
      defaultValue = "auto")
  private ExportHead head = ExportHead.AUTO;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      required = true,
      description = "A directory on any Hadoop file system; written whole or not at all.")
  private String output = "";

  @Option(
      names = "--output-mode",
      paramLabel = "MODE",
      defaultValue = "errorifexists",
      description =
          "What to do if the output exists: errorifexists or overwrite. Default: ${DEFAULT-VALUE}")
  private IfExists ifExists = IfExists.ERRORIFEXISTS;

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
    Configuration hadoop = SparkHadoopUtil.get().conf();
    ModelSource model = ModelSources.of(settings.values(), console);
    model.requireApart(output, hadoop);
    new ModelExporter(hadoop)
        .export(model.loader(hadoop), model.request(), format, head, place(hadoop), ifExists);
    console.print("Model: " + output);
    console.result(
        () -> {
          Map<String, Object> facts = Console.written(output);
          facts.put("model", Redacted.handle(model.request().handle()));
          facts.put("format", format.name().toLowerCase(Locale.ROOT));
          facts.put("head", head.name().toLowerCase(Locale.ROOT));
          return facts;
        });
    return ExitCode.OK.code();
  }

  /** Where a link leads to: the link stays. */
  private String place(Configuration hadoop) {
    try {
      return Location.of(new Path(output), hadoop).real().toString();
    } catch (IOException | IllegalArgumentException e) {
      return output; // the exporter says what is wrong with it
    }
  }
}
