/**
 * What a stranger's graph may be and do, told before TensorFlow sees it: which ops it may have, and
 * how much memory and time it takes for a batch of images. Knows TensorFlow's messages, nothing of
 * modules.
 */
@NullMarked
package io.mobilenetspark.model.graph;

import org.jspecify.annotations.NullMarked;
