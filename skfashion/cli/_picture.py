"""The picture of a confusion matrix."""

import io

from sklearn.metrics import ConfusionMatrixDisplay


def draw_confusion(confusion, names, title, path):
    """Write a confusion matrix as a picture.

    Parameters
    ----------
    confusion : ndarray of shape (n_classes, n_classes)
        How many images of each class, a row, were given each label.
    names : sequence of str
        The names of the classes.
    title : str
        What stands above it.
    path : Path
        The file, in the format of PNG.

    Raises
    ------
    ImportError
        If matplotlib is not installed.
    OSError
        If the file cannot be written.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import PowerNorm
    from matplotlib.figure import Figure

    # Not by pyplot: a figure of its own leaves the user's backend and figures alone.
    figure = Figure(figsize=(8, 7.5), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    display = ConfusionMatrixDisplay(confusion, display_labels=names).plot(
        ax=axes,
        cmap="Blues",
        colorbar=False,
        values_format="d",
        im_kw={"norm": PowerNorm(0.5)},  # with a linear scale, errors would look like zeros
    )
    for count, text in zip(confusion.flat, display.text_.flat, strict=True):
        if count == 0:
            text.set_color("0.8")
    axes.set_xticks(axes.get_xticks(), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set(title=title, xlabel="Predicted", ylabel="True")

    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    try:
        path.write_bytes(picture.getvalue())
    except BaseException:  # no part of a picture, after an interrupt neither
        path.unlink(missing_ok=True)
        raise
