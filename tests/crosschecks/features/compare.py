"""Compares rankcollapse with reference.py on networks of PyTorch and on a run, and runs the scripts of docs/models.md; usage: compare.py RANKCOLLAPSE FOLDER."""
import json
import os
import re
import subprocess
import sys

import numpy as np
import torch

import reference

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM, FOLDER = sys.argv[1:3]
failures = []


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"rankcollapse {' '.join(arguments)}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


def path(name):
    return os.path.join(FOLDER, name)


def near(what, actual, expected, relative, absolute=0.0):
    error = abs(actual - expected)
    if not error <= max(relative * abs(expected), absolute):
        failures.append(what)
        print(f"FAIL {what}: {actual} instead of {expected}, off by {error:.1e}")


def scripts():
    """The functions of the documentation's Python blocks."""
    text = open(os.path.join(HERE, "..", "..", "..", "docs", "models.md"), encoding="utf8").read()
    space = {}
    for block in re.findall(r"```python\n(.*?)```", text, re.S):
        exec(block, space)
    assert len(re.search(r"def save\(.*?```", text, re.S).group(0).splitlines()) <= 12
    return space["load"], space["network"], space["save"]


def compare(name, report, features, labels, tolerance, weights=None, classifier=None, outputs=None, others=None, subsampled=False):
    """Every tensor of the report whose features are known."""
    found = 0
    for tensor in report["features"]["tensors"]:
        z = features.get(tensor["tensor"])
        if z is None or tensor["reduction"] is not None:
            continue
        found += 1
        other = None if others is None else others.get(tensor["tensor"])
        w = weights if tensor["tensor"] == classifier else None
        expected = reference.metrics(z, labels, w, outputs, other)
        if not subsampled:
            expected["tcvUpper"] = min(reference.classes_wcss(z, labels), tensor["tcvUpper"])
        for key, value in expected.items():
            if tensor[key] is None:
                failures.append(f"{name} {tensor['tensor']} {key} is missing")
                print("FAIL", failures[-1])
                continue
            digits = tolerance if key not in ("featureEffectiveRank", "featureNumericalRank") else max(tolerance, 1e-6)
            near(f"{name} {tensor['tensor']} {key}", tensor[key], float(value), digits, 1e-13)
    print(f"{name}: {found} tensors agree with numpy to {tolerance:g}" if found else f"{name}: no tensor found")
    if not found:
        failures.append(name)


def trained(model, x, y, steps, rate):
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    for _ in range(steps):
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(model(x), y).backward()
        optimiser.step()
    return model


