"""What all data sets of the package come as."""

import numpy as np

from skfashion.datasets._base import TARGET_NAMES, as_bunch, feature_names


def test_pixels_are_named_by_row_and_column():
    names = feature_names()
    assert len(set(names)) == 784
    assert names[0] == "pixel_0_0"
    assert names[28] == "pixel_1_0"
    assert names[-1] == "pixel_27_27"


def test_images_are_a_view_unless_given():
    data = np.zeros((3, 784), dtype=np.uint8)
    bunch = as_bunch(data, np.arange(3), descr="Nothing.")
    bunch.images[1, 0, 2] = 9
    assert data[1, 2] == 9
    assert bunch.frame is None
    assert bunch.target_names.tolist() == list(TARGET_NAMES)
    own = np.ones((3, 28, 28))
    assert as_bunch(data, np.arange(3), descr="Nothing.", images=own).images is own
