#!/bin/sh
# Compares the features and compressions of rankcollapse with formulas in numpy and with PyTorch (Debian's python3-numpy, python3-scipy and python3-torch,
# installed when missing), and runs the scripts of docs/models.md. Takes about two minutes; not part of the plain test run.
set -eu
cd "$(dirname "$0")/../../.."
python=${RANKCOLLAPSE_PYTORCH:-/usr/bin/python3}
if ! "$python" -c 'import numpy, scipy, torch' 2>/dev/null; then
    as_root=
    [ "$(id -u)" = 0 ] || as_root=sudo
    $as_root apt-get update -qq
    $as_root apt-get install -y -qq --no-install-recommends python3-numpy python3-scipy python3-torch
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$python" tests/crosschecks/features/files.py "${RANKCOLLAPSE:-./rankcollapse}" "$folder"
exec "$python" tests/crosschecks/features/compare.py "${RANKCOLLAPSE:-./rankcollapse}" "$folder"
