// Trains a pack, or compiled graphs, with plain onnxruntime-node: no .NET, no training build.
//
//   orttrainer pack --model MODEL --num-labels 6 --out PACK
//   node train-ort.mjs PACK --train F.tsv [--test F.tsv] [--out DIR]
//   orttrainer compile --model MODEL --num-labels 6 --out GRAPHS
//   node train-ort.mjs GRAPHS MODEL --train F.tsv [--test F.tsv] [--out DIR]
//
// MODEL has tokenizer.json, tokenizer_config.json and model.safetensors; other weights: --weights F.safetensors.
// out: a JSON line per step, {"step": 1, "loss": 1.79, "norm": ..., "rate": ..., "tokens": ...}, and one at the end.
// With --out, the same command goes on where it was killed or where a limit stopped it.
import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { Tokenizer } from "@huggingface/tokenizers";
import ort from "onnxruntime-node";
import { adapterFiles, Adapters } from "./training/adapters.mjs";
import { Checkpoints, fingerprintOf, slots } from "./training/checkpoint.mjs";
import { configOf, encode, labelsOf, readTable } from "./training/data.mjs";
import { openGraphs } from "./training/graphs.mjs";
import { estimateMemory, Limits, sizeOf } from "./training/limits.mjs";
import { openPack } from "./training/pack.mjs";
import { parse } from "./training/safetensors.mjs";
import { Trainer } from "./training/trainer.mjs";
import { Weights } from "./training/weights.mjs";
import { writeJsonLine } from "./lines.mjs";

class UsageError extends Error {}

const usage = "Usage: node train-ort.mjs PACK | GRAPHS MODEL --train F.tsv [--test F.tsv] [--out DIR] [--epochs N | --steps N] "
  + "[--max-seconds N] [--max-memory 400MB]";
const text = { type: "string" }, numbers = {
  steps: undefined, epochs: "3", "batch-size": "32", lr: "5e-5", warmup: "0.06", clip: "1", "weight-decay": "0.01", seed: "1",
  "max-length": "128", "average-from": "0.5", threads: "0", "max-seconds": undefined, "checkpoint-every": undefined,
};
const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"];

try {
  await main();
} catch (error) {
  console.error(process.env.DEBUG ? error : error.message);
  process.exitCode = error instanceof UsageError || error.code?.startsWith("ERR_PARSE_ARGS") ? 2 : 1;
}

async function main() {
  const { values, positionals: [graphs, model = graphs] } = parseArgs({
    allowPositionals: true,
    options: {
      train: text, test: text, out: text, weights: text, "text-column": text, "label-column": text, "max-memory": text,
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, { ...text, ...value && { default: value } }])),
    },
  });
  if (!graphs || !values.train) throw new UsageError(usage);
  const number = name => {
    if (values[name] === undefined) return undefined;
    const value = Number(values[name]);
    if (!Number.isFinite(value) || value < 0) throw new UsageError(`--${name} is ${values[name]}; expected a number from 0 up.`);
    return value;
  };
  const memory = values["max-memory"] === undefined ? undefined : memoryOf(values["max-memory"]);
  const limits = new Limits(number("max-seconds"), memory, () => process.memoryUsage.rss());

  const started = performance.now();
  const pack = await openPack(
    async name => bytesOf(join(model, name)), async name => existsSync(join(model, name)) ? bytesOf(join(model, name)) : null, model);
  const compiled = await openGraphs(async name => bytesOf(join(graphs, name)), graphs, ["training", "evaluation", "frozen"]);
  const { manifest } = compiled;
  const weightFile = values.weights ?? join(model, "model.safetensors");
  const weightBytes = values.weights ? bytesOf(weightFile) : await pack.read("model.safetensors");
  const tensors = await parse(weightBytes, weightFile);
  const weights = await Weights.load(manifest, tensors, weightFile, values.seed);
  const json = async name => JSON.parse(new TextDecoder().decode(await pack.read(name)));
  const tokenizer = new Tokenizer(await json("tokenizer.json"), await json("tokenizer_config.json"));
  const columns = { text: values["text-column"] ?? "text", label: values["label-column"] ?? "label" };
  const rows = file => readTable(new TextDecoder().decode(bytesOf(file)), file, columns);
  const train = rows(values.train);
  const labels = labelsOf(train, manifest, values.train, pack.labels);
  const length = Math.min(number("max-length"), manifest.positions);
  const examples = encode(train, labels, tokenizer, length, values.train);
  const test = values.test ? encode(rows(values.test), labels, tokenizer, length, values.test) : [];
  limits.require(estimateMemory(
    "node", manifest, weightBytes.length, [...examples, ...test].map(({ ids }) => ids.length), number("batch-size")));

  const options = {
    steps: number("steps"), epochs: number("epochs"), batchSize: number("batch-size"), rate: number("lr"),
    warmup: number("warmup"), clip: number("clip"), weightDecay: number("weight-decay"), seed: values.seed,
    averageFrom: number("average-from"),
  };
  const trainer = new Trainer(ort, compiled, weights, examples, {
    ...options, session: { intraOpNumThreads: number("threads"), graphOptimizationLevel: "all" },
  });
  const checkpoints = values.out && checkpointsIn(values.out);
  const fingerprint = await fingerprintOf([manifest, weightBytes.length, options, length, train]);
  const resumed = checkpoints && await resume(checkpoints, trainer, fingerprint, values.out);
  if (trainer.isFrozen) {
    await trainer.freeze([...examples, ...test]);
    await trainer.endFreezing();
  }
  const every = number("checkpoint-every") ?? trainer.stepsPerEpoch;
  const keep = () => checkpoints?.save({ fingerprint, ...trainer.state[0] }, trainer.state[1]);
  let stopped = null;
  while (trainer.done < trainer.steps && !(stopped = limits.reached())) {
    writeJsonLine(await trainer.step());
    if (every > 0 && trainer.done % every === 0) await keep();
  }
  if (trainer.done === 0) throw new Error(`--${stopped} was reached before the first step: nothing is trained and nothing written. Allow more.`);
  if (stopped) await keep();
  const average = trainer.average.count > 0 ? trainer.average.values : null;
  writeJsonLine({
    steps: trainer.done, trained: weights.flat.length, started: weights.started,
    ...resumed > 0 && { resumed_at: resumed },
    ...stopped && { stopped, of_steps: trainer.steps, kept: average ? "the averaged weights" : "the last weights" },
    ...test.length > 0 && { accuracy: await trainer.accuracy(test) },
    ...test.length > 0 && average && { averaged_accuracy: await trainer.accuracy(test, average) },
    averaged: trainer.average.count, seconds: (performance.now() - started) / 1000,
    peak_mb: process.resourceUsage().maxRSS / 1024,
  });
  if (values.out) {
    save(values.out, model, await weights.save(trainer.best, tensors), configOf(manifest, labels));
    const adapters = new Adapters(manifest, weights.segments, trainer.best);
    saveAdapters(join(values.out, "adapter"), Adapters.areIn(manifest) ? adapters.files() : null);
    if (!stopped) slots.forEach(name => rmSync(join(values.out, name), { force: true }));
  }
}

