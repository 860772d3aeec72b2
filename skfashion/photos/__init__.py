"""Photographs of clothing -> images in the style of Fashion-MNIST.

Needs OpenCV and Pillow: ``pip install "skfashion[photos]"``. Nothing in this package imports
torch.
"""

from ._converter import FashionMNISTConverter
from ._drawing import draw_box, draw_result, to_picture, write_image
from ._load import load_photos
from ._pipeline import PhotoPipeline, make_photo_pipeline
from ._prepare import to_fashion_mnist
from ._read import read_image
from ._segmenter import Garment, GarmentSegmenter

__all__ = [
    "FashionMNISTConverter",
    "Garment",
    "GarmentSegmenter",
    "PhotoPipeline",
    "draw_box",
    "draw_result",
    "load_photos",
    "make_photo_pipeline",
    "read_image",
    "to_fashion_mnist",
    "to_picture",
    "write_image",
]
