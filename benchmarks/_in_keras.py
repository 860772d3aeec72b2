"""LeNet-5, mini_VGG and v5, as a user of Keras on TensorFlow writes them."""

import math
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import tensorflow as tf
from keras import layers


def compiled(network, *, device, bfloat16):
    """Return a compiled model that takes float32 images, (N, 28, 28, 1).

    Raises
    ------
    ImportError
        If it is to run on a GPU and this TensorFlow has none.
    """
    gpus = tf.config.list_physical_devices("GPU")
    if device == "cpu":
        tf.config.set_visible_devices([], "GPU")
    elif not gpus:
        raise ImportError("this TensorFlow sees no GPU")
    keras.config.set_dtype_policy("mixed_bfloat16" if bfloat16 else "float32")
    model = keras.Sequential([keras.Input((28, 28, 1)), *NETWORKS[network]()])
    model.add(layers.Dense(10, dtype="float32", kernel_regularizer=penalty(network)))
    model.compile(
        keras.optimizers.Adam(1e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    return model


def penalty(network):
    return keras.regularizers.L2(1e-5) if network == "v5" else None


def count(model):
    """Return the number of trainable parameters."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)


def lenet5():
    return [
        *(layers.Conv2D(6, 5, padding="same", activation="tanh"), layers.AveragePooling2D(2)),
        *(layers.Conv2D(16, 5, activation="tanh"), layers.AveragePooling2D(2), layers.Flatten()),
        layers.Dense(120, activation="tanh"),
        layers.Dense(84, activation="tanh"),
    ]


def mini_vgg():
    def pair(width, padding):
        return [
            layers.Conv2D(width, 3, padding=padding, activation="relu"),
            *(layers.Conv2D(width, 3, padding="same", activation="relu"), layers.MaxPooling2D(2)),
        ]

    return [
        *(layers.ZeroPadding2D(3), *pair(32, "valid"), *pair(64, "same")),
        *(layers.Flatten(), layers.Dense(512, activation="relu")),
    ]


def v5():
    def module(padding="same"):
        return [
            *(layers.Conv2D(64, 3, padding="same", activation="relu"), layers.BatchNormalization()),
            *(layers.Conv2D(128, 3, padding=padding, activation="relu"), layers.MaxPooling2D(2)),
            layers.Dropout(0.2),
        ]

    def dense():
        regularizer = penalty("v5")
        return [
            layers.Dense(512, activation="relu", kernel_regularizer=regularizer),
            layers.Dropout(0.5),
        ]

    return [
        *module(),
        *(layers.BatchNormalization(), *module()),
        *(layers.BatchNormalization(), *module("valid")),
        *(layers.Flatten(), layers.BatchNormalization(), *dense(), *dense()),
    ]


NETWORKS = {"LeNet-5": lenet5, "mini_VGG": mini_vgg, "v5": v5}
