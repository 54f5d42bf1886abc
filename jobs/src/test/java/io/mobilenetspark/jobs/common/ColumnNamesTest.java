package io.mobilenetspark.jobs.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnNamesTest {

  private static List<String> parse(String text) {
    return ColumnNames.parse("--id-column", text);
  }

  @Test
  void commasPartNames() {
    assertThat(parse("id")).containsExactly("id");
    assertThat(parse("shop,sku")).containsExactly("shop", "sku");
    assertThat(parse("a.b, c,odd`one")).containsExactly("a.b", " c", "odd`one");
  }

  @Test
  void backticksKeepThem() {
    assertThat(parse("`a,b`")).containsExactly("a,b");
    assertThat(parse("x,`a,``b`,`y`")).containsExactly("x", "a,`b", "y");
    assertThat(parse("````,z")).containsExactly("`", "z");
  }

  @Test
  void namesAreWrittenAsTheyAreRead() {
    List<String> names = List.of("shop", "size, colour", "`x", "odd`one");
    assertThat(ColumnNames.text(names)).isEqualTo("shop, `size, colour`, ```x`, odd`one");
    for (String name : names) {
      assertThat(parse(ColumnNames.text(List.of(name)))).containsExactly(name);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ",a", "a,", "a,,b", "``", "`a", "`", "a,`b``", "`a`b", "`a` ,b", "```"})
  void othersAreRefused(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("--id-column '" + text + "': a name ")
        .hasMessageContaining("between backticks");
  }
}
