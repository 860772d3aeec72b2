"""Augmentations that lay garments on black out in another way, and fit them into the image."""

from abc import abstractmethod
from math import log1p

from .._lazy import torch
from ._base import Augmentation
from ._ranges import check_classes, check_number, limits_of, plain, sample_uniform
from ._resampling import as_dtype, positions_of, resample, where, working_dtype
from ._silhouettes import boxes_of, sample_chosen, silhouette_in
from ._texts import documented


@documented
class GarmentAugmentation(Augmentation):
    """Base of the augmentations that rearrange a garment on a black background.

    A new one returns in :meth:`rearrange` all images changed; those that are not drawn stay as
    they are.

    Parameters
    ----------
    %(p)s
    %(classes)s
    %(random_state)s
    """

    uses_targets = True

    def __init__(self, p=0.5, *, classes=None, random_state=None):
        self.p = p
        self.classes = classes
        self.random_state = random_state

    @abstractmethod
    def rearrange(self, batch, generator):
        """Return a batch with every garment changed.

        Parameters
        ----------
        batch : Tensor of shape (N, C, H, W)
            Images of any dtype. It is not changed in place.
        generator : torch.Generator
            Source of all random numbers, on the batch's device.

        Returns
        -------
        Tensor of shape (N, C, H, W)
            The changed images, of the batch's dtype.
        """

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        check_number("p", self.p, 0, 1)
        check_classes("classes", self.classes)

    def augment(self, batch, generator, targets=None):
        """Rearrange some garments of a batch, (N, C, H, W).

        Without targets, (N,), all images are of the classes that change.
        """
        chosen = sample_chosen(self.p, len(batch), generator)
        if targets is not None and self.classes is not None:
            # Compared one by one: a tensor of the classes would have to be copied to the device.
            of_class = torch.zeros_like(targets, dtype=torch.bool)
            for code in plain(self.classes):
                of_class = of_class | (targets == code)
            chosen = chosen & of_class[:, None, None, None]
        return where(chosen, self.rearrange(batch, generator), batch)


@documented
class RandomBoxFit(GarmentAugmentation):
    """Scale and shift garments so that their box fills the image, as cut-outs of photos do.

    The box around all pixels of the garment is stretched at random. Then its longer side is made
    as long as the image's, and it is put into the centre, with black around it.

    Parameters
    ----------
    p : float, default=1.0
        Probability that an image is changed.
    stretch : float, default=0.1
        Largest change of the box's aspect ratio: width by height is multiplied by a factor from
        ``1 / (1 + stretch)`` to ``1 + stretch``, whose logarithm is sampled uniformly. From 0
        to 1.
    %(classes)s
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomBoxFit
    >>> image = np.zeros((1, 4, 4), dtype=np.uint8)
    >>> image[0, 0:2, 0:2] = 200
    >>> fitted = RandomBoxFit(stretch=0.0).fit_transform(image)
    >>> fitted[0, 1:3, 1:3].tolist(), bool((fitted > 0).all())
    ([[200, 200], [200, 200]], True)
    """

    def __init__(self, p=1.0, stretch=0.1, *, classes=None, random_state=None):
        super().__init__(p, classes=classes, random_state=random_state)
        self.stretch = stretch

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        check_number("stretch", self.stretch, 0, 1)

    def rearrange(self, batch, generator):
        """Return a batch, (N, C, H, W), with every garment fitted into its image."""
        n, _, rows, columns = batch.shape
        x, y, width, height = boxes_of(silhouette_in(batch))
        most = log1p(plain(self.stretch))
        ratio = sample_uniform(-most, most, (n, 1, 1), generator).exp()
        scale = torch.maximum(width * ratio / columns, height / rows)
        matrix = torch.zeros((n, 2, 3), device=batch.device)
        matrix[:, 0, 0], matrix[:, 0, 2] = (scale / ratio)[:, 0, 0], x[:, 0, 0]
        matrix[:, 1, 1], matrix[:, 1, 2] = scale[:, 0, 0], y[:, 0, 0]
        return resample(batch, [matrix], "constant", 0.0, whole_pixels=False)


