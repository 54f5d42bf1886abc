"""Writes image modules of the architectures of TensorFlow Hub, with random weights, and what
TensorFlow's Python makes of two images with them.

image_modules.py OUT IMAGES NAME...   images: float32 [2, 96, 96, 3] in [0, 1], little-endian

For each name the module OUT/NAME and the vectors OUT/NAME.f32.
"""

import os
import sys

import numpy as np
import tensorflow as tf

SIDE = 96
v1 = tf.compat.v1


class Module(tf.Module):
    """A TF2 module of hub.load's form."""

    def __init__(self, call, variables):
        super().__init__()
        self.kept = variables
        self.call = tf.function(call, input_signature=[tf.TensorSpec([None, SIDE, SIDE, 3])])
        self.__call__ = self.call


def scaled(model):
    """A Keras application under test, as a hub module takes its pixels: in [0, 1]."""
    return lambda images: model(images * 2 - 1, training=False)


def keras(name):
    tf.keras.utils.set_random_seed(7)
    model = getattr(tf.keras.applications, name)(
        weights=None, include_top=False, pooling="avg", input_shape=(SIDE, SIDE, 3))
    for weight in model.weights:  # random weights alone give vectors of almost the same numbers
        if weight.path.endswith("moving_variance"):
            weight.assign(tf.random.uniform(weight.shape, 0.1, 0.3, seed=1))
        elif weight.path.endswith(("moving_mean", "beta")):
            weight.assign(tf.random.normal(weight.shape, 0, 0.1, seed=2))
    return Module(scaled(model), model.variables)


def looping():
    """Loops and branches of tf.function that end whatever the images are."""
    kernel = tf.Variable(tf.random.normal([3, 3, 3, 8], seed=3), name="kernel")

    def call(images):
        x = images
        for step in tf.range(3):
            x = tf.sqrt(x + 1.0) * (tf.cast(step, tf.float32) + 0.5)
        x = tf.nn.relu6(tf.nn.conv2d(x, kernel, 2, "SAME"))
        height = tf.shape(x)[1]
        x = tf.cond(height > 20, lambda: x[:, :20], lambda: tf.pad(x, [[0, 0], [0, 1], [0, 0], [0, 0]]))
        return tf.reduce_mean(x, [1, 2])

    return Module(call, [kernel])


def transfer(images):
    """Group normalization and standardized kernels, as Big Transfer (BiT) has them."""
    x = conv(images, 16, standardize=True)
    shape = tf.shape(x)
    grouped = tf.reshape(x, [shape[0], shape[1], shape[2], 4, 4])
    mean, variance = tf.nn.moments(grouped, [1, 2, 4], keepdims=True)
    grouped = (grouped - mean) * tf.math.rsqrt(variance + 1e-5)
    x = tf.nn.relu(tf.reshape(grouped, shape))
    x = tf.nn.max_pool2d(tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]]), 3, 2, "VALID")
    return tf.reduce_mean(x, [1, 2])


def quantized(images):
    """Fake quantization, as the quantops modules have it."""
    x = tf.quantization.fake_quant_with_min_max_args(images, 0.0, 1.0)
    x = conv(x, 8)
    low, high = variable("low", [], -3.0), variable("high", [], 3.0)
    x = tf.quantization.fake_quant_with_min_max_vars(x, low, high)
    return tf.squeeze(tf.nn.avg_pool2d(tf.nn.relu6(x), 48, 48, "VALID"), [1, 2])


def inception(images):
    """Branches of TF-Slim's Inception with BatchNorm, and the graph's own resizing."""
    x = v1.image.resize_bilinear(images, [64, 64])
    x = norm(conv(x * 2.0 - 1.0, 8))
    pooled = tf.nn.avg_pool2d(x, 3, 1, "SAME")
    x = tf.concat([norm(conv(x, 8, 1)), norm(conv(pooled, 4, 1)), tf.nn.max_pool2d(x, 3, 1, "SAME")], 3)
    left, right = tf.split(x, 2, axis=3)
    return tf.reduce_mean(left * tf.sigmoid(right), [1, 2])


def branching(images):
    """Control flow of TF1: a branch that a constant chooses."""
    is_training = v1.placeholder_with_default(False, [], name="is_training")
    x = conv(images, 8)
    x = v1.cond(is_training, lambda: x * 0.5, lambda: tf.nn.elu(x))
    return tf.reduce_mean(x, [1, 2])


def variable(name, shape, value=None):
    initial = v1.constant_initializer(value) if value is not None else v1.random_normal_initializer(0, 0.3, seed=5)
    return v1.get_variable(name, shape, initializer=initial, use_resource=True)


def conv(x, channels, stride=2, standardize=False):
    kernel = variable("w%d" % len(v1.global_variables()), [3, 3, x.shape[-1], channels])
    if standardize:
        mean, variance = tf.nn.moments(kernel, [0, 1, 2], keepdims=True)
        kernel = (kernel - mean) / tf.sqrt(variance + 1e-10)
    return tf.nn.conv2d(x, kernel, stride, "SAME")


def norm(x):
    count = len(v1.global_variables())
    channels = [x.shape[-1]]
    scale, offset, mean = [variable("n%d" % (count + i), channels) for i in range(3)]
    variance = variable("n%d" % (count + 3), channels, 0.7)
    return tf.nn.relu(v1.nn.fused_batch_norm(x, scale, offset, mean, variance, is_training=False)[0])


def hub1(directory, build, images):
    """A TF1 hub.Module; gives its vectors."""
    v1.disable_control_flow_v2()
    with tf.Graph().as_default(), v1.Session() as session:
        placeholder = v1.placeholder(tf.float32, [None, SIDE, SIDE, 3], name="images")
        features = build(placeholder)
        session.run(v1.global_variables_initializer())
        builder = v1.saved_model.Builder(directory)
        signature = v1.saved_model.signature_def_utils.build_signature_def(
            {"images": v1.saved_model.utils.build_tensor_info(placeholder)},
            {"default": v1.saved_model.utils.build_tensor_info(features)})
        builder.add_meta_graph_and_variables(session, [], {"image_feature_vector": signature})
        builder.save()
        with open(os.path.join(directory, "tfhub_module.pb"), "wb") as file:
            file.write(bytes([8, 3]))
        return session.run(features, {placeholder: images})


HUB1 = {"transfer": transfer, "quantized": quantized, "inception": inception, "branching": branching}


def main():
    out, images, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    images = np.fromfile(images, "<f4").reshape(2, SIDE, SIDE, 3)
    for name in names:
        directory = os.path.join(out, name)
        if name in HUB1:
            vectors = hub1(directory, HUB1[name], images)
        else:
            module = looping() if name == "looping" else keras(name)
            vectors = module.call(images).numpy()
            tf.saved_model.save(module, directory)
        vectors.astype("<f4").tofile(directory + ".f32")
        print(name, vectors.shape)


main()
