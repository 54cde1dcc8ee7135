"""Tensors in safetensors and npz, a tensor at a time."""

from __future__ import annotations

import json
import os
import struct
import sys
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from ._documents import RankCollapseError

_TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "|i1", "U64": "<u8", "U32": "<u4",
          "U16": "<u2", "U8": "|u1", "BOOL": "|b1"}
Array = np.ndarray[Any, Any]
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor of PyTorch, which is not imported for that."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def is_module(value: Any) -> bool:
    """Whether a value is a module of PyTorch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.nn.Module)


def is_array(value: Any) -> bool:
    """Whether a value is an array of numpy, a tensor of PyTorch, or a table or array of others that numpy understands."""
    return isinstance(value, np.ndarray) or is_tensor(value) or hasattr(value, "__array__") and hasattr(value, "shape") and not isinstance(value, np.generic)


def array(value: Any) -> Any:
    """A value as an array of numpy in C order, without a copy where it is one; small floating-point types as float32, which holds them exactly."""
    if is_tensor(value):
        value = value.detach()
        if value.layout != sys.modules["torch"].strided:
            value = value.to_dense()
        value = (value.cpu().float() if _is_small(value) else value.cpu()).resolve_conj().resolve_neg().numpy()
    # Not ascontiguousarray, which makes a vector of a number.
    values = np.asarray(value, order="C")
    # Texts of pandas.
    return np.asarray(values.tolist()) if values.dtype == object else values


def _is_small(tensor: Any) -> bool:
    """Whether numpy lacks a tensor's type: bfloat16, and those of 8 bits."""
    return str(tensor.dtype).startswith(("torch.bfloat", "torch.float8"))


def write_tensors(tensors: Mapping[str, Any], path: str | os.PathLike[str]) -> str:
    """Writes tensors, of numpy or PyTorch, by their names as safetensors; gives the path. There is a file where all could be written.

    >>> rc.save({"W1": np.eye(3)}, "weights.safetensors")
    'weights.safetensors'
    >>> rc.load("weights.safetensors")["W1"].shape
    (3, 3)
    """
    header: dict[str, Any] = {}
    end = 0
    for name, tensor in tensors.items():
        kind, size = _kind(name, tensor)
        begin, end = end, end + size
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    partial = f"{os.fspath(path)}.partial"
    try:
        with open(partial, "wb") as file:
            file.write(struct.pack("<Q", len(text)) + text)
            for name, tensor in tensors.items():
                file.write(_bytes(array(tensor).astype(_TYPES[header[name]["dtype"]], copy=False)))
        os.replace(partial, path)
    except BaseException:
        os.remove(partial)
        raise
    return os.fspath(path)


def read_tensors(path: str | os.PathLike[str]) -> dict[str, Array]:
    """Reads tensors by their names from a safetensors file (bfloat16 as float32) or an npz file."""
    if zipfile.is_zipfile(path):
        with np.load(path, allow_pickle=False) as archive:
            return dict(archive)
    tensors = {}
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(8), "little")
        try:
            header = dict(json.loads(file.read(size) if size < os.path.getsize(path) else b""))
        except ValueError:
            raise RankCollapseError(f"{os.fspath(path)} is neither a safetensors file nor an npz file; check the path.") from None
        start = file.tell()
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            begin, end = entry["data_offsets"]
            file.seek(start + begin)
            data = bytearray(file.read(end - begin))
            if entry["dtype"] == "BF16":
                values = (np.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4")
            else:
                values = np.frombuffer(data, _TYPES[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"])
    return tensors


class NpzWriter:
    """An npz file, whole or not there, to which arrays go one by one from where they lie, uncompressed."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path, self._partial = path, f"{os.fspath(path)}.partial"
        self._archive = zipfile.ZipFile(self._partial, "w", zipfile.ZIP_STORED)

    def add(self, name: str, value: Any) -> None:
        """Writes an array."""
        values = array(value)
        if values.dtype == object:
            raise RankCollapseError(f"{name} is of type object; expected numbers, or texts alone.")
        with self._archive.open(f"{name}.npy", "w", force_zip64=True) as entry:
            header = np.lib.format.header_data_from_array_1_0(values)  # type: ignore[no-untyped-call]
            np.lib.format.write_array_header_1_0(entry, header)  # type: ignore[no-untyped-call]
            entry.write(_bytes(values))

    def __enter__(self) -> NpzWriter:
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        self._archive.close()
        if kind is None:
            os.replace(self._partial, self._path)
        else:
            os.remove(self._partial)


def write_npz(arrays: Mapping[str, Any], path: str) -> str:
    """Writes arrays by their names as npz; gives the path."""
    with NpzWriter(path) as file:
        for name, value in arrays.items():
            file.add(name, value)
    return path


def _kind(name: str, tensor: Any) -> tuple[str, int]:
    """The type of a tensor in safetensors, and its bytes, without a copy of it."""
    if is_tensor(tensor):
        # Both have no numbers yet; the first has not even a shape.
        if "Uninitialized" in type(tensor).__name__ or tensor.is_meta:
            raise RankCollapseError(f"{name} has no values yet; initialise the model first, or load its weights.")
        code = "float32" if _is_small(tensor) else str(tensor.dtype).removeprefix("torch.")
    else:
        code = np.asarray(tensor).dtype.name
    try:
        kind = np.dtype(code)
        return _NAMES[kind], int(np.prod(tensor.shape, dtype=np.int64)) * kind.itemsize
    except (KeyError, TypeError):
        raise RankCollapseError(f"{name} is of type {code}, which safetensors does not hold; expected real or whole numbers.") from None


def _bytes(values: Array) -> memoryview:
    return values.reshape(-1).view(np.uint8).data if values.size else memoryview(b"")