class _RandomSwing(GarmentAugmentation):
    """Base of the augmentations that swing what is at both sides away from the middle."""

    # Where it is fixed: how far from the middle, and how far below the top, in fractions of the
    # garment's box; and how much of the box's height swings.
    _sideways, _down, _length = 0.0, 0.0, 1.0
    _highest = 90.0  # degrees

    def __init__(self, p=0.5, degrees=(0.0, 90.0), *, classes=None, random_state=None):
        super().__init__(p, classes=classes, random_state=random_state)
        self.degrees = degrees

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        self._limits()

    def _limits(self):
        return _limits_from_0("degrees", self.degrees, self._highest)

    def rearrange(self, batch, generator):
        """Return a batch, (N, C, H, W), with the sides of every garment swung outwards."""
        where = batch.shape, batch.device
        x, y = positions_of(*where)
        middle, centre, width, height = boxes_of(silhouette_in(batch))
        angle = sample_uniform(*self._limits(), (2, len(batch), 1, 1), generator).deg2rad_()
        reach = self._sideways * width + self._length * height * angle.amax(0).sin()
        zoom = (reach / (batch.shape[3] / 2)).clamp(min=1.0)  # so that no sleeve is cut off
        x, y = x * zoom, y * zoom
        side = torch.where(x < middle, -1.0, 1.0)
        angle = torch.where(x < middle, angle[0], angle[1])  # (N, H, W)
        outwards = (x - middle) * side - self._sideways * width
        down = y - (centre - height / 2 + self._down * height)
        from_below = torch.atan2(outwards, down)  # 0 below the pivot, pi / 2 beside it
        swings = self._swings(outwards, down)
        gap = swings & (from_below < angle)
        source_outwards = angle.cos() * outwards - angle.sin() * down
        source_down = angle.sin() * outwards + angle.cos() * down
        shift_x = torch.where(swings, (source_outwards - outwards) * side, 0.0)
        shift_y = torch.where(swings, source_down - down, 0.0)
        far = 2.0 * max(batch.shape[2:])  # beyond the border, which is black
        field = torch.stack([x + torch.where(gap, far, shift_x), y + shift_y], dim=1)
        field = field - torch.stack(torch.broadcast_tensors(*positions_of(*where)))
        return resample(batch, [field], "constant", 0.0, whole_pixels=False)

    @abstractmethod
    def _swings(self, outwards, down):
        """Return which positions swing: (N, H, W), bool."""


@documented
class RandomSleeves(_RandomSwing):
    """Lay the sleeves of garments out sideways: in photos, they seldom hang straight down.

    What is beyond the shoulders is rotated about them, each side by its own angle, and the
    garment is made smaller where the sleeves would be cut off.

    Parameters
    ----------
    %(p)s
    degrees : float or pair of float, default=(10.0, 60.0)
        Range of the angle in degrees, which is sampled uniformly; a number is the largest angle.
        From 0 to 90, where sleeves that hung down are horizontal.
    %(classes)s
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomSleeves
    >>> image = np.zeros((1, 28, 28), dtype=np.uint8)
    >>> image[0, 2:26, 2:26] = 200
    >>> laid_out = RandomSleeves(1.0, degrees=(60, 60)).fit_transform(image)
    >>> bool(laid_out[0, 25, 3] == 0)
    True
    """

    _sideways, _down, _length = 0.27, 0.12, 0.75

    def __init__(self, p=0.5, degrees=(10.0, 60.0), *, classes=None, random_state=None):
        super().__init__(p, degrees, classes=classes, random_state=random_state)

    def _swings(self, outwards, down):
        return outwards > 0


