/**
 * The command {@code finetune}: a MobileNet trained on labelled images, and the directory that it
 * leaves, whose report is {@code report}'s.
 */
@NullMarked
package io.mobilenetspark.jobs.finetune;

import org.jspecify.annotations.NullMarked;
