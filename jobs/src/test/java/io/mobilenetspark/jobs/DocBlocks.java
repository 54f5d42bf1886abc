package io.mobilenetspark.jobs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.mobilenetspark.spark.ml.MobileNetFeaturizer;
import io.mobilenetspark.spark.ml.MobileNetFineTuner;
import io.mobilenetspark.spark.sql.MobileNetExtensions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.jdk.javaapi.CollectionConverters;

/** Blocks of code in the docs: is each what its language wants? */
final class DocBlocks {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern STAGE_CALL =
      Pattern.compile("(MobileNetFeaturizer|MobileNetFineTuner)\\(([^)]*)\\)");
  private static final Pattern KEYWORD = Pattern.compile("(\\w+)=");

  private DocBlocks() {}

  /** What is wrong with a block. */
  static List<String> faults(DocPage.Block block) throws IOException {
    return switch (block.language()) {
      case "", "console" -> {
        List<String> faults = new ArrayList<>();
        for (String command : DocCommands.of(block)) {
          faults.addAll(DocCommands.faults(command));
        }
        yield faults;
      }
      case "sql" -> ofSql(block.text());
      case "json" -> ofJson(block.text());
      case "properties" -> ofProperties(block.text());
      case "java" -> DocJava.faults(block.text());
      case "python" -> ofPython(block.text());
      case "text" -> List.of();
      default -> List.of("a block of no language that is checked: " + block.language());
    };
  }

  private static List<String> ofSql(String text) {
    SparkSession spark = MobileNetExtensions.register(Commands.session());
    List<String> faults = new ArrayList<>();
    for (String statement : text.split(";", -1)) {
      if (statement.isBlank()) {
        continue;
      }
      try {
        LogicalPlan plan =
            ((org.apache.spark.sql.classic.SparkSession) spark)
                .sessionState()
                .sqlParser()
                .parsePlan(statement);
        for (UnresolvedFunction function : functions(plan)) {
          String name = function.nameParts().mkString(".");
          if (!spark.catalog().functionExists(name)) {
            faults.add("no such function: " + name);
          }
        }
      } catch (ParseException e) {
        faults.add(String.valueOf(e.getMessage()));
      }
    }
    return faults;
  }

  private static List<UnresolvedFunction> functions(LogicalPlan plan) {
    List<UnresolvedFunction> functions = new ArrayList<>();
    plan.foreachWithSubqueries(
        node -> {
          CollectionConverters.asJava(node.expressions())
              .forEach(
                  expression ->
                      expression.foreach(
                          part -> {
                            if (part instanceof UnresolvedFunction function) {
                              functions.add(function);
                            }
                            return scala.runtime.BoxedUnit.UNIT;
                          }));
          return scala.runtime.BoxedUnit.UNIT;
        });
    return functions;
  }

  private static List<String> ofJson(String text) {
    try {
      JSON.readTree(text);
      return List.of();
    } catch (JsonProcessingException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  /** Spark's own reader takes anything; here a line is a name and a value. */
  private static List<String> ofProperties(String text) {
    return text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .filter(line -> !line.matches("[\\w.]+(\\s*=\\s*|\\s+)\\S.*"))
        .map(line -> "not a setting and its value: " + line)
        .toList();
  }

  /** The keywords of a stage's constructor are its parameters; PySparkIT runs the examples. */
  private static List<String> ofPython(String text) {
    List<String> faults = new ArrayList<>();
    for (Matcher call = STAGE_CALL.matcher(text); call.find(); ) {
      Params stage =
          call.group(1).equals("MobileNetFeaturizer")
              ? new MobileNetFeaturizer()
              : new MobileNetFineTuner();
      List<String> params = Arrays.stream(stage.params()).map(param -> param.name()).toList();
      for (Matcher keyword = KEYWORD.matcher(call.group(2)); keyword.find(); ) {
        if (!params.contains(keyword.group(1))) {
          faults.add(String.format(Locale.ROOT, "no parameter %s", keyword.group(1)));
        }
      }
    }
    return faults;
  }
}
