"""
==========================
A vote of several networks
==========================

Different networks make different mistakes. scikit-learn's VotingClassifier averages their
probabilities.
"""

import matplotlib.pyplot as plt
from sklearn.ensemble import VotingClassifier

from skfashion import CNN5Classifier, LeNet5Classifier, MiniVGGClassifier
from skfashion.datasets import make_garments

train, test = make_garments(500, random_state=0), make_garments(1000, random_state=1)
how = {"lr": 0.004, "max_epochs": 6, "batch_size": 32, "random_state": 0}
members = [
    ("LeNet-5", LeNet5Classifier(**how)),
    ("LeNet-5, relu, max", LeNet5Classifier(activation="relu", pooling="max", **how)),
    ("CNN5", CNN5Classifier(**how)),
    ("mini_VGG, narrow", MiniVGGClassifier(width=8, hidden_units=(64,), **how)),
]
vote = VotingClassifier(members, voting="soft").fit(train.images, train.target)

# %%
# Four members and their vote
# ---------------------------
scores = {
    name: member.score(test.images, test.target) for name, member in vote.named_estimators_.items()
}
scores["vote"] = vote.score(test.images, test.target)

_, ax = plt.subplots(figsize=(6, 3), layout="constrained")
colors = ["#94a4a2"] * len(members) + ["#3f90da"]
bars = ax.barh(list(scores), list(scores.values()), color=colors)
ax.bar_label(bars, fmt="{:.3f}", padding=4)
ax.invert_yaxis()
ax.set(xlabel="test accuracy", xlim=(min(scores.values()) - 0.03, max(scores.values()) + 0.02))
ax.spines[["top", "right"]].set_visible(False)
