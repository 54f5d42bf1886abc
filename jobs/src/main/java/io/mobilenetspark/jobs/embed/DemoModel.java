package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.Console;
import io.mobilenetspark.jobs.cli.ModelSources;
import io.mobilenetspark.jobs.common.ModelSource;
import io.mobilenetspark.jobs.common.UserException;
import io.mobilenetspark.model.ModelLoadException;
import io.mobilenetspark.model.settings.ModelSettings;
import io.mobilenetspark.options.SettingValues;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;

/** The network of the demo: TF Hub's, if it can be had at once. */
final class DemoModel {

  static final String UNTRAINED = "builtin";

  /** A demo is no place to wait for a network. */
  private static final int SECONDS = 3;

  private DemoModel() {}

  /**
   * The handle of what can be had, and on the console why it is that one.
   *
   * @param places where to look: a cache, a mirror; those of the environment if they are left out
   */
  static String choose(SettingValues places, Console console) {
    SettingValues wanted = places.with(ModelSettings.MODEL, ModelSettings.DEFAULT_HANDLE);
    try {
      load(wanted.with(ModelSettings.OFFLINE, true), console);
      console.note("The cache has the trained network of TF Hub: the demo uses it.");
      return ModelSettings.DEFAULT_HANDLE;
    } catch (ModelLoadException | UserException e) {
      // The hub may have it.
    }
    try {
      load(wanted.with(ModelSettings.DOWNLOAD_TIMEOUT, SECONDS), console);
      console.note("The demo uses the trained network of TF Hub, which is in the cache now.");
      return ModelSettings.DEFAULT_HANDLE;
    } catch (ModelLoadException e) {
      console.note(why(e.problem()));
    } catch (UserException e) {
      console.note(why(e.text()));
    }
    return UNTRAINED;
  }

  private static void load(SettingValues values, Console console) {
    ModelSource source = ModelSources.of(values, console);
    source.loader(new Configuration()).load(source.request());
  }

  private static String why(String problem) {
    return String.format(
        Locale.ROOT,
        "The demo uses an untrained network, by which pictures are alike in colours and shapes at"
            + " most: the trained one of TF Hub is not in the cache, and could not be fetched (%s)."
            + " Pass --model for one that you have.",
        problem);
  }
}
