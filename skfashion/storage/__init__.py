"""What is kept on disk: whole files or none, checked downloads, values as plain ones and back."""

from ._columns import COLUMNS, MAX_CELLS, MAX_ROWS, from_columns, to_columns
from ._downloads import DownloadError, download, failure_reason, name_in_url
from ._files import new_file, new_folder, sha256_of
from ._homes import DATA_HOME_VARIABLE, data_homes
from ._tensor_files import TensorFile, is_tensor_file, write_tensors
from ._values import DamagedError, Kind, NotPlainError, PlainValues, known_subclasses

__all__ = [
    "COLUMNS",
    "DATA_HOME_VARIABLE",
    "MAX_CELLS",
    "MAX_ROWS",
    "DamagedError",
    "DownloadError",
    "Kind",
    "NotPlainError",
    "PlainValues",
    "TensorFile",
    "data_homes",
    "download",
    "failure_reason",
    "from_columns",
    "is_tensor_file",
    "known_subclasses",
    "name_in_url",
    "new_file",
    "new_folder",
    "sha256_of",
    "to_columns",
    "write_tensors",
]
