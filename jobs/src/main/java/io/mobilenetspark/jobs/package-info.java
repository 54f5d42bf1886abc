/**
 * The applications for {@code spark-submit}: {@link io.mobilenetspark.jobs.Main} has the commands.
 *
 * <p>A command and what it does have a package, such as {@code embed}, {@code search} or {@code
 * audit}, which knows nothing of another command's. Below them, {@code output} writes tables,
 * {@code table} knows their files, {@code input} opens images, {@code compare} compares vectors;
 * {@code cli} and {@code common} serve all. The table of them is in docs/architecture.md.
 */
@NullMarked
package io.mobilenetspark.jobs;

import org.jspecify.annotations.NullMarked;
