package io.mobilenetspark.jobs.search;

import static java.util.Objects.requireNonNull;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IdColumnOption;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.OutputOptions;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.cli.VectorsOptions;
import io.mobilenetspark.jobs.cli.WholeOutputMode;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code similar}: which images look like this one? */
@Command(
    name = "similar",
    description = {
      "Find the rows of a table of vectors that are most like an image, a row, or each of many rows.",
      "Exact unless --index says otherwise: every row is compared, by the cosine. An image is embedded"
          + " with the table's own model."
    },
    sortOptions = false,
    modelTransformer = SettingOptions.Transformer.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # The ten photographs that look most like another one",
      "  mobilenet-spark similar --vectors vectors --query photo.jpg",
      "",
      "  # The twenty neighbours of each row of the table, as Parquet",
      "  mobilenet-spark similar --vectors vectors --queries vectors --k 20 --output neighbours",
      "",
      "  # Make an index, by which most neighbours of many queries are found without comparing each row",
      "  mobilenet-spark similar --vectors vectors --index build"
    })
public final class SimilarCommand implements Callable<Integer>, SettingOptions.Holder {

  private final SettingOptions settings = SettingOptions.of(ModelSources.SETTINGS);

  private static final int MOST_NEIGHBOURS = 10_000;

  @ArgGroup(multiplicity = "1")
  private VectorsOptions searched = new VectorsOptions();

  @Option(
      names = "--query",
      paramLabel = "ID|IMAGE",
      description = "An id of the table if it is one, else an image file.")
  private @Nullable String query;

  @Option(names = "--query-id", paramLabel = "ID", description = "An id of the table.")
  private @Nullable String queryId;

  @Option(
      names = "--query-image",
      paramLabel = "PATH",
      description = "An image file on any Hadoop file system, whatever the table's ids are.")
  private @Nullable String queryImage;

  @Option(
      names = "--queries",
      paramLabel = "PATH",
      description = {
        "Many queries: a table of vectors that embed wrote with the same model and options, or a"
            + " Parquet table of ids of the table that is searched. Needs --output."
      })
  private @Nullable String queries;

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many neighbours, 10,000 at most. Default: ${DEFAULT-VALUE}")
  private int k = 10;

  @Mixin private IdColumnOption idColumn = new IdColumnOption();

  @Option(
      names = "--index",
      paramLabel = "USE",
      defaultValue = "none",
      description = {
        "Search by an index, which finds most neighbours, not all: none, use (if one fits the table;"
            + " else each row is compared), or build (made first unless one fits). build needs no query."
            + " Default: ${DEFAULT-VALUE}"
      })
  private IndexMode index = IndexMode.NONE;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      description =
          "The directory of the neighbours of --queries, written as Parquet; whole or not at all.")
  private @Nullable String output;

  @Mixin private WholeOutputMode outputMode = new WholeOutputMode();

  @Mixin private ResultOptions common = new ResultOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public SettingOptions settings() {
    return settings;
  }

  @Override
  public Integer call() {
    Console console = common.console();
    check();
    Logs.configure(console.verbosity());
    SparkSession spark = Sessions.open("mobilenet-spark similar", console.verbosity());
    if (queries != null && output != null) {
      searchMany(spark, queries, new OutputDirectoryOptions(output, outputMode.mode()), console);
      return ExitCode.OK.code();
    }
    StoredVectors table = StoredVectors.open(spark, searched, idColumn.name());
    long start = System.nanoTime();
    VectorSearch search = search(spark, table, console);
    if (isWithoutQuery()) {
      double seconds = (System.nanoTime() - start) / 1e9;
      console.result(() -> search.describe(0, 0, seconds));
      return ExitCode.OK.code();
    }
    SimilarQuery resolver =
        new SimilarQuery(
            spark,
            table,
            search,
            () -> ModelSources.of(ModelSources.orOf(table.facts(), settings.values()), console));
    Query found =
        query != null
            ? resolver.idOrImage(query)
            : queryId != null
                ? resolver.id(queryId)
                : resolver.image(requireNonNull(queryImage, "checked"));
    new SimilarJob(spark, search, console).show(found, asked().findFirst().orElseThrow());
    return ExitCode.OK.code();
  }

  private VectorSearch search(SparkSession spark, StoredVectors table, Console console) {
    VectorSearch search = new VectorSearch(spark, table, k);
    search.use(new IndexChoice(spark, table, search.dimension(), console).choose(index));
    return search;
  }

  private Stream<String> asked() {
    return Stream.of(query, queryId, queryImage, queries).flatMap(Stream::ofNullable);
  }

  /** To make an index and no more. */
  private boolean isWithoutQuery() {
    return asked().findAny().isEmpty();
  }

  private void check() {
    long asked = asked().count();
    if (asked > 1 || (asked == 0 && index != IndexMode.BUILD)) {
      throw UserException.usage(
          "Pass one of --query, --query-id, --query-image and --queries"
              + (asked == 0 ? "." : ", not several."));
    }
    if (index != IndexMode.NONE && !searched.isDirectory()) {
      throw UserException.usage("--index is for --vectors: it lies in the table's directory.");
    }
    if ((queries == null) != (output == null)) {
      throw UserException.usage(
          queries == null
              ? "--output is for the neighbours of --queries; those of one query are shown."
              : "--queries needs --output, the directory to write.");
    }
    ParseResult given = requireNonNull(spec, "picocli sets this").commandLine().getParseResult();
    if (output == null && given.hasMatchedOption("--output-mode")) {
      throw UserException.usage("--output-mode is for --queries and --output.");
    }
    if (query == null && queryImage == null && given.hasMatchedOption("--model")) {
      throw UserException.usage(
          "--model is for images, --query and --query-image; vectors of rows are in their table.");
    }
    if (k < 1 || k > MOST_NEIGHBOURS) {
      throw UserException.usage(
          String.format(Locale.ROOT, "--k must be between 1 and %,d, not %,d", MOST_NEIGHBOURS, k));
    }
  }

  private void searchMany(
      SparkSession spark, String asked, OutputOptions options, Console console) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    OutputPlace place =
        SimilarJob.place(
            options, Stream.concat(searched.paths().stream(), Stream.of(asked)).toList(), hadoop);
    if (place.leavesWhatExists()) {
      if (index == IndexMode.BUILD) {
        VectorSearch unused =
            search(spark, StoredVectors.open(spark, searched, idColumn.name()), console);
      }
      console.printLeft(place.path().toString());
      return;
    }
    StoredVectors table = StoredVectors.open(spark, searched, idColumn.name());
    place.requireApartFromTables(table.directories());
    VectorSearch search = search(spark, table, console);
    new SimilarJob(spark, search, console)
        .write(SimilarQueries.open(spark, asked, table, search), place);
  }
}
