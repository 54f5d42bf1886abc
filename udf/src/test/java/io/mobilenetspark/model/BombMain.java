package io.mobilenetspark.model;

import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.runtime.NativeLibrary;
import io.mobilenetspark.testing.Modules;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A process of its own that loads modules and runs what loads. Prints a line for each: its name,
 * how many milliseconds it took, and what was said.
 */
final class BombMain {

  private BombMain() {}

  public static void main(String[] modules) {
    NativeLibrary.load();
    for (String module : modules) {
      long start = System.nanoTime();
      String said;
      try {
        FrozenModel model = Modules.load(ModelRequest.of(module).withImageSize(32, 32));
        Modules.vectors(model, new float[32 * 32 * 3]);
        said = "RUN";
      } catch (ModelLoadException e) {
        said = e.problem() + " " + e.cure();
      }
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.printf(Locale.ROOT, "%s\t%d\t%s%n", Path.of(module).getFileName(), millis, said);
    }
  }
}
