package io.mobilenetspark.jobs.page;

import io.mobilenetspark.jobs.thumbnail.Thumbnail;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The rows and findings of a page, by the numbers that its script knows them by. */
final class PageContent {

  /** As many as are enough to judge by, and few enough for a page. */
  static final int MOST_THUMBNAILS = 3_000;

  /** What a page may have. */
  static final long MOST_BYTES = 20_000_000;

  /** What the front end and the summary take at most. */
  private static final long OTHER_BYTES = 500_000;

  private static final int LEAST_COMPONENTS = 16;
  private static final int MOST_COMPONENTS = 128;
  private static final long COMPONENT_BYTES = 4_000_000;

  /** The greatest number that a position is written as. */
  private static final int GRID = 0xffff;

  private final List<PageRow> rows;
  private final List<GalleryEntry> entries;
  private final Map<@Nullable String, Integer> numbers = new HashMap<>();
  private final int missing;

  /**
   * @param sampled those on the map first
   * @param entries the findings that are shown
   */
  PageContent(List<PageRow> sampled, List<GalleryEntry> entries) {
    this.rows = new ArrayList<>(sampled);
    this.entries = entries;
    for (int i = 0; i < rows.size(); i++) {
      numbers.putIfAbsent(rows.get(i).id(), i); // of rows with one id, findings don't tell which
    }
    addMissing();
    this.missing = rows.size() - sampled.size();
  }

  /** Rows that findings name and the table no longer has. */
  private void addMissing() {
    for (GalleryEntry entry : entries) {
      entry
          .ids()
          .filter(id -> !numbers.containsKey(id))
          .distinct()
          .toList()
          .forEach(
              id -> {
                boolean isOwn = Objects.equals(id, entry.id());
                numbers.put(id, rows.size());
                rows.add(
                    new PageRow(
                        id,
                        isOwn ? entry.label() : null,
                        isOwn ? 1 << entry.kind() : 0,
                        new float[0]));
              });
    }
  }

  List<PageRow> rows() {
    return rows;
  }

  /** How many rows the table no longer has. */
  int missing() {
    return missing;
  }

  /** How many rows are on the map. */
  long points() {
    return rows.stream().filter(PageRow::isOnMap).count();
  }

  /**
   * Ids of the rows to make thumbnails of: first those with findings, then those that they are
   * like, their neighbours, and others.
   */
  Set<@Nullable String> pictured() {
    Set<@Nullable String> ids = new LinkedHashSet<>();
    Stream.of(
            entries.stream().map(GalleryEntry::id),
            entries.stream().map(GalleryEntry::other).filter(Objects::nonNull),
            entries.stream().flatMap(entry -> entry.neighbours().stream()),
            rows.stream().filter(PageRow::isOnMap).map(PageRow::id))
        .flatMap(all -> all)
        .takeWhile(id -> ids.size() < MOST_THUMBNAILS)
        .forEach(ids::add);
    return ids;
  }

  /**
   * The thumbnails that there is room for, in the order of {@link #pictured}.
   *
   * @param made by id
   * @param room in bytes
   */
  private List<Thumbnail> within(Map<@Nullable String, Thumbnail> made, long room) {
    List<Thumbnail> kept = new ArrayList<>();
    long bytes = 0;
    for (String id : pictured()) {
      Thumbnail thumbnail = made.get(id);
      if (thumbnail == null || thumbnail.jpeg().length == 0) {
        continue;
      }
      bytes += thumbnail.jpeg().length;
      if (Page.base64Length(bytes) > room) {
        break;
      }
      kept.add(thumbnail);
    }
    return kept;
  }

  /**
   * The page, with as many thumbnails as there is room for.
   *
   * @param title of the page
   * @param summary of the run
   * @param clusters of the rows
   * @param made thumbnails by id
   */
  Page page(
      String title,
      Map<String, Object> summary,
      int[] clusters,
      Map<@Nullable String, Thumbnail> made)
      throws IOException {
    int without = arrays(clusters, List.of(), made).gzip().length;
    long room = MOST_BYTES - OTHER_BYTES - Page.base64Length(without);
    List<Thumbnail> kept = within(made, room);
    ByteArrayOutputStream jpegs = new ByteArrayOutputStream();
    kept.forEach(thumbnail -> jpegs.writeBytes(thumbnail.jpeg()));
    Map<String, Object> told = new LinkedHashMap<>(summary);
    told.put("points", points());
    told.put("missing", missing);
    told.put("pictures", kept.size());
    return new Page(title, told, arrays(clusters, kept, made).gzip(), jpegs.toByteArray());
  }