function memoryOf(text) {
  try {
    return sizeOf(text, "--max-memory");
  } catch (error) {
    throw new UsageError(error.message);
  }
}

function checkpointsIn(folder) {
  mkdirSync(folder, { recursive: true });
  return new Checkpoints(
    async name => existsSync(join(folder, name)) ? bytesOf(join(folder, name)) : null,
    async (name, parts) => writeFlushed(join(folder, name), parts));
}

/** Goes on from the newest checkpoint; the steps it has, or 0. */
async function resume(checkpoints, trainer, fingerprint, folder) {
  const found = await checkpoints.newest();
  if (!found) return 0;
  if (found.header.fingerprint !== fingerprint) {
    throw new Error(`${folder}: there is a checkpoint of other data, options or graphs. Give another --out, or remove ${slots.join(" and ")}.`);
  }
  trainer.restore(found);
  return found.header.step;
}

/** Each file whole or not at all: written beside the old one, flushed, and moved over it. */
function save(folder, model, weights, config) {
  for (const [name, parts] of [
    ["model.safetensors", weights], ["config.json", [new TextEncoder().encode(JSON.stringify(config, null, 2) + "\n")]],
  ]) {
    writeWhole(join(folder, name), parts);
  }
  for (const name of tokenizerFiles) {
    if (existsSync(join(model, name))) copyFileSync(join(model, name), join(folder, name));
  }
}

/** The adapters of a training; what lies there of another one goes. */
function saveAdapters(folder, files) {
  if (files) mkdirSync(folder, { recursive: true });
  adapterFiles.forEach((name, i) => files ? writeWhole(join(folder, name), files[i]) : rmSync(join(folder, name), { force: true }));
}

function writeWhole(file, parts) {
  const partial = join(dirname(file), `.${basename(file)}.partial`);
  writeFlushed(partial, parts);
  renameSync(partial, file);
}

function writeFlushed(file, parts) {
  let open;
  try {
    open = openSync(file, "w");
    for (const part of parts) {
      for (let at = 0; at < part.length;) at += writeSync(open, part, at);
    }
    fsyncSync(open);
  } catch (error) {
    throw new Error(`${file}: it cannot be written (${error.code}). Free some space, or give another --out.`);
  } finally {
    if (open !== undefined) closeSync(open);
  }
}

function bytesOf(file) {
  try {
    // Not as a Buffer, whose slices share memory.
    const { buffer, byteOffset, length } = readFileSync(file);
    return new Uint8Array(buffer, byteOffset, length);
  } catch (error) {
    throw new Error(`${file}: it cannot be read (${error.code}).`);
  }
}
