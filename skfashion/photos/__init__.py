"""Photographs of clothing -> images in the style of Fashion-MNIST.

Needs OpenCV: ``pip install "skfashion[photos]"``. Nothing in this package imports torch.
"""

from ._prepare import read_image, to_fashion_mnist

__all__ = ["read_image", "to_fashion_mnist"]
