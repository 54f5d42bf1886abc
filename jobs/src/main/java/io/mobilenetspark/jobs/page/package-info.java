/** The command {@code report}: one page of a table's vectors and of what an audit found in it. */
@NullMarked
package io.mobilenetspark.jobs.page;

import org.jspecify.annotations.NullMarked;
