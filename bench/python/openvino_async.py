"""OpenCV and OpenVINO: its asynchronous queue with the hint THROUGHPUT, the input's conversion in the compiled model.

The fifth argument is the precision of inference: f32 or bf16.
"""

import sys

import cv2
import numpy as np
import openvino
from openvino.preprocess import ColorFormat, PrePostProcessor

import rounds

core = openvino.Core()
model = core.read_model(rounds.MODEL)
model.reshape([1, 3, rounds.SIDE, rounds.SIDE])
steps = PrePostProcessor(model)
steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC")).set_color_format(ColorFormat.BGR)
steps.input().model().set_layout(openvino.Layout("NCHW"))
steps.input().preprocess().convert_element_type(openvino.Type.f32).convert_color(ColorFormat.RGB).mean(127.5).scale(127.5)
compiled = core.compile_model(
    steps.build(), "CPU",
    {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_PRECISION_HINT": sys.argv[5], "INFERENCE_NUM_THREADS": rounds.THREADS})
features = np.empty((len(rounds.FILES), compiled.output(0).shape[1]), np.float32)


def keep(request, index):
    features[index] = request.get_output_tensor().data[0]


queue = openvino.AsyncInferQueue(compiled)
queue.set_callback(keep)


def run():
    for index, path in enumerate(rounds.FILES):
        image = cv2.imread(path, cv2.IMREAD_COLOR)
        queue.start_async({0: cv2.resize(image, (rounds.SIDE, rounds.SIDE))[np.newaxis]}, index)
    queue.wait_all()
    rounds.write(features)


cv2.setNumThreads(1)
rounds.serve(run, "opencv-python-headless", "openvino")
