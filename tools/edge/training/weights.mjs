// Parameters as flat arrays: read from a file of weights, given to graphs, written back.
import { Adapters } from "./adapters.mjs";
import { floats, pieces, write } from "./safetensors.mjs";
import { SeededRandom } from "./random.mjs";

const named = 3;

/**
 * The parameters of a manifest: those that are trained lie in `flat`, one after another, and the others in arrays of
 * their own.
 */
export class Weights {
  /** Trained parameters: { parameter, offset, length }. */
  segments = [];

  /** The trained values. */
  flat;

  /** The frozen values by the name of their parameter. */
  frozen = new Map();

  /** Parts of the head that the file lacks, or has for other labels: they start at random, as adapters always do. */
  started = [];

  #manifest;

  constructor(manifest) {
    this.#manifest = manifest;
  }

  /**
   * Reads the parameters of a manifest.
   * @param manifest graphs.json
   * @param tensors what safetensors.mjs made of a file of weights
   * @param file what messages call that file
   * @param seed fixes what starts at random
   */
  static async load(manifest, tensors, file, seed) {
    requireSameModel(manifest, tensors, file);
    const weights = new Weights(manifest);
    let length = 0;
    for (const parameter of manifest.parameters.filter(parameter => parameter.trained)) {
      weights.segments.push({ parameter, offset: length, length: count(parameter.shape) });
      length += count(parameter.shape);
    }
    weights.flat = new Float32Array(length);
    for (const { parameter, offset, length } of weights.segments) {
      await weights.#read(parameter, weights.flat.subarray(offset, offset + length), tensors, seed);
    }
    for (const parameter of manifest.parameters.filter(parameter => !parameter.trained)) {
      weights.frozen.set(parameter.name, await weights.#readFrozen(parameter, tensors, seed));
    }
    return weights;
  }

  /**
   * The inputs of a graph that are parameters, as tensors over these arrays.
   * @param ort onnxruntime-node or onnxruntime-web
   * @param graph an entry of the manifest's graphs
   * @param flat the trained values; those of an average in their place
   */
  feeds(ort, graph, flat = this.flat) {
    const feeds = {};
    for (const name of graph.parameters) {
      const segment = this.segments.find(segment => segment.parameter.name === name);
      const parameter = segment?.parameter ?? this.#manifest.parameters.find(parameter => parameter.name === name);
      const values = segment ? flat.subarray(segment.offset, segment.offset + segment.length) : this.frozen.get(name);
      if (!values) throw new Error(`The parameter ${name} was let go of: make the states of all texts first.`);
      feeds[name] = new ort.Tensor("float32", values, parameter.shape);
    }
    return feeds;
  }

  /** Lets go of frozen values that none of these graphs takes; what is written has them from the file again. */
  release(...graphs) {
    for (const name of this.frozen.keys()) {
      if (!graphs.some(graph => graph.parameters.includes(name))) this.frozen.delete(name);
    }
  }

  /**
   * The whole model as the parts of a safetensors file, under the names of the trained model, with adapters added in.
   * @param flat the trained values; those of an average in their place
   * @param tensors the file that the weights came from, for values that were let go of
   * @param keep puts pieces of values that were read anew where they do not take this program's memory, as Blobs do: what
   *        stands for all of them; null keeps them in memory
   */
  async save(flat, tensors, keep = null) {
    const stored = new Map(), adapters = new Adapters(this.#manifest, this.segments, flat);
    const parts = this.#manifest.parameters.flatMap(parameter => parameter.parts);
    for (const parameter of this.#manifest.parameters.filter(parameter => !Adapters.has(this.#manifest, parameter))) {
      const segment = this.segments.find(segment => segment.parameter === parameter);
      const values = segment ? flat.subarray(segment.offset, segment.offset + segment.length) : this.frozen.get(parameter.name);
      let at = 0;
      for (const part of parameter.parts) {
        const isReleased = !values && isPlain(part) && !adapters.changes(part);
        const own = isReleased ? await this.#released(part, tensors, keep)
          : adapters.merge(part, values ? values.subarray(at, at += count(part.shape)) : await this.#again(part, tensors), parts);
        if (isPlain(part)) {
          stored.set(part.tensor, [part.tensor, storedShape(part), own]);
          continue;
        }
        if (!stored.has(part.tensor)) {
          stored.set(part.tensor, [part.tensor, storedShape(part), new Float32Array(count(storedShape(part)))]);
        }
        const place = placesOf(part);
        const [, , whole] = stored.get(part.tensor);
        for (let i = 0; i < own.length; i++) whole[place(i)] = own[i];
      }
    }
    return write([...stored.values()]);
  }

  /** A part of a frozen parameter, out of the file: as it lies there where it may. */
  async #released(part, tensors, keep) {
    const name = find(this.#manifest, tensors, part), tensor = tensors.get(name);
    return tensor.dtype === "F32" ? tensor.bytes : keep ? keep(pieces(name, tensor)) : this.#again(part, tensors);
  }

  /** The values of a part of a frozen parameter. */
  async #again(part, tensors) {
    const values = new Float32Array(count(part.shape));
    await this.#readPart(part, values, tensors, 0);
    return values;
  }

  async #readFrozen(parameter, tensors, seed) {
    // A parameter that is one tensor as it lies in the file needs no copy of it.
    const [part] = parameter.parts, name = find(this.#manifest, tensors, part);
    if (parameter.parts.length === 1 && isPlain(part) && name) return floats(name, tensors.get(name));
    const values = new Float32Array(count(parameter.shape));
    await this.#read(parameter, values, tensors, seed);
    return values;
  }

  async #read(parameter, values, tensors, seed) {
    let at = 0;
    for (const part of parameter.parts) {
      await this.#readPart(part, values.subarray(at, at += count(part.shape)), tensors, seed);
    }
  }

  async #readPart(part, own, tensors, seed) {
    const name = find(this.#manifest, tensors, part);
    if (!name || !same(tensors.get(name).shape, storedShape(part))) {
      start(part, own, this.#manifest.weight_deviation, seed);
      if (!Adapters.has(this.#manifest, part)) this.started.push(part.name);
      return;
    }
    const stored = await floats(name, tensors.get(name));
    if (isPlain(part)) {
      own.set(stored);
      return;
    }
    const place = placesOf(part);
    for (let i = 0; i < own.length; i++) own[i] = stored[place(i)];
  }
}

/** Refuses a file of another model: tensors that are missing or of another shape, and others that nothing reads. */
function requireSameModel(manifest, tensors, file) {
  const fail = what => {
    throw new Error(`${file}: ${what}. Check that the graphs were compiled for this model.`);
  };
  const read = new Set();
  for (const part of manifest.parameters.flatMap(parameter => parameter.parts)) {
    const name = find(manifest, tensors, part), expected = storedShape(part);
    if (name) read.add(name);
    if (!name && !part.is_head) fail(`the tensor ${part.source} is missing; expected one in shape [${expected}]`);
    const found = name && tensors.get(name).shape;
    const isForOtherLabels = found && part.row_per_output && same(found.slice(1), expected.slice(1));
    if (found && !same(found, expected) && !isForOtherLabels) {
      fail(`the tensor ${name} has shape [${found}]; expected [${expected}]`);
    }
  }
  const prefix = manifest.base_prefix;
  const group = name => {
    const start = name.startsWith(prefix) ? prefix.length : 0, end = name.indexOf(".", start);
    return end < 0 ? name : name.slice(0, end);
  };
  const groups = new Set(Array.from(read, group));
  const unread = [...tensors.keys()].filter(name =>
    groups.has(group(name)) && !read.has(name) && !/(^|\.)(position_ids|token_type_ids|num_batches_tracked)$/.test(name)
    && !manifest.parameters.some(parameter => parameter.parts.some(part => part.is_head && part.tensor === name)));
  // With layers left out, the file has those of the whole model.
  const keepsAll = manifest.parameters.every(parameter => parameter.parts.every(part => part.tensor === part.source));
  if (unread.length > 0 && keepsAll) {
    fail(`nothing reads the tensors ${unread.slice(0, named).join(", ")}${unread.length > named ? ` and ${unread.length - named} more` : ""}`);
  }
}

/** The name under which a file has the tensor of a part; undefined where it has none. */
function find(manifest, tensors, { source }) {
  const bare = source.startsWith(manifest.base_prefix) ? source.slice(manifest.base_prefix.length) : source;
  const old = name => name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta");
  return [source, old(source), bare, old(bare)].find(name => tensors.has(name));
}

function start(part, values, deviation, seed) {
  if (part.start === "zeros" || part.start === "ones") {
    values.fill(part.start === "ones" ? 1 : 0);
    return;
  }
  const random = new SeededRandom(seed, part.name);
  if (part.start === "by_inputs") {
    const bound = 1 / Math.sqrt(part.shape[1]);
    for (let i = 0; i < values.length; i++) values[i] = bound * (2 * random.nextDouble() - 1);
    return;
  }
  const spread = part.start === "he_normal" ? Math.sqrt(2 * part.shape[1] / values.length) : deviation;
  for (let i = 0; i < values.length; i++) values[i] = spread * random.nextGaussian();
}

function isPlain(part) {
  return !part.inputs_first && part.rows == null;
}

function storedShape({ shape, rows, kernel, inputs_first }) {
  const stored = [rows ?? shape[0], ...(kernel ?? shape.slice(1))];
  return inputs_first && stored.length === 2 ? stored.reverse() : stored;
}

/** Where the elements of a part lie in its tensor. */
function placesOf({ shape, rows, first_row, inputs_first }) {
  const columns = count(shape.slice(1)), transposed = inputs_first && shape.length === 2;
  const rowStep = transposed ? 1 : columns, columnStep = transposed ? rows ?? shape[0] : 1;
  return i => (first_row + Math.floor(i / columns)) * rowStep + (i % columns) * columnStep;
}

function count(shape) {
  return shape.reduce((n, size) => n * size, 1);
}

function same(a, b) {
  return a.length === b.length && a.every((size, i) => size === b[i]);
}
