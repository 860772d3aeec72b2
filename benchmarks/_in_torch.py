"""LeNet-5, mini_VGG and v5, plain skorch and a bare loop, as a user of torch writes them."""

import torch
from skorch import NeuralNetClassifier
from torch import nn

LR = 1e-3


def lenet5(activation=nn.Tanh, pooling=nn.AvgPool2d):
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), activation(), pooling(2)),
        *(nn.Conv2d(6, 16, 5), activation(), pooling(2)),
        *(nn.Flatten(), nn.Linear(400, 120), activation()),
        *(nn.Linear(120, 84), activation()),
        nn.Linear(84, 10),
    )


def mini_vgg():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=3), nn.ReLU()),
        *(nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU()),
        *(nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(4096, 512), nn.ReLU()),
        nn.Linear(512, 10),
    )


def v5():
    def module(n_in, padding=1):
        return [
            *(nn.Conv2d(n_in, 64, 3, padding=1), nn.ReLU(), nn.BatchNorm2d(64)),
            *(nn.Conv2d(64, 128, 3, padding=padding), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2)),
        ]

    return nn.Sequential(
        *module(1),
        *(nn.BatchNorm2d(128), *module(128)),
        *(nn.BatchNorm2d(128), *module(128, padding=0)),
        *(nn.Flatten(), nn.BatchNorm1d(512)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5)),
        *(nn.Linear(512, 512), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(512, 10),
    )


NETWORKS = {"LeNet-5": lenet5, "mini_VGG": mini_vgg, "v5": v5}
PENALTY = {lenet5: 0.0, mini_vgg: 0.0, v5: 1e-5}  # times the dense layers' squared weights


def count(module):
    """Return the number of trainable parameters."""
    return sum(p.numel() for p in module.parameters() if p.requires_grad)


def as_floats(X):
    """Return images as float32 between 0 and 1, (N, 1, 28, 28)."""
    return X.reshape(-1, 1, 28, 28).astype("float32") / 255


def squared_weights(module):
    return sum(layer.weight.square().sum() for layer in module if isinstance(layer, nn.Linear))


class PenalizedNet(NeuralNetClassifier):
    """A skorch net with the penalty of v5."""

    def get_loss(self, *args, **kwargs):
        return super().get_loss(*args, **kwargs) + PENALTY[v5] * squared_weights(self.module_)


def plain_skorch(network, **parameters):
    """Return a skorch net that is not fitted, with skorch's defaults for what is not given."""
    net_class = PenalizedNet if network is v5 else NeuralNetClassifier
    return net_class(
        network,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=LR,
        train_split=None,
        iterator_train__shuffle=True,
        verbose=0,
        **parameters,
    )


def bare_loop(network, X, y, *, epochs, batch_size, device, bfloat16):
    """Train a new network on float32 images, (N, 1, 28, 28), and return it."""
    module = network().to(device, memory_format=torch.channels_last)
    X = torch.from_numpy(X).to(device, memory_format=torch.channels_last)
    y = torch.from_numpy(y).to(device)
    optimizer = torch.optim.Adam(module.parameters(), lr=LR)
    for _ in range(epochs):
        order = torch.randperm(len(X), device=device)
        for batch in order.split(batch_size):
            with torch.autocast(device, torch.bfloat16, enabled=bfloat16):
                loss = nn.functional.cross_entropy(module(X[batch]), y[batch])
            if PENALTY[network]:
                loss = loss + PENALTY[network] * squared_weights(module)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return module
