package io.mobilenetspark.spark.train;

import static java.util.stream.Collectors.joining;

import io.mobilenetspark.common.PublicApi;
import io.mobilenetspark.common.Quantity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many images a class has.
 *
 * @param label its name
 * @param training to train on
 * @param validation kept from training
 * @param unreadable left out
 */
@PublicApi
public record ClassImages(String label, long training, long validation, long unreadable) {

  /** Of fewer images little can be learned. */
  private static final int FEW = 5;

  /** More would not be read by anybody. */
  private static final int LISTED = 20;

  /** What a row is used for. */
  enum Use {
    TRAINING(0),
    VALIDATION(1),
    UNREADABLE(2);

    private static final int COUNT = 3;

    private final int code;

    Use(int code) {
      this.code = code;
    }

    /** A class and a use in one number, as a shuffle likes it. */
    int of(int label) {
      return label * COUNT + code;
    }

    /** Whether such a number is of this use. */
    boolean isOf(int number) {
      return number % COUNT == code;
    }
  }

  /**
   * Those of all classes.
   *
   * @param counts rows by {@link Use#of}
   */
  static List<ClassImages> of(Labels labels, Map<Integer, Long> counts) {
    List<ClassImages> classes = new ArrayList<>();
    for (int i = 0; i < labels.count(); i++) {
      classes.add(
          new ClassImages(
              labels.names().get(i),
              counts.getOrDefault(Use.TRAINING.of(i), 0L),
              counts.getOrDefault(Use.VALIDATION.of(i), 0L),
              counts.getOrDefault(Use.UNREADABLE.of(i), 0L)));
    }
    return classes;
  }

  /**
   * Tells how many images the classes have, and which have few.
   *
   * @throws IllegalArgumentException if a class that has rows has none to train on
   */
  static void check(List<ClassImages> classes, TrainingListener listener) {
    List<ClassImages> few = new ArrayList<>();
    for (ClassImages images : classes) {
      if (images.training == 0 && images.validation + images.unreadable > 0) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "Class '%s' has no image to train on: %d can't be read, %d are kept for validation. Add images to it, or remove the class.",
                images.label,
                images.unreadable,
                images.validation));
      }
      if (images.training < FEW) {
        few.add(images);
      }
    }
    listener.onPhase("Images to train on: " + listed(classes) + ".");
    if (!few.isEmpty()) {
      listener.onNotice(
          String.format(
              Locale.ROOT,
              "%s fewer than %d images to train on, too few to learn from: %s.",
              Quantity.of(few.size(), "class has", "classes have"),
              FEW,
              listed(few)));
    }
  }

  private static String listed(List<ClassImages> classes) {
    String text =
        classes.stream()
            .sorted(Comparator.comparingLong(ClassImages::training))
            .limit(LISTED)
            .map(images -> String.format(Locale.ROOT, "%s %,d", images.label, images.training))
            .collect(joining(", "));
    return classes.size() <= LISTED
        ? text
        : String.format(
            Locale.ROOT, "%s, and %,d classes that have more", text, classes.size() - LISTED);
  }
}
