// Trains in a thread beside the page: the stock onnxruntime-web on its CPU, one thread, and the modules that Node has.
import { encode, configOf, labelsOf, readTable } from "./training/data.mjs";
import { openGraphs } from "./training/graphs.mjs";
import { parse } from "./training/safetensors.mjs";
import { Trainer } from "./training/trainer.mjs";
import { Weights } from "./training/weights.mjs";

const memories = watchMemories();
const [ort, { Tokenizer }] = await Promise.all([
  import("./node_modules/onnxruntime-web/dist/ort.wasm.min.mjs"),
  import("./node_modules/@huggingface/tokenizers/dist/tokenizers.min.mjs"),
]);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL("./node_modules/onnxruntime-web/dist/", import.meta.url).href;

onmessage = async ({ data }) => {
  try {
    await train(data);
  } catch (error) {
    postMessage({ kind: "failed", message: error.message });
  }
};
postMessage({ kind: "ready" });

async function train(settings) {
  const started = performance.now(), say = text => postMessage({ kind: "state", text });
  say("Reading the model");
  const compiled = await openGraphs(name => fetchBytes(`graphs/${name}`), "graphs", ["training", "evaluation", "frozen"]);
  const { manifest } = compiled;
  const tensors = await parse(await (await get("model/model.safetensors")).blob(), "model/model.safetensors");
  const weights = await Weights.load(manifest, tensors, "model/model.safetensors", settings.seed);
  const tokenizer = new Tokenizer(await fetchJson("model/tokenizer.json"), await fetchJson("model/tokenizer_config.json"));

  const rows = async (given, url, most) => readTable(
    given?.table ?? new TextDecoder().decode(await fetchBytes(url)), given?.name ?? url).slice(0, most);
  const train = await rows(settings.train, "data/train.tsv", settings.texts);
  const test = await rows(settings.test, "data/test.tsv", settings.tests);
  const labels = labelsOf([...train, ...test], manifest, "data/train.tsv");
  const length = Math.min(128, manifest.positions);
  const examples = encode(train, labels, tokenizer, length, "data/train.tsv");
  const tests = encode(test, labels, tokenizer, length, "data/test.tsv");

  const trainer = new Trainer(ort, compiled, weights, examples, {
    epochs: settings.epochs, batchSize: settings.batchSize, rate: settings.rate, seed: settings.seed,
    session: { executionProviders: ["wasm"], enableCpuMemArena: false },
  });
  if (trainer.isFrozen) {
    let done = 0;
    await trainer.freeze([...examples, ...tests], texts => say(`Reading the texts: ${done += texts}`));
    await trainer.endFreezing();
  }
  postMessage({ kind: "before", accuracy: await trainer.accuracy(tests) });
  for (let report; report?.step !== trainer.steps;) {
    report = await trainer.step();
    postMessage({ kind: "step", steps: trainer.steps, ...report });
  }
  const average = trainer.average.values;
  const accuracy = await trainer.accuracy(tests), averaged = await trainer.accuracy(tests, average);
  postMessage({
    kind: "done", accuracy, averaged, memory: memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0),
    weights: new Blob(await weights.save(average, tensors)),
    config: new Blob([JSON.stringify(configOf(manifest, labels), null, 2) + "\n"], { type: "application/json" }),
    seconds: (performance.now() - started) / 1000,
  });
}

async function get(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: the server says ${response.status}. Start it with the folders of graphs and model.`);
  return response;
}

async function fetchBytes(url) {
  return (await get(url)).arrayBuffer();
}

async function fetchJson(url) {
  return JSON.parse(new TextDecoder().decode(await fetchBytes(url)));
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
