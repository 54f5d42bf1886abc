package io.mobilenetspark.runtime;

import io.mobilenetspark.common.ImageSize;
import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.image.ImageOutcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * Images in, vectors out, a batch at a time. Borrows its extractor. Safe for use by many threads at
 * once; frees all native memory that a call takes.
 */
public final class ImageEmbedder {

  private final FeatureExtractor extractor;
  private final ImageOptions options;
  private final RunSize runSize;

  /**
   * @param extractor must outlive this
   * @param options how images are read; their size must be the model's
   */
  public ImageEmbedder(FeatureExtractor extractor, ImageOptions options) {
    this(extractor, options, extractor.runSize());
  }

  /**
   * @param extractor must outlive this
   * @param options how images are read; their size must be the model's
   * @param runSize how many images a run of the model has
   */
  public ImageEmbedder(FeatureExtractor extractor, ImageOptions options, RunSize runSize) {
    ImageSize modelSize =
        new ImageSize(extractor.model().imageHeight(), extractor.model().imageWidth());
    if (!options.size().equals(modelSize)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the model takes images of %s, the options say %s",
              modelSize,
              options.size()));
    }
    this.extractor = extractor;
    this.options = options;
    this.runSize = runSize;
  }

  /**
   * Embeds a batch. An image's vector has the same bits whatever else is in the batch.
   *
   * @return as many results as images, in their order
   */
  public List<Embedding> embed(List<ImageInput> images) {
    return embed(images, () -> {}, nanos -> {});
  }

  /**
   * The same for work that may be called off: a batch of large images takes many seconds.
   *
   * @param check called before each image, before the run, and ten times a second while an image
   *     waits for memory that other tasks have; what it throws frees the batch
   * @param ran told how long the model ran, in nanoseconds; not called if no image could be read
   */
  public List<Embedding> embed(List<ImageInput> images, Runnable check, LongConsumer ran) {
    if (images.isEmpty()) {
      return List.of();
    }
    List<ImageOutcome> outcomes = new ArrayList<>(images.size());
    float[] features;
    try (ModelInput input = new ModelInput(options.size(), runSize, images.size())) {
      for (ImageInput image : images) {
        check.run();
        ImageOutcome outcome = extractor.images().read(image, options, input.next(), check);
        outcomes.add(outcome);
        if (outcome instanceof ImageOutcome.Read) {
          input.keep(); // a rejected image leaves its place to the next one
        }
      }
      check.run();
      long start = System.nanoTime();
      features = input.extract(extractor);
      if (features.length > 0) {
        ran.accept(System.nanoTime() - start);
      }
    }
    return join(outcomes, features);
  }

  private List<Embedding> join(List<ImageOutcome> outcomes, float[] features) {
    int dimension = extractor.model().dimension();
    List<Embedding> embeddings = new ArrayList<>(outcomes.size());
    int from = 0;
    for (ImageOutcome outcome : outcomes) {
      if (outcome instanceof ImageOutcome.Read read) {
        embeddings.add(Embedding.of(read, Arrays.copyOfRange(features, from, from + dimension)));
        from += dimension;
      } else if (outcome instanceof ImageOutcome.Rejected rejected) {
        embeddings.add(Embedding.none(rejected));
      }
    }
    return embeddings;
  }
}