def perceptron():
    """In double precision, unbalanced classes; metrics agree to 1e-8 on random and on trained features."""
    torch.manual_seed(1)
    labels = np.repeat(np.arange(5), [40, 60, 80, 30, 90])
    centres = torch.randn(5, 20, dtype=torch.float64) * 1.5
    x = centres[labels] + torch.randn(300, 20, dtype=torch.float64)
    order = torch.randperm(300)
    x, labels = x[order], labels[order.numpy()]
    model = torch.nn.Sequential(
        torch.nn.Linear(20, 32), torch.nn.Tanh(), torch.nn.Linear(32, 24), torch.nn.ReLU(), torch.nn.Linear(24, 5)).double()
    other = torch.randn(70, 20, dtype=torch.float64) + 1
    np.savez(path("p.npz"), X=x.numpy(), y=labels)
    np.savez(path("o.npz"), X=other.numpy())
    for stage, steps in (("random", 0), ("trained", 300)):
        trained(model, x, torch.tensor(labels), steps, 3e-3)
        torch.onnx.export(model, x[:2], path("p.onnx"), input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
        names = [node["tensor"] for node in run("inspect", path("p.onnx"), "--data", path("p.npz"), "--tensors", "all", "--json")["features"]["tensors"]]

        def layers(inputs):
            values, z = {}, inputs
            for name, layer in zip(names, model):
                z = layer(z)
                values[name] = z.detach().numpy()
            return values

        for batch in ("500", "40"):
            report = run("inspect", path("p.onnx"), "--data", path("p.npz"), "--ood", path("o.npz"), "--tensors", "all", "--subsample", batch, "--json")
            outputs = model(x).detach().numpy()
            compare(f"{stage} perceptron, subsample {batch}", report, layers(x), labels, 1e-8, model[4].weight.detach().numpy(), names[3], outputs, layers(other), batch == "40")
            near("accuracy", report["features"]["accuracy"], float(np.mean(outputs.argmax(1) == labels)), 1e-12)
    return model, x


def convolution():
    """A convolutional network in single precision: metrics agree to its rounding; wide layers are sketched; compression is measured by PyTorch too."""
    torch.manual_seed(2)
    labels = torch.arange(240) % 4
    pattern = torch.nn.functional.interpolate(torch.randn(4, 1, 4, 4), size=16, mode="bilinear", align_corners=False)
    x = pattern[labels] * 2 + 0.7 * torch.randn(240, 1, 16, 16)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 12, 5, padding=2), torch.nn.BatchNorm2d(12), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(12, 24, 3, stride=2, padding=1, groups=2), torch.nn.ReLU(), torch.nn.Conv2d(24, 32, 3), torch.nn.ReLU(),
        torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(32, 4))
    trained(model, x, labels, 80, 3e-3).eval()
    torch.onnx.export(model, x[:2], path("c.onnx"), input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    np.savez(path("c.npz"), X=x.numpy(), y=labels.numpy())
    with torch.no_grad():
        hidden, outputs = model[:10](x).double().numpy(), model(x).double().numpy()
    report = run("inspect", path("c.onnx"), "--data", path("c.npz"), "--json")
    tensors = report["features"]["tensors"]
    compare("convolutional network", report, {tensors[-2]["tensor"]: hidden, tensors[-1]["tensor"]: outputs}, labels.numpy(), 1e-4,
            model[10].weight.detach().double().numpy(), tensors[-2]["tensor"], outputs)
    for rule in (("--rank", "4"), ("--rank", "4", "--data", path("c.npz")), ("--keep", "0.6", "--data", path("c.npz"))):
        small = run("compress", path("c.onnx"), *rule, "--out", path("s.onnx"), "--force", "--json")
        check = small["check"]
        print(f"compress {' '.join(rule[:2])}{' fitted' if len(rule) > 2 else ''}: {small['removed']:.0%} removed, relative error {check['outputs'][0]['relativeError']:.2e}, accuracy {check['accuracyBefore']} -> {check['accuracyAfter']}")
        for layer in small["layers"]:
            if layer["rank"] is None or layer["isFittedToData"]:
                continue
            number = {"0.weight": 0, "4.weight": 4, "6.weight": 6, "10.weight": 10}.get(layer["layer"])
            if number is None or number == 0:
                continue
            weight = model[number].weight.detach().double()
            blocks = weight.reshape(2, 12, -1) if number == 4 else weight.reshape(1, len(weight), -1)
            values = torch.linalg.svdvals(blocks)
            tail = torch.sqrt((values[:, layer["rank"]:] ** 2).sum() / (values ** 2).sum())
            near(f"least error of {layer['layer']}", layer["errorBound"], float(tail), 1e-6)
            near(f"error of {layer['layer']}", layer["weightError"], float(tail), 1e-4)
    whitened(model, x)


def whitened(model, x):
    """The fitted error of the third convolution, from the covariance of its patches."""
    small = run("compress", path("c.onnx"), "--rank", "4", "--data", path("c.npz"), "--only", "6.weight", "--out", path("s.onnx"), "--force", "--json")
    layer = next(layer for layer in small["layers"] if layer["rank"] == 4)
    with torch.no_grad():
        patches = torch.nn.functional.unfold(model[:6](x), 3).double()
        covariance = torch.einsum("nip,njp->ij", patches, patches)
        values, vectors = torch.linalg.eigh(covariance)
        root = vectors * values.clamp(min=0).sqrt()
        s = torch.linalg.svdvals(model[6].weight.double().reshape(32, -1) @ root)
    expected = float(torch.sqrt((s[4:] ** 2).sum() / (s ** 2).sum()))
    near("fitted error", layer["errorBound"], expected, 1e-4)
    near("fitted error as measured", layer["dataError"], expected, 1e-4)
    print(f"fitted to data: error {layer['dataError']:.6f} on patches, {expected:.6f} by whitening in PyTorch")


def runs(load, network):
    """A run of ours, read by the documentation's script; its features, its compression and the bounds."""
    run("train", "--data", "mnist", "--samples", "60", "--depth", "4", "--width", "40", "--convention", "mean", "--lambda", "1e-3", "--delta", "1",
        "--gradient-tolerance", "1e-8", "--out", path("run"))
    weights, data = load(path("run/weights.safetensors")), load(path("run/dataset.safetensors"))
    x, labels = data["X"].T, data["labels"].numpy()
    features, z = {}, x
    for l in range(1, 5):
        z = torch.nn.functional.linear(z, weights[f"W{l}"])
        z = torch.tanh(z) if l < 4 else z
        features[f"Z{l}"] = z.numpy()
    assert torch.equal(z, network(weights, x))
    loose = {name: z for name, z in features.items() if reference.metrics(z, labels)["relativeVariation"] > 1e-12}
    report = run("inspect", path("run"), "--json")
    if loose:
        compare("run, layers that have not collapsed", report, loose, labels, 1e-8)
    tensors = {t["tensor"]: t for t in report["features"]["tensors"]}
    for name, z in features.items():
        near(f"norms of {name}", tensors[name]["nc2NormInequality"], reference.metrics(z, labels)["nc2NormInequality"], 1e-8, 1e-13)
    run("train", "--data", "mnist", "--samples", "60", "--depth", "4", "--width", "40", "--solver", "adam", "--max-epochs", "200", "--out", path("short"))
    weights2 = load(path("short/weights.safetensors"))
    features2, z = {}, load(path("short/dataset.safetensors"))["X"].T
    labels2 = load(path("short/dataset.safetensors"))["labels"].numpy()
    for l in range(1, 5):
        z = torch.nn.functional.linear(z, weights2[f"W{l}"])
        z = torch.tanh(z) if l < 4 else z
        features2[f"Z{l}"] = z.numpy()
    compare("run that has not collapsed", run("inspect", path("short"), "--json"), features2, labels2, 1e-8, weights2["W4"].numpy(), "Z3", features2["Z4"])
    small = run("compress", path("run"), "--certificate", "--out", path("small.safetensors"), "--json")
    factors = load(path("small.safetensors"))
    whole = {f"W{l}": factors.get(f"W{l}", None) if f"W{l}" in factors else factors[f"W{l}.up"] @ factors[f"W{l}.down"] for l in range(1, 5)}
    change = float(torch.linalg.norm(network(whole, x) - network(weights, x)))
    check = small["check"]
    near("change of outputs", check["outputs"][0]["error"], change, 1e-3, 1e-12)
    if not change <= check["outputBound"] * (1 + 1e-9) or not check["outputBound"] <= check["certifiedOutputBound"] * (1 + 1e-9):
        failures.append("bounds")
    print(f"certificate: {small['removed']:.0%} removed, outputs change by {change:.1e}, bounds {check['outputBound']:.1e} and {check['certifiedOutputBound']:.1e}")


def interchange(load, save, model, x):
    """state_dict -> file -> compress -> PyTorch, and npz."""
    state = model.state_dict()
    save(state, path("state.safetensors"))
    assert all(torch.equal(load(path("state.safetensors"))[name], tensor) for name, tensor in state.items())
    np.savez(path("state.npz"), **{name: tensor.numpy() for name, tensor in state.items()})
    for source in ("state.safetensors", "state.npz"):
        report = run("inspect", path(source), "--json")
        for layer in report["layers"]:
            expected = float(torch.linalg.matrix_norm(state[layer["layer"]].reshape(state[layer["layer"]].shape[0], -1), 2))
            near(f"{source} {layer['layer']}", layer["weightSpectralNorm"], expected, 1e-10)
        run("compress", path(source), "--energy", "0.9", "--out", path("factors.safetensors"), "--force")
        factors = load(path("factors.safetensors"))
        with torch.no_grad():
            z = x
            for name in ("0", "2", "4"):
                if f"{name}.weight.down" in factors:
                    z = torch.nn.functional.linear(torch.nn.functional.linear(z, factors[f"{name}.weight.down"]), factors[f"{name}.weight.up"], factors[f"{name}.bias"])
                else:
                    z = torch.nn.functional.linear(z, factors[f"{name}.weight"], factors[f"{name}.bias"])
                z = {"0": torch.tanh, "2": torch.relu, "4": lambda v: v}[name](z)
            error = float(torch.linalg.norm(z - model(x)) / torch.linalg.norm(model(x)))
        replaced = sorted(name for name in factors if name.endswith(".down"))
        if not replaced or not error < 0.6:
            failures.append(f"factors of {source}")
        print(f"{source}: {len(replaced)} layers factored, outputs in PyTorch off by {error:.2f}")


load, network, save = scripts()
model, x = perceptron()
convolution()
runs(load, network)
interchange(load, save, model, x)
print(f"{len(failures)} failures" if failures else "all agree")
sys.exit(1 if failures else 0)
