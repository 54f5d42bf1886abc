package io.mobilenetspark.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Docs;
import io.mobilenetspark.testing.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The docs' tables of options are made of the code. To write them anew, run
 *
 * <pre>{@code
 * mvn -pl jobs -am test -Dtest=ReferenceTest -Dsurefire.failIfNoSpecifiedTests=false -Ddocs.tables=write
 * }</pre>
 */
class ReferenceTest {

  private static final String PAGE = "reference.md";

  @Test
  void tablesAreThoseOfTheCode() throws IOException {
    String page = Docs.page(PAGE);
    String made = page;
    assertThat(ReferenceTables.all().values())
        .allSatisfy(rows -> assertThat(rows).noneMatch(row -> row.endsWith("| . |")));
    for (Map.Entry<String, List<String>> table : ReferenceTables.all().entrySet()) {
      made = replaced(made, table.getKey(), String.join("\n", table.getValue()));
    }
    if (System.getProperty("docs.tables", "").equals("write")) {
      Path file = SharedData.projectRoot().resolve("docs").resolve(PAGE);
      Files.writeString(file, made);
    } else {
      assertThat(page).as("run this test with -Ddocs.tables=write").isEqualTo(made);
    }
  }

  /** The first table below a heading is replaced. */
  private static String replaced(String page, String heading, String table) {
    int start = page.indexOf("\n" + heading + "\n");
    assertThat(start).as(heading).isPositive();
    int from = page.indexOf("\n|", start) + 1;
    int to = page.indexOf("\n\n", from);
    return page.substring(0, from) + table + (to < 0 ? "\n" : page.substring(to));
  }
}
