package io.mobilenetspark.spark.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.train.RunSeed;
import io.mobilenetspark.train.TrainingRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import scala.Tuple2;

/** How many images a class gives away. */
class ValidationSplitTest {

  @Test
  void aTenthOfTheDrawsLiesBelowTheThreshold() {
    Random random = new Random(Cases.seed(ValidationSplitTest.class));
    for (int count = 1; count < 120; count++) {
      List<Double> draws = random.doubles(count).boxed().toList();
      double threshold = ValidationSplit.threshold(draws);
      assertThat(draws.stream().filter(draw -> draw < threshold)).hasSize(count / 10);
    }
  }

  @Test
  void equalImagesStayTogether() {
    assertThat(below(Collections.nCopies(50, 0.5))).isZero();
    assertThat(below(List.of(.1, .1, .1, .2, .3, .4, .5, .6, .7, .8, .9))).isZero();
    assertThat(below(List.of(.1, .2, .2, .2, .3, .4, .5, .6, .7, .8, .9))).isEqualTo(1);
  }

  /** Held to a list of all that the classes would do with a draw. */
  @Test
  void imagesOfSeveralClassesAreOnOneSide() {
    Random random = new Random(Cases.seed(ValidationSplitTest.class));
    List<Tuple2<Integer, Double>> draws = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double draw = random.nextDouble();
      for (int copies = random.nextInt(3); copies >= 0; copies--) {
        draws.add(new Tuple2<>(random.nextInt(4), draw));
      }
    }
    JavaSparkContext context = new JavaSparkContext(SparkTestSession.get().sparkContext());
    ValidationSplit split =
        ValidationSplit.of(Optional.empty(), () -> context.parallelizePairs(draws, 3));
    Map<Integer, Double> thresholds = new HashMap<>();
    for (int label = 0; label < 4; label++) {
      int one = label;
      thresholds.put(
          label,
          ValidationSplit.threshold(
              draws.stream().filter(draw -> draw._1() == one).map(Tuple2::_2).toList()));
    }
    Map<Double, List<Boolean>> kept =
        draws.stream()
            .collect(
                Collectors.groupingBy(
                    Tuple2::_2,
                    Collectors.mapping(
                        draw -> draw._2() < requireNonNull(thresholds.get(draw._1())),
                        Collectors.toList())));
    assertThat(kept.values()).anyMatch(sides -> sides.contains(true) && sides.contains(false));
    for (Tuple2<Integer, Double> draw : draws) {
      assertThat(split.keeps(draw._1(), draw._2()))
          .isEqualTo(!requireNonNull(kept.get(draw._2())).contains(false));
    }
  }

  /** What training has and what validation has, of pictures with several labels and weights. */
  @Test
  void theDefaultTenthIsDrawnFromPixelsAlone() {
    Dataset<Row> once = TrainingFixture.pictures(SparkTestSession.get(), 60);
    Dataset<Row> heavy = once.withColumn("weight", functions.lit(5.0));
    Dataset<Row> other = heavy.withColumn("label", functions.expr("(label + 1) % 3"));
    Set<Long> kept;
    try (TrainingSet set = TrainingFixture.set(once.union(heavy).union(other), 1)) {
      kept = pixels(set.validation().rows());
      assertThat(kept).isNotEmpty().doesNotContainAnyElementsOf(pixels(set.training().rows()));
    }
    try (TrainingSet set = TrainingFixture.set(once, 1);
        TrainingSet weighted = TrainingFixture.set(heavy, 1)) {
      assertThat(set.validationRows()).isEqualTo(6);
      assertThat(pixels(weighted.validation().rows())).isEqualTo(pixels(set.validation().rows()));
    }
  }

  private static Set<Long> pixels(JavaRDD<TrainingRow> rows) {
    return Set.copyOf(
        rows.map(row -> RunSeed.mix(Arrays.hashCode(row.pixels()), row.pixels().length))
            .distinct()
            .collect());
  }

  private static long below(List<Double> draws) {
    double threshold = ValidationSplit.threshold(draws);
    return draws.stream().filter(draw -> draw < threshold).count();
  }
}
