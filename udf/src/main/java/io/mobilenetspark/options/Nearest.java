package io.mobilenetspark.options;

import java.util.Collection;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known word that a misspelt one was probably meant to be. */
public final class Nearest {

  /** Two letters the wrong way round are two edits. */
  private static final int LEAST_EDITS = 2;

  /** In a longer word one letter in three may be wrong. */
  private static final int LETTERS_PER_EDIT = 3;

  private Nearest() {}

  /**
   * What follows an unknown word in a message: {@code ; did you mean 'bilinear'?}, or a full stop
   * if no known word is near.
   */
  public static String question(String word, Collection<String> known) {
    String meant = null;
    int least = Integer.MAX_VALUE;
    for (String candidate : known) {
      int edits = LevenshteinDistance.getDefaultInstance().apply(folded(word), folded(candidate));
      int most = Math.max(LEAST_EDITS, candidate.length() / LETTERS_PER_EDIT);
      if (edits < least && edits <= most && edits < word.length()) {
        meant = candidate;
        least = edits;
      }
    }
    return meant == null ? "." : String.format(Locale.ROOT, "; did you mean '%s'?", meant);
  }

  private static String folded(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }
}
