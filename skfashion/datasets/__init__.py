"""Images of clothing as numpy arrays: the published ones, and ones drawn here.

Nothing in this package imports torch.
"""

from ._fashion_mnist import fetch_fashion_mnist
from ._garments import make_garments

__all__ = ["fetch_fashion_mnist", "make_garments"]
