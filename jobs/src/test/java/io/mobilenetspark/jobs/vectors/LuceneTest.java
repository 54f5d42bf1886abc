package io.mobilenetspark.jobs.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.jobs.Commands;
import io.mobilenetspark.jobs.search.VectorTables;
import io.mobilenetspark.testing.Clients;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.Version;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lucene, which Elasticsearch and OpenSearch search with, ranks what was exported as {@code
 * similar} does, whose search is exact.
 */
class LuceneTest {

  private static final int ROWS = 24;
  private static final int K = 5;
  private static final int DIMENSION = 768;

  /** Of Lucene's sums, which are of floats. */
  private static final double ROUNDING = 1e-6;

  private final SparkSession spark = Commands.session();

  @TempDir private Path directory;

  /**
   * Vectors as a MobileNet's are, none of whose values is negative: several alike, of all lengths.
   */
  private static void write(Path table) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    float[] common = new float[DIMENSION];
    for (int i = 0; i < ROWS; i++) {
      float[] vector = new float[DIMENSION];
      float length = 0.1f + 10 * random.nextFloat();
      for (int d = 0; d < DIMENSION; d++) {
        if (i % 6 == 0) {
          common[d] = (float) Math.max(0, random.nextGaussian());
        }
        vector[d] = length * (common[d] + (float) Math.max(0, random.nextGaussian() / 4));
      }
      rows.add(MadeVectors.row("photo " + i, vector));
    }
    rows.add(MadeVectors.row("no photo", null));
    VectorTables.write(rows, DataTypes.StringType, DIMENSION, 2, table);
  }

  private Map<String, float[]> exported(
      Path table, VectorFormat format, Normalization normalization) throws IOException {
    Path output = directory.resolve(format + " " + normalization);
    Commands.run(
            "export-vectors",
            "--vectors=" + table,
            "--format=" + format.optionName(),
            "--normalize=" + normalization.optionName(),
            "--output=" + output)
        .assertExitCode(0);
    return ReadFiles.all(output, format, DIMENSION);
  }

  /** As docs/vectors.md has it. */
  private static void index(
      Map<String, float[]> vectors, VectorSimilarityFunction similarity, IndexWriter writer)
      throws IOException {
    for (Map.Entry<String, float[]> one : vectors.entrySet()) {
      Document document = new Document();
      document.add(new StringField("id", one.getKey(), Field.Store.YES));
      document.add(new KnnFloatVectorField("vector", one.getValue(), similarity));
      writer.addDocument(document);
    }
    writer.commit();
  }

  @Test
  void luceneRanksAsSimilarDoes() throws IOException {
    Path table = directory.resolve("vectors");
    Path neighbours = directory.resolve("neighbours");
    write(table);
    Commands.run(
            "similar",
            "--vectors=" + table,
            "--queries=" + table,
            "--k=" + K,
            "--output=" + neighbours)
        .assertExitCode(0);
    List<Row> exact =
        spark.read().parquet(neighbours.toString()).orderBy("query", "rank").collectAsList();
    assertThat(exact).hasSize(ROWS * K + 1); // a row that has none

    assertRanks(
        exact,
        exported(table, VectorFormat.NPY, Normalization.NONE),
        VectorSimilarityFunction.COSINE);
    assertRanks(
        exact,
        exported(table, VectorFormat.JSONL, Normalization.L2),
        VectorSimilarityFunction.DOT_PRODUCT);
    Clients.passed(
        "Lucene",
        Version.LATEST.toString(),
        "vectors of export-vectors indexed: ids and scores of COSINE and DOT_PRODUCT");
  }

  private static void assertRanks(
      List<Row> exact, Map<String, float[]> vectors, VectorSimilarityFunction similarity)
      throws IOException {
    try (ByteBuffersDirectory memory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(memory, new IndexWriterConfig())) {
      index(vectors, similarity, writer);
      try (DirectoryReader reader = DirectoryReader.open(memory)) {
        IndexSearcher searcher = new IndexSearcher(reader);
        for (String id : vectors.keySet()) {
          Map<String, Double> scores = new HashMap<>();
          for (ScoreDoc hit :
              searcher.search(new KnnFloatVectorQuery("vector", vectors.get(id), ROWS), ROWS)
                  .scoreDocs) {
            String found = searcher.storedFields().document(hit.doc).get("id");
            scores.put(found, (double) hit.score);
          }
          assertThat(scores).as("each row is found").hasSize(ROWS);
          assertThat(scores.remove(id)).as("of itself").isCloseTo(1, within(ROUNDING));
          List<Double> best =
              scores.values().stream().sorted((a, b) -> Double.compare(b, a)).toList();
          List<Row> expected = exact.stream().filter(row -> row.getString(0).equals(id)).toList();
          for (int rank = 1; rank <= K; rank++) {
            Row neighbour = expected.get(rank - 1);
            double score = (1 + (double) neighbour.getFloat(3)) / 2;
            assertThat(scores.get(neighbour.getString(2))).isCloseTo(score, within(ROUNDING));
            assertThat(best.get(rank - 1)).isCloseTo(score, within(ROUNDING));
          }
        }
      }
    }
  }

  /** The limit that the docs tell. */
  @Test
  void luceneTakes1024Values() {
    assertThat(new KnnFloatVectorField("vector", new float[1024]).vectorValue()).hasSize(1024);
    assertThatThrownBy(
            () -> {
              try (ByteBuffersDirectory memory = new ByteBuffersDirectory();
                  IndexWriter writer = new IndexWriter(memory, new IndexWriterConfig())) {
                float[] vector = new float[1025];
                vector[0] = 1;
                index(Map.of("a", vector), VectorSimilarityFunction.COSINE, writer);
              }
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1024");
  }
}
