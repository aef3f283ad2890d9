#!/usr/bin/env bash
# Publishes the .NET runner for linux-arm64, and trains a pack with it under qemu-user: a job of its own, for a Debian
# or Ubuntu that may install packages (qemu-user-static), since every instruction is emulated.
#
#   tools/edge/arm64.sh [WORK]
#
# WORK (default: a temporary folder) gets the program, a root of arm64 libraries, a pack of the embedded model, and what
# was trained. It ends with 0 if the losses are those that the program of this machine gives, within 1e-4.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-$(mktemp -d)}
mkdir -p "$work"
work=$(cd "$work" && pwd)
command -v qemu-aarch64-static > /dev/null || { echo "qemu-aarch64-static is missing: install qemu-user-static." >&2; exit 1; }

publish() {
  [ -x "$work/$1/orttrainer-edge" ] || dotnet publish "$root/src/OrtTrainer.Edge" -c Release -r "$1" --self-contained \
    -o "$work/$1" > "$work/$1.log"
  du -sb "$work/$1" | awk -v rid="$1" '{ printf "%s: %.1f MB\n", rid, $1 / 1e6 }'
}
publish linux-arm64
publish "$(dotnet --info | awk '$1 == "RID:" { print $2; exit }')" > /dev/null
here=$work/$(dotnet --info | awk '$1 == "RID:" { print $2; exit }')/orttrainer-edge

# The libraries of the system that the program needs there: C, C++ and OpenSSL.
if [ ! -e "$work/root/lib/ld-linux-aarch64.so.1" ]; then
  dpkg --add-architecture arm64
  apt-get -qq update
  (cd "$work" && apt-get -qq download libc6:arm64 libstdc++6:arm64 libgcc-s1:arm64 libssl3:arm64 zlib1g:arm64)
  for package in "$work"/*_arm64.deb; do dpkg -x "$package" "$work/root"; done
fi

embedded=$root/onnx-models/embedded
head -65 "$embedded/train.tsv" > "$work/train.tsv"
[ -e "$work/pack/pack.json" ] || dotnet run --project "$root/src/OrtTrainer.Cli" -c Release -- pack \
  --model "$embedded/encoder" --train "$work/train.tsv" --train-last 1 --frozen int8 --out "$work/pack"
options=("$work/pack" --train "$work/train.tsv" --test "$embedded/test.tsv" --epochs 2 --threads 1)
rm -rf "$work/out-here" "$work/out-arm64"
"$here" "${options[@]}" --out "$work/out-here" > "$work/here.jsonl"
# Code that is written through one mapping and run through another is not seen by the emulator.
time DOTNET_EnableWriteXorExecute=0 qemu-aarch64-static -L "$work/root" \
  "$work/linux-arm64/orttrainer-edge" "${options[@]}" --out "$work/out-arm64" > "$work/arm64.jsonl"
tail -1 "$work/arm64.jsonl"
paste <(grep -o '"loss":[^,]*' "$work/here.jsonl" | cut -d: -f2) <(grep -o '"loss":[^,]*' "$work/arm64.jsonl" | cut -d: -f2) \
  | awk '{ d = $1 - $2; if (d < 0) d = -d; if (d > most) most = d; n++ }
         END { printf "%d losses, %.1e apart at most\n", n, most; exit !(n > 0 && most < 1e-4) }'
