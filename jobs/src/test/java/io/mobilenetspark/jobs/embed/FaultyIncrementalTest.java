package io.mobilenetspark.jobs.embed;

import static org.assertj.core.api.Assertions.assertThat;

import io.mobilenetspark.testing.Cases;
import io.mobilenetspark.testing.FaultyFileSystem;
import io.mobilenetspark.testing.OneIn;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An incremental run on a file system that fails from the n-th call on, for every n: the run after
 * it leaves what one clean run does.
 */
@Tag("slow")
class FaultyIncrementalTest extends FaultyTableFixture {

  @OneIn(value = 5, share = 2)
  @ParameterizedTest
  @CsvSource({"ofs, added", "s3a, added", "ofs, changed", "s3a, changed", "ofs, duplicated"})
  void everyCallMayBeTheLast(String scheme, String kind) throws IOException {
    makeTable(scheme, kind);
    prepare(kind);
    FaultyFileSystem.failFrom(Long.MAX_VALUE);
    embed(scheme, kind);
    List<String> calls = FaultyFileSystem.calls();
    Set<String> clean = rows();
    System.out.println(scheme + ", " + kind + ": " + calls.size() + " calls: " + calls);
    assertThat(calls.size()).isGreaterThan(50);

    int step = Cases.count(1 + calls.size() / 2, 1);
    int first = 1 + (int) Long.remainderUnsigned(Cases.seed(getClass()), step);
    for (int n = first; n <= calls.size(); n += step) {
      prepare(kind);
      String description =
          scheme + ", " + kind + ", fails from call " + n + ": " + calls.get(n - 1);

      FaultyFileSystem.failFrom(n);
      int code = run(scheme, kind, new StringWriter());
      FaultyFileSystem.failFrom(Long.MAX_VALUE);
      if (code == 0) { // only the clearing up failed
        assertThat(rows()).as(description).isEqualTo(clean);
      }
      boolean isDone = code == 0 || isComputed();
      embed(scheme, kind);
      assertThat(rows()).as(description + ", run again").isEqualTo(clean);
      if (isDone) {
        assertThat(counted("computed")).as(description + ", computed again").isZero();
      }
      assertNothingIsLeft(description);
    }
  }

  /** Whether the failed run left its computed rows whole: it says so by _SUCCESS. */
  private boolean isComputed() {
    return pending().anyMatch(folder -> Files.exists(folder.resolve("run-000001/_SUCCESS")));
  }
}
