package io.mobilenetspark.jobs.audit;

import io.mobilenetspark.image.ImageStatistics;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is told as a finding, and what is not yet one.
 *
 * @param duplicate the least cosine of near-duplicates
 * @param outlier the least robust z-score of an outlier
 * @param label by how much of all neighbours another label must lead a row's own
 * @param dark the greatest mean luma of a dark image, of 255
 * @param bright the least mean luma of a bright image, of 255
 * @param blurred the greatest sharpness of a blurred image ({@link ImageStatistics#sharpness})
 * @param tiny images with a side of fewer pixels are tiny
 * @param aspect the least ratio of the longer side to the shorter that is odd
 */
record Thresholds(
    double duplicate,
    double outlier,
    double label,
    double dark,
    double bright,
    double blurred,
    int tiny,
    double aspect) {

  /** For programs. */
  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("duplicate", duplicate);
    json.put("outlier", outlier);
    json.put("label", label);
    json.put("dark", dark);
    json.put("bright", bright);
    json.put("blurred", blurred);
    json.put("tiny", tiny);
    json.put("aspect", aspect);
    return json;
  }
}
