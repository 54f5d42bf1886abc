package io.mobilenetspark.jobs.page;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.clustering.KMeans;
import org.apache.spark.mllib.clustering.KMeansModel;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.sql.SparkSession;

/** Rows that lie together along the principal axes, by MLlib's k-means. */
final class Clusters {

  /** As many as colours that can be told apart. */
  static final int MOST = 10;

  /** Fewer rows are no cluster. */
  private static final int LEAST_ROWS = 5;

  /** Enough to find the centres by. */
  private static final int FITTED_ROWS = 20_000;

  private static final int ITERATIONS = 20;

  /** Principal axes that they are told by: the rest is mostly noise. */
  private static final int AXES = 16;

  private Clusters() {}

  /**
   * The cluster of each row, counted from 0 by their sizes, the largest first; -1 for rows that are
   * not on the map.
   */
  static int[] of(SparkSession spark, List<PageRow> rows, long seed) {
    List<Vector> places = rows.stream().filter(PageRow::isOnMap).map(Clusters::place).toList();
    int[] clusters = new int[rows.size()];
    if (places.isEmpty()) {
      Arrays.fill(clusters, -1);
      return clusters;
    }
    int stride = (places.size() + FITTED_ROWS - 1) / FITTED_ROWS;
    List<Vector> fitted =
        IntStream.range(0, places.size())
            .filter(i -> i % stride == 0)
            .mapToObj(places::get)
            .toList();
    int wanted = Math.max(1, Math.min(MOST, fitted.size() / LEAST_ROWS));
    KMeansModel model =
        new KMeans()
            .setK(wanted)
            .setMaxIterations(ITERATIONS)
            .setSeed(seed)
            // In one part: sums of several would be added in the order in which they are done.
            .run(new JavaSparkContext(spark.sparkContext()).parallelize(fitted, 1).rdd());
    for (int i = 0; i < clusters.length; i++) {
      PageRow row = rows.get(i);
      clusters[i] = row.isOnMap() ? model.predict(place(row)) : -1;
    }
    return bySize(clusters);
  }

  private static Vector place(PageRow row) {
    float[] coordinates = row.coordinates();
    double[] place = new double[Math.min(AXES, coordinates.length)];
    for (int i = 0; i < place.length; i++) {
      place[i] = coordinates[i];
    }
    return Vectors.dense(place);
  }

  private static int[] bySize(int[] clusters) {
    long[] sizes = new long[MOST];
    Arrays.stream(clusters).filter(cluster -> cluster >= 0).forEach(cluster -> sizes[cluster]++);
    List<Integer> order =
        IntStream.range(0, MOST)
            .boxed()
            .sorted(Comparator.comparingLong((Integer cluster) -> -sizes[cluster]))
            .toList();
    return Arrays.stream(clusters)
        .map(cluster -> cluster < 0 ? cluster : order.indexOf(cluster))
        .toArray();
  }
}
