"""TensorFlow's Python as the other side of the interoperability tests.

hub_interop.py step FORMAT MODULE BATCH MOMENTUM OUT
    One training-mode forward pass; writes features and then all moving statistics, by name.
hub_interop.py hub1 MODULE BATCH OUT
    Loads a TF1 module as hub.Module does; writes features of the {} graph, of a classification
    module logits and then features; prints what it found as JSON.
hub_interop.py tf2 MODULE BATCH OUT
    Loads a TF2 module as hub.KerasLayer does; writes and prints the same.
hub_interop.py slim DIRECTORY BATCH OUT
    Reads the latest checkpoint; writes and prints the same.
hub_interop.py classifier FORMAT DIRECTORY BATCH OUT
    Writes a classification module of MobileNet V1 0.25 with random weights; writes features and
    then logits of BATCH.
hub_interop.py events DIRECTORY
    Reads the one event file of a TensorBoard run; prints its version and the scalars of each step.

BATCH is float32 [n, 224, 224, 3] in C order; OUT is float32. FORMAT is hub1 or tf2.
"""

import inspect
import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

SIDE = 224


def batch(path):
    return np.fromfile(path, "<f4").reshape(-1, SIDE, SIDE, 3)


def write(path, *arrays):
    np.concatenate([np.asarray(a, "<f4").ravel() for a in arrays]).tofile(path)


def moving(variables):
    """Moving statistics sorted by name; variables are (name, value)."""
    return [value for name, value in sorted(variables) if "/moving_" in name]


class Hub1:
    """What tensorflow_hub 0.12's native_module.py does, without that package: import the graph of a
    tag set under a scope and restore by the names without the scope."""

    SCOPE = "module"

    def __init__(self, directory, tags, trainable):
        model = saved_model_pb2.SavedModel()
        with open(os.path.join(directory, "saved_model.pb"), "rb") as f:
            model.ParseFromString(f.read())
        with open(os.path.join(directory, "tfhub_module.pb"), "rb") as f:
            assert f.read() == b"\x08\x03"
        found = [m for m in model.meta_graphs if set(m.meta_info_def.tags) == set(tags)]
        assert len(found) == 1, [list(m.meta_info_def.tags) for m in model.meta_graphs]
        self.meta = found[0]
        supported = {
            "variables", "model_variables", "trainable_variables", "update_ops",
            "regularization_losses", "table_initializer", "asset_filepaths", "cond_context",
            "while_context", "hub_module_attachments", "saved_model_assets",
        }
        assert set(self.meta.collection_def) <= supported, set(self.meta.collection_def)
        # hub.Module keeps its attachments to itself: TensorFlow takes them for text.
        imported = type(self.meta)()
        imported.CopyFrom(self.meta)
        imported.collection_def.pop("hub_module_attachments", None)
        tf.compat.v1.train.import_meta_graph(imported, import_scope=self.SCOPE)
        graph = tf.compat.v1.get_default_graph()
        self.variables = {
            v.op.name[len(self.SCOPE) + 1:]: v for v in tf.compat.v1.global_variables()
        }
        self.trainable = tf.compat.v1.trainable_variables()
        self.updates = graph.get_collection(tf.compat.v1.GraphKeys.UPDATE_OPS)
        self.losses = graph.get_collection(tf.compat.v1.GraphKeys.REGULARIZATION_LOSSES)
        self.saver = tf.compat.v1.train.Saver(self.variables)
        self.prefix = os.path.join(directory, "variables", "variables")

    def tensor(self, name):
        return tf.compat.v1.get_default_graph().get_tensor_by_name(self.SCOPE + "/" + name)

    def signature(self, name):
        signature = self.meta.signature_def[name]
        return (
            {k: self.tensor(v.name) for k, v in signature.inputs.items()},
            {k: self.tensor(v.name) for k, v in signature.outputs.items()},
        )

    def session(self):
        session = tf.compat.v1.Session()
        self.saver.restore(session, self.prefix)
        return session


def momentum_error(before, batch, after, momentum):
    """Largest difference of moving statistics to what they must be after one step."""
    return float(max(
        np.max(np.abs(momentum * v + (1 - momentum) * b - a))
        for v, b, a in zip(before, batch, after)))


def step(form, directory, images, momentum, out):
    if form == "tf2":
        module = tf.saved_model.load(directory)
        kwargs = {} if momentum == "default" else {"batch_norm_momentum": float(momentum)}
        features = module(images, training=True, **kwargs)
        write(out, features, *moving((v.name, v.numpy()) for v in module.variables))
        return
    with tf.Graph().as_default():
        module = Hub1(directory, ["train"], True)
        name = "image_feature_vector" + ("" if momentum == "default" else "_with_bn_hparams")
        inputs, outputs = module.signature(name)
        feed = {inputs["images"]: images}
        if momentum != "default":
            feed[inputs["batch_norm_momentum"]] = float(momentum)
        with module.session() as session:
            features, _ = session.run([outputs["default"], module.updates], feed)
            values = session.run(module.variables)
            write(out, features, *moving(values.items()))


