"""Features of a live PyTorch model, recorded by epoch."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional, Union

from ._documents import RankCollapseError
from ._files import NpzWriter, array, is_module, is_tensor


class FeatureRecorder:
    """Writes the features of a model; :func:`record_features` makes one."""

    def __init__(self, model: Any, loader: Iterable[Any], folder: Union[str, os.PathLike[str]], layers: Optional[Sequence[str]],
                 forward: Optional[Callable[[Any, Any], Any]], force: bool) -> None:
        self.folder = Path(folder)
        self.skipped: dict[str, str] = {}
        """What is not recorded, with the reason."""
        self._model, self._loader, self._force = model, loader, force
        self._forward, self._named = forward or _forward, layers is not None
        self._epoch = 0
        if not is_module(model):
            raise RankCollapseError(f"The model is of type {type(model).__name__}; expected a module of PyTorch.")
        modules = dict(model.named_modules())
        wanted = layers if layers is not None else [f"{name}.input" for name, module in modules.items() if _has_matrix(module)] + ["output"]
        self._places = {}
        for name in wanted:
            place = name.removesuffix(".input")
            if name != "output" and place not in modules:
                raise RankCollapseError(f"The model has no module '{place}'; it has {', '.join(filter(None, modules))}.")
            self._places[name] = (modules[place] if name != "output" else model, name != place)

    def record(self, epoch: Optional[int] = None) -> Path:
        """Runs the model over the loader, in evaluation mode and without gradients, and writes the folder ``epoch-N``; gives its path.

        The model's modes and PyTorch's random state are afterwards what they were, so that training goes on as if nothing had happened.
        ``epoch`` counts from 0 where it is not given.
        """
        import torch

        epoch = self._epoch if epoch is None else epoch
        folder = self.folder / f"epoch-{epoch:04}"
        if folder.exists() and not self._force:
            raise RankCollapseError(f"{folder} holds features already; expected another epoch or folder, or force=True, which replaces them.")
        partial = self.folder / f".{folder.name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        modes = {module: module.training for module in self._model.modules()}
        try:
            with torch.random.fork_rng(), torch.no_grad():
                self._model.eval()
                for part, batch in enumerate(self._loader):
                    with NpzWriter(partial / f"part-{part:04}.npz") as file:
                        self._write(batch, file)
            if not any(partial.iterdir()):
                raise RankCollapseError("The loader gave no batch; expected batches of inputs and labels.")
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            for module, mode in modes.items():
                module.training = mode
        self._epoch = epoch + 1
        return folder

    def _write(self, batch: Any, file: NpzWriter) -> None:
        device = next((tensor.device for tensor in self._model.parameters()), None)
        batch, labels = _parts(batch, device)
        if labels.ndim == 0:
            raise RankCollapseError("A batch has a label that is one number; expected one for each sample, as a DataLoader gives them.")
        count = len(labels)
        file.add("labels", labels)
        inputs = {tensor.data_ptr() for tensor in _tensors(batch)}
        times: dict[str, int] = {}
        recorded: list[str] = []

        def add(name: str, value: Any) -> None:
            value = next(_tensors(value), None)
            times[name] = times.get(name, 0) + 1
            # A module that is applied several times has features each time.
            key = name if times[name] == 1 else f"{name}:{times[name]}"
            if value is None or not value.is_floating_point():
                reason = "is no tensor of real numbers"
            elif value.data_ptr() in inputs:
                reason = "is the model's input"
            elif value.ndim == 0 or value.shape[0] != count:
                reason = f"has the shape {tuple(value.shape)}, with {count} samples"
            else:
                file.add(key, value)
                recorded.append(key)
                return
            refuse(key, reason)

        def refuse(key: str, reason: str) -> None:
            self.skipped[key] = reason
            if self._named:
                raise RankCollapseError(f"{key} {reason}; expected features with a sample a row.")

        hooks = []
        try:
            for name, (module, is_input) in self._places.items():
                if name == "output":
                    continue
                hooks.append(module.register_forward_pre_hook(lambda _, values, name=name: add(name, values)) if is_input else
                             module.register_forward_hook(lambda _, values, value, name=name: add(name, value)))
            output = self._forward(self._model, batch)
            if "output" in self._places:
                add("output", output)
            if not self._named and not recorded:
                raise RankCollapseError(f"Nothing can be recorded: output {self.skipped['output']}.")
            for name in self._places:
                if name not in times:
                    refuse(name, "is not applied as a module; some modules of PyTorch compute past those inside them in evaluation mode")
        finally:
            for hook in hooks:
                hook.remove()

    def __enter__(self) -> FeatureRecorder:
        self.folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: Any) -> None:
        pass


def record_features(model: Any, loader: Iterable[Any], folder: Union[str, os.PathLike[str]], *, layers: Optional[Sequence[str]] = None,
                    forward: Optional[Callable[[Any, Any], Any]] = None, force: bool = False) -> FeatureRecorder:
    """Records the features of a PyTorch model while it is trained, by epoch, for :func:`inspect`.

    ``loader`` gives batches ``(inputs, labels)``, or dicts with ``labels``. Recorded are what each linear layer or convolution is applied
    to (``NAME.input``, which is Z^l of the paper for the layer before it, after its activation) and the model's ``output``; ``layers``
    chooses modules by name instead, ``NAME`` what they give and ``NAME.input`` what they get. ``forward(model, inputs)`` says how the
    model is applied [``model(inputs)``, or ``model(**inputs)`` for dicts]. Features go to ``FOLDER/epoch-N/part-M.npz`` as they are
    computed, a part for each batch, so that memory is that of a batch.

    >>> model = torch.nn.Sequential(torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    >>> loader = [(torch.randn(30, 6), torch.arange(30) % 3)]
    >>> with rc.record_features(model, loader, "features") as features:
    ...     for epoch in range(2):
    ...         # … an epoch of training …
    ...         print(features.record(epoch))
    features/epoch-0000
    features/epoch-0001
    """
    return FeatureRecorder(model, loader, folder, layers, forward, force)


def _forward(model: Any, inputs: Any) -> Any:
    return model(**inputs) if isinstance(inputs, Mapping) else model(*inputs) if isinstance(inputs, tuple) else model(inputs)


def _parts(batch: Any, device: Any) -> tuple[Any, Any]:
    """The inputs of a batch, on the model's device, and its labels."""
    if isinstance(batch, Mapping):
        key = next((name for name in ("labels", "label", "y") if name in batch), None)
        if key is not None:
            return {name: _to(value, device) for name, value in batch.items() if name != key}, array(batch[key])
    elif isinstance(batch, (tuple, list)) and len(batch) >= 2:
        inputs = tuple(_to(value, device) for value in batch[:-1])
        return inputs[0] if len(inputs) == 1 else inputs, array(batch[-1])
    raise RankCollapseError(f"A batch is of type {type(batch).__name__}; expected (inputs, labels), or a dict with labels.")


def _to(value: Any, device: Any) -> Any:
    return value.to(device, non_blocking=True) if is_tensor(value) and device is not None else value


def _tensors(value: Any) -> Any:
    """The tensors in what a module is given or gives."""
    if is_tensor(value):
        yield value
    elif isinstance(value, Mapping):
        yield from (one for one in value.values() if is_tensor(one))
    elif isinstance(value, (tuple, list)):
        yield from (one for one in value if is_tensor(one))


def _has_matrix(module: Any) -> bool:
    weight = getattr(module, "weight", None)
    return weight is not None and is_tensor(weight) and weight.ndim >= 2 and re.search("Embedding", type(module).__name__) is None
