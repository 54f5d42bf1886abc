/**
 * What every package needs: how a command ends, where a path leads, which versions run. Knows
 * nothing of the other packages.
 */
@NullMarked
package io.mobilenetspark.jobs.common;

import org.jspecify.annotations.NullMarked;
