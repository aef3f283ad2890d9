#!/usr/bin/env bash
# Makes a folder that runs on a machine with a GPU of NVIDIA without .NET, without a network and without this
# repository: the program with ONNX Runtime's CUDA build, check.sh and what it needs, in parts of at most 60 MB.
#
#   tools/gpu/pack.sh OUT [MODEL] [TRAIN.tsv TEST.tsv]
#
# MODEL is a folder in Hugging Face layout, such as all-MiniLM-L6-v2; TRAIN and TEST have columns label and text.
set -euo pipefail

[ $# -ge 1 ] || { sed -n '2,7p' "$0" | cut -c3-; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$(mkdir -p "$1" && cd "$1" && pwd)
[ -z "$(ls -A "$out")" ] || { echo "$out is not empty; give a new folder." >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for project in src/OrtTrainer.Cli tests/OrtTrainer.Tests; do
  dotnet publish "$root/$project" -c Release -r linux-x64 --self-contained -p:OrtGpu=true -o "$work/gpu/program"
done
# Only sessions of NVIDIA's TensorRT read it.
rm -f "$work/gpu/program/libonnxruntime_providers_tensorrt.so"
cp "$root/tools/gpu/check.sh" "$root/tools/gpu/torch_steps.py" "$root/tools/gpu/compare.awk" "$work/gpu/"
[ $# -lt 2 ] || cp -rL "$2" "$work/gpu/model"
if [ $# -ge 4 ]; then
  mkdir "$work/gpu/data"
  cp "$3" "$work/gpu/data/train.tsv"
  cp "$4" "$work/gpu/data/test.tsv"
fi

tar -C "$work" -czf - gpu | split -b 60M -d - "$out/gpu.tar.gz."
(cd "$out" && sha256sum gpu.tar.gz.* > SHA256SUMS)
cat > "$out/unpack.sh" <<'UNPACK'
#!/usr/bin/env bash
# Puts the parts together and checks them; then gpu/check.sh runs everything.
set -euo pipefail
cd "$(dirname "$0")"
sha256sum -c --quiet SHA256SUMS
cat gpu.tar.gz.?? | tar -xzf -
echo "Unpacked. Now: gpu/check.sh"
UNPACK
chmod +x "$out/unpack.sh"
ls -l "$out"
