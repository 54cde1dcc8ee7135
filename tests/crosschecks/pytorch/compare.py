"""Computes J and its gradients with torch.autograd in float64 and compares them with the numbers in a JSON file of cases.

J = a*D + sum_l lambda_l/2 |W_l|^2 + sum_l beta/2 |b_l|^2 + sum_l mu/2 |Z^l|^2; samples are columns.
Prints the worst relative difference of each kind; exits with 1 when one exceeds the tolerance.
"""
import functools
import json
import sys
from collections import Counter

import torch
import torch.nn.functional as F

TOLERANCE = 1e-12

ACTIVATIONS = {
    "identity": lambda x: x,
    "tanh": torch.tanh,
    "arctan": torch.atan,
    "asinh": torch.asinh,
    "softsign": F.softsign,
    "leaky-relu(0.01)": lambda x: F.leaky_relu(x, 0.01),
    "elu": F.elu,
    "selu": F.selu,
    # The default threshold of 20 would replace softplus by the identity with an error of 2e-9.
    "softplus": lambda x: F.softplus(x, threshold=40),
    "sigmoid": torch.sigmoid,
    "relu": F.relu,
    "gelu": F.gelu,
}


def factors(case, depth, samples):
    """a, lambda_1 ... lambda_L, beta, mu."""
    l, delta, features = case["lambda"], case["delta"], case["lambdaFeatures"]
    if case["convention"] == "Equation3":
        return 1 / samples, [2 * l] * depth, 2 * l, 0.0
    weights = [l * delta] + [l] * (depth - 1)
    if case["convention"] == "Mean":
        return 1 / samples, weights, 0.0, features / samples
    return 1.0, weights, 0.0, features


def objective(case, inputs, targets, weights, biases):
    depth, samples = len(weights), inputs.shape[1]
    a, lambdas, beta, mu = factors(case, depth, samples)
    z, total = inputs, 0.0
    for l, (w, b) in enumerate(zip(weights, biases), start=1):
        h = w @ z if b is None else w @ z + b[:, None]
        name = case["outputActivation"] if l == depth else case["activation"]
        after = ACTIVATIONS[name](h)
        z = after + z if case["isResidual"] and 1 < l < depth else after
        total = total + lambdas[l - 1] / 2 * (w ** 2).sum() + mu / 2 * (z ** 2).sum()
        if b is not None:
            total = total + beta / 2 * (b ** 2).sum()
    if case["loss"] == "Squared":
        loss = ((z - targets) ** 2).sum() / 2
    else:
        loss = -(targets * torch.log_softmax(z, dim=0)).sum()
    return total + a * loss


def main(path):
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    worst = {"objective": 0.0, "weight gradients": 0.0, "bias gradients": 0.0}
    counts = Counter()
    failures = []
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    for case in cases:
        tensor = functools.partial(torch.tensor, dtype=torch.float64)  # JSON writes 0.0 as 0.
        weights = [tensor(w).requires_grad_() for w in case["weights"]]
        biases = [None if b is None else tensor(b).requires_grad_() for b in case["biases"]]
        value = objective(case, tensor(case["inputs"]), tensor(case["targets"]), weights, biases)
        value.backward()
        differences = {"objective": abs(value.item() - case["objective"]) / abs(value.item())}
        # Relative to the whole gradient: a layer whose own gradient nearly cancels has no digits of its own.
        norm = torch.cat([p.grad.flatten() for p in weights + [b for b in biases if b is not None]]).norm().item()
        pairs = [("weight gradients", w, g) for w, g in zip(weights, case["weightGradients"])]
        pairs += [("bias gradients", b, g) for b, g in zip(biases, case["biasGradients"]) if b is not None]
        for kind, parameter, gradient in pairs:
            difference = (parameter.grad - tensor(gradient)).norm().item()
            relative = difference / norm if norm > 0 else (0.0 if difference == 0 else float("inf"))
            differences[kind] = max(differences.get(kind, 0.0), relative)
        for kind, difference in differences.items():
            worst[kind] = max(worst[kind], difference)
            counts[kind] += 1
            if not difference <= TOLERANCE:
                what = ", ".join(f"{k}={case[k]}" for k in ("activation", "outputActivation", "loss", "convention", "isResidual"))
                failures.append(f"{kind} differ by {difference:.2e}: {what}")
    print(f"torch {torch.__version__}, {len(cases)} cases, tolerance {TOLERANCE:.0e}")
    for kind, difference in worst.items():
        print(f"worst relative difference, {kind} ({counts[kind]} cases): {difference:.2e}")
    for failure in failures[:20]:
        print(failure)
    return 1 if failures or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
