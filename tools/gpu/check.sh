#!/usr/bin/env bash
# Checks the CUDA device on a machine with a GPU of NVIDIA, and times it: in eight minutes at most.
#
#   tools/gpu/check.sh [--out DIR] [--model DIR] [--train F --test F]
#
# In the repository it builds the program first; in a folder made by pack.sh it takes the one beside it. Without a model
# and data the embedded ones are trained, and what needs more is skipped and said. What fails is said, and the rest goes
# on; the exit code is the number of parts that failed. Everything printed is in DIR/report.txt.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
out=$PWD/gpu-check
model= train= test=
[ -d "$here/model" ] && model=$here/model
[ -d "$here/data" ] && train=$here/data/train.tsv test=$here/data/test.tsv
while [ $# -gt 0 ]; do
  case $1 in
    --out) out=$2; shift 2 ;;
    --model) model=$2; shift 2 ;;
    --train) train=$2; shift 2 ;;
    --test) test=$2; shift 2 ;;
    *) sed -n '2,9p' "$0" | cut -c3-; exit 2 ;;
  esac
done
mkdir -p "$out"
report=$out/report.txt
: > "$report"
failed=0
started=$SECONDS
limit=470

say() { echo "$*" | tee -a "$report"; }

# part NAME SECONDS COMMAND...: runs it within its time and within what is left of all.
part() {
  local name=$1 seconds=$2 left=$((limit - SECONDS + started)) code=0
  shift 2
  say ""
  say "== $name"
  if [ "$left" -lt 5 ]; then
    say "FAILED: no time is left for it."
    failed=$((failed + 1))
    return 1
  fi
  [ "$seconds" -lt "$left" ] || seconds=$left
  local began=$SECONDS
  timeout --kill-after=5 "$seconds" "$@" 2>&1 | tee -a "$report"
  code=${PIPESTATUS[0]}
  if [ "$code" -eq 0 ]; then
    say "-- done in $((SECONDS - began)) s"
  else
    [ "$code" -eq 124 ] && say "FAILED: it took longer than $seconds s." || say "FAILED with exit code $code."
    failed=$((failed + 1))
  fi
  return "$code"
}

skip() {
  say ""
  say "== $1"
  say "skipped: $2"
}

if [ -x "$here/program/OrtTrainer.Cli" ]; then
  orttrainer=$here/program/OrtTrainer.Cli
else
  orttrainer=$out/program/OrtTrainer.Cli
  for project in src/OrtTrainer.Cli tests/OrtTrainer.Tests; do
    part "build of $project" 600 dotnet publish "$here/../../$project" -c Release -r linux-x64 --self-contained \
      -p:OrtGpu=true -o "$out/program" || exit 1
    started=$SECONDS
  done
fi

part "devices" 60 "$orttrainer" devices
nvidia-smi --query-gpu=name,driver_version,memory.used --format=csv,noheader 2>/dev/null | tee -a "$report"
if ! part "updates of weights on the device against the processors" 90 "$orttrainer" devices --check cuda; then
  say "Without the device there is nothing to go on with."
  exit "$failed"
fi

part "models against their references on the device" 110 "${orttrainer%Cli}Tests" goldens cuda 90

# Losses of training with the same options on both, from the first step to the last.
embedded() {
  rm -rf "$out/$1"
  "$orttrainer" finetune --quiet --max-steps 40 --method swa --dropout 0 --out "$out/$1" "${@:2}"
}
apart() { awk -f "$here/compare.awk" ALLOWED="$3" "$out/$1/run/metrics.jsonl" "$out/$2/run/metrics.jsonl"; }
export -f embedded apart
export out orttrainer here

part "embedded model on the processors" 60 bash -c 'embedded cpu --threads 8'
part "embedded model on the device" 60 bash -c 'embedded cuda --device cuda' \
  && part "its losses" 5 bash -c 'apart cpu cuda 2e-3'
part "embedded model on the device, CUDA graphs" 40 bash -c 'embedded graphs --device cuda --cuda-graphs on' \
  && part "its losses" 5 bash -c 'apart cpu graphs 2e-3'
part "embedded model on the device, function bodies alone" 60 bash -c 'embedded bodies --device cuda --no-kernels' \
  && part "its losses" 5 bash -c 'apart cpu bodies 2e-3'

# What others say of the same model, data and settings.
if [ -n "$model" ] && [ -n "$train" ] && [ -n "$test" ]; then
  trec() {
    rm -rf "$out/trec-$1"
    "$orttrainer" finetune --quiet --model "$model" --train "$train" --eval "$test" --text text --label label \
      --max-steps 200 --batch-size 32 --max-length 64 --method swa --out "$out/trec-$1" "${@:2}"
  }
  scores() {
    awk -f "$here/compare.awk" KEY=live ALLOWED="$3" "$out/trec-$1/run/summary.json" "$out/trec-$2/run/summary.json"
  }
  export -f trec scores
  export model train test
  part "200 steps on the device" 90 bash -c 'trec cuda --device cuda'
  for precision in tf32 bf16 fp16; do
    part "200 steps on the device in $precision" 45 bash -c "trec $precision --device cuda --precision $precision"
  done
  part "200 steps on the processors" 120 bash -c 'trec cpu'
  # Of 500 questions three may fall otherwise by rounding, and ten by coarser operands.
  part "scores of fp32 and of the processors" 5 bash -c 'scores cpu cuda 0.006'
  for precision in tf32 bf16 fp16; do
    part "scores of $precision and of the processors" 5 bash -c "scores cpu $precision 0.02"
  done
else
  skip "200 steps of a real model" "give --model, --train and --test, or make the folder with them."
fi

if [ -n "$model" ]; then
  steps() { "$orttrainer" bench --model "$model" --full-length 128 --batch-size 32 --batches 50 --device cuda "$@"; }
  export -f steps
  part "step time, fp32" 60 bash -c 'steps'
  part "step time, fp32, function bodies alone" 60 bash -c 'steps --no-kernels'
  for precision in tf32 bf16 fp16; do
    part "step time, $precision" 45 bash -c "steps --precision $precision"
  done
  part "step time, fp32, CUDA graphs" 40 bash -c 'steps --cuda-graphs on'
  part "step time of small batches, without and with CUDA graphs" 40 bash -c \
    'small() { steps --full-length 32 --batch-size 8 "$@"; }; small && small --cuda-graphs on && small --cuda-graphs auto'
  python=$(command -v python3 || command -v python || true)
  if [ -n "$python" ] && "$python" -c 'import torch' 2>/dev/null; then
    part "step time of PyTorch on the same batches" 120 "$python" "$here/torch_steps.py" --model "$model"
  else
    skip "step time of PyTorch on the same batches" "there is no Python with PyTorch here."
  fi
else
  skip "step times" "give --model, or make the folder with one."
fi

say ""
say "$failed parts failed; $((SECONDS - started)) s. The report is $report."
exit "$failed"
