/** How vectors of a table are compared: exactly, in blocks, by the cosine of their angle. */
@NullMarked
package io.mobilenetspark.jobs.compare;

import org.jspecify.annotations.NullMarked;
