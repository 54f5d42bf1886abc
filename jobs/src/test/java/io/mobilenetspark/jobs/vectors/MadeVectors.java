package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.jobs.compare.SearchVector.Fault;
import io.mobilenetspark.jobs.search.VectorTables;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;

/**
 * A table of vectors with ids that files of text break on, some of them without a vector to export.
 *
 * @param vectors by id, those to export
 * @param leftOut how many rows are not, by why
 */
record MadeVectors(Map<String, float[]> vectors, Map<Fault, Integer> leftOut) {

  /** Each is one id. */
  private static final List<String> HOSTILE =
      List.of(
          "",
          " ",
          " leading and trailing ",
          "comma, and \"quotes\"",
          "\"",
          "\\",
          "back\\slash\\\"",
          "line\nbreak",
          "carriage\rreturn",
          "both\r\nof them",
          "\ttab",
          "#comment",
          "'single'",
          "[1.0,2.0]",
          "{\"id\":1}",
          "NULL",
          "NA",
          "\\N",
          "\\.",
          "-",
          "0",
          "007",
          "1e5",
          "caf\u00e9 \u0131\u015f\u0131k \u0130",
          "\u0663\u0661",
          "\u65e5\u672c",
          "\ud83d\ude00",
          "\u2028line separator\u0085next line",
          "\ufeffmark",
          "\u0000zero\u001b[2J",
          "long ".repeat(5_000));

  static MadeVectors write(Path table, int rows, int dimension, int files, Random random) {
    Map<String, float[]> vectors = new TreeMap<>();
    Map<Fault, Integer> leftOut = new TreeMap<>();
    List<Fault> faults = List.of(Fault.values());
    List<Row> made = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      String id = i < HOSTILE.size() ? HOSTILE.get(i) : "row " + i;
      float[] vector = vector(dimension, random);
      int kind = i < HOSTILE.size() ? -1 : random.nextInt(12);
      Fault fault = kind >= 0 && kind < faults.size() ? faults.get(kind) : null;
      if (fault == null) {
        vectors.put(id, vector);
      } else {
        leftOut.merge(fault, 1, Integer::sum);
      }
      made.add(row(id, fault == null ? vector : faulty(vector, fault)));
    }
    Collections.shuffle(made, random);
    VectorTables.write(made, DataTypes.StringType, dimension, files, table);
    return new MadeVectors(vectors, leftOut);
  }

  /** Of all sizes, which decimals of few digits don't hold. */
  private static float[] vector(int dimension, Random random) {
    float[] vector = new float[dimension];
    for (int d = 0; d < dimension; d++) {
      vector[d] =
          switch (random.nextInt(8)) {
            case 0 -> Float.intBitsToFloat(random.nextInt(0x7f80_0000)); // any that is finite
            case 1 -> random.nextBoolean() ? 0f : -0f;
            case 2 -> random.nextInt(100);
            default -> (float) random.nextGaussian();
          };
    }
    vector[random.nextInt(dimension)] = 1 + random.nextFloat();
    return vector;
  }

  private static float @Nullable [] faulty(float[] vector, Fault fault) {
    switch (fault) {
      case MISSING -> {
        return null;
      }
      case OTHER_DIMENSION -> {
        return new float[vector.length + 1];
      }
      case NOT_FINITE -> vector[0] = Float.NaN;
      case ZERO -> Arrays.fill(vector, -0f);
    }
    return vector;
  }

  /** A row of a {@link VectorTables}. */
  static Row row(@Nullable Object id, float @Nullable [] vector) {
    List<Float> values = null;
    if (vector != null) {
      values = new ArrayList<>();
      for (float value : vector) {
        values.add(value);
      }
    }
    return RowFactory.create(id, values, vector == null ? "CORRUPT" : "OK");
  }
}
