package io.mobilenetspark.jobs.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.testing.Clients;
import io.mobilenetspark.testing.Python;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What NumPy reads in exported files is what is in the table, bit for bit. */
@Tag("python")
class NumpyTest {

  private static final String WHAT = "npy, fvecs and csv of export-vectors: ids, bits";

  @TempDir private Path directory;

  @Test
  void numpyReadsTheTablesBits() throws IOException {
    String python = Python.having("NumPy", WHAT, "numpy");
    Path table = directory.resolve("vectors");
    MadeVectors made = MadeVectors.write(table, 200, 33, 3, new Random(11));
    List<String> formats = List.of("npy", "fvecs", "csv");
    for (String format : formats) {
      Commands.run(
              "export-vectors",
              "--vectors=" + table,
              "--format=" + format,
              "--output=" + directory.resolve(format))
          .assertExitCode(0);
    }

    String said =
        Python.script(
            python,
            Map.of(),
            "exported_vectors.py",
            formats.stream()
                .map(name -> directory.resolve(name).toString())
                .toArray(String[]::new));

    Map<String, Map<String, String>> read = new HashMap<>();
    for (String line : said.lines().filter(line -> line.contains("\t")).toList()) {
      String[] columns = line.split("\t", -1);
      String id = new ObjectMapper().readValue(columns[1], String.class);
      assertThat(read.computeIfAbsent(columns[0], any -> new TreeMap<>()).put(id, columns[2]))
          .isNull();
    }
    Map<String, String> expected = new TreeMap<>();
    made.vectors().forEach((id, vector) -> expected.put(id, hex(vector)));
    assertThat(read.keySet()).containsExactlyInAnyOrderElementsOf(formats);
    read.forEach((format, vectors) -> assertThat(vectors).as(format).isEqualTo(expected));
    Clients.passed("NumPy", Python.lastLine(said).substring("NUMPY ".length()), WHAT);
  }

  private static String hex(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return HexFormat.of().formatHex(bytes.array());
  }
}
