/**
 * What can be set: a {@code Setting} has its name, type, default, scope and sentence once, and
 * every surface is made of it; words and the nearest to an unknown one; errors with a cure that
 * names settings as the reader's surface spells them.
 *
 * <p>Mechanism only: settings and the enums of their words live where their subject does. Knows the
 * JDK, {@code common}, and the edit distance of Commons Text, which every Spark brings.
 */
@NullMarked
package io.mobilenetspark.options;

import org.jspecify.annotations.NullMarked;
