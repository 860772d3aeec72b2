"""Where in an image a class is seen."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from torch import nn
from torch.nn import functional

from skfashion import ModuleClassifier, VGG19Classifier
from skfashion.inspection import GradCAMDisplay
from skfashion.inspection._grad_cam import grad_cam


class Averaged(nn.Module):
    """A convolution, the means of its maps, and a dense layer: Grad-CAM in one formula."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 5, 3, padding=1)
        self.relu = nn.ReLU()
        self.out = nn.Linear(5, 10)

    def forward(self, x):
        return self.out(self.relu(self.conv(x)).mean((2, 3)))


def test_the_formula(data):
    X, y, _ = data
    own = ModuleClassifier(module=lambda *shape: Averaged(), max_epochs=3, random_state=0).fit(X, y)
    display = GradCAMDisplay.from_estimator(own, X, n_images=5, target=3)

    module = own.module_.module
    x = torch.tensor((X[:5, None] - own.mean_) / own.std_, dtype=torch.float32)
    with torch.no_grad():
        maps = module.conv(x).relu()  # the gradient by each is its weight in the dense layer / 784
        heat = torch.einsum("nkhw,k->nhw", maps, module.out.weight[3]).relu()
        heat /= heat.amax((1, 2), keepdim=True).clamp_min(1e-30)
    np.testing.assert_allclose(display.heatmaps, heat, atol=1e-4)
    assert display.layer == "module.relu"


@pytest.mark.parametrize("layer", ["convolutions.0", "convolutions.4", "convolutions.5"])
def test_the_gradient_formula(layer, fitted, data):
    """The same by torch alone, from the layer on."""
    images, net = data[0][:4, ..., None], fitted.module_
    x = torch.tensor((data[0][:4, None] - fitted.mean_) / fitted.std_, dtype=torch.float32)
    n_before = int(layer.partition(".")[2]) + 1
    maps = net.convolutions[:n_before](x).detach().requires_grad_()
    after = net.convolutions[n_before:](maps)
    logits = net.output(net.hidden(net.flatten(after)))
    codes = logits.argmax(1)
    logits.gather(1, codes[:, None]).sum().backward()
    with torch.no_grad():
        heat = (maps.grad.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu()
        heat /= heat.amax((2, 3), keepdim=True).clamp_min(1e-30)
        heat = functional.interpolate(heat, size=(28, 28), mode="bilinear")[:, 0]
    heatmaps, found, probabilities = grad_cam(fitted, images, layer)
    np.testing.assert_allclose(heatmaps, heat, atol=1e-3)
    np.testing.assert_array_equal(found, codes)
    np.testing.assert_allclose(probabilities, logits.detach().softmax(1).amax(1), atol=1e-5)
    net.zero_grad(set_to_none=True)


def test_images_and_below_them_heat_maps(fitted, data):
    X, y, names = data
    fitted = clone(fitted).set_params(precision="float32").fit(X, y)  # as maps are computed
    display = GradCAMDisplay.from_estimator(fitted, X, n_images=10, display_labels=names)
    assert display.axes_.shape == (4, 8)
    predicted, probabilities = names[fitted.predict(X[:10])], fitted.predict_proba(X[:10]).max(1)
    titles = [ax.get_title() for ax in [*display.axes_[0], *display.axes_[2, :2]]]
    assert titles == [f"{a}\n{p:.0%}" for a, p in zip(predicted, probabilities, strict=True)]
    assert not display.axes_[2, 2].axison
    np.testing.assert_allclose(display.images_[9].get_array(), display.heatmaps[9])
    assert display.heatmaps.min() >= 0
    assert display.heatmaps.max() <= 1


def test_another_class_has_another_map(fitted, data):
    X, y, _ = data
    one, other = (GradCAMDisplay.from_estimator(fitted, X, target=t).heatmaps for t in (0, 9))
    assert not np.allclose(one, other)
    each = GradCAMDisplay.from_estimator(fitted, X, target=y, n_images=3)
    assert each.class_names.tolist() == [str(label) for label in y[:3]]


def test_where_nothing_speaks_for_the_class():
    heat = np.zeros((1, 4, 4))
    display = GradCAMDisplay(
        np.ones((1, 4, 4, 1)), heatmaps=heat, class_names=["a"], probabilities=[0.1], layer="conv"
    )
    display.plot().figure_.draw_without_rendering()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:weights=None:UserWarning")
def test_frozen_layers(data):
    X, y, _ = data
    vgg = VGG19Classifier(weights=None, image_size=32, max_epochs=1, hidden_units=8, random_state=0)
    display = GradCAMDisplay.from_estimator(vgg.fit(X[:20], y[:20]), X, n_images=2)
    assert np.isfinite(display.heatmaps).all()


def test_without_gradients_around_it(fitted, data):
    wanted = GradCAMDisplay.from_estimator(fitted, data[0]).heatmaps
    for mode in (torch.no_grad(), torch.inference_mode()):
        with mode:
            display = GradCAMDisplay.from_estimator(fitted, data[0])
        np.testing.assert_array_equal(display.heatmaps, wanted)


def test_errors(fitted, data):
    X = data[0]
    with pytest.raises(ValueError, match=r"target has \[77\], .* not among the classes \[0, 1"):
        GradCAMDisplay.from_estimator(fitted, X, target=77)
    with pytest.raises(ValueError, match=r"target has the shape \(2,\); .* each of the 8 images"):
        GradCAMDisplay.from_estimator(fitted, X, target=[1, 2])
    with pytest.raises(ValueError, match="layer='output' is not known"):
        GradCAMDisplay.from_estimator(fitted, X, layer="output")
    with pytest.raises(ValueError, match="n_images=0"):
        GradCAMDisplay.from_estimator(fitted, X, n_images=0)
    with pytest.raises(ValueError, match="display_labels is 1 names"):
        GradCAMDisplay.from_estimator(fitted, X, display_labels=["a"])
