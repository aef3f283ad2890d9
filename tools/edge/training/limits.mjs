// How long a training may take, and how much memory.
import { graphOf } from "./graphs.mjs";

/** What the programs themselves take, ONNX Runtime and the model's tokenizer included: measured with MiniLM. */
const base = { node: 120e6, page: 60e6 };

/** Floats that ONNX Runtime keeps of a token and a layer for its gradients, per unit of width: measured with MiniLM. */
const activations = 24;

/**
 * About how many bytes a training takes at most.
 * @param where node or page
 * @param manifest graphs.json
 * @param file bytes of the weight file that stay in memory
 * @param lengths tokens of every text
 * @param batchSize texts per step
 */
export function estimateMemory(where, manifest, file, lengths, batchSize) {
  const count = trained => manifest.parameters.filter(parameter => parameter.trained === trained)
    .reduce((sum, { shape }) => sum + shape.reduce((n, size) => n * size, 1), 0);
  const width = graphOf(manifest, "training").inputs.find(({ name }) => name === "frozen_states")?.shape[1] ?? 0;
  const unit = width || (manifest.config.hidden_size ?? manifest.config.dim ?? 0);
  const layers = (manifest.train_last ?? manifest.config.num_hidden_layers ?? manifest.config.n_layers ?? 0) + 1;
  const batch = [...lengths].sort((a, b) => b - a).slice(0, batchSize).reduce((sum, length) => sum + length, 0);
  const states = lengths.reduce((sum, length) => sum + length, 0) * width;
  // Weights, gradients, two moments and the average; frozen values once.
  return base[where] + file + 4 * (5 * count(true) + count(false) + states + activations * batch * unit * layers);
}

/** The bytes of a size as people write it, such as 400MB. */
export function sizeOf(text, name) {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(|B|KB|MB|GB)$/i.exec(text) ?? [];
  const bytes = Number(number) * { "": 1, B: 1, KB: 1e3, MB: 1e6, GB: 1e9 }[unit?.toUpperCase()];
  if (!(bytes > 0)) throw new RangeError(`${name} is ${text}; expected a size above 0, such as 400MB.`);
  return bytes;
}

/** Whether a training has to end: why, or null. */
export class Limits {
  #started = performance.now();
  #before;
  #seconds;
  #bytes;
  #used;

  /**
   * @param seconds the most seconds from now on; undefined for any number
   * @param bytes the most memory; undefined for any
   * @param used () => bytes of memory in use
   */
  constructor(seconds, bytes, used) {
    this.#seconds = seconds ?? Infinity;
    this.#bytes = bytes ?? Infinity;
    this.#used = used;
  }

  /** Refuses what would be over the limit before anything is trained. */
  require(estimate) {
    if (estimate > this.#bytes) {
      throw new Error(`About ${megabytes(estimate)} of memory are needed, ${megabytes(this.#bytes)} are allowed. `
        + "Take fewer or shorter texts, smaller batches, or a pack that trains fewer layers.");
    }
  }

  /** Asked before each step: why there should be none, a step that takes as long as the last included; or null. */
  reached() {
    const now = performance.now(), last = now - (this.#before ?? now);
    this.#before = now;
    if (now + last - this.#started > 1000 * this.#seconds) return "max-seconds";
    return this.#used() > this.#bytes ? "max-memory" : null;
  }
}

function megabytes(bytes) {
  return `${Math.ceil(bytes / 1e6)} MB`;
}
