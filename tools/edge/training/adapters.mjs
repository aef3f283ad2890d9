// Low-rank adapters beside the layers of a model (LoRA): y = x W' + scale x A' B', with A [rank, in] and B [out, rank].
import { write } from "./safetensors.mjs";

const prefix = "base_model.model.";

/** The names of the files of adapters, as the library PEFT has them. */
export const adapterFiles = ["adapter_model.safetensors", "adapter_config.json"];

/** The adapters of a manifest, with their values among those that are trained. */
export class Adapters {
  #settings;
  #segments;
  #flat;

  /**
   * @param manifest graphs.json
   * @param segments where the trained parameters lie, as Weights has them
   * @param flat the trained values; those of an average in their place
   */
  constructor(manifest, segments, flat) {
    this.#settings = manifest.adapters;
    this.#segments = segments;
    this.#flat = flat;
  }

  /** Whether there are any. */
  static areIn(manifest) {
    return manifest.adapters != null;
  }

  /** Whether a parameter is part of one, and none of the model. */
  static has(manifest, { name }) {
    return manifest.adapters?.layers.some(({ down, up }) => down === name || up === name) ?? false;
  }

  /** The values of a part of the model with what its adapter adds: a copy, or the values themselves without one. */
  merge(part, values, parts) {
    const layer = this.#settings?.layers.find(({ weights }) => weights.includes(part.name));
    if (!layer) return values;
    const [down, up] = [layer.down, layer.up].map(name => this.#valuesOf(name));
    const [outputs, inputs] = part.shape, rank = down.length / inputs, merged = Float32Array.from(values);
    const before = layer.weights.slice(0, layer.weights.indexOf(part.name));
    const first = before.reduce((rows, name) => rows + parts.find(other => other.name === name).shape[0], 0);
    for (let row = 0; row < outputs; row++) {
      for (let k = 0; k < rank; k++) {
        const factor = this.#settings.scale * up[(first + row) * rank + k];
        for (let i = 0; i < inputs; i++) merged[row * inputs + i] += factor * down[k * inputs + i];
      }
    }
    return merged;
  }

  /** Whether a part of the model has one. */
  changes({ name }) {
    return this.#settings?.layers.some(({ weights }) => weights.includes(name)) ?? false;
  }

  /** Both files as PEFT keeps them, each as the parts that follow each other, in the order of `adapterFiles`. */
  files() {
    const tensors = this.#segments.flatMap(({ parameter, offset }) => parameter.parts.map(part => {
      const length = part.shape.reduce((n, size) => n * size, 1), values = this.#flat.subarray(offset, offset += length);
      return [prefix + part.tensor, part.shape, values];
    }));
    return [write(tensors), [new TextEncoder().encode(JSON.stringify(this.#settings.config, null, 2) + "\n")]];
  }

  #valuesOf(name) {
    const { offset, length } = this.#segments.find(({ parameter }) => parameter.name === name);
    return this.#flat.subarray(offset, offset + length);
  }
}
