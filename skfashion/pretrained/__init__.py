"""Classifiers that are ready to use, and features of networks that others have trained."""

from ._backbone import BackboneFeatures
from ._load import load_pretrained

__all__ = ["BackboneFeatures", "load_pretrained"]
