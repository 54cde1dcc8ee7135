#!/usr/bin/env python3
"""Compares every number of `rankcollapse inspect --json` with independent formulas in numpy and scipy.

Usage: compare.py COMMAND [MODEL ...] where COMMAND starts rankcollapse, such as ./rankcollapse. Random models are made in a temporary folder;
MODEL are files (safetensors, npz, PyTorch, ONNX with weights inside) or folders of runs. Ends with 1 when a number is off by more than 1e-8 of itself.

Singular values are compared with scipy's to 1e-8 of themselves where they exceed 1e-6 of the largest, and to 1e-14·max(m, n) of the largest otherwise: smaller
ones are rounding. All other numbers are computed from scipy's values, and where a layer has values below 1e-6 of the largest, the power law and
the entropy, which look at those too, from the command's.
"""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import reference
import tensors

TOLERANCE = 1e-8


def random_models(folder):
    random = np.random.default_rng(5)

    def heavy(*shape):
        return random.standard_normal(shape) * random.pareto(1.5, shape)

    tensors.write_safetensors(os.path.join(folder, "random.safetensors"), {
        "fc.weight": random.standard_normal((120, 80)),
        "wide.weight": random.standard_normal((40, 300)).astype(np.float32),
        "half.weight": random.standard_normal((33, 65)).astype(np.float16),
        "brain.weight": ("BF16", (random.standard_normal((50, 60)).astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)),
        "low.weight": random.standard_normal((90, 12)) @ random.standard_normal((12, 70)) + 1e-4 * random.standard_normal((90, 70)),
        "heavy.weight": heavy(100, 100),
        "embed_tokens.weight": random.standard_normal((500, 24)),
        "conv.weight": random.standard_normal((16, 8, 3, 3)).astype(np.float32),
        "conv1d.weight": random.standard_normal((12, 6, 5)),
        "depthwise.weight": random.standard_normal((20, 1, 3, 3)),
        "large.weight": random.standard_normal((900, 850)),
    })
    np.savez_compressed(os.path.join(folder, "random.npz"), **{"dense/kernel": random.standard_normal((30, 20)), "conv/kernel": np.asfortranarray(random.standard_normal((3, 3, 6, 10)))})
    return [os.path.join(folder, name) for name in ["random.safetensors", "random.npz"] + torch_models(folder)]


def torch_models(folder):
    """Both formats of PyTorch, where it is installed: types, views, transposed and shared tensors."""
    try:
        import torch
    except ImportError:
        print("there is no PyTorch here, its files are not tried")
        return []
    torch.manual_seed(5)
    base, large = torch.randn(40, 30), torch.randn(90, 120)
    tensors = {"model": {name + ".weight": base.to(getattr(torch, name)) for name in ("float64", "float32", "float16", "bfloat16")},
               "views": [base.t(), large[3:70:2, 5:60], large[:, ::7], base, torch.randn(1, 30).expand(20, 30)],
               "conv.weight": torch.randn(12, 8, 3, 3).to(memory_format=torch.channels_last), "epoch": 3}
    names = ["random.pt", "random-legacy.pth"]
    for name in names:
        torch.save(tensors, os.path.join(folder, name), _use_new_zipfile_serialization=name == names[0])
    return names


def inspect(command, model, view):
    output = subprocess.run(command + ["inspect", model, "--json", "--classes", "10", "--convolution", view, "--fft-size", "8"], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(output.stdout)


def weights_of(model):
    if os.path.isdir(model):
        model = os.path.join(model, "weights.safetensors")
    return tensors.read(model)


def off(found, expected):
    if found is None or expected is None:
        return 0.0 if found is None and expected is None else np.inf
    return 0.0 if found == expected else abs(found - expected) / max(abs(expected), 1e-300)


def check(layer, weights, document, worst):
    shape = layer["blocks"]
    view = document["convolution"]
    blocks = reference.blocks_of(weights, layer["kind"], layer["layout"], layer["groups"], view, document["fourierSize"])
    values = [np.linalg.svd(block, compute_uv=False) for block, _ in blocks]
    expected = reference.spectrum(blocks)
    found = np.array(layer["singularValues"])
    assert found.shape == expected.shape, (layer["layer"], found.shape, expected.shape)
    large = expected > 1e-6 * expected[0]
    record(worst, "singularValues", layer, np.max(np.abs(found - expected)[large] / expected[large]))
    noise = np.max(np.abs(found - expected), initial=0) / (1e-14 * max(shape["rows"], shape["columns"]) * expected[0])
    assert noise < 1, (layer["layer"], "singular values differ by more than rounding", noise)
    own = reference.metrics(expected, shape["rows"], shape["columns"], shape["count"], document["classes"],
                            values if view == "unfolded" or layer["kind"] not in ("convolution", "transposedConvolution") else None,
                            reference.window_values([block for block, _ in blocks]) if min(shape["rows"], shape["columns"]) > 1 and not np.iscomplexobj(blocks[0][0]) else None)
    if not np.all(large):
        theirs = reference.metrics(found, shape["rows"], shape["columns"], shape["count"], document["classes"])
        if shape["rows"] != shape["columns"]:
            own.pop("hillExponentFixedAspect", None)
        own.update({key: theirs[key] for key in own if key.startswith(("powerLaw", "hillExponent", "weightedAlpha", "logAlphaNorm", "eigenvalueEntropy", "weightNumericalRankEpsilon", "weightEffectiveRank"))})
        if own["weightTailEnergy"] < 1e-12:
            own["weightTailEnergy"] = theirs["weightTailEnergy"]
    for key, value in own.items():
        record(worst, key, layer, off(layer[key], None if value is None else float(value)))


def record(worst, key, layer, deviation):
    if key not in worst or deviation > worst[key][0]:
        worst[key] = (float(deviation), layer["layer"])


def main(command, models):
    with tempfile.TemporaryDirectory() as folder:
        failures = 0
        for model in random_models(folder) + models:
            weights = weights_of(model)
            for view in ("unfold", "slices", "fft"):
                document = inspect(command, model, view)
                if view != "unfold" and not any("onvolution" in layer["kind"] for layer in document["layers"]):
                    continue
                layers = [layer for layer in document["layers"] if layer["layer"] in weights and np.prod(layer["shape"]) < (1e6 if view == "unfold" else 3e4)]
                worst = {}
                for layer in layers:
                    check(layer, weights[layer["layer"]].reshape(layer["shape"]), document, worst)
                bad = {key: pair for key, pair in worst.items() if not pair[0] <= TOLERANCE}
                failures += len(bad)
                most = max(worst.values(), default=(0, ""))
                print("%-40s %-7s %3d of %3d layers, largest relative difference %.1e (%s)" % (os.path.basename(model), view, len(layers), len(document["layers"]), most[0], most[1]))
                for key, (deviation, name) in bad.items():
                    print("    %s is off by %.1e in %s" % (key, deviation, name))
    print("all numbers agree to %.0e" % TOLERANCE if failures == 0 else "%d kinds of numbers disagree" % failures)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].split(), sys.argv[2:]))
