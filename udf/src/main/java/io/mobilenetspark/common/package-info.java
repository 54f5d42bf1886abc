/** What messages of every package need. Knows the JDK alone. */
@NullMarked
package io.mobilenetspark.common;

import org.jspecify.annotations.NullMarked;
