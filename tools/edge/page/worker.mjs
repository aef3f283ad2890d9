// Trains in a thread beside the page: the stock onnxruntime-web, by WebAssembly on one thread or by WebGPU, as the
// address of this script says, and the modules that Node has.
import { adapterFiles, Adapters } from "./training/adapters.mjs";
import { Checkpoints, fingerprintOf, slots } from "./training/checkpoint.mjs";
import { configOf, encode, labelsOf, readLines, readTable } from "./training/data.mjs";
import { openGraphs } from "./training/graphs.mjs";
import { estimateMemory, Limits } from "./training/limits.mjs";
import { openPack } from "./training/pack.mjs";
import { parse } from "./training/safetensors.mjs";
import { Trainer } from "./training/trainer.mjs";
import { Weights } from "./training/weights.mjs";

const runtimes = {
  wasm: { script: "ort.wasm.bundle.min.mjs", binary: "ort-wasm-simd-threaded.wasm", name: () => "WebAssembly" },
  webgpu: { script: "ort.webgpu.bundle.min.mjs", binary: "ort-wasm-simd-threaded.asyncify.wasm", name: nameAdapter },
};
const provider = new URL(import.meta.url).searchParams.get("provider") ?? "wasm";
// Adapters start at nothing, and take higher rates than layers.
const rateOfAdapters = 5e-3;
const memories = watchMemories();
const weightFile = "model/model.safetensors";

try {
  const loaded = await load();
  onmessage = async ({ data }) => {
    try {
      await train(data, loaded);
    } catch (error) {
      postMessage({ kind: "failed", message: error.message });
    }
  };
  const rate = Adapters.areIn(loaded.compiled.manifest) ? rateOfAdapters : null;
  postMessage({ kind: "ready", labels: loaded.labels, megabytes: loaded.bytes / 1e6, runtime: loaded.runtime, rate });
} catch (error) {
  postMessage({ kind: "failed", message: error.message });
}

/** All that a training needs, so that it works without the server from here on. */
async function load() {
  const { script, binary, name } = runtimes[provider], runtime = await name();
  // The runtime with its script inside, and its WebAssembly out of memory.
  const [ort, { Tokenizer }, wasm] = await Promise.all([
    import(`./node_modules/onnxruntime-web/dist/${script}`),
    import("./node_modules/@huggingface/tokenizers/dist/tokenizers.min.mjs"),
    fetchBytes(`node_modules/onnxruntime-web/dist/${binary}`),
  ]);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = wasm;
  const pack = await openPack(name => fetchBytes(`model/${name}`), name => fetchMaybe(`model/${name}`), "model");
  const compiled = await openGraphs(name => fetchBytes(`graphs/${name}`), "graphs", ["training", "evaluation", "frozen"]);
  // A browser keeps a blob outside of the page's memory until it is read.
  const file = pack.isPack ? new Blob([await pack.read("model.safetensors")]) : await (await get(weightFile)).blob();
  const tensors = await parse(file, weightFile);
  const json = async name => JSON.parse(new TextDecoder().decode(await pack.read(name)));
  const tokenizer = new Tokenizer(await json("tokenizer.json"), await json("tokenizer_config.json"));
  const text = async url => (bytes => bytes && new TextDecoder().decode(bytes))(await fetchMaybe(url));
  return {
    ort, runtime, compiled, tensors, tokenizer, labels: pack.labels, bytes: file.size + wasm.byteLength,
    train: await text("data/train.tsv"), test: await text("data/test.tsv"),
  };
}

