#!/bin/sh
# Compares objective and gradients with PyTorch's automatic differentiation, and steps along mini-batches with its optimisers (Debian's python3-torch, installed when missing).
# Not part of the plain test run; it is the same as
#   RANKCOLLAPSE_PYTORCH=/usr/bin/python3 dotnet test --project tests/RankCollapse.Tests --filter-trait Category=CrossCheck
set -eu
cd "$(dirname "$0")/../../.."
python=${RANKCOLLAPSE_PYTORCH:-/usr/bin/python3}
if ! "$python" -c 'import torch' 2>/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends python3-torch
fi
RANKCOLLAPSE_PYTORCH=$python exec dotnet test --project tests/RankCollapse.Tests --filter-trait Category=CrossCheck --output detailed "$@"
