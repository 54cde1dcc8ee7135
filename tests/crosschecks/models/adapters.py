#!/usr/bin/env python3
"""Merges what `rankcollapse compress A --against B --out DIR` writes as PEFT does, W = B + (alpha/r)·lora_B·lora_A, and compares with what was said.

Usage: adapters.py COMMAND where COMMAND starts rankcollapse. Random models are made in a temporary folder: linear layers, GPT-2's Conv1D, convolutions in one
and two dimensions, an embedding, biases, norms, a new head. Ends with 1 when an error is not what was said, to 1e-6 of the change, or not the least possible.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

import numpy as np

import tensors

PREFIX = "base_model.model."


def models(random, has_biases):
    base = {"model.q.weight": random.standard_normal((40, 60)), "model.v.weight": random.standard_normal((60, 25)),
            "model.deep.q.weight": random.standard_normal((12, 18)),
            "h.0.attn.c_attn.weight": random.standard_normal((20, 60)), "h.0.attn.c_attn.bias": random.standard_normal(60),
            "conv.weight": random.standard_normal((12, 5, 3, 3)), "conv1d.weight": random.standard_normal((9, 4, 5)),
            "ln.weight": random.standard_normal(20), "ln.bias": random.standard_normal(20)}
    if has_biases:
        base = {name: value for name, value in base.items() if "q" in name or "v." in name or "ln" in name}
        base.update({name.replace("weight", "bias"): random.standard_normal(value.shape[0]) for name, value in list(base.items()) if value.ndim > 1})
    else:
        base["embed_tokens.weight"] = random.standard_normal((90, 16))
    own = {}
    for name, value in base.items():
        if value.ndim < 2 or name == "model.deep.q.weight":
            own[name] = value + (0.1 * random.standard_normal(value.shape) if value.ndim < 2 else 0)
            continue
        rows = value.reshape(value.shape[0], -1)
        change = random.standard_normal((rows.shape[0], 3)) @ random.standard_normal((3, rows.shape[1])) + 0.05 * random.standard_normal(rows.shape)
        own[name] = value + 0.2 * change.reshape(value.shape)
    own["score.weight"] = random.standard_normal((5, 20))
    return own, base


def matched(patterns, module, otherwise):
    """PEFT's get_pattern_key: the first pattern that the module's name ends in."""
    for pattern, value in patterns.items():
        if re.match(r"(.*\.)?(%s)$" % pattern, module):
            return value
    return otherwise


def is_target(targets, module):
    return re.fullmatch(targets, module) is not None if isinstance(targets, str) else any(module == t or module.endswith("." + t) for t in targets)


def merge(base, folder):
    """The base with the adapter, by the rules of PEFT."""
    config = json.load(open(os.path.join(folder, "adapter_config.json")))
    adapter = tensors.read(os.path.join(folder, "adapter_model.safetensors"))
    assert config["peft_type"] == "LORA" and config["bias"] == "none" and sorted(os.listdir(folder)) == ["adapter_config.json", "adapter_model.safetensors"]
    saved = config["modules_to_save"] or []
    result, used = dict(base), set()
    for name in base:
        module, _, kind = name.rpartition(".")
        whole = any(module.endswith(one) for one in saved)
        if whole:
            result[name] = adapter[PREFIX + name]
            used.add(PREFIX + name)
        if kind != "weight" or base[name].ndim < 2:
            continue
        target = is_target(config["target_modules"], module) and not whole
        assert target == any(key.startswith(PREFIX + module + ".lora_") for key in adapter), (name, config["target_modules"])
        if not target:
            continue
        r, alpha = matched(config["rank_pattern"], module, config["r"]), matched(config["alpha_pattern"], module, config["lora_alpha"])
        if PREFIX + module + ".lora_embedding_A" in adapter:
            keys = [PREFIX + module + ".lora_embedding_" + side for side in "AB"]
            a, b = (adapter[key] for key in keys)
            assert a.shape == (r, base[name].shape[0]) and b.shape == (base[name].shape[1], r)
            delta = (b @ a).T
        else:
            keys = [PREFIX + module + ".lora_" + side + ".weight" for side in "AB"]
            a, b = (adapter[key] for key in keys)
            if base[name].ndim > 2:
                assert a.shape == (r,) + base[name].shape[1:] and b.shape == base[name].shape[:1] + (r,) + (1,) * (base[name].ndim - 2)
                delta = (b.reshape(-1, r) @ a.reshape(r, -1)).reshape(base[name].shape)
            else:
                # Conv1D stores [in, out]; PEFT turns the product around where fan_in_fan_out says so, which is ignored for other layers.
                turned = "c_attn" in module
                outputs, inputs = base[name].shape[::-1] if turned else base[name].shape
                assert a.shape == (r, inputs) and b.shape == (outputs, r) and (config["fan_in_fan_out"] or not turned)
                delta = (b @ a).T if turned else b @ a
            bias = PREFIX + module + ".lora_B.bias"
            assert (bias in adapter) == config.get("lora_bias", False)
            if bias in adapter:
                result[module + ".bias"] = base[module + ".bias"] + alpha / r * adapter[bias]
                used.add(bias)
        used.update(keys)
        result[name] = base[name] + alpha / r * delta
    new = set(adapter) - used
    assert all(any(key[len(PREFIX):].rpartition(".")[0] == one for one in saved) for key in new), new
    return result


def check(command, folder, own, base, arguments, worst):
    out = os.path.join(folder, "adapter")
    subprocess.run(["rm", "-rf", out], check=True)
    output = subprocess.run(command + ["compress", os.path.join(folder, "own.safetensors"), "--against", os.path.join(folder, "base.safetensors"), "--out", out, "--json"]
                            + arguments, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    document = json.loads(output.stdout)
    merged = merge(base, out)
    for layer in document["layers"]:
        name = layer["name"]
        if name not in base:
            continue
        change, rest = own[name] - base[name], own[name] - merged[name]
        if layer["changeError"] is not None and np.any(change):
            worst.append((abs(layer["changeError"] - np.linalg.norm(rest) / np.linalg.norm(change)), name, arguments))
            worst.append((abs(layer["weightError"] - np.linalg.norm(rest) / np.linalg.norm(own[name])), name, arguments))
        if layer["rank"]:
            rows = change.reshape(change.shape[0], -1)
            s = np.linalg.svd(rows, compute_uv=False)
            least = np.sqrt(np.sum(s[layer["rank"]:] ** 2) / np.sum(s ** 2))
            worst.append((abs(layer["changeError"] - least), name, arguments))
            energy = np.cumsum(s ** 2) / np.sum(s ** 2)
            if "--energy" in arguments:
                assert energy[layer["rank"] - 1] >= float(arguments[1]) and (layer["rank"] == 1 or energy[layer["rank"] - 2] < float(arguments[1])), name
    common = [name for name in own if name in base]
    total = lambda other: np.sqrt(sum(np.linalg.norm(own[name] - other[name]) ** 2 for name in common))
    worst.append((abs(document["error"] - total(merged) / np.sqrt(sum(np.linalg.norm(own[name]) ** 2 for name in common))), "error", arguments))
    worst.append((abs(document["changeError"] - total(merged) / total(base)), "changeError", arguments))
    if "--keep" in arguments:
        assert document["parameters"] <= float(arguments[1]) * sum(value.size for value in base.values())
    return document


def main(command):
    random, worst = np.random.default_rng(4), []
    for has_biases in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            own, base = models(random, has_biases)
            own, base = ({name: value.astype(np.float32).astype(float) for name, value in one.items()} for one in (own, base))
            for name, one in (("own", own), ("base", base)):
                tensors.write_safetensors(os.path.join(folder, name + ".safetensors"), {key: value.astype(np.float32) for key, value in one.items()})
            for arguments in (["--energy", "0.97"], ["--rank", "3"], ["--tolerance", "0.3"], ["--noise-edge"], ["--keep", "0.1"], ["--energy", "0.9", "--modules-to-save"]):
                document = check(command, folder, own, base, arguments, worst)
                if has_biases and "--modules-to-save" in arguments:
                    assert [layer["name"] for layer in document["layers"] if layer["reason"]] == [], document["layers"]
    most = max(worst, key=lambda one: one[0])
    print("adapters: %d errors are what was said to %.1e (%s, %s)" % (len(worst), *most))
    return 0 if most[0] < 1e-6 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].split()))
