package io.mobilenetspark.jobs.search;

import io.mobilenetspark.image.ImageSettings;
import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IdColumnOption;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.cli.VectorsOptions;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.Stopping;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.web.SearchLimits;
import io.mobilenetspark.jobs.web.SearchServer;
import io.mobilenetspark.jobs.web.SearchServer.Access;
import io.mobilenetspark.options.SettingValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code serve}: a page to search with. */
@Command(
    name = "serve",
    description = {
      "Serve a page on this machine that finds the rows of a table of vectors most like an image that is"
          + " dropped on it, or a row. Runs until you stop it, with Ctrl-C for example."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # Open the address that it prints",
      "  mobilenet-spark serve --vectors vectors",
      "",
      "  # By an index, with the names of the files' directories as labels",
      "  mobilenet-spark serve --vectors vectors --index build --labels directory"
    })
public final class ServeCommand implements Callable<Integer>, SettingOptions.Holder {

  private static final int MOST_PORTS = 65_535;
  private static final long LOOK_MILLIS = 2000;
  private static final String MESSAGE_SIZE = "spark.rpc.message.maxSize";
  private static final int DEFAULT_MESSAGE_MIB = 128;

  /** Of a MiB, so that there is room for the task around it. */
  private static final long MESSAGE_PART = 900_000;

  private final SettingOptions settings =
      SettingOptions.of(
          ModelSources.SETTINGS,
          List.of(
              ImageSettings.MAX_IMAGE_BYTES,
              ImageSettings.MAX_PIXELS,
              ImageSettings.MAX_SIDE,
              ImageSettings.MAX_FRAMES,
              ImageSettings.MAX_DECODE_SECONDS));

  @ArgGroup(multiplicity = "1")
  private VectorsOptions searched = new VectorsOptions();

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "How many neighbours the page shows at first, 1,000 at most. Default: ${DEFAULT-VALUE}")
  private int k = 10;

  @Mixin private IdColumnOption idColumn = new IdColumnOption();

  @Option(
      names = "--index",
      paramLabel = "USE",
      defaultValue = "none",
      description = {
        "Search by an index, which finds most neighbours, not all: none, use (if one fits the table;"
            + " else each row is compared), or build (made first unless one fits). Default:"
            + " ${DEFAULT-VALUE}"
      })
  private IndexMode index = IndexMode.NONE;

  @Option(
      names = "--labels",
      paramLabel = "COLUMN",
      description = {
        "The column with labels, to show; directory stands for the name of a file's directory, taken"
            + " from column path.",
        "Default: 'label' if there is one"
      })
  private @Nullable String labels;

  @Option(
      names = "--images",
      paramLabel = "COLUMN",
      description = {
        "The column with the images, for thumbnails: paths, bytes or image structs.",
        "Default: 'path' if there is one"
      })
  private @Nullable String images;

  @Option(
      names = "--address",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = {
        "The address or name of this machine to listen at. At any other than a loopback address a"
            + " token is needed, which is part of the address that is printed. Default:"
            + " ${DEFAULT-VALUE}"
      })
  private String address = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8417",
      description = "The port to listen at; 0 for any that is free. Default: ${DEFAULT-VALUE}")
  private int port = 8417;

  @Option(
      names = "--token",
      description = {
        "Require a token on a loopback address, too, which every user of this machine can reach."
      })
  private boolean needsToken;

  @Mixin private ResultOptions common = new ResultOptions();

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    Console console = common.console();
    check();
    Logs.configure(console.verbosity());
    SparkSession spark = Sessions.open("mobilenet-spark serve", console.verbosity());
    OpenTable table = open(spark, console);
    Access access = needsToken ? Access.TOKEN : Access.THIS_MACHINE;
    try (SearchServer server = SearchServer.bind(address, port, access)) {
      if (server.hasToken() && console.isSilent()) {
        throw UserException.usage("--quiet would hide the token. Leave it out.");
      }
      console.print(server.url());
      if (server.isExposed()) {
        console.note(
            "Others reach this address, and need its token to see the table's images. What they send"
                + " and see is not encrypted.");
      }
      table.use(index, console);
      IndexMode later = index == IndexMode.NONE ? IndexMode.NONE : IndexMode.USE;
      server.start(
          new TableSearch(spark, table, () -> openAgain(spark, later, console)),
          SearchLimits.of(k, mostBytes(spark)));
      console.note("Ready. Ctrl-C ends it.");
      console.result(() -> facts(server));
      await(spark);
    }
    return ExitCode.OK.code();
  }

  /** Once it answers: who starts it may ask now. */
  private static Map<String, Object> facts(SearchServer server) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("url", server.url());
    facts.put("exposed", server.isExposed());
    return facts;
  }

  /** An image goes to its task in a message of Spark's, which may be as long as that. */
  private long mostBytes(SparkSession spark) {
    long asked = settings.values().get(ImageSettings.MAX_IMAGE_BYTES);
    return spark.sparkContext().isLocal()
        ? asked
        : Math.min(
            asked,
            spark.sparkContext().getConf().getInt(MESSAGE_SIZE, DEFAULT_MESSAGE_MIB)
                * MESSAGE_PART);
  }

  private OpenTable open(SparkSession spark, Console console) {
    StoredVectors table = StoredVectors.open(spark, searched, idColumn.name());
    VectorSearch search = new VectorSearch(spark, table, k);
    SettingValues values = settings.values();
    SimilarQuery queries =
        new SimilarQuery(
            spark,
            table,
            search,
            () -> ModelSources.of(ModelSources.orOf(table.facts(), values), console));
    return new OpenTable(spark, table, search, queries, new ShownColumns(labels, images), values);
  }

  /** Of a table that has changed: an index is made at the start alone, not while somebody waits. */
  private OpenTable openAgain(SparkSession spark, IndexMode mode, Console console) {
    OpenTable table = open(spark, console);
    table.use(mode, console);
    console.note("The table has changed, and was opened again.");
    return table;
  }

  /** Until the process is told to end, or Spark is. */
  private static void await(SparkSession spark) {
    try {
      while (!spark.sparkContext().isStopped()) {
        Stopping.sleep(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
        if (Stopping.hasBegun()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    throw UserException.job(
        "Spark has stopped, so that nothing can be searched. Start serve again.");
  }

  private void check() {
    if (index != IndexMode.NONE && !searched.isDirectory()) {
      throw UserException.usage("--index is for --vectors: it lies in the table's directory.");
    }
    if (k < 1 || k > SearchLimits.MOST_NEIGHBOURS) {
      throw UserException.usage(
          String.format(
              Locale.ROOT,
              "--k must be between 1 and %,d, not %,d",
              SearchLimits.MOST_NEIGHBOURS,
              k));
    }
    if (port < 0 || port > MOST_PORTS) {
      throw UserException.usage(
          String.format(Locale.ROOT, "--port must be between 0 and 65535, not %d", port));
    }
  }
}
