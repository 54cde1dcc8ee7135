"""Compares rankcollapse on files of features with reference.py and with formulas of its own, in numpy; usage: files.py RANKCOLLAPSE FOLDER."""
import json
import os
import struct
import subprocess
import sys

import numpy as np
from scipy.linalg import sqrtm
from scipy.optimize import minimize_scalar

import reference

PROGRAM, FOLDER = sys.argv[1:3]
TOLERANCE = 1e-8
failures = []


def path(name):
    os.makedirs(os.path.dirname(os.path.join(FOLDER, name)), exist_ok=True)
    return os.path.join(FOLDER, name)


def inspect(*arguments):
    done = subprocess.run([PROGRAM, "inspect", *arguments, "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"rankcollapse inspect {' '.join(arguments)}: {done.stderr}{done.stdout}")
    return json.loads(done.stdout)


def near(what, actual, expected, relative=TOLERANCE, absolute=1e-13):
    if actual is None or not abs(actual - expected) <= max(relative * abs(expected), absolute):
        failures.append(what)
        print(f"FAIL {what}: {actual} instead of {expected}")


def safetensors(name, arrays, types=None):
    """Arrays as a safetensors file; bfloat16 as its upper halves."""
    header, blobs, end = {}, [], 0
    names = {"float64": "F64", "float32": "F32", "float16": "F16", "int64": "I64", "int32": "I32", "uint8": "U8"}
    for key, array in arrays.items():
        kind = (types or {}).get(key, names[str(array.dtype)])
        blob = (np.ascontiguousarray(array, dtype="<f4").view("<u4") >> 16).astype("<u2").tobytes() if kind == "BF16" else np.ascontiguousarray(array).tobytes()
        header[key] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [end, end + len(blob)]}
        blobs.append(blob)
        end += len(blob)
    text = json.dumps(header).encode()
    with open(path(name), "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def halved(array):
    """Numbers as bfloat16 holds them, rounded towards zero."""
    return (np.ascontiguousarray(array, dtype="<f4").view("<u4") & 0xFFFF0000).view("<f4").astype(float)


def fuzziness(z, labels):
    """Separation fuzziness of He and Su, by the pseudo-inverse."""
    centre, count = z.mean(axis=0), len(z)
    within, between = np.zeros((z.shape[1],) * 2), np.zeros((z.shape[1],) * 2)
    for k in np.unique(labels):
        part = z[labels == k]
        deviation, mean = part - part.mean(axis=0), part.mean(axis=0) - centre
        within += deviation.T @ deviation / count
        between += len(part) / count * np.outer(mean, mean)
    return np.trace(within @ np.linalg.pinv(between, rcond=1e-10, hermitian=True))


def regression(h, y, w):
    """NRC1 to NRC3; the best gamma by search."""
    centred = h - h.mean(axis=0)
    unit = centred / np.linalg.norm(centred, axis=1, keepdims=True)
    k = y.shape[1]
    principal = np.linalg.svd(centred, full_matrices=False)[2][:k]
    result = {"nrc1OutsidePrincipalDirections": np.mean(np.sum((unit - unit @ principal.T @ principal) ** 2, axis=1)) if k < h.shape[1] else None}
    if w is None:
        return result
    result["nrc2OutsideWeights"] = np.mean(np.sum((unit - unit @ np.linalg.pinv(w) @ w) ** 2, axis=1))
    if k > 1:
        root = np.real(sqrtm(np.cov(y.T, bias=True)))
        products = w @ w.T / np.linalg.norm(w @ w.T)

        def distance(c):
            shifted = root - c * np.eye(k)
            return np.linalg.norm(products - shifted / np.linalg.norm(shifted)) ** 2

        most = np.linalg.eigvalsh(root)[0] * (1 - 1e-15)
        result["nrc3WeightStructure"] = min(distance(0), distance(most), minimize_scalar(distance, bounds=(0, most), method="bounded", options={"xatol": 1e-14}).fun)
    return result


def law(values):
    """Ratio and R² of the line through the logarithms."""
    x, y = np.arange(len(values)), np.log(values)
    slope, start = np.polyfit(x, y, 1)
    return np.exp(slope), 1 - np.sum((y - start - slope * x) ** 2) / np.sum((y - y.mean()) ** 2)


def compare(name, report, layers, labels, head=None, bias=None, other=None, subsampled=False):
    tensors = {tensor["tensor"]: tensor for tensor in report["features"]["tensors"]}
    last = list(layers)[-1]
    d, accuracies = [], []
    for key, z in layers.items():
        z = z.reshape(len(z), -1).astype(float)
        weights = head if key == last else None
        outputs = None if head is None else layers[last].reshape(len(z), -1).astype(float) @ head.T + (0 if bias is None else bias)
        expected = reference.metrics(z, labels, weights, outputs, None if other is None else other[key])
        d.append(fuzziness(z, labels))
        accuracies.append(expected["nearestMeanAccuracy"])
        expected["separationFuzziness"] = d[-1]
        if not subsampled:
            expected["tcvUpper"] = min(reference.classes_wcss(z, labels), tensors[key]["tcvUpper"])
        for metric, value in expected.items():
            loose = metric in ("featureEffectiveRank", "featureNumericalRank") and subsampled
            near(f"{name} {key} {metric}", tensors[key][metric], float(value), 1e-6 if loose else TOLERANCE)
        near(f"{name} {key} singular value", tensors[key]["singularValues"][0], np.linalg.svd(z, compute_uv=False)[0])
    if len(layers) > 2:
        ratio, squared = law(d)
        near(f"{name} ratio", report["features"]["separationLaw"]["ratio"], ratio)
        near(f"{name} R²", report["features"]["separationLaw"]["rSquared"], squared)
    deep = next((i + 1 for i, accuracy in enumerate(accuracies) if accuracy >= 0.995), None)
    if report["features"]["effectiveDepth"] != deep:
        failures.append(f"{name} effective depth")
        print(f"FAIL {name} effective depth: {report['features']['effectiveDepth']} instead of {deep}")
    print(f"{name}: {len(layers)} layers agree with numpy to {TOLERANCE:g}")


def classification():
    random = np.random.default_rng(5)
    labels = random.integers(0, 6, 1100)
    labels[:6] = np.arange(6)
    centres = random.normal(size=(6, 24)) * 1.3
    x = centres[labels] + random.normal(size=(1100, 24))
    hidden = np.tanh(x @ random.normal(size=(24, 40)) / 3)
    images = np.maximum(0, centres[labels] @ random.normal(size=(24, 36)) + 2 * random.normal(size=(1100, 36))).reshape(-1, 4, 3, 3)
    deep = centres[labels] @ random.normal(size=(24, 16)) + 0.7 * random.normal(size=(1100, 16))
    head, bias = np.linalg.lstsq(deep, np.eye(6)[labels], rcond=None)[0].T + 0.01 * random.normal(size=(6, 16)), random.normal(size=6) / 20
    layers = {"x": x.astype("f4"), "hidden": hidden, "images": images.astype("f2"), "deep": deep}
    np.savez(path("c.npz"), **layers, labels=labels)
    np.save(path("head.npy"), head)
    np.savez(path("head.npz"), w=head, b=bias)
    other = {name: random.normal(size=(80, *z.shape[1:])) + 0.5 for name, z in layers.items()}
    np.savez(path("ood.npz"), **other)
    flat = {name: z.reshape(80, -1) for name, z in other.items()}
    compare("npz", inspect(path("c.npz"), "--head", path("head.npz") + ":w", "--head-bias", path("head.npz") + ":b", "--ood", path("ood.npz")), layers, labels,
            head, bias, flat, subsampled=True)
    compare("npz, all samples kept", inspect(path("c.npz"), "--subsample", "2000"), layers, labels)
    np.savez_compressed(path("z.npz"), **{name: np.asfortranarray(z) for name, z in layers.items()}, y=labels.astype("u1"))
    compare("deflated npz in Fortran order", inspect(path("z.npz"), "--head", path("head.npy")), layers, labels, head, subsampled=True)
    for p, part in enumerate(np.array_split(np.arange(1100), [300, 301, 900])):
        safetensors(f"parts/part-{p * 7}.safetensors", {name: z[part] for name, z in layers.items()} | {"labels": labels[part]}, {"x": "BF16"})
    compare("safetensors in parts, bfloat16", inspect(path("parts")), layers | {"x": halved(layers["x"])}, labels, subsampled=True)
    counts = np.round(3 * x).astype("i4")
    for p, part in enumerate(np.array_split(np.arange(1100), 3)):
        np.savez(path(f"beside/part-{p}.npz"), counts=counts[part], deep=deep[part].astype(">f8"))
    np.save(path("beside/labels.npy"), np.array(list("abcdef"))[labels])
    compare("whole numbers, names as labels beside the parts", inspect(path("beside")), {"counts": counts, "deep": deep}, labels, subsampled=True)
    for epoch in (1, 2, 10):
        shrunk = centres[labels] + np.exp(-epoch / 4) * (x - centres[labels])
        for p, part in enumerate(np.array_split(np.arange(1100), 2)):
            np.savez(path(f"run/epoch-{epoch:04}-part-{p}.npz"), x=shrunk[part], labels=labels[part])
    report = inspect(path("run"))
    assert [epoch["epoch"] for epoch in report["epochs"]] == [1, 2, 10]
    for epoch in report["epochs"]:
        compare(f"epoch {epoch['epoch']}", epoch, {"x": centres[labels] + np.exp(-epoch["epoch"] / 4) * (x - centres[labels])}, labels, subsampled=True)


def targets():
    random = np.random.default_rng(6)
    for k, name in ((3, "three"), (2, "two"), (1, "one")):
        for count in (300, 1200):
            y = random.normal(size=(count, k)) @ (random.normal(size=(k, k)) + np.eye(k)) + random.normal(size=k)
            early = np.tanh(y @ random.normal(size=(k, 12))) + 0.3 * random.normal(size=(count, 12))
            late = y @ random.normal(size=(k, 20)) + 0.02 * random.normal(size=(count, 20)) + 3
            w = np.linalg.lstsq(late - late.mean(axis=0), y - y.mean(axis=0), rcond=None)[0].T + 0.01 * random.normal(size=(k, 20))
            np.savez(path("r.npz"), early=early, late=late, y=y if k > 1 else y[:, 0])
            np.save(path("w.npy"), w)
            report = inspect(path("r.npz"), "--head", path("w.npy"))
            tensors = {tensor["tensor"]: tensor for tensor in report["features"]["tensors"]}
            for key, z, weights in (("early", early, None), ("late", late, w)):
                for metric, value in regression(z, y, weights).items():
                    near(f"{name} targets, {count} samples, {key} {metric}", tensors[key][metric], value, TOLERANCE, 1e-12)
    print(f"regression: NRC1 to NRC3 agree with numpy to {TOLERANCE:g}")


classification()
targets()
if failures:
    raise SystemExit(f"{len(failures)} differences")
print("files of features agree with numpy")
