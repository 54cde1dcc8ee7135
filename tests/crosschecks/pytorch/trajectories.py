"""Takes the steps of torch.optim along mini-batches and compares the weights after them with those in a JSON file of cases.

A batch of B of N samples has the objective (N/B)*(a*D_B + mu/2 sum_l |Z_B^l|^2) + the penalties of weights and biases. With adamw these are not in the
gradient: they are the weight_decay of AdamW, layer by layer. Exits with 1 when the relative difference of all parameters exceeds the tolerance.
"""
import functools
import json
import sys

import torch

from compare import factors, objective

TOLERANCES = {False: 1e-9, True: 1e-5}  # In double and in single precision, where a hundred steps of momentum gather some tens of roundings of 6e-8.


def optimizer(case, weights, biases):
    biases = [b for b in biases if b is not None]
    if case["solver"] == "sgd":
        return torch.optim.SGD(weights + biases, lr=1.0, momentum=0.9, nesterov=case["nesterov"])
    if case["solver"] == "adam":
        return torch.optim.Adam(weights + biases, lr=1.0)
    _, lambdas, beta, _ = factors(case, len(weights), len(case["inputs"][0]))
    groups = [{"params": [w], "weight_decay": decay} for w, decay in zip(weights, lambdas)]
    return torch.optim.AdamW(groups + [{"params": biases, "weight_decay": beta}] if biases else groups, lr=1.0)


def batch_objective(case, inputs, targets, weights, biases, samples):
    """compare.objective is that of all N samples; here N/B of what depends on samples, and penalties only where they are in the gradient."""
    depth, share = len(weights), inputs.shape[1] / len(samples)
    _, lambdas, beta, _ = factors(case, depth, inputs.shape[1])
    penalties = sum(l / 2 * (w ** 2).sum() for l, w in zip(lambdas, weights)) + sum(beta / 2 * (b ** 2).sum() for b in biases if b is not None)
    # The factors a and mu of compare.objective are those of B samples where they are means: a share of 1/N for each sample in every convention.
    scale = 1.0 if case["convention"] in ("Mean", "Equation3") else share
    data = objective(case, inputs[:, samples], targets[:, samples], weights, biases) - penalties
    return scale * data + (0.0 if case["solver"] == "adamw" else penalties)


def main(path):
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    worst = {False: 0.0, True: 0.0}
    for case in cases:
        tensor = functools.partial(torch.tensor, dtype=torch.float32 if case["single"] else torch.float64)
        start = case["start"]
        weights = [tensor(w).requires_grad_() for w in start["weights"]]
        biases = [None if b is None else tensor(b).requires_grad_() for b in start["biases"]]
        inputs, targets = tensor(start["inputs"]), tensor(start["targets"])
        case = {**start, **case}
        steps = optimizer(case, weights, biases)
        for rate, samples in zip(case["rates"], case["batches"]):
            for group in steps.param_groups:
                group["lr"] = rate
            steps.zero_grad()
            batch_objective(case, inputs, targets, weights, biases, samples).backward()
            steps.step()
        ends = [(w, tensor(e)) for w, e in zip(weights, case["endWeights"])]
        ends += [(b, tensor(e)) for b, e in zip(biases, case["endBiases"]) if b is not None]
        apart = torch.cat([(p.detach() - e).flatten() for p, e in ends]).norm() / torch.cat([e.flatten() for _, e in ends]).norm()
        moved = torch.cat([(tensor(w) - tensor(e)).flatten() for w, e in zip(start["weights"], case["endWeights"])]).norm()
        print(f"{'single' if case['single'] else 'double'}, {case['solver']}, nesterov {case['nesterov']}, {case['convention']}, {case['loss']}: {len(case['batches'])} steps, "
              f"moved by {moved:.2f}, apart by {apart:.1e}")
        worst[case["single"]] = max(worst[case["single"]], apart.item())
    for single, difference in worst.items():
        print(f"torch {torch.__version__}, {'single' if single else 'double'}: worst relative difference {difference:.1e}, tolerance {TOLERANCES[single]:.0e}")
    return 0 if cases and all(difference <= TOLERANCES[single] for single, difference in worst.items()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
