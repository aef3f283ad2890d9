// Trains a compiled graph with plain onnxruntime-node: no .NET, no training build.
//
//   orttrainer compile --model MODEL --num-labels 6 --out GRAPHS
//   node train-ort.mjs GRAPHS MODEL --train F.tsv [--test F.tsv] [--out DIR]
//
// MODEL has tokenizer.json, tokenizer_config.json and model.safetensors; other weights: --weights F.safetensors.
// out: a JSON line per step, {"step": 1, "loss": 1.79, "norm": ..., "rate": ..., "tokens": ...}, and one at the end.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Tokenizer } from "@huggingface/tokenizers";
import ort from "onnxruntime-node";
import { configOf, encode, labelsOf, readTable } from "./training/data.mjs";
import { openGraphs } from "./training/graphs.mjs";
import { parse } from "./training/safetensors.mjs";
import { Trainer } from "./training/trainer.mjs";
import { Weights } from "./training/weights.mjs";
import { writeJsonLine } from "./lines.mjs";

const text = { type: "string" }, numbers = {
  steps: undefined, epochs: "3", "batch-size": "32", lr: "5e-5", warmup: "0.06", clip: "1", "weight-decay": "0.01", seed: "1",
  "max-length": "128", "average-from": "0.5", threads: "0",
};

try {
  await main();
} catch (error) {
  console.error(process.env.DEBUG ? error : error.message);
  process.exitCode = 1;
}

async function main() {
  const { values, positionals: [graphs, model] } = parseArgs({
    allowPositionals: true,
    options: {
      train: text, test: text, out: text, weights: text, "text-column": text, "label-column": text,
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, { ...text, ...value && { default: value } }])),
    },
  });
  if (!graphs || !model || !values.train) {
    throw new Error("Usage: node train-ort.mjs GRAPHS MODEL --train F.tsv [--test F.tsv] [--out DIR] [--epochs N | --steps N]");
  }
  const number = name => {
    if (values[name] === undefined) return undefined;
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is ${values[name]}; expected a number from 0 up.`);
    return value;
  };

  const started = performance.now();
  const compiled = await openGraphs(async name => bytesOf(join(graphs, name)), graphs, ["training", "evaluation", "frozen"]);
  const { manifest } = compiled;
  const weightFile = values.weights ?? join(model, "model.safetensors");
  const tensors = await parse(bytesOf(weightFile), weightFile);
  const weights = await Weights.load(manifest, tensors, weightFile, values.seed);
  const tokenizer = new Tokenizer(jsonOf(join(model, "tokenizer.json")), jsonOf(join(model, "tokenizer_config.json")));
  const columns = { text: values["text-column"] ?? "text", label: values["label-column"] ?? "label" };
  const rows = file => readTable(new TextDecoder().decode(bytesOf(file)), file, columns);
  const train = rows(values.train);
  const labels = labelsOf(train, manifest, values.train);
  const length = Math.min(number("max-length"), manifest.positions);
  const examples = encode(train, labels, tokenizer, length, values.train);
  const test = values.test ? encode(rows(values.test), labels, tokenizer, length, values.test) : [];

  const trainer = new Trainer(ort, compiled, weights, examples, {
    steps: number("steps"), epochs: number("epochs"), batchSize: number("batch-size"), rate: number("lr"),
    warmup: number("warmup"), clip: number("clip"), weightDecay: number("weight-decay"), seed: values.seed,
    averageFrom: number("average-from"), session: { intraOpNumThreads: number("threads"), graphOptimizationLevel: "all" },
  });
  if (trainer.isFrozen) {
    await trainer.freeze([...examples, ...test]);
    await trainer.endFreezing();
  }
  while (true) {
    const report = await trainer.step();
    writeJsonLine(report);
    if (report.step === trainer.steps) break;
  }
  const average = trainer.average.count > 0 ? trainer.average.values : null;
  writeJsonLine({
    steps: trainer.steps, trained: weights.flat.length, started: weights.started,
    ...test.length > 0 && { accuracy: await trainer.accuracy(test) },
    ...test.length > 0 && average && { averaged_accuracy: await trainer.accuracy(test, average) },
    averaged: trainer.average.count, seconds: (performance.now() - started) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
  });
  if (values.out) save(values.out, model, await weights.save(average ?? weights.flat, tensors), configOf(manifest, labels));
}

function save(folder, model, weights, config) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.safetensors"), Buffer.concat(weights));
  writeFileSync(join(folder, "config.json"), JSON.stringify(config, null, 2) + "\n");
  for (const name of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"]) {
    if (existsSync(join(model, name))) copyFileSync(join(model, name), join(folder, name));
  }
}

function bytesOf(file) {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Error(`${file}: it cannot be read (${error.code}).`);
  }
}

function jsonOf(file) {
  return JSON.parse(new TextDecoder().decode(bytesOf(file)));
}
