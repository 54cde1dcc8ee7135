"""RankCollapse from Python: train to stationary points, measure deep neural collapse, inspect and compress models.

A thin front door: the program ``rankcollapse`` does the work, and this package speaks to it over JSON and files. Keywords are the program's
options with underscores for dashes; :func:`call` says how.

>>> run = rc.train(depth=5, width=200, convention="mean", lam=1e-3)    # doctest: +SKIP
>>> run.layers[["layer", "tcvUpper", "weightNumericalRank"]]           # doctest: +SKIP
>>> run.figure("tcv")                                                  # doctest: +SKIP
"""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np

from ._documents import RankCollapseError, RankCollapseWarning, Result
from ._files import is_array, is_module, read_tensors as load, write_npz, write_tensors as save
from ._program import call, program
from ._recording import FeatureRecorder, record_features
from ._runs import Ensemble, Figure, Run, Sweep, query

__all__ = ["Ensemble", "FeatureRecorder", "Figure", "RankCollapseError", "RankCollapseWarning", "Result", "Run", "Sweep", "call", "certify",
           "collapse", "compress", "forecast", "inspect", "load", "measure", "program", "query", "record_features", "save", "sweep", "train"]

try:
    __version__ = importlib.metadata.version("rankcollapse")
except importlib.metadata.PackageNotFoundError:
    __version__ = "0+source"


def train(*, out: Union[str, os.PathLike[str], None] = None, report: bool = False, progress: Optional[bool] = None, **settings: Any) -> Any:
    """Trains a network to a stationary point; gives its :class:`Run`, or with ``seeds`` the :class:`Ensemble`.

    ``out`` is the folder [runs/NAME, made from the settings]; ``settings`` are those of docs/settings.md, and ``resume``, ``force``,
    ``config``, ``verify_minimum``. ``data`` may be ``(X, y)``, arrays with a sample a row. The report and the figures are written when they
    are asked for, or now with ``report=True``. A tolerance that was not reached is a :class:`RankCollapseWarning`, and ``run.status``.

    >>> run = rc.train(data="gaussian-mixture", samples=40, classes=4, depth=3, width=20, convention="mean", lam=1e-2, out="runs/first")
    >>> run
    Run('runs/first'): converged, objective 0.0490349
    >>> run.layers[["layer", "featureNumericalRank"]]
       layer  featureNumericalRank
    0      1                     4
    1      2                     4
    2      3                     4
    """
    settings = {**_sizes(settings.get("data")), **settings}
    result = call("train", out=out, no_report=not report and settings.get("seeds") is None, progress=progress, **settings)
    if settings.get("seeds") is None:
        return Run(result["run"])
    ensemble = Ensemble(result)
    ensemble.folder = Path(result.get("folder") or out or "")
    return ensemble


def _sizes(data: Any) -> dict[str, Any]:
    """All samples and classes of arrays ``(X, y)``, which the program's defaults would take a part of."""
    if not isinstance(data, tuple) or np.ndim(data[1]) != 1 or np.asarray(data[1]).dtype.kind == "f":
        return {}
    counts = np.unique(data[1], return_counts=True)[1].tolist()
    return {"samples": sum(counts), "classes": len(counts), "class_counts": None if len(set(counts)) == 1 else counts}


def forecast(**options: Any) -> Result:
    """Final singular values, ranks and objective of every layer, before training; ``against=run`` compares with a run.

    >>> rc.forecast(against="runs/first").forecasts.source.tolist()
    ['penalised recursion', 'Theorem 4.2', 'centroid problem']
    """
    return call("forecast", **{**_sizes(options.get("data")), **options})


def certify(run: Any, **options: Any) -> Result:
    """Bounds on the distance of each layer's weights from rank K, and the statements behind them, at the point that a run reached.

    >>> rc.certify("runs/first").holds
    True
    """
    return call("certify", run, **options)


def measure(run: Any, **options: Any) -> Result:
    """Every metric of every layer of a run, computed anew.

    >>> rc.measure("runs/first", tolerance=1e-3).layers.weightNumericalRank.tolist()
    [20, 4, 4]
    """
    return call("measure", run, **options)


