package io.mobilenetspark.jobs.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads exported files as their formats are described, with nothing of what wrote them. */
final class ReadFiles {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Pattern NPY =
      Pattern.compile(
          "\\{'descr': '<f4', 'fortran_order': False, 'shape': \\((\\d+), (\\d+)\\), } *\n");

  private ReadFiles() {}

  /**
   * The vectors by their ids as text, NULL as "null".
   *
   * @param dimension that the files must say, if they say any
   */
  static Map<String, float[]> all(Path directory, VectorFormat format, int dimension)
      throws IOException {
    List<String> ids = new ArrayList<>();
    List<float[]> vectors = new ArrayList<>();
    for (Path file : parts(directory)) {
      switch (format) {
        case NPY -> vectors.addAll(npy(file, dimension));
        case FVECS -> vectors.addAll(fvecs(file, dimension));
        case CSV -> {
          List<List<@Nullable String>> lines = csv(Files.readString(file));
          assertThat(lines.get(0)).containsExactly("id", "vector");
          for (List<@Nullable String> line : lines.subList(1, lines.size())) {
            assertThat(line).hasSize(2);
            ids.add(String.valueOf(line.get(0)));
            vectors.add(floats(JSON.readTree(line.get(1))));
          }
        }
        case JSONL -> {
          for (JsonNode row : jsonLines(file)) {
            assertThat(row.size()).isEqualTo(2);
            ids.add(row.get("id").asText());
            vectors.add(floats(row.get("vector")));
          }
        }
      }
      if (format == VectorFormat.NPY || format == VectorFormat.FVECS) {
        ids.addAll(ids(file).stream().map(JsonNode::asText).toList());
        assertThat(ids).as("ids of %s", file).hasSameSizeAs(vectors);
      }
    }
    Map<String, float[]> read = new TreeMap<>();
    for (int i = 0; i < ids.size(); i++) {
      assertThat(read.put(ids.get(i), vectors.get(i))).as(ids.get(i)).isNull();
    }
    return read;
  }

  /** The files of vectors, in order. */
  static List<Path> parts(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .sorted()
          .toList();
    }
  }

  /** The ids that belong to a file of vectors. */
  static List<JsonNode> ids(Path vectors) throws IOException {
    String name =
        vectors
            .getFileName()
            .toString()
            .replaceFirst("^part-", "ids-")
            .replaceFirst("\\.\\w+$", ".jsonl");
    Path file = vectors.resolveSibling(name);
    assertThat(Files.readString(file)).as("ASCII").matches("\\p{ASCII}*");
    return jsonLines(file);
  }

  private static List<JsonNode> jsonLines(Path file) throws IOException {
    String text = Files.readString(file);
    assertThat(text.isEmpty() || text.endsWith("\n")).as("ends with a line").isTrue();
    List<JsonNode> values = new ArrayList<>();
    for (String line : text.lines().toList()) {
      values.add(JSON.readTree(line));
    }
    return values;
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.parseFloat(array.get(i).asText()); // not by way of a double
    }
    return values;
  }

  private static List<float[]> npy(Path file, int dimension) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[8];
    bytes.get(magic);
    assertThat(new String(magic, StandardCharsets.ISO_8859_1)).isEqualTo("\u0093NUMPY\u0001\u0000");
    byte[] header = new byte[Short.toUnsignedInt(bytes.getShort())];
    bytes.get(header);
    assertThat(bytes.position() % 64).as("aligned").isZero();
    Matcher shape = NPY.matcher(new String(header, StandardCharsets.ISO_8859_1));
    assertThat(shape.matches()).as(new String(header, StandardCharsets.ISO_8859_1)).isTrue();
    assertThat(Integer.parseInt(shape.group(2))).isEqualTo(dimension);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(shape.group(1)); i++) {
      vectors.add(floats(bytes, dimension));
    }
    assertThat(bytes.hasRemaining()).isFalse();
    return vectors;
  }

  private static List<float[]> fvecs(Path file, int dimension) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<float[]> vectors = new ArrayList<>();
    while (bytes.hasRemaining()) {
      assertThat(bytes.getInt()).isEqualTo(dimension);
      vectors.add(floats(bytes, dimension));
    }
    return vectors;
  }

  private static float[] floats(ByteBuffer bytes, int dimension) {
    float[] values = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      values[i] = bytes.getFloat();
    }
    return values;
  }

  /** As PostgreSQL reads it: a field without quotes and letters is NULL. */
  private static List<List<@Nullable String>> csv(String text) {
    List<List<@Nullable String>> lines = new ArrayList<>();
    List<@Nullable String> line = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      StringBuilder field = new StringBuilder();
      boolean isQuoted = text.charAt(at) == '"';
      if (isQuoted) {
        at++;
        while (text.charAt(at) != '"' || (at + 1 < text.length() && text.charAt(at + 1) == '"')) {
          at += text.charAt(at) == '"' ? 1 : 0;
          field.append(text.charAt(at++));
        }
        at++;
      } else {
        while (text.charAt(at) != ',' && text.charAt(at) != '\n') {
          assertThat(text.charAt(at)).as("without quotes").isNotIn('"', '\r');
          field.append(text.charAt(at++));
        }
      }
      line.add(isQuoted || !field.isEmpty() ? field.toString() : null);
      char end = text.charAt(at++);
      assertThat(end).as("behind %s", field).isIn(',', '\n');
      if (end == '\n') {
        lines.add(line);
        line = new ArrayList<>();
      }
    }
    assertThat(line).isEmpty();
    return lines;
  }

  /** What the export says of itself. */
  static JsonNode report(Path directory) throws IOException {
    return JSON.readTree(directory.resolve("_vectors.json").toFile());
  }
}
