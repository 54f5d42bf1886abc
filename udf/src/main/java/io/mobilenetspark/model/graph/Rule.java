package io.mobilenetspark.model.graph;

import java.util.List;

/** What an op makes of its inputs: types and shapes of its outputs, and what they cost. */
interface Rule {

  /**
   * The outputs, in order.
   *
   * @throws RefusedGraphException if the shapes don't fit, or can't be told before images are there
   */
  List<Value> apply(Call call) throws RefusedGraphException;
}
