/**
 * The architecture of MobileNet V1: its layers, and what TF-Slim calls their tensors. Knows the JDK
 * alone.
 */
@NullMarked
package io.mobilenetspark.model.mobilenet;

import org.jspecify.annotations.NullMarked;
