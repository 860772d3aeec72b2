"""Augmented images per second: batches of tensors against a loop over images.

A chain of shift, flip, rotation and zoom on batches of 28 x 28 bytes, and the same chain as it
is mostly written: image by image, with scipy.ndimage or with torch. The loops with one call per
image already multiply the matrices, as this package does. First it is checked that all of them
give the same images for the same numbers; then they alternate for several rounds in one run.
Writes ``benchmarks/results/augmentation.json``.

    python benchmarks/augmentation.py
"""

import time

import numpy as np
import torch
from _environment import arguments, environment, in_turns, write
from scipy import ndimage

from skfashion.augmentation import (
    RandomHorizontalFlip,
    RandomRotation,
    RandomShift,
    RandomZoom,
    as_augmentation,
    rotate_shift_shear_zoom,
    shift_flip,
)

STEPS = [RandomShift(2), RandomHorizontalFlip(), RandomRotation(10), RandomZoom(0.1)]
CENTRE = np.full(2, 13.5)
BASELINE = "scipy.ndimage, one call per image"


def main():
    parser = arguments(__doc__, "augmentation")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.5, help="per system and round")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--threads", type=int, default=None)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)

    batch = garment_like(args.batch_size)
    check_agreement(batch)
    rates = {name: [] for name in SYSTEMS}
    for name in in_turns(SYSTEMS, args.rounds):
        rates[name].append(images_per_second(SYSTEMS[name], batch, args.seconds))
    rows = summary(rates)
    for row in rows:
        print("{system:<52}{images_per_second:>10,} images/s{ratio:>9.1f} x".format(**row))
    write(
        args.json,
        {
            "what": "augmented images per second, uint8, 28 x 28 x 1",
            "chain": "RandomShift(2), RandomHorizontalFlip(), RandomRotation(10), RandomZoom(0.1)",
            "batch_size": args.batch_size,
            "rounds": args.rounds,
            "seconds_per_round": args.seconds,
            "ratio_to": BASELINE,
            "systems": rows,
            "environment": environment(),
        },
    )


def summary(rates):
    """Return one row per system: medians over rounds, and of ratios within a round."""
    baseline = np.array(rates[BASELINE])
    return [
        {
            "system": name,
            "images_per_second": round(np.median(rate)),
            "least": round(min(rate)),
            "most": round(max(rate)),
            "ratio": round(float(np.median(np.array(rate) / baseline)), 2),
        }
        for name, rate in rates.items()
    ]


def images_per_second(augment, batch, seconds):
    generator = torch.Generator().manual_seed(0)
    augment(batch, generator)
    done, start = 0, time.perf_counter()
    while (spent := time.perf_counter() - start) < seconds:
        augment(batch, generator)
        done += len(batch)
    return done / spent


def garment_like(n):
    """Return smooth images, (n, 1, 28, 28), as the estimators hand them over."""
    rng = np.random.default_rng(0)
    images = ndimage.gaussian_filter(rng.random((n, 28, 28)), (0, 2, 2))
    images = 255 * (images - images.min()) / np.ptp(images)
    return torch.from_numpy(images.astype(np.uint8)[..., None]).permute(0, 3, 1, 2)


def check_agreement(batch):
    """Raise an error if the loops do not give what the batch gives, but for rounding."""
    results = {
        name: augment(batch, torch.Generator().manual_seed(1)).int()
        for name, augment in SYSTEMS.items()
        if name in SAME
    }
    first, *others = results.values()
    for other in others:
        assert (first - other).abs().max() <= 1, "the systems do not do the same"


def matrices(batch, generator):
    """Draw one matrix per image as the package does: all steps multiplied, (N, 2, 3)."""
    whole = torch.eye(3).repeat(len(batch), 1, 1)
    last_row = torch.tensor([[[0.0, 0.0, 1.0]]]).expand(len(batch), -1, -1)
    for step in STEPS:
        whole = whole @ torch.cat([step.draw(batch.shape, generator), last_row], 1)
    return whole[:, :2]


def scipy_once(batch, generator):
    """Resample each image once, by its matrix."""
    drawn = matrices(batch, generator).double().numpy()
    changed = []
    for image, matrix in zip(batch[:, 0].numpy(), drawn, strict=True):
        turn = matrix[::-1, 1::-1]  # scipy counts rows first
        offset = CENTRE + matrix[::-1, 2] - turn @ CENTRE
        moved = ndimage.affine_transform(
            image, turn, offset, output=np.float32, order=1, mode="grid-constant"
        )
        changed.append(np.rint(moved).astype(np.uint8))
    return torch.from_numpy(np.stack(changed)[:, None])


def scipy_steps(batch, generator):
    """Change each image step by step, as a list of transforms does."""
    rng = np.random.default_rng(int(torch.randint(2**31, (1,), generator=generator)))
    changed = []
    for image in batch[:, 0].numpy():
        moved = ndimage.shift(image, rng.integers(-2, 3, 2), order=0)
        if rng.random() < 0.5:
            moved = moved[:, ::-1]
        moved = ndimage.rotate(moved, rng.uniform(-10, 10), reshape=False, order=1)
        scale = np.eye(2) / rng.uniform(0.9, 1.1)
        moved = ndimage.affine_transform(moved, scale, CENTRE - scale @ CENTRE, order=1)
        changed.append(moved)
    return torch.from_numpy(np.stack(changed)[:, None])


def torch_once(batch, generator):
    """Resample each image once, with torch's own functions."""
    changed = []
    for image, matrix in zip(batch, matrices(batch, generator), strict=True):
        matrix[:, 2] *= 2 / 28  # from pixels to the fractions that affine_grid takes
        grid = torch.nn.functional.affine_grid(matrix[None], (1, 1, 28, 28), align_corners=False)
        moved = torch.nn.functional.grid_sample(image[None].float(), grid, align_corners=False)
        changed.append(moved.round().to(torch.uint8))
    return torch.cat(changed)


OURS = "skfashion: shift, flip, rotation, zoom"
TORCH = "torch, one call per image"
SAME = {OURS, BASELINE, TORCH}
SYSTEMS = {
    OURS: as_augmentation(STEPS),
    BASELINE: scipy_once,
    "scipy.ndimage, one call per image and step": scipy_steps,
    TORCH: torch_once,
    "skfashion: shift_flip(3), whole pixels": as_augmentation(shift_flip(3)),
    "skfashion: rotate_shift_shear_zoom()": as_augmentation(rotate_shift_shear_zoom()),
}

if __name__ == "__main__":
    main()
