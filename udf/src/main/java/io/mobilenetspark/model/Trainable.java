package io.mobilenetspark.model;

import io.mobilenetspark.model.checkpoint.WeightTensor;
import io.mobilenetspark.model.hub.TrainingGraph;
import java.util.SortedMap;

/**
 * A module's training graph and where training starts.
 *
 * @param graph the forward pass, update ops and regularization losses
 * @param values initial values by variable name; more may be there than the graph has
 */
public record Trainable(TrainingGraph graph, SortedMap<String, WeightTensor> values) {}
