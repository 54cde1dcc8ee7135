"""Reads tensors without the packages of their formats: safetensors, npz and the initialisers of ONNX, and writes safetensors. Files of PyTorch are PyTorch's to read."""
import json
import struct

import numpy as np

TYPES = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "U8": "u1", "I8": "i1", "BOOL": "u1"}


def read(path):
    """Names and arrays in float64."""
    if path.endswith(".npz"):
        return {name: array.astype(np.float64) for name, array in np.load(path).items()}
    if path.endswith((".pt", ".pth")):
        return read_torch(path)
    return read_onnx(path) if path.endswith(".onnx") else read_safetensors(path)


def read_torch(path):
    """The tensors of nested dictionaries and lists, under the keys that lead to them."""
    import torch

    def walk(value, name):
        if isinstance(value, torch.Tensor):
            yield name, value.to(torch.float64).numpy()
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ():
            yield from walk(inner, "%s.%s" % (name, key) if name else str(key))

    return dict(walk(torch.load(path, map_location="cpu"), ""))


def read_safetensors(path):
    with open(path, "rb") as file:
        content = file.read()
    (length,) = struct.unpack_from("<Q", content)
    result = {}
    for name, entry in json.loads(content[8:8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        if entry["dtype"] == "BF16":
            array = (np.frombuffer(content[begin:end], "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            array = np.frombuffer(content[begin:end], TYPES[entry["dtype"]])
        result[name] = array.astype(np.float64).reshape(entry["shape"])
    return result


def write_safetensors(path, tensors):
    """Arrays of float16, float32 or float64; pairs ("BF16", array of uint16) for bfloat16."""
    header, data = {}, b""
    for name, array in tensors.items():
        kind, array = array if isinstance(array, tuple) else ("F%d" % (8 * array.itemsize), array)
        content = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def fields(content):
    """The fields of a protocol buffer: number and value (bytes, or an int for numbers)."""
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(content):
        tag = varint()
        if tag & 7 == 0:
            yield tag >> 3, varint()
        elif tag & 7 == 2:
            length = varint()
            yield tag >> 3, content[at:at + length]
            at += length
        else:
            size = 8 if tag & 7 == 1 else 4
            yield tag >> 3, content[at:at + size]
            at += size


def read_onnx(path):
    """Float initialisers and values of Constant nodes of every graph, by name."""
    result = {}

    def tensor(content, name=""):
        dims, kind, raw, floats = [], 0, None, b""
        for field, value in fields(content):
            if field == 1:
                dims += [value] if isinstance(value, int) else list(packed(value))
            elif field == 2:
                kind = value
            elif field == 4:
                floats += value
            elif field == 8 and not name:
                name = value.decode()
            elif field == 9:
                raw = value
        if kind in (1, 10, 11):
            data = floats if raw is None else raw
            result.setdefault(name, np.frombuffer(data, {1: "<f4", 10: "<f2", 11: "<f8"}[kind]).astype(np.float64).reshape(dims))

    def packed(content):
        value = shift = 0
        for byte in content:
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                yield value
                value = shift = 0

    def graph(content):
        for field, value in fields(content):
            if field == 5:
                tensor(value)
            elif field == 1:
                outputs = [part.decode() for number, part in fields(value) if number == 2]
                for attribute in (part for number, part in fields(value) if number == 5):
                    for number, inner in fields(attribute):
                        if number in (6, 11):
                            graph(inner)
                        elif number == 5 and (4, b"Constant") in fields(value):
                            tensor(inner, outputs[0])

    with open(path, "rb") as file:
        for field, value in fields(file.read()):
            if field == 7:
                graph(value)
    return result
