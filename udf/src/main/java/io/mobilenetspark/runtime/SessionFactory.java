package io.mobilenetspark.runtime;

import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Opens the sessions that compute with models, on the GPU of the task if it has one. Safe for use
 * by many threads.
 *
 * <p>One GPU a process: TensorFlow maps its device {@code GPU:0} to one of CUDA's when the first
 * session is opened, for the process, and fails if a later session's {@code visible_device_list}
 * begins with another. A list of all GPUs, with nodes placed on them by name, would do for an
 * executor of several; but no task knows the executor's others, and to see all GPUs of a machine
 * takes memory on those of other executors.
 */
public final class SessionFactory {

  private static final SessionFactory OF_THIS_JVM = new SessionFactory(SessionFactory::runOnGpu);

  private static final String GPU = "GPU";

  private static final String TRIAL = "trial";

  private static final GraphDef ON_GPU =
      GraphDef.newBuilder()
          .addNode(
              NodeDef.newBuilder()
                  .setName(TRIAL)
                  .setOp("Const")
                  .setDevice("/device:GPU:0")
                  .putAttr("dtype", AttrValue.newBuilder().setType(DataType.DT_FLOAT).build())
                  .putAttr(
                      "value",
                      AttrValue.newBuilder()
                          .setTensor(
                              TensorProto.newBuilder()
                                  .setDtype(DataType.DT_FLOAT)
                                  .setTensorShape(TensorShapeProto.getDefaultInstance())
                                  .addFloatVal(1))
                          .build()))
          .build();

  private static final String OF_CPUS =
      String.format(
          Locale.ROOT,
          "is the one for CPUs. Add tensorflow-core-native-%1$s-linux-x86_64-gpu.jar"
              + " (org.tensorflow:tensorflow-core-native:%1$s:linux-x86_64-gpu on Maven Central) to"
              + " --jars, or compute on CPUs: without spark.task.resource.gpu.amount.",
          NativeLibrary.VERSION);

  private static final String NEEDED =
      ". The executors' machines need NVIDIA's driver, CUDA 12 and cuDNN 9, and the discovery"
          + " script must print the numbers that CUDA gives the GPUs; executors with"
          + " spark.executorEnv.TF_CPP_MIN_LOG_LEVEL=0 log what TensorFlow misses.";

  private final Consumer<ConfigProto> trial;
  private @Nullable Gpu bound;

  /**
   * @param trial fails as TensorFlow does if sessions of a configuration have no GPU; the seam of
   *     tests on machines without one
   */
  SessionFactory(Consumer<ConfigProto> trial) {
    this.trial = trial;
  }

  /** The one of this JVM. */
  public static SessionFactory ofThisJvm() {
    return OF_THIS_JVM;
  }

  /**
   * Opens a session.
   *
   * @param config what it is but for devices
   * @param gpu the task's; without one, TensorFlow chooses as it does anywhere, but leaves alone
   *     the GPU that other tasks of this process were assigned
   * @throws UnsupportedOperationException if there is no such GPU, or this process has another
   */
  public Session open(Graph graph, ConfigProto config, Optional<Gpu> gpu) {
    if (gpu.isEmpty()) {
      OneDnn.advise();
    }
    return new Session(graph, placed(config, gpu));
  }

  /** A configuration with its devices. */
  ConfigProto placed(ConfigProto config, Optional<Gpu> gpu) {
    return gpu.isPresent() ? on(gpu.get(), config) : onNone(config);
  }

  /** A configuration whose sessions see no GPU. */
  static ConfigProto onCpu(ConfigProto config) {
    return config.toBuilder().putDeviceCount(GPU, 0).build();
  }

  private synchronized ConfigProto onNone(ConfigProto config) {
    return bound == null ? config : onCpu(config);
  }

  private synchronized ConfigProto on(Gpu gpu, ConfigProto config) {
    ConfigProto pinned =
        config.toBuilder()
            .setGpuOptions(
                GPUOptions.newBuilder()
                    .setVisibleDeviceList(Integer.toString(gpu.number()))
                    .setAllowGrowth(true)) // a session takes all of a GPU's memory otherwise
            .build();
    Gpu other = bound;
    if (other == null) {
      tryOut(gpu, pinned);
      bound = gpu;
    } else if (!other.equals(gpu)) {
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "Spark has assigned GPU %d to this task, but TensorFlow in this executor is bound to"
                  + " GPU %d: a process has one. Set spark.executor.resource.gpu.amount to 1, and"
                  + " run an executor for each GPU.",
              gpu.number(),
              other.number()));
    }
    return pinned;
  }

  private void tryOut(Gpu gpu, ConfigProto pinned) {
    try {
      trial.accept(pinned);
    } catch (RuntimeException e) { // TensorFlow's have no class in common
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "Spark has assigned GPU %d to this task, but TensorFlow %s",
              gpu.number(),
              NativeLibrary.isForGpus() ? "can't use it: " + firstLine(e) + NEEDED : OF_CPUS),
          e);
    }
  }

  private static String firstLine(RuntimeException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("").replaceAll("\\.$", "");
  }

  /** TensorFlow ignores a list of devices that it can't see; an op on one of them it refuses. */
  private static void runOnGpu(ConfigProto config) {
    try (Graph graph = new Graph()) {
      graph.importGraphDef(ON_GPU);
      try (Session session = new Session(graph, config);
          Result result = session.runner().fetch(TRIAL).run()) {
        result.get(0);
      }
    }
  }
}
