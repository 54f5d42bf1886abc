package io.mobilenetspark.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.mobilenetspark.image.ResizeMethod;
import io.mobilenetspark.spark.MalformedMode;
import io.mobilenetspark.testing.Spellings;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One reading of words for every option that takes one. */
class ChoicesTest {

  /** All enums that users choose from; a new one is found by itself. */
  static Stream<Choices<?>> everyEnum() throws ReflectiveOperationException {
    List<Choices<?>> all = new ArrayList<>();
    for (JavaClass found :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.mobilenetspark")) {
      if (found.isEnum() && found.isAssignableTo(Choice.class)) {
        Field choices = found.reflect().getDeclaredField("CHOICES");
        choices.setAccessible(true);
        all.add((Choices<?>) choices.get(null));
      }
    }
    assertThat(all).hasSizeGreaterThanOrEqualTo(16);
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("everyEnum")
  void everyWordIsReadInAnyCase(Choices<?> choices) {
    assertThat(choices.known()).hasSameSizeAs(choices.type().getEnumConstants());
    for (Choice constant : choices.known()) {
      for (String spelling : Spellings.right(constant.optionName())) {
        assertThat(choices.parse(spelling)).as(spelling).isSameAs(constant);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyEnum")
  void misspeltWordsGetTheNearest(Choices<?> choices) {
    List<String> words = choices.known().stream().map(Choice::optionName).toList();
    int misspelt = 0;
    for (String word : words) {
      for (String spelling : Spellings.wrong(word, words)) {
        assertThatThrownBy(() -> choices.parse(spelling))
            .hasMessageStartingWith("unknown ")
            .hasMessageEndingWith(
                String.format(
                    Locale.ROOT,
                    " '%s'; did you mean '%s'? Known: %s",
                    spelling,
                    word,
                    String.join(", ", words)));
        misspelt++;
      }
    }
    assertThat(misspelt).isGreaterThan(5);
  }

  @Test
  void wordsThatAreLikeNoneGetNoGuess() {
    assertThatThrownBy(() -> ResizeMethod.CHOICES.parse("lanczos"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "unknown resize method 'lanczos'. Known: bilinear, bilinear_tf1, bilinear_antialias,"
                + " area, bicubic");
    assertThatThrownBy(() -> ResizeMethod.CHOICES.parse(""))
        .hasMessageStartingWith("unknown resize method ''. Known: ");
  }

  @Test
  void whatASurfaceCantDoIsRefusedWithItsReasonAndNotKnown() {
    Choices<MalformedMode> choices =
        MalformedMode.CHOICES.without(MalformedMode.DROPMALFORMED, "because");
    assertThatThrownBy(() -> choices.parse("dropMalformed")).hasMessage("because");
    assertThatThrownBy(() -> choices.parse("DROPMALFORME"))
        .hasMessage("unknown mode 'DROPMALFORME'. Known: PERMISSIVE, FAILFAST");
    assertThat(choices.parse("failfast")).isEqualTo(MalformedMode.FAILFAST);
    assertThat(MalformedMode.CHOICES.known()).contains(MalformedMode.DROPMALFORMED);
  }

  @ParameterizedTest
  @CsvSource({
    "bilnear, bilinear",
    "sdg, sgd",
    "bilinear-antialis, bilinear_antialias",
    "ab, ",
    "x, ",
    "'', "
  })
  void nearest(String word, String meant) {
    assertThat(Nearest.question(word, List.of("all", "bilinear_antialias", "bilinear", "sgd")))
        .isEqualTo(meant == null ? "." : String.format(Locale.ROOT, "; did you mean '%s'?", meant));
  }

  /** Two letters of a short word, a third of a long one; the first of those that are as near. */
  @ParameterizedTest
  @CsvSource({
    "abcdXX, abcdef",
    "abcXXX, ",
    "ABCD-EFGHXXX, abcd_efghijk",
    "abcdefgXXXX, ",
    "abcdeg, abcdef",
    "abcdefg, abcdef",
    "abcdehg, abcdeh",
    "xa, ",
    "de, "
  })
  void nearestIsNotFar(String word, String meant) {
    List<String> known = List.of("abcdef", "abcdeh", "abcd_efghijk", "abcdefghijk", "xyz");
    assertThat(Nearest.question(word, known))
        .isEqualTo(meant == null ? "." : String.format(Locale.ROOT, "; did you mean '%s'?", meant));
  }
}
