package io.mobilenetspark.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.SparkTestSession;
import io.mobilenetspark.train.TrainingRow;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.mllib.evaluation.MulticlassMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.Tuple2;

/** Against MLlib's metrics, and against all rows in one list. */
class EvaluationTest {

  private static final JavaSparkContext SPARK =
      new JavaSparkContext(SparkTestSession.get().sparkContext());
  private static final List<String> LABELS = List.of("a", "b", "c", "never");

  private record Case(String name, int label, List<Double> scores) implements java.io.Serializable {

    double[] logits() {
      return scores.stream().mapToDouble(Double::doubleValue).toArray();
    }

    int prediction() {
      return scores.indexOf(Collections.max(scores));
    }

    double loss() {
      return -scores.get(label) + Math.log(scores.stream().mapToDouble(Math::exp).sum());
    }
  }

  private static List<Case> cases(Random random, int count) {
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Double> logits = new ArrayList<>(random.doubles(3, -2, 2).boxed().toList());
      logits.add(-9.0); // a class that is never predicted, and is no label
      cases.add(new Case("image " + i, random.nextInt(3), logits));
      if (i % 5 == 0) { // the same once more
        cases.add(new Case("copy " + i, cases.get(cases.size() - 1).label, logits));
      }
    }
    return cases;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7, 40})
  void sumsOfTasksAreThoseOfAll(int partitions) {
    Random random = new Random(Cases.seed(EvaluationTest.class) + partitions);
    List<Case> cases = cases(random, 120);
    Evaluation evaluation =
        EvaluationSums.of(
                SPARK
                    .parallelize(cases, partitions)
                    .map(row -> EvaluationSums.Judged.of(row.name, row.label, row.logits())))
            .evaluation(LABELS);

    List<Tuple2<Object, Object>> pairs = new ArrayList<>();
    cases.forEach(row -> pairs.add(new Tuple2<>((double) row.prediction(), (double) row.label)));
    MulticlassMetrics metrics = new MulticlassMetrics(SPARK.parallelize(pairs).rdd());
    assertThat(evaluation.images()).isEqualTo(cases.size());
    assertThat(evaluation.accuracy()).isEqualTo(metrics.accuracy(), within(1e-12));
    for (int i = 0; i < 3; i++) {
      Evaluation.ClassMetrics actual = evaluation.classes().get(i);
      assertThat(actual.precision()).isEqualTo(metrics.precision(i), within(1e-12));
      assertThat(actual.recall()).isEqualTo(metrics.recall(i), within(1e-12));
      assertThat(actual.f1()).isEqualTo(metrics.fMeasure(i), within(1e-12));
      for (int j = 0; j < 3; j++) {
        assertThat(images(evaluation, i, j))
            .isEqualTo((long) metrics.confusionMatrix().apply(i, j));
      }
    }
    assertThat(evaluation.classes().get(3))
        .isEqualTo(new Evaluation.ClassMetrics("never", 0, 0, 0, 0));

    List<String> worst =
        cases.stream()
            .filter(row -> row.label != row.prediction())
            .sorted(Comparator.comparingDouble((Case row) -> -row.loss()).thenComparing(Case::name))
            .limit(EvaluationSums.MISTAKES)
            .map(Case::name)
            .toList();
    assertThat(evaluation.mistakes()).hasSize(EvaluationSums.MISTAKES);
    assertThat(evaluation.mistakes()).extracting(Evaluation.Mistake::name).isEqualTo(worst);
    assertThat(evaluation.mistakes()).extracting(Evaluation.Mistake::picture).containsOnly("");
  }

  private static long images(Evaluation evaluation, int label, int prediction) {
    return evaluation.confusions().stream()
        .filter(one -> one.label() == label && one.prediction() == prediction)
        .mapToLong(Evaluation.Confusion::images)
        .sum();
  }

  @Test
  void rightImagesAreNoMistakesAndLargeLossesStayFinite() {
    List<Case> cases =
        List.of(
            new Case("right", 0, List.of(1.0, 0.0)),
            new Case("wrong", 0, List.of(0.0, 1.0)),
            new Case("hopeless", 0, List.of(0.0, 1000.0)));
    Evaluation evaluation =
        EvaluationSums.of(
                SPARK
                    .parallelize(cases, 2)
                    .map(row -> EvaluationSums.Judged.of(row.name, row.label, row.logits())))
            .evaluation(List.of("a", "b"));
    assertThat(evaluation.mistakes())
        .extracting(Evaluation.Mistake::name)
        .containsExactly("hopeless", "wrong");
    assertThat(evaluation.mistakes().get(0).loss()).isEqualTo(1000);
  }

  @Test
  void aTrainedModelIsKeptWhenItCanNotBeJudged() {
    List<String> notices = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onNotice(String text) {
            notices.add(text);
          }
        };
    Optional<Evaluation> none =
        EvaluationSums.tried(
            () ->
                SPARK
                    .parallelize(List.of(1))
                    .map(
                        one -> {
                          throw new IllegalStateException("the disk is full");
                        }),
            LABELS,
            listener);
    assertThat(none).isEmpty();
    assertThat(notices)
        .singleElement()
        .asString()
        .startsWith("The model is trained, but the validation images were not evaluated")
        .contains("the disk is full");
  }

  /** Upright, with its channels in their order. */
  @Test
  void picturesShowThePixels() throws Exception {
    int side = 64;
    byte[] pixels = new byte[side * side * 3];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        pixels[(y * side + x) * 3] = (byte) (y < side / 2 ? 250 : 5); // red above
        pixels[(y * side + x) * 3 + 2] = (byte) (x < side / 2 ? 250 : 5); // blue at the left
      }
    }
    TrainingRow row = new TrainingRow(1, pixels, 0, 1, "file.png");
    Evaluation.Mistake mistake =
        EvaluationSums.of(
                SPARK
                    .parallelize(List.of(row))
                    .map(one -> EvaluationSums.Judged.of(one, new double[] {0, 1})))
            .evaluation(List.of("a", "b"))
            .mistakes()
            .get(0);
    assertThat(mistake.name()).isEqualTo("file.png");
    BufferedImage picture =
        ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(mistake.picture())));
    int last = picture.getWidth() - 6;
    assertThat(picture.getHeight()).isEqualTo(picture.getWidth());
    for (int[] corner : new int[][] {{5, 5, 250, 250}, {last, 5, 250, 5}, {5, last, 5, 250}}) {
      int rgb = picture.getRGB(corner[0], corner[1]);
      assertThat((rgb >> 16) & 0xff).isCloseTo(corner[2], within(25));
      assertThat((rgb >> 8) & 0xff).isCloseTo(0, within(25));
      assertThat(rgb & 0xff).isCloseTo(corner[3], within(25));
    }
  }
}