async function train(settings, { ort, compiled, tensors, tokenizer, labels: known, bytes, train: served, test: servedTest }) {
  const started = performance.now(), say = text => postMessage({ kind: "state", text });
  const { manifest } = compiled;
  const used = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  const limits = new Limits(settings.maxSeconds, settings.maxMegabytes && 1e6 * settings.maxMegabytes, used);
  const weights = await Weights.load(manifest, tensors, weightFile, settings.seed);

  const table = (given, served, name) => given ? readTable(given.table, given.name) : served ? readTable(served, name) : null;
  const rows = settings.typed ? readLines(settings.typed, "Labelled sentences")
    : table(settings.train, served, "data/train.tsv")?.slice(0, settings.texts);
  if (!rows) throw new Error("There is nothing to learn from. Type labelled sentences, or choose a file.");
  // The server's tests belong to the server's texts.
  const tests = table(settings.test, settings.typed || settings.train ? null : servedTest, "data/test.tsv")?.slice(0, settings.tests);
  const labels = labelsOf([...rows, ...tests ?? []], manifest, "The texts", known);
  const length = Math.min(128, manifest.positions);
  const examples = encode(rows, labels, tokenizer, length, settings.typed ? "Labelled sentences" : settings.train?.name ?? "data/train.tsv");
  const scored = tests ? encode(tests, labels, tokenizer, length, settings.test?.name ?? "data/test.tsv") : examples;
  const all = tests ? [...examples, ...scored] : examples;
  limits.require(estimateMemory("page", manifest, bytes, all.map(({ ids }) => ids.length), settings.batchSize));

  const { epochs, batchSize, rate, seed } = settings;
  const trainer = new Trainer(ort, { ...compiled, graphs: { ...compiled.graphs } }, weights, examples, {
    epochs, batchSize, rate, seed, session: { executionProviders: [provider], enableCpuMemArena: false },
  });
  const checkpoints = await openCheckpoints();
  const fingerprint = await fingerprintOf([manifest, provider, bytes, epochs, batchSize, rate, seed, rows]);
  const found = await checkpoints?.newest();
  const resumed = found?.header.fingerprint === fingerprint ? found.header.step : 0;
  if (resumed) trainer.restore(found);
  postMessage({ kind: "resumed", step: resumed });
  if (trainer.isFrozen) {
    let done = 0;
    await trainer.freeze(all, texts => say(`Reading the texts: ${done += texts} of ${all.length}`));
    await trainer.endFreezing();
  }
  // The runtime has started: its file need not stay.
  ort.env.wasm.wasmBinary = undefined;
  const { steps, stepsPerEpoch, average } = trainer;
  const scores = async () => ({
    accuracy: await trainer.accuracy(scored), averaged: average.count > 0 ? await trainer.accuracy(scored, average.values) : null,
  });
  postMessage({
    kind: "before", accuracy: await trainer.accuracy(scored),
    of: `${scored.length} ${tests ? "test texts" : "texts, those it learns from"}`,
  });
  let stopped = null;
  while (trainer.done < steps && !(stopped = limits.reached())) {
    postMessage({ kind: "step", steps, ...await trainer.step() });
    if (trainer.done % stepsPerEpoch > 0) continue;
    postMessage({ kind: "epoch", step: trainer.done, steps, ...await scores() });
    await checkpoints?.save({ fingerprint, ...trainer.state[0] }, trainer.state[1]);
  }
  if (trainer.done === 0) throw new Error(`The limit ${stopped} was reached before the first step: nothing is trained. Allow more.`);
  const result = {
    kind: "done", ...await scores(), stopped, step: trainer.done, steps, resumed, memory: used(),
    weights: new Blob(await weights.save(trainer.best, tensors, keepOutside)),
    config: new Blob([JSON.stringify(configOf(manifest, labels), null, 2) + "\n"], { type: "application/json" }),
    adapters: Adapters.areIn(manifest)
      ? new Adapters(manifest, weights.segments, trainer.best).files().map((parts, i) => [adapterFiles[i], new Blob(parts)]) : [],
    seconds: (performance.now() - started) / 1000,
  };
  // Before the page knows: it ends this worker then.
  if (!stopped) await checkpoints?.clear();
  postMessage(result);
}

/** Pieces of values as a Blob, which the browser keeps. */
async function keepOutside(pieces) {
  const blobs = [];
  for await (const piece of pieces) blobs.push(new Blob([piece]));
  return new Blob(blobs);
}

/** What the browser says of its WebGPU; without one, nothing else takes its place. */
async function nameAdapter() {
  const adapter = await navigator.gpu?.requestAdapter();
  if (!adapter) throw new Error("This browser offers no WebGPU adapter. Run on WebAssembly, or take a browser that offers one.");
  return ["WebGPU", adapter.info?.vendor, adapter.info?.architecture].filter(word => word).join(" ");
}

/** Checkpoints in files that the browser keeps for this page; null where it keeps none. */
async function openCheckpoints() {
  let folder;
  try {
    folder = await navigator.storage.getDirectory();
  } catch {
    return null;
  }
  const checkpoints = new Checkpoints(
    async name => {
      try {
        return new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
      } catch {
        return null;
      }
    },
    async (name, parts) => {
      const file = await (await folder.getFileHandle(name, { create: true })).createSyncAccessHandle();
      try {
        let at = 0;
        for (const part of parts) at += file.write(part, { at });
        file.truncate(at);
        file.flush();
      } finally {
        file.close();
      }
    });
  checkpoints.clear = async () => {
    for (const name of slots) await folder.removeEntry(name).catch(() => {});
  };
  return checkpoints;
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server says ${response.status}. Start it with a pack, or with the folders of graphs and model.`);
  return response;
}

/** The bytes of a file; null where the server has none. */
async function fetchMaybe(url) {
  try {
    const response = await fetch(url);
    return response.ok ? response.arrayBuffer() : null;
  } catch {
    return null;
  }
}

async function fetchBytes(url) {
  return (await get(url)).arrayBuffer();
}

/** Every WebAssembly.Memory that is made from here on, whether by a script or by a module for itself. */
function watchMemories() {
  const made = [];
  const Memory = WebAssembly.Memory;
  WebAssembly.Memory = class extends Memory {
    constructor(size) {
      super(size);
      made.push(this);
    }
  };
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...all) => {
      const result = await original.apply(WebAssembly, all);
      const exported = Object.values((result.instance ?? result).exports).filter(value => value instanceof Memory);
      made.push(...exported.filter(memory => !made.includes(memory)));
      return result;
    };
  }
  return made;
}
