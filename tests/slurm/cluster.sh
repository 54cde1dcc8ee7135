#!/usr/bin/env bash
# A Slurm of two emulated nodes on this machine's loopback, for tests: no systemd, no cgroups, no database, its own key and ports.
#   cluster.sh up DIR | down DIR | kill-node DIR NODE | start-node DIR NODE | kill-controller DIR | start-controller DIR
# Clients need SLURM_CONF=DIR/slurm.conf. Debian's packages slurmctld, slurmd, slurm-client and munge are all that is needed; runs as root.
set -eu
action=${1:?an action is needed: up, down, kill-node, start-node, kill-controller, start-controller}
mkdir -p "${2:?a folder is needed}"
dir=$(realpath "$2")
export SLURM_CONF="$dir/slurm.conf"
port=${SLURM_TEST_PORT:-27817}

pid_of() { cat "$dir/run/$1.pid" 2>/dev/null || true; }

stop() {
    local pid
    pid=$(pid_of "$1")
    [ -n "$pid" ] || return 0
    kill "-${2:-TERM}" "$pid" 2>/dev/null || return 0
    for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
}

wait_for() {
    for _ in $(seq 100); do
        if eval "$1" >/dev/null 2>&1; then return 0; fi
        sleep 0.2
    done
    echo "cluster.sh: not reached within 20 s: $1" >&2
    return 1
}

configure() {
    local host
    host=$(hostname -s)
    cat > "$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$dir/munge/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool/%n
SlurmctldPidFile=$dir/run/slurmctld.pid
SlurmdPidFile=$dir/run/slurmd-%n.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=1,bf_interval=1,sched_min_interval=0
SlurmdParameters=config_overrides
ReturnToService=2
MaxArraySize=1001
MinJobAge=60
KillWait=2
SlurmdTimeout=10
SlurmctldTimeout=10
NodeName=n0 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=1 RealMemory=1024 State=UNKNOWN
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=1 RealMemory=1024 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

case $action in
up)
    install -d -m 755 "$dir/munge" "$dir/state" "$dir/spool" "$dir/log" "$dir/run"
    configure
    if [ ! -f "$dir/munge/munge.key" ]; then
        (umask 077; head -c 128 /dev/urandom > "$dir/munge/munge.key")
        chmod 400 "$dir/munge/munge.key"
    fi
    /usr/sbin/munged --key-file="$dir/munge/munge.key" --socket="$dir/munge/munge.socket" --pid-file="$dir/run/munged.pid" \
        --log-file="$dir/log/munged.log" --seed-file="$dir/munge/seed"
    /usr/sbin/slurmctld
    /usr/sbin/slurmd -N n0
    /usr/sbin/slurmd -N n1
    wait_for '[ "$(sinfo -h -o %T | sort -u)" = idle ]'
    ;;
down)
    scancel -u "$(id -un)" 2>/dev/null || true
    sleep 1
    stop slurmd-n0; stop slurmd-n1; stop slurmctld; stop munged
    ;;
kill-node)
    # The node's daemon and the keepers of its tasks go at once; the tasks themselves go on unseen, as they do when a network is cut.
    node=${3:?a node is needed}
    stop "slurmd-$node" KILL
    for process in /proc/[0-9]*; do
        tr '\0' '\n' < "$process/environ" 2>/dev/null | grep -qx "SLURMD_NODENAME=$node" || continue
        keeper=$(sed -n 's/^PPid:[[:space:]]*//p' "$process/status" 2>/dev/null)
        [ "$(cat "/proc/$keeper/comm" 2>/dev/null)" = slurmstepd ] || continue
        case $(readlink "/proc/$keeper/cwd") in "$dir"/*) kill -KILL "$keeper" ;; esac
    done 2>/dev/null
    ;;
start-node)
    /usr/sbin/slurmd -N "${3:?a node is needed}"
    ;;
kill-controller)
    stop slurmctld KILL
    ;;
start-controller)
    /usr/sbin/slurmctld
    wait_for 'sinfo -h'
    ;;
*)
    echo "cluster.sh: unknown action $action" >&2
    exit 2
    ;;
esac
