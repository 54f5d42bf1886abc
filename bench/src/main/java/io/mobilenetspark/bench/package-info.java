/** Benchmarks: ratios within one run, each with the command that measures it. */
@NullMarked
package io.mobilenetspark.bench;

import org.jspecify.annotations.NullMarked;
