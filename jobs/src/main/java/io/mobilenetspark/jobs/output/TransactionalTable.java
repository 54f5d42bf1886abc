package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.NamedVectors;
import io.mobilenetspark.jobs.table.PartitionColumns;
import io.mobilenetspark.jobs.table.RunReport;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.spark.FeatureMetadata;
import io.mobilenetspark.spark.sql.NamedTable;
import io.mobilenetspark.spark.sql.NamedTable.Definition;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.CreateTableWriter;
import org.apache.spark.sql.DataFrameWriterV2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchTableException;
import org.apache.spark.sql.catalyst.analysis.TableAlreadyExistsException;

/**
 * A table of a format that commits a whole write at once, such as Delta Lake's or Iceberg's. That
 * it is there whole or as it was is the format's promise; what the vectors are is committed with
 * them, as properties of the table.
 */
public final class TransactionalTable implements OutputTable {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_]\\w*");

  private final NamedTable table;
  private final TransactionalPlace place;
  private final OutputMode mode;
  private final TableOptions options;
  private Optional<Definition> before;
  private Optional<VectorKind> appended = Optional.empty();
  private volatile boolean isCommitted; // the JVM may be stopping in another thread

  TransactionalTable(
      NamedTable table, TransactionalPlace place, OutputMode mode, TableOptions options) {
    this.table = table;
    this.place = place;
    this.mode = mode;
    this.options = options;
    this.before = look();
  }

  /** What is there now, if the mode goes with it. */
  private Optional<Definition> look() {
    Optional<Definition> found = place.definition();
    found.ifPresent(
        definition -> {
          place.requireFormat(definition);
          if (mode == OutputMode.ERRORIFEXISTS) {
            throw place.refused("it exists", " Pass --output-mode append, overwrite or ignore.");
          } else if (mode != OutputMode.IGNORE && !NamedVectors.footer(definition).isOurs()) {
            throw place.refused(
                "embed did not write it: its properties don't say what its vectors are",
                " To replace it, DROP TABLE " + table.quoted() + " first.");
          }
        });
    return found;
  }

  @Override
  public String place() {
    return "the table " + place.name();
  }

  @Override
  public List<String> partitionBy() {
    return options.partitionBy();
  }

  @Override
  public boolean leavesWhatExists() {
    return mode == OutputMode.IGNORE && before.isPresent();
  }

  @Override
  public void begin(Dataset<Row> input) {
    boolean wasThere = before.isPresent();
    before = look();
    if (before.isPresent() != wasThere) {
      throw justChanged(before.isPresent() ? "written" : "removed");
    }
    before.ifPresent(definition -> place.requireApart(definition, input));
  }

  private UserException justChanged(String how) {
    return UserException.input(
        String.format(Locale.ROOT, "Another run has just %s %s. Run again.", how, place()));
  }

  @Override
  public void requireComparable(VectorKind kind) {
    if (mode != OutputMode.APPEND || before.isEmpty()) {
      return;
    }
    appended = Optional.of(kind);
    VectorFiles.Footer footer = NamedVectors.footer(before.get()).requireKnownFormat(place.name());
    kind.mismatch(NamedVectors.widened(footer, kind))
        .ifPresent(
            why -> {
              throw UserException.input(
                  String.format(
                      Locale.ROOT,
                      "Can't append to %s, whose rows would not go together with these: %s. Pass the"
                          + " options that it was made with, --output-mode overwrite to compute all of"
                          + " it, or another --output-table.",
                      place(),
                      why));
            });
  }

  /** Writes and commits: what fails before that leaves the table as it is. */
  @Override
  public void write(Dataset<Row> vectors, Map<String, String> footer) {
    Dataset<Row> rows =
        partitionBy().isEmpty() ? vectors : PartitionColumns.gathered(vectors, partitionBy());
    DataFrameWriterV2<Row> writer = rows.writeTo(table.quoted()).options(options.outputOptions());
    try {
      if (mode == OutputMode.APPEND && before.isPresent()) {
        writer.append();
      } else if (mode == OutputMode.OVERWRITE && before.isPresent()) {
        of(writer, footer).createOrReplace();
      } else {
        of(writer, footer).create();
      }
    } catch (TableAlreadyExistsException e) {
      throw justChanged("written");
    } catch (NoSuchTableException e) {
      throw justChanged("removed");
    }
    isCommitted = true;
  }

  private CreateTableWriter<Row> of(DataFrameWriterV2<Row> writer, Map<String, String> footer) {
    CreateTableWriter<Row> made = writer;
    Optional<String> format =
        place.format().or(() -> before.map(Definition::format).filter(name -> !name.isEmpty()));
    if (format.isPresent()) {
      made = made.using(format.get());
    }
    Map<String, String> properties =
        NamedVectors.properties(footer, before.map(Definition::properties).orElseGet(Map::of));
    for (Map.Entry<String, String> property : properties.entrySet()) {
      made = made.tableProperty(property.getKey(), property.getValue());
    }
    List<Column> by = partitionBy().stream().map(TransactionalTable::named).toList();
    return by.isEmpty()
        ? made
        : made.partitionedBy(by.get(0), by.subList(1, by.size()).toArray(Column[]::new));
  }

  /** A column for {@code partitionedBy}, which takes its name for a text to be parsed again. */
  private static Column named(String name) {
    return PLAIN.matcher(name).matches() || name.contains(".")
        ? StoredVectors.column(name)
        : StoredVectors.column(StoredVectors.quoted(name));
  }

  /**
   * Looks once more: where a format takes what is appended to a table that another run has replaced
   * meanwhile, the rows are in it, and should not be.
   */
  @Override
  public void commit(RunReport report, SparkSession spark) {
    if (appended.isEmpty()) {
      return;
    }
    Map<String, String> facts = appended.get().facts();
    Map<String, String> now =
        place.definition().map(NamedVectors::footer).map(VectorFiles.Footer::facts).orElse(facts);
    List<String> differing = FeatureMetadata.differing(now, facts);
    if (!differing.isEmpty()) {
      throw UserException.job(
          String.format(
              Locale.ROOT,
              "Another run has replaced %s while this one appended, so that its vectors are of two"
                  + " kinds: %s. Roll it back to the version before, or write it with --output-mode"
                  + " overwrite.",
              place(),
              StoredVectors.describe(differing, now, facts)));
    }
  }

  /** What there is to say of a new table, whose name may go with the session. */
  public Optional<String> note(SparkSession spark) {
    return isCommitted && before.isEmpty() && table.isOfSession()
        ? place
            .definition()
            .flatMap(Definition::location)
            .flatMap(location -> CatalogTable.passing(spark, place.name(), location))
        : Optional.empty();
  }

  @Override
  public boolean end() {
    return isCommitted;
  }

  @Override
  public StoredVectors stored(SparkSession spark) {
    return StoredVectors.ofTable(spark, place.name(), List.of());
  }
}
