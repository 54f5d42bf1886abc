/** Building TensorFlow graphs, for all packages that do. Knows TensorFlow and nothing of ours. */
@NullMarked
package io.mobilenetspark.graph;

import org.jspecify.annotations.NullMarked;