@documented
class RandomLegs(_RandomSwing):
    """Spread the legs of trousers: what is left and right of the middle, below the hips.

    Parameters
    ----------
    %(p)s
    degrees : float or pair of float, default=(0.0, 12.0)
        Range of the angle by which each leg is rotated, in degrees, which is sampled
        uniformly; a number is the largest angle. From 0 to 45.
    %(classes)s
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomLegs
    >>> image = np.full((1, 28, 28), 200, dtype=np.uint8)
    >>> apart = RandomLegs(1.0, degrees=(10, 10)).fit_transform(image)
    >>> bool(apart[0, 5, 14] > 0), bool(apart[0, 27, 14] > 0)
    (True, False)
    """

    _sideways, _down, _length = 0.0, 0.3, 0.7
    _highest = 45.0

    def __init__(self, p=0.5, degrees=(0.0, 12.0), *, classes=None, random_state=None):
        super().__init__(p, degrees, classes=classes, random_state=random_state)

    def _swings(self, outwards, down):
        return down > 0


@documented
class RandomPair(GarmentAugmentation):
    """Show garments twice, one before the other: photos of shoes mostly show the pair.

    Parameters
    ----------
    %(p)s
    distance : float or pair of float, default=(0.2, 0.6)
        Range of the distance between both, as a fraction of the box's sides, which is sampled
        uniformly; a number is the largest distance. From 0 to 1, where they stand side by side.
        The direction is sampled uniformly too; in half of the pairs, one is mirrored.
    %(classes)s
    %(random_state)s

    Examples
    --------
    >>> import numpy as np
    >>> from skfashion.augmentation import RandomPair
    >>> image = np.zeros((1, 28, 28), dtype=np.uint8)
    >>> image[0, 10:18, :] = 200
    >>> pair = RandomPair(1.0, distance=(1, 1), random_state=0).fit_transform(image)
    >>> bool((pair != image).any())
    True
    """

    def __init__(self, p=0.5, distance=(0.2, 0.6), *, classes=None, random_state=None):
        super().__init__(p, classes=classes, random_state=random_state)
        self.distance = distance

    def check(self):
        """Raise ValueError or TypeError for an invalid parameter."""
        super().check()
        self._limits()

    def _limits(self):
        return _limits_from_0("distance", self.distance, 1.0)

    def rearrange(self, batch, generator):
        """Return a batch, (N, C, H, W), with every garment shown twice."""
        n, _, rows, columns = batch.shape
        silhouette = silhouette_in(batch)
        x, y, width, height = (value.reshape(n) for value in boxes_of(silhouette))
        with_silhouette = torch.cat([batch.to(working_dtype(batch)), silhouette], dim=1)
        distance = sample_uniform(*self._limits(), n, generator)
        direction, mirrored = torch.rand((2, n), generator=generator, device=generator.device)
        apart_x = distance * width * (2 * torch.pi * direction).cos()
        apart_y = distance * height * (2 * torch.pi * direction).sin()
        # As large as both fit into the image.
        scale = torch.maximum((width + apart_x.abs()) / columns, (height + apart_y.abs()) / rows)
        flip = torch.where(mirrored < 0.5, -1.0, 1.0)
        shown = []
        for side, mirror in ((-0.5, 1.0), (0.5, flip)):
            matrix = torch.zeros((n, 2, 3), device=batch.device)
            matrix[:, 0, 0], matrix[:, 0, 2] = scale * mirror, x + side * mirror * apart_x
            matrix[:, 1, 1], matrix[:, 1, 2] = scale, y + side * apart_y
            shown.append(resample(with_silhouette, [matrix], "constant", 0.0, whole_pixels=False))
        behind, front = shown
        pair = torch.where(front[:, -1:] > 0.5, front, behind)[:, :-1]
        return as_dtype(pair, batch.dtype)


def _limits_from_0(name, value, highest):
    """Return the range that a parameter stands for; a number is the upper limit."""
    value = plain(value)
    pair = value if isinstance(value, list) else [0.0, value]
    return limits_of(name, pair, centre=0.0, lowest=0.0, highest=highest)
