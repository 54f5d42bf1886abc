package io.mobilenetspark.jobs.search;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.common.Version;
import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.table.StoredVectors;
import io.mobilenetspark.jobs.table.StoredVectors.FileVersion;
import io.mobilenetspark.spark.FeatureMetadata;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.ChecksumException;

/**
 * What an index says of itself, in JSON: what it was made of, and what it consists of. It is
 * written last, so that an index without one is not complete.
 *
 * @param source what it was made of
 * @param parts by name, how long the file is
 * @param rows how many rows it finds
 * @param faults rows that it does not, by why
 */
record IndexManifest(
    Source source, Map<String, Long> parts, long rows, EnumMap<Fault, Long> faults) {

  /** The file's name, in the folder of an index. */
  static final String FILE = "index.json";

  private static final String DAMAGED = FILE + " is damaged";

  /** What this version writes, and the only one that it reads. */
  private static final int FORMAT = 1;

  /** As a {@link ShardWriter} names them. */
  private static final Pattern PART = Pattern.compile("part-\\d+-\\d+");

  /** What lays the graph out in the files. */
  private static final String LIBRARY = "jvector 4";

  /**
   * A table, as far as an index depends on it.
   *
   * @param writer versions that the files' layout depends on: the graph's, and Spark's rows'
   * @param id the column that names rows
   * @param idType its type, as JSON
   * @param dimension of the vectors
   * @param model what the vectors are ({@link FeatureMetadata})
   * @param files by name
   */
  record Source(
      String writer,
      String id,
      String idType,
      int dimension,
      Map<String, String> model,
      Map<String, FileVersion> files) {

    static Source of(StoredVectors table, int dimension) {
      return new Source(
          LIBRARY + ", spark " + Version.all().get("spark"),
          table.id(),
          table.idType().json(),
          dimension,
          table.facts(),
          table.files());
    }

    /** Whether both are of the same vectors in the same files. */
    boolean isOfSameTable(Source other) {
      return FeatureMetadata.differing(model, other.model).isEmpty() && files.equals(other.files);
    }

    /** Why an index of another source does not do for this one; empty if it does. */
    Optional<String> mismatch(Source other) {
      List<String> differing = FeatureMetadata.differing(model, other.model);
      if (!differing.isEmpty()) {
        return Optional.of(
            "it is of another model: " + StoredVectors.describe(differing, other.model, model));
      } else if (!files.equals(other.files)) {
        return Optional.of("the table's files have changed since it was made");
      } else if (!id.equals(other.id) || !idType.equals(other.idType)) {
        return Optional.of(
            String.format(Locale.ROOT, "it names rows by the column '%s', not '%s'", other.id, id));
      } else if (dimension != other.dimension) {
        return Optional.of(
            String.format(Locale.ROOT, "its vectors have %d values", other.dimension));
      } else if (!writer.equals(other.writer)) {
        return Optional.of(
            String.format(
                Locale.ROOT, "it was made with %s, and this is %s", other.writer, writer));
      }
      return Optional.empty();
    }
  }

  Map<String, Object> toJson() {
    Map<String, Object> files = new LinkedHashMap<>();
    source.files.forEach(
        (name, file) ->
            files.put(name, Map.of("length", file.length(), "modified", file.modified())));
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("format", FORMAT);
    json.put("writer", source.writer);
    json.put("metric", "cosine");
    json.put("dimension", source.dimension);
    json.put("id_column", source.id);
    json.put("id_type", source.idType);
    json.put("model", source.model);
    json.put("rows", rows);
    json.put("not_searched", faults);
    json.put("parts", parts);
    json.put("files", files);
    json.put("versions", Version.all());
    return json;
  }

  /**
   * Reads one.
   *
   * @throws IOException if it can't be read; the message says why
   * @throws DamagedIndexException if it never will be
   */
  static IndexManifest read(InputStream in) throws IOException {
    JsonNode json = parse(in);
    String format = json.path("format").asText();
    if (format.isEmpty()) {
      throw new DamagedIndexException(DAMAGED);
    } else if (!format.equals(Integer.toString(FORMAT))) {
      throw new IOException(
          String.format(
              Locale.ROOT, "it is of format %s, and this version reads %d", format, FORMAT));
    }
    Map<String, String> model = new LinkedHashMap<>();
    json.path("model")
        .properties()
        .forEach(one -> model.put(one.getKey(), one.getValue().asText()));
    Map<String, FileVersion> files = new TreeMap<>();
    for (Map.Entry<String, JsonNode> file : json.path("files").properties()) {
      files.put(
          file.getKey(),
          new FileVersion(
              file.getValue().path("length").asLong(), file.getValue().path("modified").asLong()));
    }
    Map<String, Long> parts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> part : json.path("parts").properties()) {
      if (!PART.matcher(part.getKey()).matches()) { // what is no name of a file, or leads elsewhere
        throw new DamagedIndexException(DAMAGED);
      }
      parts.put(part.getKey(), part.getValue().asLong());
    }
    EnumMap<Fault, Long> faults = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      if (json.path("not_searched").has(fault.name())) {
        faults.put(fault, json.path("not_searched").path(fault.name()).asLong());
      }
    }
    return new IndexManifest(
        new Source(
            json.path("writer").asText(),
            json.path("id_column").asText(),
            json.path("id_type").asText(),
            json.path("dimension").asInt(),
            model,
            files),
        parts,
        json.path("rows").asLong(),
        faults);
  }

  private static JsonNode parse(InputStream in) throws IOException {
    try {
      return new ObjectMapper().readTree(in);
    } catch (JsonProcessingException | ChecksumException e) {
      throw new DamagedIndexException(DAMAGED, e);
    }
  }

  List<String> names() {
    return new ArrayList<>(parts.keySet());
  }
}
