// A batch as packed graphs take it: the tokens of its texts end to end, without padding.

/**
 * The inputs of a graph that a batch brings, as tensors.
 * @param ort onnxruntime-node or onnxruntime-web
 * @param graph an entry of the manifest's graphs
 * @param manifest graphs.json
 * @param examples { ids, types, target, states }: token ids and segments, what the text is trained towards (K floats),
 *        and what the frozen layers give for it
 * @param others values of inputs that are no part of the texts, such as coefficients and the key of dropout
 */
export function feedsOf(ort, graph, manifest, examples, others = {}) {
  const tokens = examples.reduce((sum, { ids }) => sum + ids.length, 0), count = examples.length;
  const made = {
    input_ids: () => joined(BigInt64Array, tokens, examples.map(({ ids }) => ids), BigInt),
    token_type_ids: () => joined(BigInt64Array, tokens, examples.map(({ ids, types }) => types ?? ids.map(() => 0)), BigInt),
    position_ids: () => joined(BigInt64Array, tokens, examples.map(({ ids }) => ids.map((_, place) => place)), BigInt),
    offsets: () => {
      let end = 0;
      return BigInt64Array.from([0, ...examples.map(({ ids }) => end += ids.length)], BigInt);
    },
    frozen_states: () => joined(Float32Array, tokens * widthOf(graph), examples.map(({ states }) => states)),
    targets: () => joined(Float32Array, count * manifest.outputs, examples.map(({ target }) => target)),
    example_weights: () => new Float32Array(count).fill(1),
    loss_scale: () => Float32Array.of(1 / (count * manifest.loss.divisor)),
  };
  const sizes = { tokens, bounds: count + 1, batch: count };
  return Object.fromEntries(graph.inputs.map(({ name, type, shape }) => {
    const data = others[name] ?? made[name]?.();
    if (!data) throw new Error(`The ${graph.role} graph takes ${name}, which this trainer does not make: it trains on one label per text.`);
    return [name, new ort.Tensor(type, data, shape.map(size => sizes[size] ?? size))];
  }));
}

/** What the frozen layers gave, text by text. */
export function splitStates(states, examples) {
  const width = states.dims[1];
  let at = 0;
  for (const example of examples) {
    example.states = states.data.slice(at, at += example.ids.length * width);
  }
}

function widthOf(graph) {
  return graph.inputs.find(({ name }) => name === "frozen_states").shape[1];
}

function joined(Type, length, parts, convert = value => value) {
  const all = new Type(length);
  let at = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) all[at++] = convert(part[i]);
  }
  return all;
}
