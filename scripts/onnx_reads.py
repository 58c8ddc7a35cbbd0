"""onnxruntime on files that kerosene exported: python onnx_reads.py FOLDER (see onnx-reads.mjs)."""

import base64
import json
import os
import sys

import numpy as np
import onnxruntime
from reads_report import report


def read(tensor):
    return np.frombuffer(base64.b64decode(tensor["data"]), tensor["dtype"]).reshape(tensor["shape"])


def check(folder, name):
    case = json.load(open(os.path.join(folder, name + ".json")))
    session = onnxruntime.InferenceSession(os.path.join(folder, name + ".onnx"), providers=["CPUExecutionProvider"])
    inputs = {key: read(value) for key, value in case["inputs"].items()}
    assert [i.name for i in session.get_inputs()] == list(inputs), [i.name for i in session.get_inputs()]
    for given in session.get_inputs():
        shape = inputs[given.name].shape
        assert all(isinstance(d, str) or d == n for d, n in zip(given.shape, shape)), (given.name, given.shape)
    outputs = session.run(None, inputs)
    wanted = [read(value) for value in case["outputs"]]
    assert len(outputs) == len(wanted), f"{len(outputs)} outputs, not {len(wanted)}"
    worst = 0.0
    for given, one, other in zip(session.get_outputs(), outputs, wanted):
        assert one.dtype == other.dtype and one.shape == other.shape, (given.name, one.dtype, one.shape, other.shape)
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4, err_msg=given.name)
        worst = max(worst, float(np.max(np.abs(one - other), initial=0)))
    # Any number of samples: the first alone.
    if all(isinstance(i.shape[0], str) for i in session.get_inputs()):
        for one, other in zip(session.run(None, {k: v[:1] for k, v in inputs.items()}), wanted):
            np.testing.assert_allclose(one, other[:1], rtol=1e-4, atol=1e-4)
    return f"{len(outputs)} outputs, {worst:.1e}"


def main():
    (folder,) = sys.argv[1:]
    names = sorted(name[:-5] for name in os.listdir(folder) if name.endswith(".onnx"))
    report(names, lambda name: check(folder, name))


main()
