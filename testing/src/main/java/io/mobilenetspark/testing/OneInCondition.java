package io.mobilenetspark.testing;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips the cases that {@link OneIn} leaves to others. JUnit finds this class. */
public final class OneInCondition implements ExecutionCondition {

  /** In an identifier that JUnit gives to each case of a test. */
  private static final Pattern CASE = Pattern.compile("test-template-invocation:#(\\d+)");

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Matcher number = CASE.matcher(context.getUniqueId());
    Optional<OneIn> oneIn = context.getTestMethod().map(test -> test.getAnnotation(OneIn.class));
    if (oneIn.isEmpty() || !number.find()) {
      return ConditionEvaluationResult.enabled("all cases run");
    }
    int share = Cases.count(oneIn.get().value(), oneIn.get().share(), 1);
    long turn = Long.parseLong(number.group(1)) + Cases.seed();
    return turn % share == 0
        ? ConditionEvaluationResult.enabled("its turn")
        : ConditionEvaluationResult.disabled(
            String.format(Locale.ROOT, "one in %d; all run with -Dcases=all", share));
  }
}
