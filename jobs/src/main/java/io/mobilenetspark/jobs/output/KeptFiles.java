package io.mobilenetspark.jobs.output;

import io.mobilenetspark.jobs.cli.OutputOptions.OutputMode;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.table.OutputContent;
import io.mobilenetspark.jobs.table.VectorFiles;
import io.mobilenetspark.jobs.table.VectorKind;
import io.mobilenetspark.spark.ClassicSpark;
import io.mobilenetspark.spark.FeatureMetadata;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Files of a table that stay when others are added: they go together with new rows. */
final class KeptFiles {

  static final KeptFiles NONE = new KeptFiles(List.of());

  private final List<Kept> files;

  /** A file, and its name from the table's directory on. */
  private record Kept(FileStatus file, String name, VectorFiles.Footer footer) {

    /** Its size, as those who write files go by it: before any compression. */
    long bytes() {
      String dimension = footer.facts().getOrDefault(FeatureMetadata.PREFIX + "dimension", "0");
      return Math.max(file.getLen(), footer.rows() * Long.parseLong(dimension) * Float.BYTES);
    }
  }

  private KeptFiles(List<Kept> files) {
    this.files = List.copyOf(files);
  }

  /**
   * The files that are there.
   *
   * @param kind what new rows are
   * @throws UserException if they differ in what moves vectors, in their columns or in what tells
   *     changes
   */
  static KeptFiles of(OutputContent content, VectorKind kind, OutputPlace place) {
    List<Optional<VectorFiles.Footer>> footers;
    try {
      footers = VectorFiles.read(content.parts(), place.hadoop());
    } catch (IOException e) {
      throw place.unusable(e);
    }
    List<Kept> found = new ArrayList<>();
    for (int i = 0; i < footers.size(); i++) {
      FileStatus file = content.parts().get(i);
      VectorFiles.Footer footer =
          footers
              .get(i)
              .orElseThrow(
                  () ->
                      refused(
                          place,
                          kind,
                          file.getPath().getName() + " is damaged, or no Parquet file"))
              .requireKnownFormat(place.path().toString());
      kind.mismatch(footer)
          .ifPresent(
              why -> {
                throw refused(place, kind, why);
              });
      found.add(new Kept(file, content.names().get(i), footer));
    }
    return new KeptFiles(found);
  }

  private static UserException refused(OutputPlace place, VectorKind kind, String why) {
    return UserException.input(
        String.format(
            Locale.ROOT,
            "Can't %s %s, whose rows would not go together with these: %s. Pass the options that it"
                + " was made with, %s to compute all of it, or another --output.",
            place.mode() == OutputMode.APPEND ? "append to" : "go on with",
            place.path(),
            why,
            kind.changedBy()
                .map(text -> "--output-mode overwrite --changed-by " + text)
                .orElse("--output-mode overwrite")));
  }

  /**
   * The same rows, whose columns are spelled as in these files: one table with two spellings has
   * two columns for readers that tell capitals apart.
   */
  Dataset<Row> spelled(Dataset<Row> vectors) {
    Set<String> spellings = new TreeSet<>();
    for (Kept kept : files) {
      spellings.addAll(kept.footer().columns());
      String partitions = kept.footer().partitionedBy();
      if (!partitions.isEmpty()) {
        spellings.addAll(VectorFiles.names(StructType.fromDDL(partitions)));
      }
    }
    Dataset<Row> spelled = vectors;
    for (StructField field : vectors.schema().fields()) {
      String type = " " + field.dataType().catalogString();
      for (String column : spellings) {
        String there = column.substring(0, Math.max(0, column.length() - type.length()));
        if (column.endsWith(type)
            && !there.equals(field.name())
            && ClassicSpark.isSameName(there, field.name())) {
          spelled = spelled.withColumnRenamed(field.name(), there);
        }
      }
    }
    return spelled;
  }

  int count() {
    return files.size();
  }

  long rows() {
    return files.stream().mapToLong(kept -> kept.footer().rows()).sum();
  }

  /** What their vectors were computed on. */
  Set<String> computedOn() {
    return VectorFiles.instructionSets(files.stream().map(Kept::footer).toList());
  }

  List<String> names() {
    return files.stream().map(Kept::name).toList();
  }

  /**
   * Those of directories that have at least so many small files, and would have less than half as
   * many.
   *
   * @param most 0 for none
   * @param bytesPerFile what they are written in
   */
  KeptFiles small(int most, long bytesPerFile) {
    return most == 0
        ? NONE
        : new KeptFiles(
            files.stream()
                .filter(kept -> kept.bytes() < SmallFiles.BYTES)
                .collect(Collectors.groupingBy(kept -> kept.file().getPath().getParent()))
                .values()
                .stream()
                .filter(together -> together.size() >= most)
                .filter(together -> isWorthIt(together, bytesPerFile))
                .flatMap(List::stream)
                .toList());
  }

  /** Or files that are as large as they are written would be written again and again. */
  private static boolean isWorthIt(List<Kept> together, long bytesPerFile) {
    long bytes = together.stream().mapToLong(Kept::bytes).sum();
    return SmallFiles.areFewer(together.size(), bytes, bytesPerFile);
  }

  /** What stays when others go. */
  KeptFiles without(KeptFiles others) {
    Set<String> gone = new TreeSet<>(others.names());
    return new KeptFiles(files.stream().filter(kept -> !gone.contains(kept.name())).toList());
  }

  /** For who writes them anew. */
  SmallFiles toBeMerged() {
    List<Path> paths = files.stream().map(kept -> kept.file().getPath()).toList();
    return new SmallFiles(paths, rows(), computedOn());
  }
}
