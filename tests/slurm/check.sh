#!/usr/bin/env bash
# Sweeps on a real Slurm of two emulated nodes: 200 trials while nodes, the controller and tasks are killed, time limits, a request that
# cannot be met, and a move to the local engine. Afterwards every trial must be done, once, and equal bit for bit to an undisturbed run.
#   [TRIALS=200] tests/slurm/check.sh [FOLDER]     about five minutes on two cores; the last line says "N passed, M failed", or why it was
#   skipped (exit code 77)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
# munged refuses a socket in folders that others may not pass through, and mktemp makes such ones.
[ $# -gt 0 ] || chmod 755 "$work"
work=$(realpath "$work")
cluster="$work/cluster"
export SLURM_CONF="$cluster/slurm.conf"
trials=${TRIALS:-200}
# How many results tell that trials are worked on, and how many more that they still are.
first=$(((trials + 19) / 20))
more=$((trials / 40))
passed=0
failed=0

say() { printf '%4d s  %s\n' "$SECONDS" "$*"; }
# Skipped is not passed: exit code 77, as for automake.
skip() { echo "skipped: $*"; exit 77; }
check() {
    if eval "$2"; then passed=$((passed + 1)); say "ok: $1"; else failed=$((failed + 1)); say "FAILED: $1"; fi
}

# --- Slurm
[ "$(id -u)" -eq 0 ] || skip "the cluster of this check runs as root"
missing=()
for program in slurmctld slurmd munged sbatch; do
    command -v "$program" >/dev/null || [ -x "/usr/sbin/$program" ] || missing+=("$program")
done
if [ "${#missing[@]}" -gt 0 ]; then
    command -v apt-get >/dev/null || skip "${missing[*]} missing, and there is no apt-get to install them"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends slurmctld slurmd slurm-client munge; } >/dev/null 2>&1 \
        || skip "Slurm (slurmctld, slurmd, slurm-client, munge) could not be installed"
fi
"$here/cluster.sh" up "$cluster" >"$work/cluster.log" 2>&1 || { cat "$work/cluster.log"; "$here/cluster.sh" down "$cluster"; echo "FAILED: Slurm is installed but could not be started"; exit 1; }
coordinator=
finish() {
    [ -z "$coordinator" ] || kill "$coordinator" 2>/dev/null
    "$here/cluster.sh" down "$cluster" >/dev/null 2>&1
}
trap finish EXIT
say "Slurm $(sinfo --version | cut -d' ' -f2) is up with $(sinfo -h -N -o %N | sort -u | wc -l) nodes"

# --- The program, built once
"$root/rankcollapse" --version >/dev/null || { echo "the program does not build"; exit 1; }
program="$root/src/RankCollapse.Cli/bin/publish/RankCollapse.Cli.dll"
rankcollapse() { dotnet "$program" "$@"; }

specification() { # name, seeds, epochs, more
    cat <<JSON
{
  "name": "$1",
  "settings": { "data": "gaussian-mixture", "samples": 120, "classes": 3, "dimension": 20, "depth": 3, "width": 64, "convention": "mean", "lambda": 1e-2,
                "solver": "adam", "maxEpochs": $3, "recordEvery": 500, "gradientTolerance": 1e-300, "checkpointSeconds": 0.1 },
  "seeds": $2,
  "limits": { "keep": "run", "attempts": 10, "leaseSeconds": 10 },
  "slurm": { "tasks": 4, "pollSeconds": 2$4 }
}
JSON
}
states() { rankcollapse sweep status "$1" --json | sed -n '/"states"/,/}/p'; }
count() { states "$1" | sed -n "s/.*\"$2\": \([0-9]*\).*/\1/p"; }
results() { find "$1/results" -mindepth 2 -maxdepth 2 -type d 2>/dev/null | wc -l; }
begin() { # engine options: runs a sweep beside this script
    rankcollapse sweep "$@" >>"$work/$(basename "$2" .json).log" 2>&1 &
    coordinator=$!
}
await_end() { wait "$coordinator"; local code=$?; coordinator=; return $code; }
await() { # seconds, condition
    local until=$((SECONDS + $1))
    while [ "$SECONDS" -lt "$until" ]; do
        if eval "$2"; then return 0; fi
        sleep 0.3
    done
    say "not reached within $1 s: $2"
    return 1
}
equal() { # a trial's files but the seconds
    local difference=0 result other
    for result in "$1"/results/*/*/; do
        other="$2/results/${result#"$1"/results/}"
        cmp -s "$result/weights.safetensors" "$other/weights.safetensors" || difference=$((difference + 1))
        diff -q <(grep -v '"seconds"' "$result/summary.json") <(grep -v '"seconds"' "$other/summary.json") >/dev/null || difference=$((difference + 1))
    done
    [ "$difference" -eq 0 ]
}
running() { squeue -h -r -t RUNNING -o '%F_%K %N' 2>/dev/null; }
both_work() { await 90 '[ "$(running | cut -d" " -f2 | sort -u | wc -l)" -eq 2 ]'; }

# --- 200 trials, and everything that can happen to them
# Fewer trials are longer ones, so that all that can happen happens while there are some.
specification faults "$trials" $((800000 / trials)) "" > "$work/faults.json"
rankcollapse sweep "$work/faults.json" --out "$work/undisturbed" >/dev/null 2>&1
check "$trials trials without Slurm, undisturbed" '[ "$(count "$work/undisturbed" done)" = "$trials" ]'
sweep="$work/faults"
begin run "$work/faults.json" --out "$sweep" --engine slurm
check "arrays work on trials" 'await 60 "[ \$(results \"$sweep\") -ge $first ]"'
check "the token was written before the job" 'grep -lq "\"job\": \"[0-9]" "$sweep"/slurm/rankcollapse-*.json'

