/**
 * Options that take one of a few words, on every surface: what a word means, what is known, and
 * what is said of one that is not.
 *
 * <p>Mechanism only: the words are those of enums, which live where their subject does. Knows the
 * JDK and the edit distance of Commons Text, which every Spark brings; nothing of ours.
 */
@NullMarked
package io.mobilenetspark.options;

import org.jspecify.annotations.NullMarked;
