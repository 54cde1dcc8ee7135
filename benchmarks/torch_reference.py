"""The PyTorch side of the benchmarks: a process that trains the same network from the same start on command.

Usage: torch_reference.py PROBLEM.npz, with the commands below on standard input; every answer is a line on standard output.

    about                           versions and the core that OpenBLAS takes this machine for
    adam RATE                       back to the start, with a new torch.optim.Adam
    epochs COUNT                    does epochs; answers the wall and processor seconds that they took
    objective                       answers J at the current weights
    train METHOD RATE SECONDS TOLERANCE CLOCK
                                    trains from the start until the seconds are over on that clock (wall or cpu) or the
                                    relative gradient is at the tolerance; answers one line "wall cpu J relative" an
                                    evaluation (relative is nan where it was not looked at), then "end" and why
    quit
"""

import ctypes
import math
import sys
import time

import numpy
import torch

torch.set_num_threads(1)
torch.set_num_interop_threads(1)

HISTORY = 50            # pairs that L-BFGS keeps
MOMENTUM = 0.9          # of gradient descent
LOOK_SECONDS = 1.0      # how often the gradient's norm is looked at, with the clocks stopped


def squares(a):
    """Sum of squares, with a cheap derivative."""
    v = a.reshape(-1)
    return torch.dot(v, v)


class Problem:
    """J = a/2 |f(X) - Y|^2 + sum_l lambda_l/2 |W_l|^2 + mu/2 sum_l |Z_l|^2 for tanh layers and an identity output."""

    def __init__(self, path):
        with numpy.load(path) as arrays:
            self.inputs = torch.from_numpy(arrays["inputs"])
            self.targets = torch.from_numpy(arrays["targets"])
            self.penalties = arrays["weight_penalties"].tolist()
            self.feature_penalty = float(arrays["feature_penalty"])
            self.data_factor = float(arrays["data_factor"])
            self.start = [torch.from_numpy(arrays[f"W{l + 1}"]) for l in range(len(self.penalties))]
        assert self.inputs.dtype == torch.float64
        self.reset()

    def reset(self):
        self.weights = [torch.nn.Parameter(w.clone()) for w in self.start]

    def objective(self):
        depth = len(self.weights)
        z, features, penalty = self.inputs, 0.0, 0.0
        for l, w in enumerate(self.weights):
            z = w @ z
            if l < depth - 1:
                z = torch.tanh(z)
            features = features + squares(z)
            if self.penalties[l] != 0:
                penalty = penalty + self.penalties[l] * squares(w)
        return 0.5 * (self.data_factor * squares(z - self.targets) + penalty + self.feature_penalty * features)

    def relative_gradient(self):
        """|grad J| / max(|grad of the weight penalty|, |grad of all else|) of the gradients that the weights hold."""
        whole = rest = penalty = 0.0
        with torch.no_grad():
            for w, factor in zip(self.weights, self.penalties):
                whole += squares(w.grad).item()
                rest += squares(w.grad - factor * w).item()
                penalty += squares(factor * w).item()
        return math.sqrt(whole / max(rest, penalty))


class Clocks:
    """Wall and processor seconds that can be stopped."""

    def __init__(self):
        self.wall = self.cpu = 0.0
        self.start()

    def start(self):
        self.wall -= time.perf_counter()
        self.cpu -= time.process_time()

    def stop(self):
        self.wall += time.perf_counter()
        self.cpu += time.process_time()

    def read(self):
        return self.wall + time.perf_counter(), self.cpu + time.process_time()


