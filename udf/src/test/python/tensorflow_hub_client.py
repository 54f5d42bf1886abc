"""tensorflow_hub itself: modules that Java exported, and a cache that Java uses, too.

usage: tensorflow_hub_client.py DIRECTORY SERVER

DIRECTORY has the modules tf2, tf2-classifier, hub1 and hub1-classifier of the same weights, batch.f32 with images
[4, 224, 224, 3], and features.f32 and logits.f32, what they give. TFHUB_CACHE_DIR names the cache. On SERVER, /of-java is
in it, /of-python is not, Java asks for /python-first when this has begun to, and has begun to ask for /java-first when
/begin has answered.
"""

import os
import pathlib
import sys
import urllib.request

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
import tensorflow_hub as hub
import tf_keras

DIRECTORY = pathlib.Path(sys.argv[1])
SERVER = sys.argv[2]
SIDE = 224
BATCH = np.fromfile(DIRECTORY / "batch.f32", "<f4").reshape(-1, SIDE, SIDE, 3)
FEATURES = np.fromfile(DIRECTORY / "features.f32", "<f4").reshape(len(BATCH), -1)
LOGITS = np.fromfile(DIRECTORY / "logits.f32", "<f4").reshape(len(BATCH), -1)


def assert_close(actual, expected):
    difference = float(np.max(np.abs(np.asarray(actual) - expected)))
    assert difference <= 1e-4, difference


def load():
    module = hub.load(str(DIRECTORY / "tf2"))
    assert len(module.variables) == 135 and len(module.trainable_variables) == 81
    assert_close(module(BATCH), FEATURES)
    assert_close(hub.load(str(DIRECTORY / "tf2-classifier"))(BATCH), LOGITS)
    assert_close(hub.KerasLayer(str(DIRECTORY / "tf2-classifier"))(BATCH), LOGITS)
    assert_close(hub.KerasLayer(str(DIRECTORY / "tf2"), output_key="default", arguments={"return_endpoints": True})(BATCH),
                 FEATURES)


def moving(layer):
    return {v.name: v.numpy() for v in layer.variables if "/moving_" in v.name}


def keras():
    """What make_image_classifier makes: a module with a new head, which is trained, saved and read."""
    layer = hub.KerasLayer(str(DIRECTORY / "tf2"), trainable=True, arguments=dict(batch_norm_momentum=0.997))
    tf_keras.utils.set_random_seed(1)
    model = tf_keras.Sequential([
        tf_keras.layers.InputLayer(input_shape=(SIDE, SIDE, 3)),
        layer,
        tf_keras.layers.Dropout(rate=0.2),
        tf_keras.layers.Dense(3, activation="softmax"),
    ])
    assert len(layer.trainable_weights) == 81 and len(layer.non_trainable_weights) == 54, "BatchNorm's 54 follow the data"
    assert len(layer.losses) == 14, "L2 of the 13 pointwise kernels and the first"
    assert layer.compute_output_shape((None, SIDE, SIDE, 3))[-1] in (None, FEATURES.shape[1])
    model.compile(tf_keras.optimizers.SGD(1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
    weights, before = [w.numpy() for w in layer.trainable_weights], moving(layer)
    labels = np.arange(len(BATCH)) % 3
    history = model.fit(BATCH, labels, batch_size=len(BATCH), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all(), history
    assert all(np.any(a != b.numpy()) for a, b in zip(weights, layer.trainable_weights)), "a weight was not trained"
    after = moving(layer)
    assert len(after) == 54 and all(np.any(after[name] != before[name]) for name in before)
    # 0.997 twice: what was there keeps 0.994 of its weight.
    first = next(name for name in before if "Conv2d_0/" in name and "variance" in name)
    assert np.all(after[first] >= 0.997**2 * before[first] - 1e-6), "the momentum is not 0.997"
    expected = model.predict(BATCH, verbose=0)
    model.save(str(DIRECTORY / "classifier"), save_format="tf")
    model.save(str(DIRECTORY / "classifier.keras"))
    for read in (
        tf_keras.models.load_model(str(DIRECTORY / "classifier")),
        tf_keras.models.load_model(str(DIRECTORY / "classifier.keras"), custom_objects={"KerasLayer": hub.KerasLayer}),
    ):
        np.testing.assert_array_equal(read.predict(BATCH, verbose=0), expected)


def hub1():
    """Modules of hub.Module, which tensorflow_hub loads yet, but can't train."""
    for name, signature, expected in (
        ("hub1", "image_feature_vector", FEATURES),
        ("hub1-classifier", "image_classification", LOGITS),
    ):
        path = str(DIRECTORY / name)
        for tags in (None, [], {"train"}):
            module = hub.load(path, tags=tags)
            assert {"default", signature} <= set(module.signatures), list(module.signatures)
            if not tags:
                for key in ("default", signature):
                    assert_close(module.signatures[key](tf.constant(BATCH))["default"], expected)
        assert_close(hub.KerasLayer(path, signature="default", output_key="default")(BATCH), expected)
        with tf.Graph().as_default(), tf.compat.v1.Session() as session:
            if hasattr(hub, "Module"):
                features = hub.Module(path)(BATCH)
            else:
                features = hub.load(path, tags=[]).signatures["default"](tf.constant(BATCH))["default"]
            session.run([tf.compat.v1.global_variables_initializer(), tf.compat.v1.tables_initializer()])
            assert_close(session.run(features), expected)


def cache():
    found = hub.resolve(SERVER + "/of-java")
    assert pathlib.Path(found).parent == pathlib.Path(os.environ["TFHUB_CACHE_DIR"])
    assert_close(hub.load(SERVER + "/of-java")(BATCH), FEATURES)
    for name in ("/of-python", "/python-first"):
        assert os.path.exists(os.path.join(hub.resolve(SERVER + name), "saved_model.pb"))
    urllib.request.urlopen(SERVER + "/begin").read()
    assert os.path.exists(os.path.join(hub.resolve(SERVER + "/java-first"), "saved_model.pb"))


if __name__ == "__main__":
    load()
    keras()
    hub1()
    cache()
    had = "" if hasattr(hub, "Module") else ", which has no hub.Module any more"
    print(f"tensorflow_hub {hub.__version__}; TensorFlow {tf.__version__}, tf_keras {tf_keras.__version__}{had}: "
          "all as expected")
