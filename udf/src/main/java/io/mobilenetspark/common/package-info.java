/**
 * What every package needs: words for messages, sizes of images, marks of the public API. Knows the
 * JDK alone.
 */
@NullMarked
package io.mobilenetspark.common;

import org.jspecify.annotations.NullMarked;
