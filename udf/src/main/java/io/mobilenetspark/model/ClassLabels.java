package io.mobilenetspark.model;

import io.mobilenetspark.common.PathSyntax;
import io.mobilenetspark.common.Quantity;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.options.Cure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * The names of a classifier's classes, such as the 1001 lines of {@code ImageNetLabels.txt}.
 * Immutable.
 */
public final class ClassLabels implements Serializable {
  private static final long serialVersionUID = 1;

  private static final int MAX_LABELS = 1_000_000;

  private final List<String> labels;

  /**
   * Takes labels as they are.
   *
   * @param labels in the order of the classes
   */
  public ClassLabels(List<String> labels) {
    this.labels = List.copyOf(labels);
  }

  /**
   * Reads a text file in UTF-8, one label a line.
   *
   * @param file on any Hadoop file system
   * @throws ModelLoadException if it can't be read or is empty
   */
  public static ClassLabels read(String file, Configuration configuration) {
    List<String> labels = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(open(file, configuration), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        labels.add(line.strip());
        if (labels.size() > MAX_LABELS) {
          throw new IOException(
              String.format(Locale.ROOT, "it has more than %d lines", MAX_LABELS));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new ModelLoadException(
          file,
          "its labels can't be read: " + PathSyntax.reason(file, e),
          Cure.of("Pass a text file with one label a line."),
          e);
    }
    if (labels.isEmpty()) {
      throw new ModelLoadException(
          file, "it has no labels", Cure.of("Pass a text file with one label a line."));
    }
    return new ClassLabels(labels);
  }

  private static InputStream open(String file, Configuration configuration) throws IOException {
    Path path = new Path(file);
    return path.getFileSystem(configuration).open(path);
  }

  /** Number of labels. */
  public int size() {
    return labels.size();
  }

  /**
   * What is wrong, in words, with labels for another number of classes; empty if there are as many.
   * ImageNet's classifiers have 1,001: class 0 is the background, and a file of the 1,000 others
   * would name each class by its neighbour.
   *
   * @param classes of the classifier
   */
  public Optional<String> mismatch(int classes) {
    if (labels.size() == classes) {
      return Optional.empty();
    }
    String counts =
        String.format(
            Locale.ROOT,
            "%s, but the model has %s",
            Quantity.of(labels.size(), "label"),
            Quantity.of(classes, "class", "classes"));
    boolean lacksBackground = labels.size() == classes - 1;
    return Optional.of(
        lacksBackground
            ? counts
                + ": the first one is the background. Put a line 'background' before the first"
                + " label."
            : counts
                + ". Pass the labels of this model, one a class, in the order of its classes.");
  }

  /**
   * A class and how probable it is.
   *
   * @param probability by softmax over all classes, 0 to 1
   */
  public record Ranked(int index, String label, double probability) {}

  /**
   * The most probable classes, the first one first; of equal ones that of the lower index.
   *
   * @param logits of all classes, as many as labels
   * @param count how many; fewer if there are not as many
   * @throws IllegalArgumentException if the number of logits is another one, or one is not a number
   */
  public List<Ranked> top(float[] logits, int count) {
    if (logits.length != labels.size()) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d logits but %d labels", logits.length, labels.size()));
    }
    double max = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      if (Float.isNaN(logit)) {
        throw new IllegalArgumentException("a logit is not a number");
      }
      max = Math.max(max, logit);
    }
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - max);
    }
    double largest = max;
    double total = sum;
    return IntStream.range(0, logits.length)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer i) -> -logits[i]))
        .limit(count)
        .map(i -> new Ranked(i, labels.get(i), Math.exp(logits[i] - largest) / total))
        .toList();
  }
}
