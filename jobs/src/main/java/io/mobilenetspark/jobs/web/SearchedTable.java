package io.mobilenetspark.jobs.web;

import io.mobilenetspark.jobs.common.UserException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the page searches. Its methods may be called by several threads at once. */
public interface SearchedTable {

  /**
   * What the page says of the table.
   *
   * @param name where it is
   * @param rows how many it has; negative if that is not known
   * @param model by its name
   * @param idColumn the column that names a row
   * @param way how it is searched, for people
   * @param hasThumbnails whether rows have pictures
   */
  record Facts(
      String name, long rows, String model, String idColumn, String way, boolean hasThumbnails) {}

  /**
   * A row.
   *
   * @param id as text that is an id again; null if it is NULL, and the row can't be asked for
   * @param label null if it has none
   */
  record Named(@Nullable String id, @Nullable String label) {}

  /**
   * A row that is like what was asked for.
   *
   * @param similarity the cosine
   */
  record Neighbour(Named row, float similarity) {}

  /**
   * What was found.
   *
   * @param asked the row that was asked for; null for an image
   * @param neighbours the best first
   * @param notes what is to be said of the search
   */
  record Answer(@Nullable Named asked, List<Neighbour> neighbours, List<String> notes) {}

  /** The table can't be read: it is being replaced, say. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnavailableException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  Facts facts();

  /**
   * The neighbours of a row.
   *
   * @param k how many
   * @return empty if there is no such row
   * @throws UserException if it can't be searched for
   * @throws UnavailableException if the table can't be read just now
   */
  Optional<Answer> ofRow(String id, int k);

  /**
   * The neighbours of an image.
   *
   * @param file the bytes of an image file
   * @param k how many
   * @throws UserException if the image can't be read, or embedded
   * @throws UnavailableException if the table can't be read just now
   */
  Answer ofImage(byte[] file, int k);

  /**
   * A small picture of a row's image, a JPEG.
   *
   * @return empty if there is no such row, or none can be made
   * @throws UserException if that fails
   */
  Optional<byte[]> thumbnail(String id);
}
