"""Real Keras on files that kerosene saved: python keras_reads.py GOLDEN_MODELS SAVED (see keras-reads.mjs)."""

import json
import os
import struct
import sys

import keras
import numpy as np
from reads_report import report

DTYPES = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8", "U8": "u1", "BOOL": "?"}
ELSEWHERE = {"masked_tagger"}


def read_tensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header, data = json.loads(file.read(length)), file.read()
    header.pop("__metadata__", None)
    return {
        name: np.frombuffer(data[slice(*info["data_offsets"])], DTYPES[info["dtype"]]).reshape(info["shape"])
        for name, info in header.items()
    }


def map_keys(keys, fn):
    if isinstance(keys, dict):
        return {name: map_keys(part, fn) for name, part in keys.items()}
    return [map_keys(part, fn) for part in keys] if isinstance(keys, list) else fn(keys)


def leaves(value):
    if isinstance(value, dict):
        return [leaf for name in sorted(value) for leaf in leaves(value[name])]
    return [leaf for part in value for leaf in leaves(part)] if isinstance(value, (list, tuple)) else [value]


def compare(got, want, tolerance, what):
    got, want = leaves(got), leaves(want)
    assert len(got) == len(want), f"{what}: {len(got)} outputs, not {len(want)}"
    for one, other in zip(got, want):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), err_msg=what, **tolerance)


def others(name, saved, model, values):
    """The same model as shards, as a folder, and as a legacy file."""
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    model.load_weights(os.path.join(saved, name + ".weights.json"))
    exact = {"rtol": 0, "atol": 0}
    compare([np.asarray(weight.value) for weight in model.weights], values, exact, "shards")
    folder = keras.saving.load_model(os.path.join(saved, name))
    compare([np.asarray(weight.value) for weight in folder.weights], values, exact, "folder")
    legacy = keras.saving.load_model(os.path.join(saved, name + ".h5"))
    compare([np.asarray(weight.value) for weight in legacy.weights], values, exact, "legacy")
    # Of the optimizer Keras reads the config alone: it builds it on the model's own variables, of which there are none.
    assert legacy.compiled == model.compiled


def check(name, golden, saved):
    case = json.load(open(os.path.join(golden, name, "case.json")))
    tensors = read_tensors(os.path.join(golden, name, "data.safetensors"))
    tolerance = case["tolerance"]
    file = os.path.join(saved, name + ".keras")
    model = keras.saving.load_model(file)
    values = [np.asarray(weight.value) for weight in model.weights]
    original = os.path.join(golden, name, "model.keras")
    # Keras cannot read what it saved on another backend.
    other = keras.saving.load_model(original, compile=name not in ELSEWHERE)
    compare(values, [np.asarray(weight.value) for weight in other.weights], {"rtol": 0, "atol": 0}, "weights")
    if other.compiled:
        ours, theirs = model.optimizer.variables, other.optimizer.variables
        compare([v.numpy() for v in ours], [v.numpy() for v in theirs], {"rtol": 1e-6, "atol": 0}, "optimizer")
    for weight in model.weights:
        weight.assign(np.zeros(weight.shape))
    model.load_weights(os.path.join(saved, name + ".weights.h5"))
    compare([np.asarray(weight.value) for weight in model.weights], values, {"rtol": 0, "atol": 0}, "weights alone")
    others(name, saved, model, values)
    x = map_keys(case["x"], tensors.get)
    if "predict" in case:
        compare(model.predict(x, verbose=0), map_keys(case["predict"], tensors.get), {"rtol": 1e-5, "atol": 1e-5}, "predict")
    steps = case.get("steps") or []
    if name in ELSEWHERE:
        steps = []  # There masks weigh the metrics, on JAX they do not.
    if model.compiled and steps:
        y = map_keys(case["y"], tensors.get)
        weight = tensors.get(case.get("sample_weight"))
        classes = case.get("class_weight")
        size, count = case["batch_size"], case.get("train_samples", 0)
        batches = case.get("batches") or [
            (start, min(start + size, count)) for _ in range(case.get("epochs", 0)) for start in range(0, count, size)
        ]
        for i, (start, stop) in enumerate(batches):
            part = lambda value: map_keys(value, lambda array: array[start:stop])
            options = {} if weight is None else {"sample_weight": weight[start:stop]}
            if classes:
                options["class_weight"] = {int(key): value for key, value in classes.items()}
            model.reset_metrics()
            logs = model.train_on_batch(part(x), part(y), return_dict=True, **options)
            for key, value in steps[i].items():
                compare(logs[key], value, tolerance["steps"], f"step {i}: {key}")
    return f"{len(model.weights)} weights, {len(steps) if model.compiled else 0} steps"


def main():
    golden, saved = sys.argv[1:3]
    report(sorted(os.listdir(golden)), lambda name: check(name, golden, saved))


main()
