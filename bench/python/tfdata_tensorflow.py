"""tf.data and the SavedModel in TensorFlow, all parallelism left to AUTOTUNE."""

import numpy as np
import tensorflow as tf

import rounds

model = tf.saved_model.load(rounds.MODEL)


@tf.function(input_signature=[tf.TensorSpec([None, rounds.SIDE, rounds.SIDE, 3], tf.float32)])
def embed(images):
    return model(images)


def load(path):
    image = tf.io.decode_jpeg(tf.io.read_file(path), channels=3)
    return tf.image.resize(image, (rounds.SIDE, rounds.SIDE)) / 255


dataset = (
    tf.data.Dataset.from_tensor_slices(rounds.FILES)
    .map(load, num_parallel_calls=tf.data.AUTOTUNE)
    .batch(rounds.BATCH)
    .prefetch(tf.data.AUTOTUNE))

rounds.serve(
    lambda: rounds.write(np.concatenate([embed(batch).numpy() for batch in dataset])),
    "tensorflow-cpu")
