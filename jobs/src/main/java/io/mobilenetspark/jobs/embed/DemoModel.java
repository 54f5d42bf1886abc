package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.hub.ModelLoadException;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;

/** The network of the demo: TF Hub's, if it can be had at once. */
final class DemoModel {

  static final String UNTRAINED = "builtin";

  /** Without an answer; a demo is no place to wait for a network. */
  private static final int SECONDS = 3;

  private static final int MOST_SECONDS = 15;

  private DemoModel() {}

  /**
   * The handle of what can be had, and on the console why it is that one.
   *
   * @param places where to look: a cache, a mirror; those of the environment if they are left out
   */
  static String choose(SettingValues places, Console console) {
    SettingValues wanted = places.with(ModelSettings.MODEL, ModelSettings.DEFAULT_HANDLE);
    try {
      load(ModelSources.of(wanted.with(ModelSettings.OFFLINE, true), console));
      console.note("The cache has the trained network of TF Hub: the demo uses it.");
      return ModelSettings.DEFAULT_HANDLE;
    } catch (ModelLoadException | UserException e) {
      // The hub may have it.
    }
    console.note("Looking for the trained network of TF Hub ...");
    Optional<String> problem = fetched(wanted, console);
    if (problem.isEmpty()) {
      console.note("The demo uses the trained network of TF Hub, which is in the cache now.");
      return ModelSettings.DEFAULT_HANDLE;
    }
    console.note(why(problem.get()));
    return UNTRAINED;
  }

  /**
   * Why it could not be fetched in time; empty if it was. A download that takes longer is given up
   * when it next tells its progress, so that it leaves no lock in the cache.
   */
  private static Optional<String> fetched(SettingValues wanted, Console console) {
    CompletableFuture<Optional<String>> done = new CompletableFuture<>();
    AtomicBoolean isLate = new AtomicBoolean();
    Runnable fetch = () -> done.complete(fetchedNow(wanted, console, isLate));
    Thread thread = new Thread(fetch, "demo-model");
    thread.setDaemon(true);
    thread.start();
    try {
      return done.get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      isLate.set(true);
      return Optional.of(
          String.format(Locale.ROOT, "that takes more than %d seconds", MOST_SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("it was interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<String> fetchedNow(
      SettingValues wanted, Console console, AtomicBoolean isLate) {
    try {
      ModelSource source =
          ModelSources.of(wanted.with(ModelSettings.DOWNLOAD_TIMEOUT, SECONDS), console);
      Consumer<String> progress = source.hub().progress();
      load(
          new ModelSource(
              source.request(),
              source
                  .hub()
                  .withProgress(
                      line -> {
                        if (isLate.get()) {
                          throw new CancellationException("it takes too long");
                        }
                        progress.accept(line);
                      })));
      return Optional.empty();
    } catch (ModelLoadException e) {
      return Optional.of(e.problem());
    } catch (UserException e) {
      return Optional.of(e.text());
    } catch (RuntimeException e) {
      return Optional.of(e.toString());
    }
  }

  private static void load(ModelSource source) {
    source.loader(new Configuration()).load(source.request());
  }

  private static String why(String problem) {
    return String.format(
        Locale.ROOT,
        "The demo uses an untrained network, which matches colours and shapes at best:"
            + " the trained one of TF Hub is not in the cache, and could not be fetched (%s)."
            + " Pass --model for one that you have.",
        problem);
  }
}
