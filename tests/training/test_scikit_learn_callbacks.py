"""scikit-learn's own tests of callbacks, with a classifier in the place of their estimator.

Left out are those that hold for theirs alone, and worker processes, which cannot import the class
below; what they ask is asked of ours in test_epoch_tasks.py.
"""

import numpy as np
import pytest
from joblib import parallel_config

from skfashion import LeNet5Classifier

MODULES = [
    pytest.importorskip(f"sklearn.callback.tests.{name}")
    for name in (
        "test_callback_context",
        "test_callback_support",
        "test_pickle",
        "test_progressbar",
        "test_scoring_monitor",
    )
]
OF_THEIR_OWN_ESTIMATOR = {
    # It is a class, of this name, with iterations by their numbers.
    "test_callback_context_repr",
    "test_callback_ctx_removed_after_fit",
    "test_callbacks_refit_after_load_in_fresh_process",
    "test_callbacks_refit_after_pickle_in_same_process",
    "test_from_reconstruction_attributes",
    "test_progressbar_outside_main_module",
    "test_hook_calling_lazy_evaluation_reconstruction_attributes",
    "test_subcontext_task_id_ordering_error",
    # It is a regressor, whose scores follow from the number of its iterations.
    "test_get_logs_include_lineage_ancestor_retrieval",
    "test_get_logs_output_type",
    "test_logged_values",
    "test_logged_values_meta_estimator",
    "test_score_after_fit",
    "test_scoring_monitor_no_callback_support",
    "test_scoringmonitor_sample_weights",
}
pytestmark = pytest.mark.slow
rng = np.random.default_rng(0)
X = rng.integers(0, 256, (12, 28, 28), dtype=np.uint8)
Y = np.arange(12) % 3


class WithData(LeNet5Classifier):
    """A classifier that brings its data, as scikit-learn's test estimator does."""

    def fit(self, X=None, y=None):
        return super().fit(*(globals()["X"], Y) if X is None or y is None else (X, y))


def max_iter_estimator(max_iter=20, computation_intensity=0.001):
    return WithData(max_epochs=max_iter, batch_size=12, random_state=0)


@pytest.fixture(autouse=True)
def in_place_of_their_own(monkeypatch, request):
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    if parameters.get("backend") == "loky":
        pytest.skip("in threads alone")
    for module in MODULES:
        monkeypatch.setattr(module, "MaxIterEstimator", max_iter_estimator)
    with parallel_config("threading"):  # stronger than `prefer`
        yield


for module in MODULES:
    for name, value in vars(module).items():
        if name.startswith("test_") and name not in OF_THEIR_OWN_ESTIMATOR:
            globals()[name] = value
