#!/usr/bin/env bash
# A real Slurm cluster of one node, this machine, to try studies on and to test with. Needs root and Debian's packages.
#
#   tools/slurm/local.sh install             slurmctld, slurmd, slurm-client and munge through apt-get
#   tools/slurm/local.sh start DIR [CPUS]    starts it with its files in DIR; prints what to export
#   tools/slurm/local.sh stop DIR            stops what start has started, and the jobs on it
#
# Jobs get all processors of the node, or CPUS of them. One that uses more memory than it asked for is killed. Jobs of the
# partition 'urgent' put those of the partition 'all' back into the queue.
set -eu

fail() { echo "local.sh: $1" >&2; exit 1; }

[ $# -ge 1 ] || fail "expected install, start DIR [CPUS] or stop DIR"
[ "$(id -u)" -eq 0 ] || fail "this needs root: the node's daemon starts jobs as their users"

install() {
  command -v apt-get >/dev/null || fail "apt-get was not found; install slurmctld, slurmd, Slurm's commands and munge"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    slurmctld slurmd slurm-client munge
}

# Two ports that nobody listens on, so that several clusters can be up.
free_ports() {
  for port in $(seq 16817 2 17817); do
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && ! (exec 3<>"/dev/tcp/127.0.0.1/$((port + 1))") 2>/dev/null
    then
      echo "$port"
      return
    fi
  done
  fail "no free port was found between 16817 and 17818"
}

configure() {
  local host port memory
  host=$(uname -n)
  port=$(free_ports)
  memory=$(awk '/MemTotal/ { print int($2 / 1024 * 0.9) }' /proc/meminfo)
  cat >"$folder/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldPort=$port
SlurmdPort=$((port + 1))
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=$((memory / cpus))
SchedulerParameters=sched_min_interval=100000,batch_sched_delay=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
KillWait=20
ReturnToService=2
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=$memory State=UNKNOWN
PartitionName=all Nodes=$host Default=YES PriorityTier=1 MaxTime=INFINITE State=UP
PartitionName=urgent Nodes=$host PriorityTier=2 PreemptMode=off MaxTime=INFINITE State=UP
CONF
}

start() {
  command -v slurmctld >/dev/null && command -v slurmd >/dev/null && command -v sbatch >/dev/null \
    && command -v munged >/dev/null || fail "Slurm is not installed; 'tools/slurm/local.sh install' does it"
  mkdir -p "$folder/state" "$folder/spool"
  configure
  export SLURM_CONF="$folder/slurm.conf"
  if ! munge -n 2>/dev/null | unmunge >/dev/null 2>&1; then
    mkdir -p /run/munge
    chown munge /run/munge
    su -s /bin/sh munge -c 'munged --force' >/dev/null 2>&1 || fail "munged cannot be started"
    touch "$folder/started-munge"
  fi
  for daemon in slurmctld slurmd; do
    "$daemon" >"$folder/start.log" 2>&1 </dev/null || fail "$daemon cannot be started: $(tail -n 1 "$folder/start.log")"
  done
  for _ in $(seq 300); do
    if sinfo --noheader --format=%t 2>/dev/null | grep -q idle; then
      echo "export SLURM_CONF=$SLURM_CONF"
      return
    fi
    sleep 0.2
  done
  stop
  fail "the cluster did not come up within a minute; its logs are $folder/slurm*.log"
}

stop() {
  SLURM_CONF="$folder/slurm.conf" scancel --user=root >/dev/null 2>&1 || true
  for daemon in slurmd slurmctld; do
    [ ! -f "$folder/$daemon.pid" ] || kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true
  done
  [ ! -f "$folder/started-munge" ] || kill "$(cat /run/munge/munged.pid)" 2>/dev/null || true
  rm -f "$folder/started-munge"
}

verb=$1
[ "$verb" = install ] || [ $# -ge 2 ] || fail "expected a folder after $verb"
folder=$(realpath -m "${2:-.}")
cpus=${3:-$(nproc)}
case "$verb" in
  install | start | stop) "$verb" ;;
  *) fail "$verb is unknown; expected install, start DIR [CPUS] or stop DIR" ;;
esac
