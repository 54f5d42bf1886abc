package io.mobilenetspark.jobs;

import io.mobilenetspark.jobs.audit.AuditCommand;
import io.mobilenetspark.jobs.cli.SettingOptions;
import io.mobilenetspark.jobs.embed.EmbedCommand;
import io.mobilenetspark.jobs.finetune.FinetuneCommand;
import io.mobilenetspark.jobs.model.ExportCommand;
import io.mobilenetspark.jobs.page.ReportCommand;
import io.mobilenetspark.jobs.search.ServeCommand;
import io.mobilenetspark.jobs.search.SimilarCommand;
import io.mobilenetspark.jobs.vectors.ExportVectorsCommand;
import io.mobilenetspark.jobs.verify.VerifyCommand;
import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Scope;
import io.mobilenetspark.options.Setting;
import io.mobilenetspark.options.Surface;
import io.mobilenetspark.options.ValueType;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.spark.sql.SqlSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The tables of options in the docs, made of the commands' options and the settings. */
final class ReferenceTables {

  /** Where more is said, by the names on the command line. */
  private static final Map<String, String> SEE =
      Map.ofEntries(
          Map.entry("--partition-by", "[Partitions](embed.md#partitions)"),
          Map.entry("--model", "[models.md](models.md#handles)"),
          Map.entry("--trust-model", "[Trust](models.md#trust)"),
          Map.entry("--decode-scale", "[bench/README.md](../bench/README.md#images)"),
          Map.entry("--color-profile", "[colour profiles](embed.md#colour-profiles)"),
          Map.entry("--output-table", "[Tables of the catalog](embed.md#tables-of-the-catalog)"),
          Map.entry("--output-mode", "[When the output exists](embed.md#when-the-output-exists)"),
          Map.entry("--changed-by", "[incremental.md](incremental.md#what-has-changed)"),
          Map.entry(
              "--dedup", "[Images that occur many times](embed.md#images-that-occur-many-times)"),
          Map.entry("--continuous", "[Follow an input](incremental.md#follow-an-input)"),
          Map.entry("--max-small-files", "[Small files](incremental.md#small-files)"),
          Map.entry("--query", "[What is asked](search.md#what-is-asked)"),
          Map.entry("--address", "[Who may ask](search.md#who-may-ask)"),
          Map.entry("--allowed-models", "[sql.md](sql.md#which-models-queries-may-name)"));

  private static final Pattern OPTION = Pattern.compile("(?<![\\w`-])--[a-z][a-z0-9-]*");

  private static final Pattern DEFAULT =
      Pattern.compile("(?s)\\s*Default: (\\$\\{DEFAULT-VALUE})?(?<more>.*?)\\.?$");

  private ReferenceTables() {}

  /** Tables by the headings below which they stand. */
  static Map<String, List<String>> all() {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    List<String> embed = rows(new EmbedCommand());
    tables.put("## Options of `embed`", table("option", embed));
    Map.of(
            "verify", new VerifyCommand(),
            "similar", new SimilarCommand(),
            "serve", new ServeCommand(),
            "audit", new AuditCommand(),
            "report", new ReportCommand(),
            "export-vectors", new ExportVectorsCommand(),
            "finetune", new FinetuneCommand(),
            "export", new ExportCommand())
        .forEach(
            (name, command) -> {
              List<String> own = new ArrayList<>(rows(command));
              own.removeAll(embed);
              tables.put(
                  String.format(Locale.ROOT, "## Options of `%s`", name), table("option", own));
            });
    tables.put(
        "## Settings of the SQL functions",
        table("setting", settings(SqlSettings.ALL, Surface.SQL)));
    tables.put(
        "## Parameters of `MobileNetFeaturizer`",
        table("parameter", settings(MobileNetFeaturizer.settings(), Surface.STAGE)));
    tables.put(
        "## Parameters of `MobileNetFineTuner`",
        table("parameter", settings(MobileNetFineTuner.settings(), Surface.STAGE)));
    tables.put("## One name for one thing", names());
    return tables;
  }

  private static List<String> table(String kind, List<String> rows) {
    return Stream.concat(
            Stream.of("| " + kind + " | default | meaning |", "|---|---|---|"), rows.stream())
        .toList();
  }

  private static List<String> rows(Object command) {
    Map<String, Setting<?>> settings =
        command instanceof SettingOptions.Holder holder ? holder.settings().byOption() : Map.of();
    List<String> rows = new ArrayList<>();
    for (OptionSpec option : new CommandLine(command).getCommandSpec().options()) {
      Setting<?> setting = settings.get(option.longestName());
      if (setting != null) {
        rows.add(row(setting, Surface.COMMAND_LINE));
      } else if (!option.usageHelp() && !option.versionHelp()) {
        rows.add(row(option));
      }
    }
    return rows;
  }

