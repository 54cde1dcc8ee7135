#!/usr/bin/env bash
# Times `inspect` of a model of 100 million weights against numpy's singular values, with one thread and with all cores, and gives peak memory.
# Needs Debian's python3-numpy with libopenblas0, and a Release build of the command:
#   dotnet build -c Release src/RankCollapse.Cli
# Usage: benchmarks/models/run.sh [FOLDER for the model, 400 MB]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
folder=${1:-$(mktemp -d)}
model=$folder/hundred-million.safetensors
command=src/RankCollapse.Cli/bin/Release/net10.0/RankCollapse.Cli.dll
python=${PYTHON:-/usr/bin/python3}
# Settings of the machine's owner would choose kernels by hand.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE

[ -s "$model" ] || "$python" benchmarks/models/generate.py "$model"
# Wall and processor seconds and the peak of resident memory, from the operating system.
measured() {
    "$python" - "$@" <<'PYTHON'
import resource, subprocess, sys, time
start = time.perf_counter()
subprocess.run(sys.argv[2:], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print("%-34s %6.1f s wall  %6.1f s processor  peak %5.0f MB" % (sys.argv[1], time.perf_counter() - start, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024))
PYTHON
}
for threads in 1 $(nproc); do
    echo "threads: $threads"
    export OPENBLAS_NUM_THREADS=$threads
    measured "numpy.linalg.svd" "$python" benchmarks/models/numpy_svd.py "$model"
    measured "inspect" dotnet "$command" inspect "$model" --threads "$threads"
done
