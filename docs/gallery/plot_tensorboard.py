"""
================
TensorBoard
================

:class:`~skfashion.inspection.TensorBoardLogger` logs each epoch of a training,
:func:`~skfashion.inspection.log_embedding` features for the Embedding Projector.
``tensorboard --logdir runs`` shows them in a browser; here they are read back from the files.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from skfashion import LeNet5Classifier
from skfashion.datasets import make_garments
from skfashion.inspection import TensorBoardLogger, log_embedding

train, valid = make_garments(500, random_state=0), make_garments(200, random_state=1)
log_dir = Path(tempfile.mkdtemp()) / "runs"


def draw_confusion(clf):
    """Draw which classes are taken for which, after each epoch."""
    _, ax = plt.subplots(figsize=(4, 4), layout="constrained")
    return ConfusionMatrixDisplay.from_estimator(
        clf, valid.images, valid.target, colorbar=False, ax=ax
    )


# %%
# Two trainings
# -------------
for lr in (0.001, 0.01):
    logger = TensorBoardLogger(log_dir / f"lr={lr}", displays={"confusion": draw_confusion})
    lenet = LeNet5Classifier(lr=lr, max_epochs=5, batch_size=32, random_state=0)
    lenet.set_callbacks(logger)
    lenet.fit(train.images, train.target, X_val=valid.images, y_val=valid.target)

# %%
# The curves that TensorBoard shows
# ---------------------------------
_, ax = plt.subplots(figsize=(5, 3), layout="constrained")
for training in sorted(log_dir.iterdir()):
    (run,) = training.iterdir()
    events = EventAccumulator(str(run)).Reload().Scalars("loss/valid")
    ax.plot([e.step for e in events], [e.value for e in events], marker="o", label=training.name)
ax.set(xlabel="epoch", ylabel="loss/valid", xticks=range(1, 6))
ax.legend(frameon=False)

# %%
# The points of the Embedding Projector
# -------------------------------------
# Each image is a point, and all of them are one picture, the sprite.
features = lenet.transform(valid.images)
log_embedding(
    log_dir / "features",
    features,
    valid.target,
    images=valid.images,
    display_labels=valid.target_names,
)
sprite = plt.imread(log_dir / "features" / "features-00000" / "sprite.png")
_, ax = plt.subplots(figsize=(5, 5), layout="constrained")
ax.imshow(sprite)
ax.set_axis_off()
