package io.mobilenetspark.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** How people write a word: in any case, with hyphens, and wrong by one letter. */
public final class Spellings {

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_";

  private Spellings() {}

  /** Spellings that mean the word. */
  public static List<String> right(String word) {
    StringBuilder mixed = new StringBuilder();
    for (int i = 0; i < word.length(); i++) {
      String letter = word.substring(i, i + 1);
      mixed.append(i % 2 == 0 ? letter.toUpperCase(Locale.ROOT) : letter.toLowerCase(Locale.ROOT));
    }
    return List.of(
        word,
        word.toLowerCase(Locale.ROOT),
        word.toUpperCase(Locale.ROOT),
        mixed.toString(),
        word.replace('_', '-'));
  }

  /**
   * Misspellings of one of some words: a letter too few, too many, another, or two swapped; but for
   * those that may as well be meant for another of the words.
   */
  public static List<String> wrong(String word, List<String> words) {
    Set<String> likeOthers = new HashSet<>();
    for (String other : words) {
      if (!other.equals(word)) {
        likeOthers.addAll(oneEditFrom(other));
      }
    }
    return typos(word).stream()
        .filter(typo -> Collections.disjoint(oneEditFrom(typo), likeOthers))
        .toList();
  }

  private static List<String> typos(String word) {
    List<String> typos = new ArrayList<>();
    for (int i = 0; i < word.length(); i++) {
      String before = word.substring(0, i);
      String after = word.substring(i + 1);
      if (word.length() > 2) {
        typos.add(before + after);
      }
      typos.add(before + word.charAt(i) + word.charAt(i) + after);
      typos.add(before + "q" + after);
      boolean isLong = word.length() > 2; // or it is another word the other way round
      if (isLong && !after.isEmpty() && after.charAt(0) != word.charAt(i)) {
        typos.add(before + after.charAt(0) + word.charAt(i) + after.substring(1));
      }
    }
    return typos;
  }

  /** With the word itself. */
  private static Set<String> oneEditFrom(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    Set<String> edited = new HashSet<>(Set.of(lower));
    for (int i = 0; i <= lower.length(); i++) {
      String before = lower.substring(0, i);
      String after = lower.substring(i);
      for (int j = 0; j < LETTERS.length(); j++) {
        char letter = LETTERS.charAt(j);
        edited.add(before + letter + after);
        if (!after.isEmpty()) {
          edited.add(before + letter + after.substring(1));
        }
      }
      if (!after.isEmpty()) {
        edited.add(before + after.substring(1));
      }
    }
    return edited;
  }
}
