"""The default recipe of MobileNetFineTuner in TensorFlow's Python, for comparison.

The same start (slim checkpoint, head from a logistic regression of the same objective), the same
random changes to images, the same optimizer, rates and number of steps; its own random numbers.
Prints the accuracy on the test images at the end of every epoch.

    fine_tune.py CHECKPOINT_PREFIX DIRECTORY_WITH_train_AND_test SEED [EPOCHS]
"""

import pathlib
import sys

import numpy as np
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

checkpoint, directory, seed = sys.argv[1], pathlib.Path(sys.argv[2]), int(sys.argv[3])
epochs = int(sys.argv[4]) if len(sys.argv) > 4 else 10

SIDE, BATCH, RATE, HEAD_REG, L2 = 224, 32, 1e-4, 1e-2, 4e-5
FLIP, MIN_AREA, COLOUR = 0.5, 0.6, 0.1
STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]

random = np.random.default_rng(seed)
tf.random.set_seed(seed)


def read(part):
    images, labels = [], []
    classes = sorted(path.name for path in (directory / part).iterdir())
    for label, name in enumerate(classes):
        for path in sorted((directory / part / name).glob("*.jpg")):
            pixels = tf.io.decode_jpeg(tf.io.read_file(str(path)), channels=3)
            pixels = tf.image.resize(tf.image.convert_image_dtype(pixels, tf.float32), [SIDE, SIDE])
            images.append(np.rint(pixels.numpy() * 255).astype(np.uint8))
            labels.append(label)
    return np.stack(images), np.array(labels, np.int32)


train_images, train_labels = read("train")
test_images, test_labels = read("test")
classes = int(train_labels.max()) + 1

reader = tf.train.load_checkpoint(checkpoint)


def tensor(name):
    return reader.get_tensor("MobilenetV1/" + name)


trained, regularized, layers = [], [], []
names = ["Conv2d_0"]
for i in range(1, 14):
    names += [f"Conv2d_{i}_depthwise", f"Conv2d_{i}_pointwise"]
for name in names:
    depthwise = name.endswith("depthwise")
    kernel = tf.Variable(tensor(f"{name}/{'depthwise_weights' if depthwise else 'weights'}"))
    scale = tf.Variable(tensor(f"{name}/BatchNorm/gamma"))
    offset = tf.Variable(tensor(f"{name}/BatchNorm/beta"))
    mean = tf.constant(tensor(f"{name}/BatchNorm/moving_mean"))
    variance = tf.constant(tensor(f"{name}/BatchNorm/moving_variance"))
    stride = 2 if name == "Conv2d_0" else STRIDES[int(name.split("_")[1]) - 1] if depthwise else 1
    layers.append((depthwise, stride, kernel, scale, offset, mean, variance))
    trained += [kernel, scale, offset]
    if not depthwise:
        regularized.append(kernel)


def features(x):
    x = x * 2.0 - 1.0
    for depthwise, stride, kernel, scale, offset, mean, variance in layers:
        convolve = tf.nn.depthwise_conv2d if depthwise else tf.nn.conv2d
        x = convolve(x, kernel, [1, stride, stride, 1], "SAME")
        x, _, _ = tf.compat.v1.nn.fused_batch_norm(
            x, scale, offset, mean, variance, epsilon=0.001, is_training=False)
        x = tf.nn.relu6(x)
    return tf.reduce_mean(x, [1, 2])


forward = tf.function(lambda pixels: features(tf.cast(pixels, tf.float32) / 255.0))


def all_features(images):
    return np.concatenate(
        [forward(images[i:i + 50]).numpy() for i in range(0, len(images), 50)])


start = all_features(train_images)
fit = LogisticRegression(C=1 / (HEAD_REG * len(start)), max_iter=2000, tol=1e-7).fit(
    start, train_labels)
head = tf.Variable(fit.coef_.T.astype(np.float32))
bias = tf.Variable(fit.intercept_.astype(np.float32))
trained += [head, bias]


def accuracy():
    logits = all_features(test_images) @ head.numpy() + bias.numpy()
    return float(np.mean(logits.argmax(1) == test_labels))


print("linear head:", accuracy(), flush=True)


def boxes(n):
    area = 1 - random.random(n) * (1 - MIN_AREA)
    aspect = np.exp((2 * random.random(n) - 1) * np.log(4 / 3))
    height = np.minimum(1, np.sqrt(area / aspect))
    width = np.minimum(1, np.sqrt(area * aspect))
    top, left = random.random(n) * (1 - height), random.random(n) * (1 - width)
    right = left + width
    flip = random.random(n) < FLIP
    return np.stack(
        [top, np.where(flip, right, left), top + height, np.where(flip, left, right)],
        1).astype(np.float32)


def changed(x, box, colours):
    n = tf.shape(x)[0]
    x = tf.image.crop_and_resize(x, box, tf.range(n), [SIDE, SIDE])
    colours = tf.reshape(colours, [-1, 3, 1, 1, 1])
    x += colours[:, 0]
    middle = tf.reduce_mean(x, [1, 2], keepdims=True)
    x = middle + (x - middle) * colours[:, 1]
    gray = tf.reduce_sum(x * [0.2989, 0.5870, 0.1140], 3, keepdims=True)
    x = gray + (x - gray) * colours[:, 2]
    return tf.clip_by_value(x, 0.0, 1.0)


optimizer = tf.keras.optimizers.Adam(RATE, epsilon=1e-7)
optimizer.build(trained)


@tf.function
def step(pixels, labels, box, colours):
    with tf.GradientTape() as tape:
        x = changed(tf.cast(pixels, tf.float32) / 255.0, box, colours)
        logits = tf.matmul(features(x), head) + bias
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        loss += tf.add_n([L2 * tf.nn.l2_loss(kernel) for kernel in regularized])
    optimizer.apply_gradients(zip(tape.gradient(loss, trained), trained))
    return loss


per_epoch = len(train_images) // BATCH
warmup, total = per_epoch, per_epoch * epochs
number = 0
for epoch in range(epochs):
    order = random.permutation(len(train_images))
    losses = []
    for i in range(per_epoch):
        rows = order[i * BATCH:(i + 1) * BATCH]
        if number < warmup:
            rate = RATE * (number + 1) / (warmup + 1)
        else:
            rate = RATE * 0.5 * (1 + np.cos(np.pi * (number - warmup) / (total - warmup)))
        optimizer.learning_rate.assign(rate)
        jitter = (2 * random.random((BATCH, 3)) - 1) * COLOUR + [0, 1, 1]
        losses.append(
            float(step(train_images[rows], train_labels[rows], boxes(BATCH),
                       jitter.astype(np.float32))))
        number += 1
    print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, test accuracy {accuracy():.4f}",
          flush=True)
