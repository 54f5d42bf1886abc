package io.mobilenetspark.image;

import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TUint8;

/**
 * A decoded image: RGB, 8 bits, rows from the top. Owns its native memory until closed. For one
 * thread.
 */
final class DecodedImage implements AutoCloseable {

  /** What must be freed; the tensor or what the tensor is part of. */
  interface Memory extends AutoCloseable {
    @Override
    void close();
  }

  private final TUint8 rgb;
  private final Memory memory;

  /**
   * @param rgb [height, width, 3]
   * @param memory frees the tensor
   */
  DecodedImage(TUint8 rgb, Memory memory) {
    this.rgb = rgb;
    this.memory = memory;
  }

  /** An image whose pixels are yet to be written, row by row. */
  static DecodedImage unwritten(int height, int width) {
    TUint8 rgb = TUint8.tensorOf(Shape.of(height, width, 3));
    return new DecodedImage(rgb, rgb::close);
  }

  TUint8 rgb() {
    return rgb;
  }

  int height() {
    return (int) rgb.shape().get(0);
  }

  int width() {
    return (int) rgb.shape().get(1);
  }

  /** Writes a row's first {@code width * 3} bytes. */
  void writeRow(int y, byte[] row) {
    long rowBytes = 3L * width();
    rgb.asRawTensor().data().offset(y * rowBytes).write(row, 0, (int) rowBytes);
  }

  @Override
  public void close() {
    memory.close();
  }
}
