"""The training step of FineTuneBenchmark in TensorFlow's Python, for comparison.

Reads one line a round from standard input, "run STEPS", takes so many steps of SGD with momentum on
random images, and prints the seconds that they took. Everything is built once: a tf.function with
the same network, the same loss, the same update.

    train_step.py THREADS BATCH SIDE CLASSES frozen|training
"""

import sys
import time

threads, batch, side, classes = (int(argument) for argument in sys.argv[1:5])
training = sys.argv[5] == "training"

import numpy as np
import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(threads)
tf.config.threading.set_inter_op_parallelism_threads(threads)

# (stride of the depthwise kernel, channels of the pointwise one), depth multiplier 0.75
BLOCKS = [(1, 48), (2, 96), (1, 96), (2, 192), (1, 192), (2, 384), (1, 384), (1, 384), (1, 384),
          (1, 384), (1, 384), (2, 768), (1, 768)]

random = np.random.default_rng(7)
trained, moving = [], []


def variable(shape, deviation):
    value = tf.Variable(random.normal(0, deviation, shape).astype(np.float32))
    trained.append(value)
    return value


def batch_norm(channels):
    scale, offset = tf.Variable(tf.ones(channels)), tf.Variable(tf.zeros(channels))
    mean, variance = tf.Variable(tf.zeros(channels)), tf.Variable(tf.ones(channels))
    trained.extend([scale, offset])
    moving.append((mean, variance))
    return scale, offset, mean, variance


layers = [("conv", 2, variable((3, 3, 3, 24), 0.2), batch_norm(24))]
channels = 24
for stride, output in BLOCKS:
    layers.append(("depthwise", stride, variable((3, 3, channels, 1), 0.3), batch_norm(channels)))
    layers.append(("conv", 1, variable((1, 1, channels, output), (2 / channels) ** 0.5),
                   batch_norm(output)))
    channels = output
head, bias = variable((channels, classes), 0.01), variable((classes,), 0)
velocity = [tf.Variable(tf.zeros_like(value)) for value in trained]

pixels = tf.constant(random.integers(0, 256, (batch, side, side, 3)).astype(np.uint8))
labels = tf.constant(random.integers(0, classes, batch).astype(np.int32))


def network(x, updates):
    x = tf.cast(x, tf.float32) * (2.0 / 255.0) - 1.0
    for kind, stride, kernel, (scale, offset, mean, variance) in layers:
        strides = [1, stride, stride, 1]
        if kind == "conv":
            x = tf.nn.conv2d(x, kernel, strides, "SAME")
        else:
            x = tf.nn.depthwise_conv2d(x, kernel, strides, "SAME")
        if training:
            x, batch_mean, batch_variance = tf.compat.v1.nn.fused_batch_norm(
                x, scale, offset, epsilon=0.001, is_training=True)
            updates.append((mean, batch_mean))
            updates.append((variance, batch_variance))
        else:
            x, _, _ = tf.compat.v1.nn.fused_batch_norm(
                x, scale, offset, mean, variance, epsilon=0.001, is_training=False)
        x = tf.nn.relu6(x)
    return tf.reduce_mean(x, [1, 2])


@tf.function
def step(images, classes_of_images):
    updates = []
    with tf.GradientTape() as tape:
        logits = tf.matmul(network(images, updates), head) + bias
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=classes_of_images, logits=logits))
    gradients = tape.gradient(loss, trained)
    for value, speed, gradient in zip(trained, velocity, gradients):
        speed.assign(0.9 * speed + gradient)
        value.assign_sub(1e-4 * speed)
    for old, new in updates:
        old.assign_sub((old - new) * 0.01)
    return loss


step(pixels, labels)
print("ready", tf.__version__, flush=True)
for line in sys.stdin:
    steps = int(line.split()[1])
    start = time.perf_counter()
    for _ in range(steps):
        loss = step(pixels, labels)
    loss.numpy()
    print(time.perf_counter() - start, flush=True)
