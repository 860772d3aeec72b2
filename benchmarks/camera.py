"""Frames a second from a video file to an annotated one, at 640 x 480.

A garment moves over a background in a clip that is drawn; reading, finding, naming, drawing and
writing are measured together. What the classifier has learned does not matter for that. Writes
``benchmarks/results/camera.json``.

    python benchmarks/camera.py [--methods border grabcut u2netp]
"""

import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from _environment import arguments, environment, in_turns, installed, write

from skfashion import MiniVGGClassifier
from skfashion.camera import FrameAnnotator, VideoWriter, open_source, record
from skfashion.datasets import make_garments
from skfashion.photos import make_photo_pipeline

MODELS = Path(__file__).parents[2] / "shared" / "models"
SIZE, SIDE = (480, 640), 320
METHODS = ("border", "grabcut", "u2netp")
WARM_UP = 5  # frames until buffers and networks are there


def main():
    parser = arguments(__doc__, "camera")
    parser.add_argument("--methods", nargs="+", choices=METHODS, default=METHODS)
    parser.add_argument("--frames", type=int, default=150, help="of the clip")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--train-images", type=int, default=300)
    args = parser.parse_args()
    bunch = make_garments(args.train_images, random_state=0)
    classifier = MiniVGGClassifier(max_epochs=1, tta="flip", random_state=0, device="cpu")
    classifier.fit(bunch.images, bunch.target_names[bunch.target])
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder, "clip.mp4")
        draw_clip(clip, bunch.images, args.frames)
        rates = {method: [] for method in args.methods}
        for method in in_turns(args.methods, args.rounds):
            rates[method].append(frames_a_second(classifier, method, clip))
    rows = [
        {
            "method": method,
            "frames_a_second": round(statistics.median(rate), 1),
            "least": round(min(rate), 1),
            "most": round(max(rate), 1),
        }
        for method, rate in rates.items()
    ]
    for row in rows:
        print("{method:<10}{frames_a_second:>7} a second ({least} to {most})".format(**row))
    write(
        args.json,
        {
            "what": "frames a second from a video file to an annotated one, 640 x 480, by how the "
            "garment is cut out in each tenth frame",
            "frames": args.frames,
            "rounds": args.rounds,
            "classifier": "MiniVGGClassifier(tta='flip')",
            "rows": rows,
            "environment": environment() | installed("opencv-python-headless"),
        },
    )


def draw_clip(path, images, n_frames):
    """Write a clip in which garments cross a patterned background, another one each 50 frames."""
    import cv2

    rng = np.random.default_rng(0)
    patches = rng.integers((20, 90, 90), (90, 200, 220), (12, 16, 3), dtype=np.uint8)
    background = cv2.resize(patches, SIZE[::-1], interpolation=cv2.INTER_CUBIC)
    with VideoWriter(path, 25) as video:
        for i in range(n_frames):
            image = images[i // 50]
            large = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
            opacity = cv2.resize((image > 0).astype(np.float32), (SIDE, SIDE))[:, :, None]
            frame = background + rng.normal(0, 3, background.shape)  # the noise of a camera
            left, top = 40 + 4 * (i % 50), 60 + i % 50
            part = frame[top : top + SIDE, left : left + SIDE]
            part += opacity * (255.0 - large[:, :, None] - part)
            video.write(np.rint(frame.clip(0, 255)).astype(np.uint8))


def frames_a_second(classifier, method, clip):
    pipeline = make_photo_pipeline(classifier, method=method, max_size=320, data_home=MODELS)
    with open_source(clip) as source:
        warm = FrameAnnotator(pipeline)
        for _, frame in zip(range(WARM_UP), source, strict=False):
            warm.annotate(frame)
        with VideoWriter(clip.with_name("named.mp4"), source.fps) as video:
            start = time.perf_counter()
            record(source, FrameAnnotator(pipeline), video)
            video.close()
            return video.n_frames / (time.perf_counter() - start)


if __name__ == "__main__":
    main()
