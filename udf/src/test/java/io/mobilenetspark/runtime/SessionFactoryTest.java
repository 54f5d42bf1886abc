package io.mobilenetspark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.tensorflow.Graph;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;

class SessionFactoryTest {

  private static final ConfigProto CONFIG =
      ConfigProto.newBuilder()
          .setIntraOpParallelismThreads(2)
          .setInterOpParallelismThreads(1)
          .build();

  @BeforeAll
  static void loadLibrary() {
    NativeLibrary.load();
  }

  @Test
  void changesNoBitWhereNoGpuIsAssigned() {
    ConfigProto placed = new SessionFactory(ignored -> {}).placed(CONFIG, Optional.empty());
    assertThat(placed.toByteArray()).isEqualTo(CONFIG.toByteArray());
  }

  @Test
  void showsTheSessionTheTasksGpuAlone() {
    ConfigProto placed = new SessionFactory(ignored -> {}).placed(CONFIG, gpu(3));
    assertThat(placed.toByteArray())
        .isEqualTo(
            CONFIG.toBuilder()
                .setGpuOptions(
                    GPUOptions.newBuilder().setVisibleDeviceList("3").setAllowGrowth(true))
                .build()
                .toByteArray());
  }

  /** Whatever other tasks of the process do: those without a GPU don't touch the assigned one. */
  @Test
  void keepsTasksWithoutOneOffTheGpuOfOthers() {
    SessionFactory sessions = new SessionFactory(ignored -> {});
    sessions.placed(CONFIG, gpu(1));
    ConfigProto placed = sessions.placed(CONFIG, Optional.empty());
    assertThat(placed.getDeviceCountMap()).containsOnly(Map.entry("GPU", 0));
    assertThat(placed.toBuilder().clearDeviceCount().build()).isEqualTo(CONFIG);
  }

  @Test
  void refusesASecondGpuInOneProcess() {
    SessionFactory sessions = new SessionFactory(ignored -> {});
    sessions.placed(CONFIG, gpu(0));
    assertThatThrownBy(() -> sessions.placed(CONFIG, gpu(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining(
            "GPU 1 to this task, but TensorFlow in this executor is bound to GPU 0")
        .hasMessageContaining("Set spark.executor.resource.gpu.amount to 1");
    assertThat(visible(sessions.placed(CONFIG, gpu(0)))).isEqualTo("0");
  }

  @Test
  void ofTwoTasksAtOnceWithOtherGpusOneGetsIts() throws Exception {
    for (int i = 0; i < 50; i++) {
      List<ConfigProto> tried = new ArrayList<>();
      SessionFactory sessions = new SessionFactory(tried::add);
      CyclicBarrier start = new CyclicBarrier(2);
      ExecutorService pool = Executors.newFixedThreadPool(2);
      List<Future<ConfigProto>> tasks = new ArrayList<>();
      for (int number = 0; number < 2; number++) {
        Optional<Gpu> gpu = gpu(number);
        tasks.add(
            pool.submit(
                () -> {
                  start.await();
                  return sessions.placed(CONFIG, gpu);
                }));
      }
      List<String> got = new ArrayList<>();
      for (Future<ConfigProto> task : tasks) {
        try {
          got.add(visible(task.get()));
        } catch (ExecutionException e) {
          assertThat(e).hasMessageContaining("is bound to GPU");
        }
      }
      pool.shutdown();
      assertThat(got).hasSize(1);
      assertThat(tried).extracting(SessionFactoryTest::visible).isEqualTo(got);
    }
  }

  @Test
  void isBoundToNoGpuThatCannotBeUsed() {
    SessionFactory sessions =
        new SessionFactory(
            config -> {
              if (visible(config).equals("7")) {
                throw new TFInvalidArgumentException("there is no 7.\nNode: trial");
              }
            });
    assertThatThrownBy(() -> sessions.placed(CONFIG, gpu(7)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("Spark has assigned GPU 7 to this task, but TensorFlow ")
        .hasCauseInstanceOf(TFInvalidArgumentException.class);
    assertThat(visible(sessions.placed(CONFIG, gpu(0)))).isEqualTo("0");
  }

  /** The real library, which is for CPUs wherever these tests run. */
  @Test
  void refusesToComputeOnTheCpuWhereAGpuIsAssigned() {
    try (Graph graph = new Graph()) {
      assertThatThrownBy(() -> SessionFactory.ofThisJvm().open(graph, CONFIG, gpu(1)))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("GPU 1 to this task, but TensorFlow is the one for CPUs. Add")
          .hasStackTraceContaining("CUDA is not enabled")
          .hasMessageContaining("tensorflow-core-native-1.1.0-linux-x86_64-gpu.jar")
          .hasMessageContaining("or compute on CPUs: without spark.task.resource.gpu.amount.");
      SessionFactory.ofThisJvm().open(graph, CONFIG, Optional.empty()).close();
    }
  }

  private static Optional<Gpu> gpu(int number) {
    return Optional.of(new Gpu(number));
  }

  private static String visible(ConfigProto config) {
    return config.getGpuOptions().getVisibleDeviceList();
  }
}
