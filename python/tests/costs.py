"""What the front door costs: python3 -m tests.costs (in python/). The last line is the verdict, and the exit code is 1 where a limit does not hold.

Held to a limit is the best of several tries by the clock, which other work on the machine lengthens but nothing shortens; where that keeps more processes
waiting than there are processors, and processor time alone would hold, nothing is told.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import rankcollapse as rc

CALLS, SAMPLES, WIDTH = 9, 1000, 4096
MOST_SECONDS, LEAST_RATE, MOST_BATCHES_HELD = 0.3, 200, 3


def call_overhead() -> tuple[float, float]:
    """A call beside the program itself, in turn; gives the least seconds beyond it, by the clock and by processor time."""
    rc.save({"fc": np.eye(8)}, "m.safetensors")
    alone, called, own = [], [], []
    for _ in range(CALLS):
        start = time.perf_counter()
        subprocess.run([rc.program(), "inspect", "m.safetensors", "--json"], capture_output=True, check=True)
        middle, processor = time.perf_counter(), time.process_time()
        rc.inspect({"fc": np.eye(8)})
        alone.append(middle - start)
        called.append(time.perf_counter() - middle)
        own.append(time.process_time() - processor)
    beyond = min(called) - min(alone)
    print(f"a call of inspect: {min(called):.3f} s, of which the program {min(alone):.3f} s; beyond it {beyond:+.3f} s; "
          f"processor time of Python {statistics.median(own):.4f} s")
    return beyond, min(own)


def recording() -> tuple[float, float, float]:
    """Features of 4,096 numbers, in batches of 1,000 samples; gives the best rates in MB/s by both times, and the batches by which memory grew."""
    import torch

    torch.set_num_threads(1)
    model = torch.nn.Sequential(torch.nn.Linear(16, WIDTH), torch.nn.Tanh(), torch.nn.Linear(WIDTH, 16), torch.nn.Linear(16, WIDTH), torch.nn.Linear(WIDTH, 10))
    rates, own_rates, peaks = [], [], []
    for batches in (2, 20, 60):
        loader = [(torch.randn(SAMPLES, 16), torch.arange(SAMPLES) % 10)] * batches
        with torch.no_grad():
            start = time.process_time()
            for x, _ in loader:
                model(x)
            alone = time.process_time() - start
        start, wall = time.process_time(), time.perf_counter()
        with rc.record_features(model, loader, f"features-{batches}") as features:
            folder = features.record()
        seconds, wall = time.process_time() - start, time.perf_counter() - wall
        size = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        rates.append(size / wall)
        own_rates.append(size / seconds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        peaks.append(peak / (size / batches))
        print(f"{batches} batches: {size:.0f} MB of features, {size / wall:.0f} MB/s of wall time, {size / seconds:.0f} MB/s of processor time, "
              f"{size / max(seconds - alone, 1e-9):.0f} MB/s without the model's own; peak memory {peak:.0f} MB (a batch has {size / batches:.0f} MB)")
    return max(rates), max(own_rates), peaks[-1] - peaks[0]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        seconds, own_seconds = call_overhead()
        rate, own_rate, growth = recording()
        os.chdir("/")

    def within(seconds: float, rate: float) -> bool:
        return seconds <= MOST_SECONDS and rate >= LEAST_RATE and growth <= MOST_BATCHES_HELD

    load = os.getloadavg()[0]
    is_told = load <= 2 * (os.cpu_count() or 1) or not within(own_seconds, own_rate)
    verdict = "holds" if within(seconds, rate) else "does not hold" if is_told else f"not told, at a load of {load:.0f}"
    print(f"{verdict}: a call takes {seconds:.3f} s beyond the program (at most {MOST_SECONDS}), features are recorded at "
          f"{rate:.0f} MB/s (at least {LEAST_RATE}), and 58 more batches take the memory of {growth:.1f} (at most {MOST_BATCHES_HELD})")
    sys.exit(verdict == "does not hold")
