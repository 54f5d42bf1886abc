/**
 * The applications for {@code spark-submit}: {@link io.mobilenetspark.jobs.Main} has the commands.
 *
 * <p>A command and what it does have a package: {@code embed}, {@code search}, {@code verify},
 * {@code finetune} and {@code model}, which know nothing of each other. Below them, {@code output}
 * writes tables, {@code table} knows their files, {@code input} opens images and {@code report}
 * tells of a training run; {@code cli} and {@code common} serve all.
 */
@NullMarked
package io.mobilenetspark.jobs;

import org.jspecify.annotations.NullMarked;