def check_endpoints(endpoints):
    """A classifier's endpoints are its logits and their probabilities."""
    assert np.array_equal(endpoints["MobilenetV1/Logits"], endpoints["default"])
    shifted = np.exp(endpoints["default"] - np.max(endpoints["default"], axis=1, keepdims=True))
    np.testing.assert_allclose(
        endpoints["MobilenetV1/Predictions"], shifted / shifted.sum(axis=1, keepdims=True),
        rtol=1e-5, atol=1e-6)


def hub1(directory, images, out):
    report = {}
    for tags in ([], ["train"]):
        with tf.Graph().as_default():
            module = Hub1(directory, tags, True)
            key = "train" if tags else "inference"
            report[key] = {
                "variables": len(module.variables),
                "trainable": len(module.trainable),
                "updates": len(module.updates),
                "losses": len(module.losses),
                "signatures": {
                    k: [sorted(s.inputs), len(s.outputs)]
                    for k, s in module.meta.signature_def.items()
                },
                "attachment": bool(module.meta.collection_def["hub_module_attachments"]
                                   .bytes_list.value),
                "ops": sorted({n.op for n in module.meta.graph_def.node}),
            }
            classifies = "image_classification" in module.meta.signature_def
            name = "image_classification" if classifies else "image_feature_vector"
            inputs, outputs = module.signature(name + "_with_bn_hparams")
            loss = tf.reduce_sum(outputs["default"] ** 2) + tf.add_n(module.losses)
            with module.session() as session:
                if tags:
                    gradients = tf.gradients(loss, [v for v in module.trainable])
                    report[key]["gradients"] = sum(
                        bool(np.any(g)) for g in session.run(
                            gradients, {inputs["images"]: images}))
                    before = session.run(module.variables)
                    states = []
                    for momentum in (0, 0.75):  # with 0 they become the batch's own
                        module.saver.restore(session, module.prefix)
                        session.run(module.updates, {
                            inputs["images"]: images, inputs["batch_norm_momentum"]: momentum})
                        states.append(session.run(module.variables))
                    report[key]["moved"] = sum(
                        not np.array_equal(before[k], states[1][k]) for k in before)
                    report[key]["momentum_error"] = momentum_error(
                        *[moving(s.items()) for s in (before, *states)], 0.75)
                else:
                    endpoints = session.run(outputs, {inputs["images"]: images})
                    report[key]["endpoints"] = {
                        k: list(v.shape) for k, v in endpoints.items()}
                    default_in, default_out = module.signature("default")
                    written = [session.run(default_out["default"], {default_in["images"]: images})]
                    assert np.array_equal(written[0], endpoints["default"])
                    if classifies:
                        check_endpoints(endpoints)
                        features_in, features_out = module.signature("image_feature_vector")
                        written.append(session.run(features_out["default"],
                                                   {features_in["images"]: images}))
                    write(out, *written)
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        meta = tf.compat.v1.saved_model.load(session, [], directory)
        signature = meta.signature_def["default"]
        report["loader_difference"] = float(np.max(np.abs(written[0] - session.run(
            signature.outputs["default"].name, {signature.inputs["images"].name: images}))))
    loaded = tf.saved_model.load(directory, tags=[])
    report["tf2_signatures"] = sorted(loaded.signatures)
    print(json.dumps(report))


