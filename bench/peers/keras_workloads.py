"""The workloads of bench/workloads.mjs in real Keras; KERAS_BACKEND picks its engine.

`python keras_workloads.py WORKLOAD` prints one JSON line: milliseconds of a training step (the best epoch's mean) and of a predicted batch,
seconds until the first epoch was done and of the import, and the largest resident size.
"""

import json
import os
import resource
import sys
import time

began = time.perf_counter()
import numpy as np
import keras
from keras import layers

IMPORT = time.perf_counter() - began
random = np.random.default_rng(0)


def uniform(*shape):
    return random.random(shape, dtype="float32")


def one_hot(n, classes):
    return np.eye(classes, dtype="float32")[random.integers(0, classes, n)]


def mnist_mlp():
    inputs = keras.Input((784,))
    x = layers.Dense(64, activation="relu")(inputs)
    x = layers.Dense(64, activation="relu")(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=keras.optimizers.RMSprop(), metrics=["accuracy"])
    return model, uniform(48000, 784), random.integers(0, 10, 48000), 64


def mlp_512():
    inputs = keras.Input((784,))
    x = layers.Dropout(0.2)(layers.Dense(512, activation="relu")(inputs))
    x = layers.Dropout(0.2)(layers.Dense(512, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    n = 128 * 150
    return model, uniform(n, 784), one_hot(n, 10), 128


def mnist_convnet():
    stack = [keras.Input((28, 28, 1))]
    stack += [layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(2)]
    stack += [layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2)]
    stack += [layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")]
    model = keras.Sequential(stack)
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    n = 128 * 15
    return model, uniform(n, 28, 28, 1), one_hot(n, 10), 128


def autoencoder():
    def conv(filters):
        return layers.Conv2D(filters, 3, activation="relu")

    def transpose(filters):
        return layers.Conv2DTranspose(filters, 3, activation="relu")

    inputs = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(3)(conv(32)(conv(16)(inputs)))
    x = layers.GlobalMaxPooling2D()(conv(16)(conv(32)(x)))
    x = transpose(32)(transpose(16)(layers.Reshape((4, 4, 1))(x)))
    x = transpose(16)(layers.UpSampling2D(3)(x))
    model = keras.Model(inputs, transpose(1)(x))
    model.compile(optimizer="adam", loss="mse")
    data = uniform(64 * 20, 28, 28, 1)
    return model, data, data, 64


def toy_resnet():
    def conv(x, filters, padding="valid"):
        return layers.Conv2D(filters, 3, activation="relu", padding=padding)(x)

    inputs = keras.Input((32, 32, 3))
    block1 = layers.MaxPooling2D(3)(conv(conv(inputs, 32), 64))
    block2 = layers.add([conv(conv(block1, 64, "same"), 64, "same"), block1])
    block3 = layers.add([conv(conv(block2, 64, "same"), 64, "same"), block2])
    x = layers.GlobalAveragePooling2D()(conv(block3, 64))
    x = layers.Dropout(0.5)(layers.Dense(256, activation="relu")(x))
    model = keras.Model(inputs, layers.Dense(10)(x))
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=loss, metrics=["acc"])
    n = 64 * 12
    return model, uniform(n, 32, 32, 3), one_hot(n, 10), 64


def bn_resnet():
    """A ResNet-20 for CIFAR with BatchNormalization (16, 32 and 64 channels)."""

    def normalized(x, filters, strides=1):
        x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU()(normalized(inputs, 16))
    for filters in (16, 32, 64):
        for block in range(2):
            strides = 2 if filters != 16 and block == 0 else 1
            y = normalized(layers.ReLU()(normalized(x, filters, strides)), filters)
            if strides == 2:
                x = layers.Conv2D(filters, 1, strides=2, use_bias=False)(x)
            x = layers.ReLU()(layers.add([x, y]))
    model = keras.Model(inputs, layers.Dense(10)(layers.GlobalAveragePooling2D()(x)))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(0.1, momentum=0.9), loss=loss)
    n = 64 * 12
    return model, uniform(n, 32, 32, 3), random.integers(0, 10, n), 64


def tickets():
    title, body = keras.Input((None,), name="title"), keras.Input((None,), name="body")
    tags = keras.Input((12,), name="tags")
    title_features = layers.LSTM(128)(layers.Embedding(10000, 64)(title))
    body_features = layers.LSTM(32)(layers.Embedding(10000, 64)(body))
    x = layers.concatenate([title_features, body_features, tags])
    outputs = {
        "priority": layers.Dense(1, name="priority")(x),
        "department": layers.Dense(4, name="department")(x),
    }
    model = keras.Model([title, body, tags], outputs)
    losses = {
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    }
    weights = {"priority": 1.0, "department": 0.2}
    model.compile(optimizer=keras.optimizers.RMSprop(1e-3), loss=losses, loss_weights=weights)
    n = 1280
    x = {
        "title": random.integers(0, 10000, (n, 12)),
        "body": random.integers(0, 10000, (n, 100)),
        "tags": random.integers(0, 2, (n, 12)).astype("float32"),
    }
    y = {"priority": uniform(n, 1), "department": random.integers(0, 2, (n, 4)).astype("float32")}
    return model, x, y, 32


def transformer():
    inputs = keras.Input((64,), dtype="int32")
    embedded = layers.Embedding(5000, 128)(inputs)
    attended = layers.MultiHeadAttention(4, 32)(embedded, embedded)
    x = layers.LayerNormalization(epsilon=1e-6)(layers.add([embedded, attended]))
    hidden = layers.Dense(128)(layers.Dense(256, activation="relu")(x))
    x = layers.LayerNormalization(epsilon=1e-6)(layers.add([x, hidden]))
    x = layers.Dropout(0.1)(layers.GlobalAveragePooling1D()(x))
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(x))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    n = 32 * 40
    return model, random.integers(0, 5000, (n, 64)), random.integers(0, 2, n), 32


WORKLOADS = [mnist_mlp, mlp_512, mnist_convnet, autoencoder, toy_resnet, bn_resnet, tickets, transformer]


def main(name):
    keras.utils.set_random_seed(1)
    model, x, y, batch_size = {w.__name__: w for w in WORKLOADS}[name]()
    steps = -(-len(next(iter(x.values())) if isinstance(x, dict) else x) // batch_size)
    epochs = []

    class Clock(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.began = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            epochs.append(time.perf_counter() - self.began)

    model.fit(x, y, batch_size=batch_size, epochs=4, verbose=0, callbacks=[Clock()])
    model.predict(x, batch_size=batch_size, verbose=0)
    predictions = []
    for _ in range(3):
        began = time.perf_counter()
        model.predict(x, batch_size=batch_size, verbose=0)
        predictions.append(time.perf_counter() - began)
    line = {
        "peer": "keras-" + keras.backend.backend(),
        "workload": name,
        "train_ms_step": round(min(epochs[1:]) / steps * 1e3, 4),
        "predict_ms_batch": round(min(predictions) / steps * 1e3, 4),
        "first_epoch_s": round(epochs[0], 2),
        "import_s": round(IMPORT, 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    print(json.dumps(line), flush=True)
    sys.stdout.flush()
    os._exit(0)  # TensorFlow's threads need seconds to end


main(sys.argv[1])
