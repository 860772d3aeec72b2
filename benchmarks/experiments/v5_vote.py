"""v5: five runs on random splits, their vote, and a vote of different networks.

A vote is scikit-learn's VotingClassifier over fitted members. Which networks vote is a grid search
over the members, scored on held-out images.
"""

from itertools import product

from sklearn.base import clone
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, ShuffleSplit

from skfashion import (
    CNN4ConvClassifier,
    MiniVGGClassifier,
    RandomHorizontalFlip,
    V4Classifier,
    V5Classifier,
    V6Classifier,
)
from skfashion.augmentation import shift_flip

from ._harness import LONGER, PLAIN, Reported
from .cnn5_mini_vgg import OURS as MINI_VGGS
from .v1_to_v7 import OURS as VS

FIVE, VOTE, DIFFERENT = "v5, each of five runs", "vote of the five", "vote of different networks"
SUFFIX = ", longer"
REPORTED = [
    Reported(
        FIVE,
        ".9422",
        differs="It gives .9398, .9419, .9431, .9407 and .9457: 100 epochs in batches of 512.",
    ),
    Reported(VOTE, ".9486", differs="Shirts: .829 of them are recognized."),
    Reported(DIFFERENT, "-", differs="Not in the reference; members chosen on held-out images."),
    Reported(FIVE + SUFFIX, ".9422", differs="60 epochs, batches of 128, flips, random erasing."),
    Reported(VOTE + SUFFIX, ".9486", differs="As above."),
    Reported(
        DIFFERENT + SUFFIX,
        "-",
        differs="Of v4, v5, v6, mini_VGG and 4 convolutions, 20 to 50 epochs in batches of 256; "
        "members chosen on held-out images.",
    ),
]
N_RUNS = 5

REFERENCE = V5Classifier(
    **PLAIN,
    optimizer="adam",
    lr=3e-4,
    batch_size=512,
    max_epochs=100,
    patience=None,
    early_stopping=True,
    augment=shift_flip(3),
)
OURS = V5Classifier(max_epochs=12, augment=RandomHorizontalFlip(), tta="flip")
OURS_DIFFERENT = {
    "mini_vgg": MINI_VGGS["mini_VGG"],
    **{name: VS[name] for name in ("v1, augmentation", "v2", "v4", "v6", "v7")},
    "v5": OURS,
}
# As many epochs as two cores with fast bfloat16 train in under two hours, all together.
LONGER_DIFFERENT = {
    name: network(**LONGER | {"max_epochs": n_epochs, "batch_size": 256})
    for name, network, n_epochs in (
        ("v5", V5Classifier, 36),
        ("v6", V6Classifier, 46),
        ("mini_vgg", MiniVGGClassifier, 30),
        ("v4", V4Classifier, 20),
        ("4 convolutions", CNN4ConvClassifier, 50),
    )
}


def run(experiment):
    """Train five v5 and let them vote; then choose among different networks."""
    vote_of_five(experiment, OURS)
    vote_of_different(experiment, OURS_DIFFERENT)
    if experiment.has_time_for("the longer training"):
        vote_of_different(experiment, LONGER_DIFFERENT, suffix=SUFFIX)
        vote_of_five(experiment, V5Classifier(**LONGER), suffix=SUFFIX)
    if experiment.has_time_for("v5 by its reference"):
        vote_of_five(experiment, REFERENCE, protocol="reference")


def vote_of_five(experiment, schedule, *, protocol="ours", suffix=""):
    """Train five times, on random splits, and sum up the probabilities."""
    X, y = experiment.data.X, experiment.data.y
    splits = ShuffleSplit(N_RUNS, test_size=len(experiment.data.held_out), random_state=0)
    members = []
    for seed, (train, valid) in enumerate(splits.split(X)):
        one = clone(schedule).set_params(random_state=seed)
        fit = experiment.recorded(one, FIVE + suffix, protocol=protocol, keep=True)
        fit.fit(X[train], y[train], X_val=X[valid], y_val=y[valid])
        members.append((f"v5_{seed}", FrozenEstimator(fit)))
    vote = VotingClassifier(members, voting="soft")
    experiment.recorded(vote, VOTE + suffix, protocol=protocol).fit(X, y)


def vote_of_different(experiment, networks, *, suffix=""):
    """Choose, on held-out images, which of the networks vote."""
    data = experiment.data
    members = []
    for name, network in networks.items():
        one = clone(network).set_params(random_state=0)
        fit = experiment.recorded(one, f"candidate{suffix}: {name}", keep=True)
        fit.fit(*data.train_set, **data.validation)
        members.append((name, FrozenEstimator(fit)))
    search = GridSearchCV(
        VotingClassifier(members, voting="soft"),
        {"weights": experiment.few(w for w in product([0, 1], repeat=len(members)) if any(w))},
        cv=data.split,
        refit=False,
    )
    search.fit(data.X, data.y)
    weights = search.best_params_["weights"]
    chosen = [member for member, weight in zip(members, weights, strict=True) if weight]
    print(f"vote of {', '.join(name for name, _ in chosen)}: {search.best_score_:.4f} held out")
    vote = experiment.recorded(VotingClassifier(chosen, voting="soft"), DIFFERENT + suffix)
    vote.fit(*data.train_set).score(data.X[data.held_out], data.y[data.held_out])
