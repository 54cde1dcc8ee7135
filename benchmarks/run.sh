#!/bin/sh
# Builds the benchmarks and runs one: decompositions, epoch, products, scale or time-to-target, with its options.
set -eu
cd "$(dirname "$0")/.."
dotnet build benchmarks/RankCollapse.Benchmarks -c Release -m:1 -nodeReuse:false -v q --nologo -clp:NoSummary >&2
program=benchmarks/RankCollapse.Benchmarks/bin/Release/net10.0/RankCollapse.Benchmarks.dll
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
# What an environment may have set for OpenBLAS would decide the comparison.
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE
case "${1:-}" in
products | decompositions)
    # OpenBLAS chooses its kernels when it is loaded: one process for each choice. Of processors newer than itself it may take the oldest ones.
    dotnet "$program" "$@"
    if grep -qw avx512f /proc/cpuinfo 2>/dev/null; then
        OPENBLAS_CORETYPE=SKYLAKEX dotnet "$program" "$@"
    fi
    ;;
*)
    exec dotnet "$program" "$@"
    ;;
esac
