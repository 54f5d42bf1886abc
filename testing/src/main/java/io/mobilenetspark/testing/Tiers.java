package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The tags by which the build chooses tests. JUnit finds this class and tells it of every test, so
 * that one that starts what its tags don't say fails, whichever tests run. Tests that start things
 * run one after the other in their JVM.
 */
public final class Tiers implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback {

  /** Takes longer than {@code mvn verify} has for it. */
  public static final String SLOW = "slow";

  /** Runs a Python. */
  public static final String PYTHON = "python";

  /** Runs a cluster, be it of JVMs on this machine, or an installed Spark. */
  public static final String CLUSTER = "cluster";

  private static final Set<String> TAGS = new HashSet<>();
  private static boolean isUnitTest;

  @Override
  public void beforeAll(ExtensionContext context) {
    begin(context);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    begin(context);
  }

  /** What comes after it is again the class's. */
  @Override
  public void afterEach(ExtensionContext context) {
    context.getParent().ifPresent(Tiers::begin);
  }

  private static synchronized void begin(ExtensionContext context) {
    TAGS.clear();
    TAGS.addAll(context.getTags());
    isUnitTest =
        context.getTestClass().filter(test -> test.getSimpleName().endsWith("Test")).isPresent();
  }

  /** Fails unless the test that runs is tagged as one that runs a Python. */
  static synchronized void startsPython() {
    assertThat(TAGS).as("tags of a test that runs a Python").contains(PYTHON);
  }

  /** Fails unless the test that runs is tagged as one that runs a cluster. */
  static synchronized void startsCluster() {
    assertThat(TAGS).as("tags of a test that runs a cluster").contains(CLUSTER);
  }

  /** Fails if the test that runs is a unit test that is run every time: they start no JVM. */
  static synchronized void startsJvm() {
    if (isUnitTest) {
      assertThat(TAGS)
          .as("tags of a unit test that starts a JVM")
          .containsAnyOf(SLOW, PYTHON, CLUSTER);
    }
  }
}
