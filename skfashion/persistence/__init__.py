"""Fitted classifiers in files, and from what others have trained.

A pickle runs what its author wrote into it. The files of :func:`save` cannot: they have numbers,
strings, lists and tensors alone, and from them a classifier is made by the constructors of classes
that are known already. So a model from an untrusted source can be opened.
"""

from ._errors import ModelFileError
from ._files import load, save
from ._formats import is_model_file
from ._onnx import to_onnx
from ._state_dicts import from_state_dict

__all__ = ["ModelFileError", "from_state_dict", "is_model_file", "load", "save", "to_onnx"]
