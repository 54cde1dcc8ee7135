#!/usr/bin/env bash
# Times `inspect` against numpy's singular values, with one thread and with all cores: of a model of 100 million weights, where it is to
# be 3 times as fast, and of the 39 small and tall matrices of a text model, where it is to be 1.5 times as fast. Both in turn, medians of three.
# Needs Debian's python3-numpy with libopenblas0, and the command, which `./rankcollapse --version` builds.
# Usage: benchmarks/models/run.sh [FOLDER for the models, 500 MB] [TURNS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=${1:-$(mktemp -d)}
turns=${2:-3}
command=src/RankCollapse.Cli/bin/publish/RankCollapse.Cli.dll
python=${PYTHON:-/usr/bin/python3}
# Settings of the machine's owner would choose kernels by hand.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
# Of processors newer than itself OpenBLAS may take the oldest kernels.
if grep -qw avx512f /proc/cpuinfo 2>/dev/null; then export OPENBLAS_CORETYPE=SKYLAKEX; fi

compare() { # model, threads, goal
    "$python" - "$@" "$turns" "$python" "$command" <<'PYTHON'
import os, resource, statistics, subprocess, sys, time
model, threads, goal, turns, python, command = sys.argv[1:]
os.environ["OPENBLAS_NUM_THREADS"] = threads
sides = {"numpy": [python, "benchmarks/models/numpy_svd.py", model], "inspect": ["dotnet", command, "inspect", model, "--threads", threads]}
wall, processor = {side: [] for side in sides}, {side: [] for side in sides}
for _ in range(int(turns)):
    for side, words in sides.items():
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall[side].append(time.perf_counter() - start)
        processor[side].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
for clock, times in ("wall", wall), ("processor", processor):
    medians = {side: statistics.median(times[side]) for side in sides}
    ratio = medians["numpy"] / medians["inspect"]
    print("%-32s %s threads  %-9s  numpy %7.2f s  inspect %7.2f s  ratio %5.2f  %s (>= %s)" % (
        os.path.basename(model), threads, clock, *medians.values(), ratio, "met" if ratio >= float(goal) else "MISSED", goal))
PYTHON
}
grep -m1 "model name" /proc/cpuinfo || true
dotnet "$command" doctor 2>/dev/null | grep -m1 -i "vector" || true
[ -s "$folder/text.safetensors" ] || "$python" benchmarks/models/generate.py "$folder/text.safetensors" text
[ -s "$folder/hundred-million.safetensors" ] || "$python" benchmarks/models/generate.py "$folder/hundred-million.safetensors"
for threads in 1 $(nproc); do
    compare "$folder/text.safetensors" "$threads" 1.5
    compare "$folder/hundred-million.safetensors" "$threads" 3
done
