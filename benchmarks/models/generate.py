#!/usr/bin/env python3
"""Writes a safetensors model in F32 with spectra as of trained layers: of about 100 million weights, five matrices 4096x4096 and four 1024x4096;
or with the word "text" the 39 matrices of a small text model, with its tall one of 30522x384 words.

Usage: generate.py FILE [text]. Needs numpy. The numbers are the same on every run.
"""
import json
import struct
import sys

import numpy as np

SHAPES = [("blocks.%d.dense.weight" % i, (4096, 4096)) for i in range(5)] + [("blocks.%d.project.weight" % i, (1024, 4096)) for i in range(4)]

TEXT_SHAPES = [("embeddings.word", (30522, 384)), ("embeddings.position", (512, 384)), ("pooler", (384, 384))] + [
    ("layer.%d.%s" % (i, name), shape) for i in range(6) for name, shape in [
        ("query", (384, 384)), ("key", (384, 384)), ("value", (384, 384)), ("output", (384, 384)), ("intermediate", (1536, 384)), ("down", (384, 1536))]]


def matrix(shape, seed):
    """Gaussian noise and twenty strong directions."""
    random = np.random.default_rng(seed)
    noise = random.standard_normal(shape, dtype=np.float32) / np.float32(np.sqrt(shape[1]))
    left = random.standard_normal((shape[0], 20), dtype=np.float32)
    right = random.standard_normal((20, shape[1]), dtype=np.float32)
    return noise + left * (np.float32(0.02) / np.arange(1, 21, dtype=np.float32)) @ right


def main(path, shapes):
    header, offset = {}, 0
    for name, shape in shapes:
        size = 4 * shape[0] * shape[1]
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for seed, (_, shape) in enumerate(shapes):
            file.write(matrix(shape, seed).tobytes())
    print("%s: %.1f million weights" % (path, offset / 4e6))


if __name__ == "__main__":
    main(sys.argv[1], TEXT_SHAPES if sys.argv[2:] == ["text"] else SHAPES)
