package io.mobilenetspark.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URISyntaxException;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathSyntaxTest {

  private static String reason(String path) {
    return PathSyntax.reason(path, catchThrowable(() -> new Path(path)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"files: x", "12:30", "2026-11-29 12:30:01/a.jpg"})
  void nameIsTakenForAScheme(String path) {
    assertThat(reason(path)).contains("taken for a scheme", "put ./ before").doesNotContain("URI");
    assertThat(new Path("./" + path).getName()).isEqualTo(path.substring(path.indexOf('/') + 1));
  }

  @Test
  void othersAreInHadoopsWords() {
    assertThat(reason("")).contains("empty");
    assertThat(PathSyntax.reason("a:b", new IllegalArgumentException("why"))).isEqualTo("why");
    URISyntaxException syntax = new URISyntaxException("x:/y", "bad");
    assertThat(PathSyntax.misread("x:/y", new IllegalArgumentException(syntax))).isEmpty();
  }
}
