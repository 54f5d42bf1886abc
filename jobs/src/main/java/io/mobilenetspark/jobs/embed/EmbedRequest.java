package io.mobilenetspark.jobs.embed;

import io.mobilenetspark.jobs.cli.IncrementalOptions;
import io.mobilenetspark.jobs.cli.InputOptions;
import io.mobilenetspark.jobs.cli.LabelOptions;
import io.mobilenetspark.jobs.cli.OutputTableOptions;
import io.mobilenetspark.jobs.cli.TableOptions;
import io.mobilenetspark.options.SettingValues;

/**
 * What an embedding was asked for.
 *
 * @param input where the images are
 * @param settings of the model, the images and the embedding
 * @param labels the classes that are added
 * @param output where the vectors go
 * @param table what the table is like
 * @param incremental what is computed again
 */
record EmbedRequest(
    InputOptions input,
    SettingValues settings,
    LabelOptions labels,
    OutputTableOptions output,
    TableOptions table,
    IncrementalOptions incremental) {}