class Trace:
    """What a training run came to, evaluation by evaluation."""

    def __init__(self, problem, seconds, tolerance, clock):
        self.problem, self.seconds, self.tolerance = problem, seconds, tolerance
        self.index = 0 if clock == "wall" else 1
        self.lines = []
        self.clocks = Clocks()
        self.looked = 0.0
        self.fraction = 0.0
        self.end = None

    def record(self, value):
        """Takes note of an evaluation whose gradients the weights hold; sets `end` when the run is over."""
        times = self.clocks.read()
        now = times[self.index]
        self.fraction = min(1.0, now / self.seconds)
        relative = math.nan
        if now - self.looked >= LOOK_SECONDS or now >= self.seconds:
            self.clocks.stop()
            self.looked = now
            relative = self.problem.relative_gradient()
            self.clocks.start()
        self.lines.append((*times, value, relative))
        if not math.isfinite(value):
            self.end = "diverged"
        elif relative <= self.tolerance:
            self.end = "converged"
        elif now >= self.seconds:
            self.end = "time-limit"


def adam(problem, rate):
    return torch.optim.Adam(problem.weights, lr=rate)


def epoch(problem, optimizer):
    optimizer.zero_grad(set_to_none=True)
    value = problem.objective()
    value.backward()
    return value


def train_first_order(problem, optimizer, rate, trace):
    """An evaluation and a step an epoch; the rate falls as half a cosine over the time that the run has."""
    while trace.end is None:
        trace.record(epoch(problem, optimizer).item())
        for group in optimizer.param_groups:
            group["lr"] = rate * 0.5 * (1 + math.cos(math.pi * trace.fraction))
        optimizer.step()


class Over(Exception):
    """The run is over inside a line search."""


def train_lbfgs(problem, rate, trace):
    optimizer = torch.optim.LBFGS(problem.weights, lr=rate, max_iter=1000, max_eval=10**9, history_size=HISTORY,
                                  tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe")

    lowest = math.inf

    def closure():
        # Line searches also look at points that they do not take: what is recorded is the lowest J so far.
        nonlocal lowest
        value = epoch(problem, optimizer)
        lowest = min(lowest, value.item())
        trace.record(lowest)
        if trace.end is not None:
            raise Over
        return value

    try:
        while trace.end is None:
            before = len(trace.lines)
            optimizer.step(closure)
            if len(trace.lines) - before < 3:
                trace.end = "stalled"
    except Over:
        pass


def train(problem, method, rate, seconds, tolerance, clock):
    problem.reset()
    trace = Trace(problem, seconds, tolerance, clock)
    if method == "adam":
        train_first_order(problem, adam(problem, rate), rate, trace)
    elif method == "sgd":
        train_first_order(problem, torch.optim.SGD(problem.weights, lr=rate, momentum=MOMENTUM), rate, trace)
    elif method == "lbfgs":
        train_lbfgs(problem, rate, trace)
    else:
        raise SystemExit(f"There is no method {method}; use adam, sgd or lbfgs.")
    return trace


def openblas_core():
    library = ctypes.CDLL("libopenblas.so.0")
    library.openblas_get_corename.restype = ctypes.c_char_p
    library.openblas_get_config.restype = ctypes.c_char_p
    return library.openblas_get_config().decode().split()[1], library.openblas_get_corename().decode()


def main():
    problem = Problem(sys.argv[1])
    optimizer = adam(problem, 1e-3)
    for line in sys.stdin:
        match line.split():
            case ["about"]:
                version, core = openblas_core()
                print(f"PyTorch {torch.__version__.split('a')[0]}, OpenBLAS {version} (core {core})", flush=True)
            case ["adam", rate]:
                problem.reset()
                optimizer = adam(problem, float(rate))
                print("ok", flush=True)
            case ["epochs", count]:
                clocks = Clocks()
                for _ in range(int(count)):
                    epoch(problem, optimizer)
                    optimizer.step()
                print(*clocks.read(), flush=True)
            case ["objective"]:
                with torch.no_grad():
                    print(repr(problem.objective().item()), flush=True)
            case ["train", method, rate, seconds, tolerance, clock]:
                trace = train(problem, method, float(rate), float(seconds), float(tolerance), clock)
                sys.stdout.writelines(f"{w!r} {c!r} {j!r} {g!r}\n" for w, c, j, g in trace.lines)
                print("end", trace.end, flush=True)
            case ["quit"]:
                return
            case _:
                raise SystemExit(f"Cannot understand {line!r}.")


main()
