package io.mobilenetspark.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a surface says of a word that it doesn't know, and so which words it knows. */
public final class Refusal {

  /** A word that is like none. */
  private static final String NONSENSE = "xyzzyxyzzy";

  private static final Pattern KNOWN =
      Pattern.compile("unknown [^']+ '" + NONSENSE + "'\\. Known: (\\w+(?:, \\w+)+)$");

  private Refusal() {}

  /**
   * Checks how a surface reads an option, if it is one that takes a word.
   *
   * @param option what the surface calls it
   * @param set sets the option to a word, and gives the message if it is refused, else an empty one
   * @return the words; none if the option takes any text or a number
   */
  public static List<String> check(String option, Function<String, String> set) {
    Matcher known = KNOWN.matcher(set.apply(NONSENSE));
    if (!known.find()) {
      return List.of();
    }
    List<String> words = List.of(known.group(1).split(", ", -1));
    for (String word : words) {
      for (String spelling : Spellings.right(word)) {
        assertThat(set.apply(spelling)).as("%s=%s", option, spelling).isEmpty();
      }
      for (String spelling : Spellings.wrong(word, words)) {
        assertThat(set.apply(spelling))
            .as("%s=%s", option, spelling)
            .startsWith(option + ": unknown ")
            .endsWith(
                String.format(
                    Locale.ROOT,
                    " '%s'; did you mean '%s'? Known: %s",
                    spelling,
                    word,
                    known.group(1)));
      }
    }
    return words;
  }
}
