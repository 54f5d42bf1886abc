/** What can be set of a model and of how it is fetched, by its one name. */
@NullMarked
package io.mobilenetspark.model.settings;

import org.jspecify.annotations.NullMarked;
