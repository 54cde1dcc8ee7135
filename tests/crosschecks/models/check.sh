#!/usr/bin/env bash
# Compares `inspect` and `inspect --against` with independent formulas in numpy and scipy: on random models, on a run that is trained here, and on the models given.
# Needs Debian's python3-numpy and python3-scipy. Usage: tests/crosschecks/models/check.sh [MODEL …]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.."
run=$(mktemp -d)
trap 'rm -rf "$run"' EXIT
./rankcollapse train --depth 3 --convention mean --lambda 1e-2 --max-seconds 120 --out "$run/mnist" >/dev/null 2>&1
"${PYTHON:-/usr/bin/python3}" tests/crosschecks/models/compare.py ./rankcollapse "$run/mnist" "$@"
"${PYTHON:-/usr/bin/python3}" tests/crosschecks/models/changes.py ./rankcollapse
"${PYTHON:-/usr/bin/python3}" tests/crosschecks/models/adapters.py ./rankcollapse
"${PYTHON:-/usr/bin/python3}" tests/crosschecks/models/packed.py ./rankcollapse
