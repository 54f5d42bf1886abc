package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.IdColumnOption;
import io.mobilenetspark.jobs.cli.Logs;
import io.mobilenetspark.jobs.cli.OutputDirectoryOptions;
import io.mobilenetspark.jobs.cli.ResultOptions;
import io.mobilenetspark.jobs.cli.Sessions;
import io.mobilenetspark.jobs.cli.VectorsOptions;
import io.mobilenetspark.jobs.cli.WholeOutputMode;
import io.mobilenetspark.jobs.common.ExitCode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.output.OutputPlace;
import io.mobilenetspark.jobs.table.StoredVectors;
import java.util.concurrent.Callable;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code export-vectors}: vectors to where people use them. */
@Command(
    name = "export-vectors",
    description = {
      "Write the vectors of a table, with their ids, as files that NumPy, faiss, pgvector, Milvus,"
          + " Elasticsearch and Lucene are loaded with. Rows without a vector are left out, and counted."
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  # One array for NumPy and faiss, with its ids beside it",
      "  mobilenet-spark export-vectors --vectors vectors --format npy --files 1 --output arrays",
      "",
      "  # For pgvector's COPY",
      "  mobilenet-spark export-vectors --vectors vectors --format csv --output csv",
      "",
      "  # For an engine that compares by the inner product",
      "  mobilenet-spark export-vectors --vectors vectors --format jsonl --normalize l2 --output json"
    })
public final class ExportVectorsCommand implements Callable<Integer> {

  @ArgGroup(multiplicity = "1")
  private VectorsOptions vectors = new VectorsOptions();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      required = true,
      description = {
        "npy: NumPy's arrays of float32. fvecs: each vector behind its dimension, as the TEXMEX corpus has"
            + " them. csv: the id, and the vector in brackets. jsonl: an object a line, with id and"
            + " vector."
      })
  private VectorFormat format = VectorFormat.NPY;

  @Mixin private IdColumnOption idColumn = new IdColumnOption();

  @Option(
      names = "--normalize",
      paramLabel = "HOW",
      defaultValue = "none",
      description = {
        "none: vectors keep their bits. l2: each is divided by its length, so that the inner product of two"
            + " is their cosine. Default: ${DEFAULT-VALUE}"
      })
  private Normalization normalization = Normalization.NONE;

  @Option(
      names = "--files",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Write at most this many files, each by one task. 0: one for each part that Spark reads of the"
            + " table, of 128 MB by default. Default: ${DEFAULT-VALUE}"
      })
  private int files;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      required = true,
      description = "The directory of the files; written whole or not at all.")
  private String output = "";

  @Mixin private WholeOutputMode outputMode = new WholeOutputMode();

  @Mixin private ResultOptions common = new ResultOptions();

  @Override
  public Integer call() {
    Console console = common.console();
    if (files < 0) {
      throw UserException.usage("--files must not be negative: " + files);
    }
    Logs.configure(console.verbosity());
    SparkSession spark = Sessions.open("mobilenet-spark export-vectors", console.verbosity());
    OutputPlace place =
        ExportVectorsJob.place(
            new OutputDirectoryOptions(output, outputMode.mode()),
            vectors.paths(),
            spark.sparkContext().hadoopConfiguration());
    if (place.leavesWhatExists()) {
      console.printLeft(place.path().toString());
      return ExitCode.OK.code();
    }
    StoredVectors table = StoredVectors.open(spark, vectors, idColumn.name());
    place.requireApartFromTables(table.directories());
    new ExportVectorsJob(spark, format, console).run(table, files, normalization, place);
    return ExitCode.OK.code();
  }
}
