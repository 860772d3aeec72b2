"""In files: what scikit-learn's ``set_output`` and ``set_fit_request`` and its like have set."""

CONTAINERS = ("default", "pandas", "polars")
METHODS = ("fit", "partial_fit", "score")  # those that take metadata


def settings_of(estimator):
    """Return what was set on an estimator besides its parameters, in plain values.

    Parameters
    ----------
    estimator : ImageClassifier
        The estimator.

    Returns
    -------
    dict
        Without what was never set: "output", the container of `transform`, and "requests", a
        dictionary of metadata and requests for each method.
    """
    settings = {}
    container = getattr(estimator, "_sklearn_output_config", {}).get("transform")
    if container in CONTAINERS:
        settings["output"] = container
    if hasattr(estimator, "_metadata_request"):
        routing = estimator.get_metadata_routing()
        settings["requests"] = {name: dict(getattr(routing, name).requests) for name in METHODS}
    return settings


def set_as(estimator, settings):
    """Set what :func:`settings_of` has returned.

    Parameters
    ----------
    estimator : ImageClassifier
        What it is set on.
    settings : dict
        From a file: it may be anything.

    Raises
    ------
    ValueError, TypeError or AttributeError
        If it is nothing that can be set.
    """
    if "output" in settings:
        if settings["output"] not in CONTAINERS:
            raise ValueError(f"{settings['output']!r:.100} is no container of set_output")
        estimator.set_output(transform=settings["output"])
    if "requests" in settings:
        routing = estimator.get_metadata_routing()
        for name, requests in settings["requests"].items():
            if name not in METHODS:
                raise ValueError(f"{name!r:.100} is no method that takes metadata")
            of_method = getattr(routing, name)
            for metadata, request in requests.items():
                if metadata not in of_method.requests:
                    raise ValueError(f"{name} takes no {metadata:.100}")
                of_method.add_request(param=metadata, alias=request)
        estimator._metadata_request = routing