def tf2(directory, images, out):
    # No tags: hub.load passes none for a TF2 module.
    module = tf.saved_model.load(directory)
    assert callable(module)
    spec = inspect.getfullargspec(module.__call__)
    report = {
        "arguments": [a for a in spec.args if a != "self"],
        "variables": len(module.variables),
        "trainable": len(module.trainable_variables),
        "losses": len(module.regularization_losses),
        "loss_sum": float(sum(float(f()) for f in module.regularization_losses)),
        "names": [v.name for v in module.variables],
        "signatures": sorted(module.signatures),
    }
    main = module(images, training=False)
    endpoints = {
        k: v.numpy() for k, v in module(images, training=False, return_endpoints=True).items()}
    report["endpoints"] = {k: list(v.shape) for k, v in endpoints.items()}
    assert np.array_equal(endpoints["default"], main.numpy())
    written = [main]
    if "MobilenetV1/Logits" in endpoints:
        check_endpoints(endpoints)
        written.append(endpoints["MobilenetV1/global_pool"])
    serving = module.signatures["serving_default"](inputs=tf.constant(images))
    report["serving"] = {k: list(v.shape) for k, v in serving.items()}
    report["serving_difference"] = float(
        max(np.max(np.abs(v.numpy() - main.numpy())) for v in serving.values()))
    # hub.KerasLayer gives training as a keyword, and both values under one smart_cond.
    before = [v.numpy() for v in module.variables]
    with tf.GradientTape(persistent=True) as tape:
        trained = module(images, training=True, batch_norm_momentum=0.997)
        loss = tf.reduce_sum(trained ** 2) + tf.add_n(
            [f() for f in module.regularization_losses])
    gradients = tape.gradient(loss, module.trainable_variables)
    report["gradients"] = sum(g is not None and bool(np.any(g.numpy())) for g in gradients)
    after = [v.numpy() for v in module.variables]
    report["moved"] = sum(not np.array_equal(a, b) for a, b in zip(before, after))
    states = []
    for momentum in (0.0, 0.75):  # with 0 they become the batch's own
        for variable, value in zip(module.variables, before):
            variable.assign(value)
        module(images, training=True, batch_norm_momentum=momentum)
        states.append([v.numpy() for v in module.variables])
    names = [v.name for v in module.variables]
    report["momentum_error"] = momentum_error(
        *[moving(zip(names, s)) for s in (before, *states)], 0.75)

    @tf.function
    def both(x, flag):
        return tf.cond(
            flag,
            lambda: module(x, training=True, batch_norm_momentum=0.997),
            lambda: module(x, training=False, batch_norm_momentum=0.997))

    report["static_channels"] = both.get_concrete_function(
        tf.TensorSpec([None, SIDE, SIDE, 3]), tf.TensorSpec([], tf.bool)
    ).structured_outputs.shape[-1]
    report["smaller"] = list(module(images[:, :128, :160], training=False).shape)
    write(out, *written)
    print(json.dumps(report))


def slim(directory, images, out):
    reader = tf.train.load_checkpoint(tf.train.latest_checkpoint(directory))
    variables = reader.get_variable_to_shape_map()
    _, features, logits = forward(tf.constant(images), reader.get_tensor)
    write(out, logits, features)
    print(json.dumps({"variables": variables}))


CLASSES = 11
STRIDES = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
CHANNELS = [8, 16, 32, 32, 64, 64, 128, 128, 128, 128, 128, 128, 256, 256]


def layers():
    """(name, shape of the kernel, stride), by the MobileNets paper."""
    result = [("Conv2d_0", [3, 3, 3, CHANNELS[0]], 2)]
    for i, stride in enumerate(STRIDES):
        before, after = CHANNELS[i], CHANNELS[i + 1]
        result.append(("Conv2d_%d_depthwise" % (i + 1), [3, 3, before, 1], stride))
        result.append(("Conv2d_%d_pointwise" % (i + 1), [1, 1, before, after], 1))
    return result


def shapes():
    result = {}
    for name, shape, _ in layers():
        depthwise = name.endswith("depthwise")
        channels = shape[2] if depthwise else shape[3]
        scope = "MobilenetV1/" + name + "/"
        result[scope + ("depthwise_weights" if depthwise else "weights")] = shape
        for part in ("gamma", "beta", "moving_mean", "moving_variance"):
            result[scope + "BatchNorm/" + part] = [channels]
    result["MobilenetV1/Logits/Conv2d_1c_1x1/weights"] = [1, 1, CHANNELS[-1], CLASSES]
    result["MobilenetV1/Logits/Conv2d_1c_1x1/biases"] = [CLASSES]
    return result


def initial():
    rng = np.random.default_rng(5)
    values = {}
    for name, shape in shapes().items():
        spread = np.sqrt(2 / max(1, np.prod(shape[:-1]))) if len(shape) == 4 else 0.1
        if "depthwise_weights" in name:
            spread = np.sqrt(2 / 9)
        centre = 1 if name.endswith(("gamma", "moving_variance")) else 0.2
        centre = 0 if len(shape) == 4 else centre
        values[name] = (centre + spread * rng.standard_normal(shape)).astype("<f4")
        if name.endswith("variance"):
            values[name] = np.abs(values[name]) + 0.5
    return values


