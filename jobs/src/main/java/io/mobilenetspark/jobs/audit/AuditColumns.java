package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.jobs.table.NamedColumns;
import org.jspecify.annotations.Nullable;

/**
 * Names of columns that an audit reads beside the vectors.
 *
 * @param labels {@link NamedColumns#DIRECTORY} for directories' names; null for none
 * @param split null for none
 * @param images that are read again for what the table has no statistics of; null if none are
 */
record AuditColumns(@Nullable String labels, @Nullable String split, @Nullable String images) {}
