/**
 * From a handle to files: TF Hub's download protocol, the cache that it shares with Python's
 * tensorflow_hub, archives.
 */
@NullMarked
package io.mobilenetspark.model.handle;

import org.jspecify.annotations.NullMarked;