  private static List<String> settings(List<Setting<?>> settings, Surface surface) {
    return settings.stream().map(setting -> row(setting, surface)).toList();
  }

  private static String row(OptionSpec option) {
    String text = String.join(" ", option.description()).replace("%%", "%").strip();
    String fallback = option.arity().max() == 0 ? null : option.defaultValue();
    Matcher matcher = DEFAULT.matcher(text);
    String shown = fallback == null || fallback.startsWith("${") ? "" : code(fallback);
    if (matcher.find()) {
      shown = shown.isEmpty() ? matcher.group("more").strip() : shown;
      text = text.substring(0, matcher.start());
    }
    Class<?> type = option.auxiliaryTypes()[0];
    List<String> words =
        type.isEnum() && Choice.class.isAssignableFrom(type)
            ? Arrays.stream(type.getEnumConstants())
                .map(constant -> ((Choice) constant).optionName())
                .toList()
            : List.of();
    return row(option.longestName(), shown, meaning(option.longestName(), text, words));
  }

  private static String row(Setting<?> setting, Surface surface) {
    boolean isFlag = setting.type() instanceof ValueType.Flag;
    String shown = setting.defaultText();
    if (setting.defaultValue().isPresent()) {
      shown = isFlag && surface == Surface.COMMAND_LINE ? "" : code(shown);
    }
    List<String> words =
        setting.type() instanceof ValueType.Words<?> type
            ? type.choices().known().stream().map(Choice::optionName).toList()
            : List.of();
    // What a call alone has is something else than the command's of this name.
    boolean isOwn = surface == Surface.STAGE && setting.scope() == Scope.CALL;
    String option = isOwn ? "" : setting.on(Surface.COMMAND_LINE);
    String meaning = meaning(option, setting.sentence(), words);
    boolean isFixed = surface == Surface.SQL && setting.scope() == Scope.START;
    return row(setting.on(surface), shown, isFixed ? "Fixed at the start. " + meaning : meaning);
  }

  private static String row(String name, String fallback, String meaning) {
    return String.format(Locale.ROOT, "| `%s` | %s | %s |", name, fallback, meaning)
        .replace("|  |", "| |");
  }

  private static String meaning(String option, String text, List<String> words) {
    String marked = OPTION.matcher(text).replaceAll("`$0`");
    for (String word : words) {
      marked = marked.replaceAll("(?<![\\w`'-])" + Pattern.quote(word) + "(?![\\w`'<-])", "`$0`");
    }
    String see = SEE.get(option);
    String whole = marked.endsWith(".") ? marked : marked + ".";
    return (see == null ? whole : whole + " See " + see + ".")
        .replace("|", "\\|")
        .replace("<", "&lt;");
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  /** What a thing is called on each surface that has it. */
  private static List<String> names() {
    Map<String, Map<Surface, String>> names = new TreeMap<>();
    names.put("inputCol", new TreeMap<>(Map.of(Surface.COMMAND_LINE, code("--image-column"))));
    for (Object command : List.of(new EmbedCommand(), new FinetuneCommand())) {
      ((SettingOptions.Holder) command)
          .settings()
          .byOption()
          .values()
          .forEach(setting -> add(names, setting, Surface.COMMAND_LINE));
    }
    SqlSettings.ALL.forEach(setting -> add(names, setting, Surface.SQL));
    MobileNetFeaturizer.settings().forEach(setting -> add(names, setting, Surface.STAGE));
    MobileNetFineTuner.settings().forEach(setting -> add(names, setting, Surface.STAGE));
    List<String> rows = new ArrayList<>(List.of("| commands | SQL | stages |", "|---|---|---|"));
    names
        .values()
        .forEach(
            on ->
                rows.add(
                    String.format(
                            Locale.ROOT,
                            "| %s | %s | %s |",
                            on.getOrDefault(Surface.COMMAND_LINE, ""),
                            on.getOrDefault(Surface.SQL, ""),
                            on.getOrDefault(Surface.STAGE, ""))
                        .replace("|  |", "| |")
                        .replace("|  |", "| |")));
    return rows;
  }

  private static void add(
      Map<String, Map<Surface, String>> names, Setting<?> setting, Surface surface) {
    names
        .computeIfAbsent(setting.name(), any -> new TreeMap<>())
        .put(surface, code(setting.on(surface)));
  }
}