def inspect(model: Any, *, head: Any = None, **options: Any) -> Result:
    """Ranks and spectra of every layer of a model, and with data or of recorded features their collapse.

    ``model`` is a file or folder (docs/models.md), a module of PyTorch, a state dict, tensors by name, an array or a list of arrays. ``head``
    is the classifier that features go into: a linear layer of PyTorch, an array [K, d], or what ``--head`` takes.

    >>> model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    >>> rc.inspect(model).layers[["layer", "kind", "weightNumericalRank"]]
          layer    kind  weightNumericalRank
    0  0.weight  linear                    6
    1  2.weight  linear                    3
    """
    with tempfile.TemporaryDirectory(prefix="rankcollapse-") as scratch:
        if is_module(head):
            head = {name: tensor for name, tensor in head.state_dict().items() if name in ("weight", "bias")}
        elif is_array(head):
            head = {"weight": head}
        if isinstance(head, Mapping):
            path = write_npz(head, os.path.join(scratch, "head.npz"))
            options["head_bias"] = f"{path}:bias" if "bias" in head else None
            head = f"{path}:weight"
        return call("inspect", _checked(model), head=head, **options)


def compress(model: Any, out: Union[str, os.PathLike[str]], **options: Any) -> Result:
    """Writes a smaller model of lower ranks, and says what that changes; :func:`load` reads the tensors of a safetensors file.

    >>> rng = np.random.default_rng(0)
    >>> weights = {"fc.weight": rng.normal(size=(40, 4)) @ rng.normal(size=(4, 30))}
    >>> rc.compress(weights, "small.safetensors", tolerance=1e-6).layers[["layer", "rank"]]
           layer  rank
    0  fc.weight     4
    """
    return call("compress", _checked(model), out=out, **options)


def _checked(model: Any) -> Any:
    """A model as it is given; one without tensors, such as a dict around them, is an error."""
    tensors = model.state_dict() if is_module(model) else model
    if isinstance(tensors, Mapping) and not any(is_array(value) for value in tensors.values()):
        inner = next((f"; give its {key!r}" for key, value in tensors.items() if is_module(value) or isinstance(value, Mapping)), "")
        raise RankCollapseError(f"The model has no tensors; it has {', '.join(map(str, tensors))}{inner}." if tensors else "The model has no tensors.")
    return model


def sweep(specification: Any, *, out: Union[str, os.PathLike[str], None] = None, **options: Any) -> Sweep:
    """Trains every combination of settings that a specification (docs/sweeps.md), a file or a dict, asks for; what is done is not done again.

    >>> depths = rc.sweep({"settings": {"data": "gaussian-mixture", "samples": 24, "classes": 3, "width": 8, "convention": "mean",
    ...                    "lambda": 1e-2}, "grid": {"depth": [2, 3]}}, out="sweeps/depths")
    >>> depths.runs[["depth", "status"]].sort_values("depth").to_string(index=False)
    ' depth    status\\n     2 converged\\n     3 converged'
    """
    return Sweep(call("sweep", specification, out=out, **options))


def collapse(features: Any, labels: Any, **options: Any) -> Result:
    """How far features have collapsed: TCV, ranks and NC1 to NC4 of each layer, of arrays at hand.

    ``features`` is an array with a sample a row, or several by the names of their layers; ``labels`` has a class for each sample, or targets of a
    regression. Options are those of :func:`inspect`, such as ``head``.

    >>> labels = np.arange(40) % 4
    >>> features = np.eye(4)[labels] + 1e-3 * np.random.default_rng(0).normal(size=(40, 4))
    >>> bool(rc.collapse(features, labels).tensors.nc1WithinClassVariability[0] < 1e-4)
    True
    """
    layers = features if isinstance(features, Mapping) else {"features": features}
    with tempfile.TemporaryDirectory(prefix="rankcollapse-") as scratch:
        path = write_npz({**layers, "labels": labels}, os.path.join(scratch, "features.npz"))
        return inspect(path, features=True, **options).features  # type: ignore[no-any-return]