def forward(images, variable):
    """All endpoints of the inference graph, with features as global_pool and logits as Logits."""
    endpoints = {}
    x = images * 2.0 - 1.0
    for name, shape, stride in layers():
        scope = "MobilenetV1/" + name + "/"
        strides = [1, stride, stride, 1]
        if name.endswith("depthwise"):
            x = tf.nn.depthwise_conv2d(x, variable(scope + "depthwise_weights"), strides, "SAME")
        else:
            x = tf.nn.conv2d(x, variable(scope + "weights"), strides, "SAME")
        x, _, _ = tf.compat.v1.nn.fused_batch_norm(
            x, *[variable(scope + "BatchNorm/" + p) for p in
                 ("gamma", "beta", "moving_mean", "moving_variance")],
            epsilon=0.001, is_training=False)
        x = tf.nn.relu6(x)
        endpoints["MobilenetV1/" + name] = x
    pool = tf.reduce_mean(x, [1, 2], keepdims=True)
    endpoints["MobilenetV1/global_pool"] = pool
    logits = tf.nn.conv2d(pool, variable("MobilenetV1/Logits/Conv2d_1c_1x1/weights"), 1, "SAME")
    logits += variable("MobilenetV1/Logits/Conv2d_1c_1x1/biases")
    return endpoints, tf.squeeze(pool, [1, 2]), tf.squeeze(logits, [1, 2])


class Classifier(tf.Module):
    def __init__(self, values):
        super().__init__()
        self.variables_by_name = {}
        self.list = []
        for name, value in values.items():
            self.list.append(tf.Variable(value, name=name))
            self.variables_by_name[name.replace("/", "__")] = self.list[-1]

    def variable(self, name):
        return self.variables_by_name[name.replace("/", "__")]

    @tf.function(input_signature=None)
    def __call__(self, inputs, training=False, return_endpoints=False):
        endpoints, _, logits = forward(inputs, self.variable)
        return dict(endpoints, default=logits) if return_endpoints else logits


def classifier(form, directory, images, out):
    values = initial()
    _, features, logits = forward(tf.constant(images), lambda name: values[name])
    write(out, features, logits)
    if form == "tf2":
        module = Classifier(values)
        spec = tf.TensorSpec([None, None, None, 3], tf.float32)
        for training in (False, True):
            for endpoints in (False, True):
                module.__call__.get_concrete_function(spec, training, endpoints)
        tf.saved_model.save(module, directory)
        return
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        images = tf.compat.v1.placeholder(tf.float32, [None, None, None, 3])
        created = {
            name: tf.compat.v1.get_variable(name, initializer=value, use_resource=True)
            for name, value in values.items()
        }
        endpoints, features, logits = forward(images, lambda name: created[name])
        session.run(tf.compat.v1.global_variables_initializer())
        os.makedirs(os.path.join(directory, "variables"))
        tf.compat.v1.train.Saver(sharded=True).save(
            session, os.path.join(directory, "variables", "variables"), write_meta_graph=False,
            write_state=False)
        model = saved_model_pb2.SavedModel()
        meta = model.meta_graphs.add()
        meta.CopyFrom(tf.compat.v1.train.export_meta_graph(strip_default_attrs=True))
        meta.ClearField("saver_def")
        build = tf.compat.v1.saved_model.build_tensor_info
        for key, outputs in {
                "default": {"default": logits},
                "image_classification": dict(endpoints, default=logits),
                "image_feature_vector": dict(endpoints, default=features)}.items():
            signature = meta.signature_def[key]
            signature.inputs["images"].CopyFrom(build(images))
            for name, tensor in outputs.items():
                signature.outputs[name].CopyFrom(build(tensor))
        with open(os.path.join(directory, "saved_model.pb"), "wb") as f:
            f.write(model.SerializeToString())
        with open(os.path.join(directory, "tfhub_module.pb"), "wb") as f:
            f.write(b"\x08\x03")


def events(directory):
    (name,) = [n for n in os.listdir(directory) if n.startswith("events.out.tfevents.")]
    version, steps = None, []
    for event in tf.compat.v1.train.summary_iterator(os.path.join(directory, name)):
        if event.HasField("file_version"):
            version = event.file_version
        else:
            scalars = {value.tag: value.simple_value for value in event.summary.value}
            steps.append(dict(scalars, step=event.step, wall_time=event.wall_time))
    print(json.dumps({"version": version, "steps": steps}))


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "step":
        step(arguments[0], arguments[1], batch(arguments[2]), arguments[3], arguments[4])
    elif command == "hub1":
        hub1(arguments[0], batch(arguments[1]), arguments[2])
    elif command == "tf2":
        tf2(arguments[0], batch(arguments[1]), arguments[2])
    elif command == "slim":
        slim(arguments[0], batch(arguments[1]), arguments[2])
    elif command == "classifier":
        classifier(arguments[0], arguments[1], batch(arguments[2]), arguments[3])
    elif command == "events":
        events(arguments[0])
    else:
        sys.exit(__doc__)
