package io.mobilenetspark.spark;

import io.mobilenetspark.image.ImageInput;
import io.mobilenetspark.image.ImageOptions;
import io.mobilenetspark.runtime.DecodeTrial;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/**
 * Images of which one may have ended an executor: those of a task that is run again. They are tried
 * in a process of their own, so that the one at fault costs its row and not the job.
 */
public final class SuspectImages {

  private static final String PROPERTY = "mobilenet.images.suspect";

  private SuspectImages() {}

  /**
   * Has all images of the calling thread's jobs tried: a process died that is not there to tell.
   */
  public static void suspectAll(SparkContext context) {
    context.setLocalProperty(PROPERTY, "true");
  }

  /** Ends that for jobs that begin later. */
  public static void trustAll(SparkContext context) {
    context.setLocalProperty(PROPERTY, null);
  }

  /** Whether a task tries its images first. */
  static boolean areIn(TaskContext task) {
    // A speculative task counts as a second attempt, and means to be faster than the first.
    boolean isSpeculating = SparkEnv.get().conf().getBoolean("spark.speculation", false);
    return task.attemptNumber() > (isSpeculating ? 1 : 0)
        || task.stageAttemptNumber() > 0 // what the executor had for others was lost with it
        || "true".equals(task.getLocalProperty(PROPERTY));
  }

  /** The image, or {@link ImageInput.Crashing} in its place; at once unless the task tries them. */
  static ImageInput pass(ImageInput image, ImageOptions options, TaskContext task) {
    return areIn(task)
        ? DecodeTrial.ofThisJvm().pass(image, options, task::killTaskIfInterrupted)
        : image;
  }
}
