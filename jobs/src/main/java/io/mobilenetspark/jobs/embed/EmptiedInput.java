package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.jobs.embed.Comparison.Cause;
import io.mobilenetspark.jobs.embed.Comparison.Emptied;
import io.mobilenetspark.jobs.input.EmptyPlaces;
import io.mobilenetspark.jobs.input.ImageTable;
import io.mobilenetspark.jobs.table.IdColumns;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;

/**
 * Tells rows that were deleted from those whose whole place has gone: a disk that is not mounted,
 * or a list that is just being written, is no reason to remove rows.
 */
final class EmptiedInput {

  private static final String MEND =
      "If it is not mounted, is just being written, or a filter matches nothing, mend that and run"
          + " again.";

  private final InputOptions input;
  private final ImageTable images;
  private final IdColumns ids;
  private final Path table;

  /**
   * @param input where the images are from
   * @param ids the columns that name a row
   * @param table where their vectors are, for messages
   */
  EmptiedInput(InputOptions input, ImageTable images, IdColumns ids, Path table) {
    this.input = input;
    this.images = images;
    this.ids = ids;
    this.table = table;
  }

  /**
   * Why deleted rows are not to be removed; looks at inputs as they are now.
   *
   * @return nothing if there are none, or they may go
   * @throws UserException if the input can't be looked at
   */
  Optional<String> why(Comparison comparison) {
    if (comparison.count(Cause.DELETED) == 0) {
      return Optional.empty();
    } else if (comparison.count(Cause.UNCHANGED, Cause.NEW, Cause.CHANGED, Cause.RETRIED) == 0) {
      return Optional.of(ofWhole(comparison));
    }
    return images.kind() == ImageTable.Kind.FILE && ids.isOnly(ImageTable.PATH)
        ? whyByPath(comparison)
        : whyByFiles(comparison);
  }

  private Optional<String> whyByFiles(Comparison comparison) {
    return ImageTable.withoutFiles(images.rows().sparkSession(), input).stream()
        .map(
            path ->
                String.format(
                    Locale.ROOT,
                    "There are no files in the input %s, and --deleted remove would remove %,d rows of"
                        + " %s that may be from there. %s To remove them, leave it out of --input.",
                    path,
                    comparison.count(Cause.DELETED),
                    table,
                    MEND))
        .findFirst();
  }

  /** Ids are paths of files, which tell where rows are from. */
  private Optional<String> whyByPath(Comparison comparison) {
    List<String> paths = input.paths();
    EmptyPlaces places =
        new EmptyPlaces(paths, images.rows().sparkSession().sparkContext().hadoopConfiguration());
    for (int depth : places.depths()) {
      for (Emptied emptied : comparison.emptied(depth)) {
        Optional<EmptyPlaces.Reason> reason = places.whyWaitFor(emptied.path(), depth);
        if (reason.isPresent()) {
          return Optional.of(
              String.format(
                  Locale.ROOT,
                  "%s gives no row, and --deleted remove would remove all %,d of %s that are from there."
                      + " %s To remove them, %s.",
                  reason.get().place(),
                  emptied.rows(),
                  table,
                  MEND,
                  reason.get().cure()));
        }
      }
    }
    return Optional.empty();
  }

  private String ofWhole(Comparison comparison) {
    return String.format(
        Locale.ROOT,
        "The input has no rows, and --deleted remove would remove all %,d of %s. %s To empty the"
            + " table, pass --output-mode overwrite without --deleted.",
        comparison.count(Cause.DELETED),
        table,
        MEND);
  }
}
