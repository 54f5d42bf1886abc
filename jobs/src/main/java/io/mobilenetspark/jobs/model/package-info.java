/** The commands about models, {@code inspect} and {@code export}. They start no Spark. */
@NullMarked
package io.mobilenetspark.jobs.model;

import org.jspecify.annotations.NullMarked;
