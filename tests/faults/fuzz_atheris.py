"""The readers of model files, data files and photos, fuzzed by atheris, which sees what was run.

    python tests/faults/fuzz_atheris.py models --seconds 60

Targets are `models` (what a model file says), `headers` (of files of tensors), `data` (idx files)
and `photos`; hashes are right again, as one makes them who means harm. It begins with good files,
and ends with an error if a reader raises another one than is documented. What led to it lies in
the folder for temporary files then. atheris is no dependency of the tests: where it is not
installed, a sentence says so.
"""

import argparse
import io
import json
import runpy
import sys
import tempfile
import warnings
from pathlib import Path

SCRIPT = Path(__file__).with_name("fuzz_files.py")
INSTRUMENTED = ["skfashion.storage", "skfashion.persistence", "skfashion.datasets._idx_files"]
INSTRUMENTED += ["skfashion.photos", "PIL"]


def targets(fuzz, folder):
    """Return for each target a function of bytes, which raises what is no documented error."""
    from skfashion.storage import DamagedError, TensorFile, write_tensors

    path = Path(folder, "file")
    with open(fuzz["DATA"] / "lenet5-format2.skfashion", "rb") as file:
        arrays = TensorFile(file).arrays()
    file, _, pixels = fuzz["make_data_file"](fuzz["random"].Random(0))
    read_data = fuzz["data_reader"](file, pixels)

    def models(data):
        content = io.BytesIO()
        try:
            write_tensors(content, data.decode("utf-8", "replace"), arrays)
        except ValueError:  # it is too much for a file
            return
        path.write_bytes(content.getvalue())
        fuzz["read_model"](path)

    def headers(data):
        n_bytes = int.from_bytes(data[:2], "little")
        try:
            TensorFile(
                io.BytesIO(fuzz["sealed"](data[2 : 2 + n_bytes], data[2 + n_bytes :]))
            ).arrays()
        except DamagedError:
            return

    def data_files(data):
        path.write_bytes(data)
        read_data(path)

    def photos(data):
        path.write_bytes(data)
        fuzz["read_photo"](path)

    return {"models": models, "headers": headers, "data": data_files, "photos": photos}


def good_files(fuzz, target):
    """Yield files that are read, as the functions of `targets` take them."""
    if target == "data":
        _, raw, _ = fuzz["make_data_file"](fuzz["random"].Random(0))
        yield from (raw, fuzz["gzip"].compress(raw))
    elif target == "photos":
        yield from fuzz["photo_files"]()
    else:
        for path in fuzz["DATA"].glob("*format[23].skfashion"):
            raw = path.read_bytes()
            header = fuzz["unsealed"](raw)
            if target == "models":
                yield json.loads(header)["__metadata__"]["text"].encode()
            else:
                yield len(header).to_bytes(2, "little") + header + raw[8 + len(header) :]


def main(arguments=None):
    """Fuzz one target; atheris ends the process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=["models", "headers", "data", "photos"])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    try:
        import atheris
    except ImportError:
        print("atheris is not installed, so nothing is fuzzed by it: pip install atheris.")
        return 0
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=INSTRUMENTED):
        fuzz = runpy.run_path(str(SCRIPT))
        folder = tempfile.mkdtemp(prefix="fuzz-")
        target = targets(fuzz, folder)[options.target]
    corpus = Path(folder, "corpus")
    corpus.mkdir()
    for i, content in enumerate(good_files(fuzz, options.target)):
        (corpus / str(i)).write_bytes(content)
        target(content)  # what is imported on first use, too
    limits = [f"-max_total_time={options.seconds}", "-timeout=10", "-rss_limit_mb=4096"]
    limits += [f"-seed={options.seed}", "-max_len=100000", f"-artifact_prefix={folder}/wrong-"]
    atheris.Setup([sys.argv[0], *limits, str(corpus)], target)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
