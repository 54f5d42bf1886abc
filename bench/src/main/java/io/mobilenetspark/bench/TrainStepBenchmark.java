package io.mobilenetspark.bench;

import io.mobilenetspark.model.ModelLoader;
import io.mobilenetspark.model.ModelRequest;
import io.mobilenetspark.train.Augmentation;
import io.mobilenetspark.train.BatchNorm;
import io.mobilenetspark.train.Gradient;
import io.mobilenetspark.train.Head;
import io.mobilenetspark.train.LearningRate;
import io.mobilenetspark.train.NetworkSpec;
import io.mobilenetspark.train.Optimizer;
import io.mobilenetspark.train.TrainedPart;
import io.mobilenetspark.train.TrainingNetwork;
import io.mobilenetspark.train.TrainingRow;
import io.mobilenetspark.train.TrainingSession;
import io.mobilenetspark.train.TrainingState;
import io.mobilenetspark.train.UpdateRule;
import io.mobilenetspark.train.Updater;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;

/**
 * A step of training (gradient and update, whole network, SGD with momentum) on two threads of one
 * process, against the same step in TensorFlow's Python in another process, in turns.
 *
 * <pre>bench/run TrainStepBenchmark PYTHON [SCRIPT [ROUNDS [BATCH [SIDE]]]]</pre>
 */
public final class TrainStepBenchmark {

  private static final int THREADS = 2;
  private static final int CLASSES = 5;
  private static final int STEPS = 5;

  private final TrainingNetwork network;
  private final Updater updater;
  private final List<TrainingRow> rows = new ArrayList<>();
  private TrainingState state;

  private TrainStepBenchmark(BatchNorm batchNorm, int batch, int side) {
    network =
        new TrainingNetwork(
            new ModelLoader(new Configuration()).weights(ModelRequest.of("builtin")),
            new NetworkSpec(
                CLASSES, side, new TrainedPart.WholeNetwork(), batchNorm, 0, 0, Augmentation.NONE));
    UpdateRule rule = UpdateRule.plain(new Optimizer.Sgd(0.9), LearningRate.constant(1e-4));
    updater = new Updater(network, rule);
    state = network.initialState(Head.zero(network.featureCount(), CLASSES), rule.optimizer());
    Random random = new Random(7);
    for (int i = 0; i < batch; i++) {
      byte[] pixels = new byte[side * side * 3];
      random.nextBytes(pixels);
      rows.add(new TrainingRow(i, pixels, random.nextInt(CLASSES), 1));
    }
  }

  /** Runs the benchmark; see the class. */
  public static void main(String[] args) throws IOException {
    if (args.length < 1) {
      System.err.println(
          "Usage: bench/run TrainStepBenchmark PYTHON [SCRIPT [ROUNDS [BATCH [SIDE]]]]");
      System.exit(2);
    }
    String script = args.length > 1 ? args[1] : "bench/src/main/python/train_step.py";
    int rounds = args.length > 2 ? Integer.parseInt(args[2]) : 9;
    int batch = args.length > 3 ? Integer.parseInt(args[3]) : 32;
    int side = args.length > 4 ? Integer.parseInt(args[4]) : 224;
    compare("frozen", new BatchNorm.Frozen(), args[0], script, rounds, batch, side);
    compare("training", new BatchNorm.Training(0.99), args[0], script, rounds, batch, side);
  }

  private static void compare(
      String name,
      BatchNorm batchNorm,
      String python,
      String script,
      int rounds,
      int batch,
      int side)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                python,
                script,
                String.valueOf(THREADS),
                String.valueOf(batch),
                String.valueOf(side),
                String.valueOf(CLASSES),
                name)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    TrainStepBenchmark ours = new TrainStepBenchmark(batchNorm, batch, side);
    Process process = builder.start();
    try (BufferedReader answers =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        PrintWriter orders =
            new PrintWriter(
                new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8), true);
        TrainingSession session = TrainingSession.open(ours.network, THREADS)) {
      String version = line(answers, script).replace("ready ", "");
      double[] java = new double[rounds];
      double[] other = new double[rounds];
      double[] ratio = new double[rounds];
      for (int round = -1; round < rounds; round++) { // the first one only warms up
        double seconds = ours.take(session);
        orders.println("run " + STEPS);
        double theirs = Double.parseDouble(line(answers, script));
        if (round >= 0) {
          java[round] = STEPS * batch / seconds;
          other[round] = STEPS * batch / theirs;
          ratio[round] = java[round] / other[round];
          System.out.printf(
              Locale.ROOT,
              "round %d: ours %.1f images/s, Python %.1f images/s, ratio %.3f%n",
              round + 1,
              java[round],
              other[round],
              ratio[round]);
        }
      }
      System.out.printf(
          Locale.ROOT,
          "BatchNorm %s, batch %d, %d px, %d threads, TensorFlow %s in Python: ours %.1f images/s,"
              + " Python %.1f, median of %d rounds' ratios %.3f%n",
          name,
          batch,
          side,
          THREADS,
          version,
          Rounds.median(java),
          Rounds.median(other),
          rounds,
          Rounds.median(ratio));
    } finally {
      process.destroy();
    }
  }

  private static String line(BufferedReader answers, String script) throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException(script + " has ended; run it by hand to see why");
    }
    return line;
  }

  private double take(TrainingSession session) {
    long start = System.nanoTime();
    for (int i = 0; i < STEPS; i++) {
      Gradient gradient = session.gradient(state, rows, i);
      state = updater.apply(state, gradient).state();
    }
    return (System.nanoTime() - start) / 1e9;
  }
}