  /**
   * How many principal components of each point are told, for its neighbours and layouts: as many
   * as there is room for in some 4 MB, and at least those that clusters are told by.
   *
   * @param points on the map
   */
  static int components(long points) {
    return (int)
        Math.max(
            LEAST_COMPONENTS, Math.min(MOST_COMPONENTS, COMPONENT_BYTES / Math.max(1, points)));
  }

  private PackedArrays arrays(
      int[] clusters, List<Thumbnail> kept, Map<@Nullable String, Thumbnail> made)
      throws IOException {
    PackedArrays arrays = new PackedArrays();
    addPlaces(arrays);
    arrays.addBytes("components", Components.bytes(rows.subList(0, (int) points())));
    Map<String, Integer> labels = new LinkedHashMap<>();
    int[] labelled = new int[rows.size()];
    int[] findings = new int[rows.size()];
    int[] clustered = new int[rows.size()];
    List<@Nullable String> ids = new ArrayList<>();
    for (int i = 0; i < labelled.length; i++) {
      PageRow row = rows.get(i);
      String label = row.label();
      labelled[i] = label == null ? -1 : labels.computeIfAbsent(label, unseen -> labels.size());
      findings[i] = row.findings();
      clustered[i] = i < clusters.length ? clusters[i] : -1;
      ids.add(row.id());
    }
    arrays.addInts("label", labelled);
    arrays.addInts("findings", findings);
    arrays.addInts("cluster", clustered);
    arrays.addJson("ids", ids);
    arrays.addJson("labels", List.copyOf(labels.keySet()));
    arrays.addJson("entries", entries.stream().map(this::entry).toList());
    int[] pictures = new int[rows.size()];
    Arrays.fill(pictures, -1);
    int[] lengths = new int[kept.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = kept.get(i).jpeg().length;
      pictures[numbers.getOrDefault(kept.get(i).id(), 0)] = i;
    }
    arrays.addInts("picture", pictures);
    arrays.addInts("pictureBytes", lengths);
    arrays.addJson("problems", problems(made));
    return arrays;
  }

  /** Positions on a square, with the same scale in both directions. */
  private void addPlaces(PackedArrays arrays) {
    int points = (int) points();
    double[] least = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    double[] most = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY};
    for (PageRow row : rows.subList(0, points)) {
      for (int axis = 0; axis < Projection.LEAST_AXES; axis++) {
        least[axis] = Math.min(least[axis], row.coordinates()[axis]);
        most[axis] = Math.max(most[axis], row.coordinates()[axis]);
      }
    }
    double side = Math.max(Math.max(most[0] - least[0], most[1] - least[1]), Float.MIN_NORMAL);
    String[] names = {"x", "y"};
    for (int axis = 0; axis < Projection.LEAST_AXES; axis++) {
      double middle = (least[axis] + most[axis]) / 2;
      int[] places = new int[points];
      for (int i = 0; i < points; i++) {
        double place = (rows.get(i).coordinates()[axis] - middle) / side + 0.5;
        places[i] = (int) Math.max(0, Math.min(GRID, Math.round(place * GRID)));
      }
      arrays.addShorts(names[axis], places);
    }
  }

  private Map<String, Object> entry(GalleryEntry entry) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("kind", entry.kind());
    json.put("row", numbers.get(entry.id()));
    put(json, "score", entry.score());
    put(json, "group", entry.group());
    put(json, "other", entry.other() == null ? null : numbers.get(entry.other()));
    put(json, "suggested", entry.suggested());
    json.put("detail", entry.detail());
    json.put("neighbours", entry.neighbours().stream().map(numbers::get).toList());
    return json;
  }

  private static void put(Map<String, Object> json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  /** Why there are no thumbnails of some rows, by the rows' numbers. */
  private Map<String, String> problems(Map<@Nullable String, Thumbnail> made) {
    Map<String, String> problems = new LinkedHashMap<>();
    for (String id : pictured()) {
      Thumbnail thumbnail = made.get(id);
      if (thumbnail != null && !thumbnail.problem().isEmpty()) {
        problems.put(String.valueOf(numbers.get(id)), thumbnail.problem());
      }
    }
    return problems;
  }
}
