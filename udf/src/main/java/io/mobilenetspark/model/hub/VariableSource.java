package io.mobilenetspark.model.hub;

import java.io.IOException;
import org.tensorflow.proto.TensorProto;

/** Values of variables by name. */
@FunctionalInterface
public interface VariableSource {

  /**
   * The value of a variable.
   *
   * @throws IOException if there is no such variable or it can't be read; the message says so
   */
  TensorProto read(String variable) throws IOException;
}
