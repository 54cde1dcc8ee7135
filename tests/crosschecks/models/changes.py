#!/usr/bin/env python3
"""Compares every number of `rankcollapse inspect A --against B --json` with independent formulas in numpy and scipy.

Usage: changes.py COMMAND where COMMAND starts rankcollapse. Random models are made in a temporary folder, in two layouts and formats.
Ends with 1 when a number is off by more than 1e-8 of itself.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import scipy.linalg

import reference
import tensors


def models(folder):
    random = np.random.default_rng(11)

    def tuned(base, rank, size, noise):
        rows = base.reshape(base.shape[0], -1)
        change = size * random.standard_normal((rows.shape[0], rank)) @ random.standard_normal((rank, rows.shape[1])) / np.sqrt(rows.size * rank) ** 0.5
        return base + (change + noise * random.standard_normal(rows.shape)).reshape(base.shape)

    base = {"layers.0.q.weight": random.standard_normal((40, 60)), "layers.0.v.weight": random.standard_normal((60, 25)),
            "layers.1.q.weight": random.standard_normal((30, 30)), "conv.weight": random.standard_normal((12, 5, 3, 3)),
            "embed_tokens.weight": random.standard_normal((90, 16)), "layers.0.same.weight": random.standard_normal((9, 9)),
            "norm.weight": random.standard_normal(60)}
    own = {name: tuned(value, 3, 1.5 if "q" in name else 0.2, 1e-3) if value.ndim > 1 and "same" not in name else value for name, value in base.items()}
    own["norm.weight"] = base["norm.weight"] * 1.1
    tensors.write_safetensors(os.path.join(folder, "own.safetensors"), {"module." + name: value for name, value in own.items()})
    tensors.write_safetensors(os.path.join(folder, "base.safetensors"), {"model." + name: value for name, value in base.items()})
    np.savez(os.path.join(folder, "base.npz"), **base)
    return own, base


def expected(w, b, leading, cosine):
    w, b = w.reshape(w.shape[0], -1), b.reshape(b.shape[0], -1)
    change = w - b
    s = np.linalg.svd(change, compute_uv=False)
    energy = np.cumsum(s ** 2) / np.sum(s ** 2)
    uw, _, vw = np.linalg.svd(w, full_matrices=False)
    ub, _, vb = np.linalg.svd(b, full_matrices=False)
    r = min(leading, *w.shape)
    left = np.sort(scipy.linalg.subspace_angles(uw[:, :r], ub[:, :r]))
    right = np.sort(scipy.linalg.subspace_angles(vw[:r].T, vb[:r].T))
    threshold = reference.threshold_factor(min(w.shape) / max(w.shape)) * np.median(s)
    numbers = {
        "changeNorm": np.linalg.norm(change), "relativeChange": np.linalg.norm(change) / np.linalg.norm(b), "normRatio": np.linalg.norm(w) / np.linalg.norm(b),
        "changeSpectralNorm": s[0], "changeStableRank": np.sum(s ** 2) / s[0] ** 2, "changeRankAtEnergy90": np.searchsorted(energy, 0.9) + 1,
        "changeRankAtEnergy99": np.searchsorted(energy, 0.99) + 1, "changeThreshold": threshold, "changeAboveNoise": np.sum(s > threshold),
        "leftOverlap": np.linalg.norm(ub[:, :r].T @ uw[:, :r]) ** 2 / r, "rightOverlap": np.linalg.norm(vb[:r] @ vw[:r].T) ** 2 / r,
        "largestLeftAngle": np.degrees(left[-1]), "largestRightAngle": np.degrees(right[-1]),
        "intruderDimensions": np.sum(np.max(np.abs(ub.T @ uw[:, :r]), axis=0) < cosine),
        "changeInLeadingLeft": np.linalg.norm(ub[:, :r].T @ change) ** 2 / np.sum(s ** 2),
        "changeInLeadingRight": np.linalg.norm(change @ vb[:r].T) ** 2 / np.sum(s ** 2),
    }
    return {key: float(value) for key, value in numbers.items()}, left, right, s


def main(command):
    worst = (0.0, "")
    with tempfile.TemporaryDirectory() as folder:
        own, base = models(folder)
        for basis in ("base.safetensors", "base.npz"):
            output = subprocess.run(command + ["inspect", os.path.join(folder, "own.safetensors"), "--against", os.path.join(folder, basis), "--json", "--leading", "7"],
                                    check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            document = json.loads(output.stdout)
            assert document["unmatched"] == [] and len(document["layers"]) == 6, document["unmatched"]
            total = sum(np.linalg.norm(own[name] - base[name]) ** 2 for name in own if own[name].ndim > 1)
            for layer in document["layers"]:
                name = layer["layer"][len("module."):]
                if np.array_equal(own[name], base[name]):
                    assert layer["relativeChange"] == 0 and layer["leftOverlap"] == 1 and layer["changeRankAtEnergy99"] is None
                    continue
                numbers, left, right, values = expected(own[name], base[name], 7, 0.5)
                numbers["changeShare"] = numbers["changeNorm"] ** 2 / total
                for key, value in numbers.items():
                    worst = max(worst, (abs(layer[key] - value) / max(abs(value), 1e-300) if value != layer[key] else 0.0, f"{name} {key}"))
                for key, value in (("leftAngles", left), ("rightAngles", right), ("singularValues", values)):
                    assert len(layer[key]) == len(value), (name, key)
                    worst = max(worst, (np.max(np.abs(np.array(layer[key]) - value)) / np.max(value), f"{name} {key}"))
            norm = document["otherTensors"][0]
            worst = max(worst, (abs(norm["relativeChange"] - 0.1), "norm"))
    print("changes: largest relative difference %.1e (%s)" % worst)
    return 0 if worst[0] < 1e-8 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].split()))
