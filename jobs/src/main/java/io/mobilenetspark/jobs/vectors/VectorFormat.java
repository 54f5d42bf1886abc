package io.mobilenetspark.jobs.vectors;

import io.mobilenetspark.options.Choice;
import io.mobilenetspark.options.Choices;

/** The files that vectors are exported into. */
public enum VectorFormat implements Choice {
  /** NumPy's arrays of float32, a file of ids beside each. */
  NPY,
  /** Each vector behind its dimension, as the TEXMEX corpus has them; a file of ids beside each. */
  FVECS,
  /** A header, and a line a row: the id, and the vector in brackets. */
  CSV,
  /** A JSON object a line: {@code id} and {@code vector}. */
  JSONL;

  public static final Choices<VectorFormat> CHOICES = Choices.of("format", VectorFormat.class);
}
