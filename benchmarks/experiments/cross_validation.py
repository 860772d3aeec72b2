"""LeNet-5, mini_VGG and v5: repeated, stratified cross-validation, with intervals.

The splits share images, so the interval is the corrected one of Nadeau and Bengio: the variance of
the mean is that of the scores times 1/J + n_test/n_train, with Student's t for J - 1 degrees of
freedom. LeNet-5's is repeated with other splits as often as there are seeds; without a GPU or
`--long`, mini_VGG's is not, and v5's is left out.
"""

from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score

from skfashion import LeNet5Classifier, MiniVGGClassifier, V5Classifier

from ._harness import Reported

N_SPLITS = 5
ESTIMATORS = {
    "LeNet-5": LeNet5Classifier(activation="relu", pooling="max", random_state=0),
    "mini_VGG": MiniVGGClassifier(random_state=0),
    "v5": V5Classifier(max_epochs=4, random_state=0),
}
REPEATED = ("LeNet-5",)
LONG = ("v5",)
REPORTED = [Reported(name, "-", differs="Not in the references.") for name in ESTIMATORS]


def run(experiment):
    """Cross-validate each, repeated as often as there are seeds where there is time."""
    data = experiment.data
    for name, estimator in ESTIMATORS.items():
        if name in LONG and not experiment.has_time_for(name):
            continue
        is_repeated = name in REPEATED or experiment.has_time_for(f"{name}, repeated")
        scores = cross_val_score(
            experiment.recorded(estimator, name),
            data.X,
            data.y,
            cv=RepeatedStratifiedKFold(
                n_splits=N_SPLITS,
                n_repeats=experiment.n_seeds if is_repeated else 1,
                random_state=0,
            ),
            n_jobs=experiment.n_jobs,
        )
        print(f"{name}: {scores.mean():.4f}, {len(scores)} fits")