say "cancelling a task with scancel"
check "a task runs" 'await 60 "[ -n \"\$(running)\" ]"'
victim=$(running | head -n 1 | cut -d' ' -f1)
scancel "$victim"
check "the task is gone" 'await 30 "! running | grep -q \"^$victim \""'
check "another array takes its place" 'await 30 "[ \$(ls \"$sweep\"/slurm/*.json | wc -l) -ge 2 ]"'

say "killing a worker with signal 9"
worker=$(sed -n 's/.*"process": \([0-9]*\).*/\1/p' "$sweep"/workers/*.json 2>/dev/null | head -n 1)
[ -z "$worker" ] || kill -KILL "$worker"

# A controller that is killed forgets what it has not written for some seconds; a node of such a task may stay "completing" for minutes.
check "both nodes work after that" both_work
sleep 6
say "killing the controller"
"$here/cluster.sh" kill-controller "$cluster"
before=$(results "$sweep")
check "tasks go on without the controller" 'await 40 "[ \$(results \"$sweep\") -gt $((before + more)) ]"'
"$here/cluster.sh" start-controller "$cluster"

check "both nodes work for the new controller" both_work
say "killing node n1; its tasks go on unseen"
"$here/cluster.sh" kill-node "$cluster" n1
check "the node is lost" 'await 40 "sinfo -h -n n1 -o %T | grep -q down"'
before=$(results "$sweep")
check "the other node goes on" 'await 40 "[ \$(results \"$sweep\") -gt $((before + more)) ]"'
"$here/cluster.sh" start-node "$cluster" n1
check "the node returns" 'await 40 "sinfo -h -n n1 -o %T | grep -Eq \"idle|alloc|mix\""'

check "the sweep ends with exit code 0" 'await_end'
check "every trial is done, once" '[ "$(count "$sweep" done)" = "$trials" ] && [ "$(results "$sweep")" = "$trials" ]'
check "results equal those of the undisturbed run, bit for bit" 'equal "$sweep" "$work/undisturbed"'
check "no lease is left" '[ -z "$(ls "$sweep/leases")" ]'
say "$(ls "$sweep"/slurm/*.json | wc -l) arrays were submitted; $(find "$sweep/failures" -type f | wc -l) attempts were lost"

# --- A time limit that is hit in the middle of trials
say "a trial longer than a task's time limit of a minute"
specification limits 1 900000 ', "time": "1"' > "$work/limits.json"
sed -i 's/"checkpointSeconds": 0.1/"checkpointSeconds": 5/; s/"recordEvery": 500/"recordEvery": 100000/' "$work/limits.json"
sweep="$work/limits"
begin run "$work/limits.json" --out "$sweep" --engine slurm
rankcollapse sweep "$work/limits.json" --out "$work/limits-undisturbed" >/dev/null 2>&1 &
undisturbed=$!
# Meanwhile: a request that no node can meet, reported as stuck, cancelled, and done by the local engine.
specification stuck 6 1500 ', "options": ["--cpus-per-task=64"]' > "$work/stuck.json"
rankcollapse sweep "$work/stuck.json" --out "$work/stuck" --engine slurm >"$work/stuck.log" 2>&1 &
stuck=$!
check "a request that cannot be met is reported" 'await 40 "rankcollapse sweep status \"$work/stuck\" 2>/dev/null | grep -q \"stuck: \""'
say "$(rankcollapse sweep status "$work/stuck" | grep 'stuck: ' | sed 's/^ *//')"
check "sweep cancel is confirmed by Slurm" 'rankcollapse sweep cancel "$work/stuck" >/dev/null && ! squeue -h -t PENDING -o %j | grep -q "$(basename "$(ls "$work"/stuck/slurm/*.json | head -n 1)" .json)"'
wait "$stuck"
check "the cancelled sweep moves to the local engine" 'rankcollapse sweep resume "$work/stuck" --engine local >/dev/null 2>&1 && [ "$(count "$work/stuck" done)" = 6 ]'
check "the long trial ends over several tasks" 'await_end'
check "it is done, and no attempt counts as failed" '[ "$(count "$sweep" done)" = 1 ] && [ -z "$(find "$sweep/failures" -type f)" ]'
check "the time limit was hit" '[ "$(ls "$sweep"/slurm/*.json | wc -l)" -ge 2 ]'
wait "$undisturbed"
check "it equals the undisturbed trial, bit for bit" 'equal "$sweep" "$work/limits-undisturbed"'

# --- A figure of the paper
say "Figure 1, its trainings on Slurm and on this machine"
echo '{ "tasks": 2, "pollSeconds": 2 }' > "$work/cluster.json"
check "reproduce runs a figure on Slurm" 'rankcollapse reproduce fig1 --quick --engine slurm --slurm "$work/cluster.json" --out "$work/figures" >"$work/figures.log" 2>&1'
check "its trainings ran there" 'grep -q "\"job\": \"[0-9]" "$work"/figures/fig1/sweep/slurm/rankcollapse-*.json'
rankcollapse reproduce fig1 --quick --out "$work/figures-here" >>"$work/figures.log" 2>&1
check "its data equal those of this machine" 'cmp -s "$work/figures/fig1/tail-energy.csv" "$work/figures-here/fig1/tail-energy.csv"'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
