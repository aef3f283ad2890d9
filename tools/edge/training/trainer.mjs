// Training with compiled graphs on a stock ONNX Runtime, in Node or in a page: a step is a run of the training graph,
// and an update of flat arrays.
import { feedsOf, splitStates } from "./batch.mjs";
import { graphOf } from "./graphs.mjs";
import { AdamW, clipping, linearRate, normOf, WeightAverage } from "./optimizer.mjs";
import { dropoutKey, orderOf } from "./random.mjs";

export class Trainer {
  #ort;
  #manifest;
  #graphs;
  #options;
  #sessions = new Map();
  #examples;
  #steps = 0;
  #order = { epoch: -1 };

  /**
   * @param ort onnxruntime-node or onnxruntime-web
   * @param compiled what openGraphs gave
   * @param weights the Weights
   * @param examples what is learned: { ids, types, target }
   * @param options { steps, batchSize, rate, warmup, clip, weightDecay, seed, averageFrom, session, shuffle }
   */
  constructor(ort, { manifest, graphs }, weights, examples, options) {
    if (manifest.rows !== "sequence" || manifest.loss.over !== "rows") {
      throw new Error(`The graphs are for ${manifest.task}; this trainer learns one row of targets per text.`);
    }
    this.#ort = ort;
    this.#manifest = manifest;
    this.#graphs = graphs;
    this.weights = weights;
    this.#examples = examples;
    this.#options = { batchSize: 32, rate: 5e-5, warmup: 0.06, clip: 1, weightDecay: 0.01, seed: 1, averageFrom: 0.5, shuffle: true, ...options };
    this.#options.steps ??= Math.max(1, Math.ceil((options.epochs ?? 3) * this.stepsPerEpoch - 1e-6));
    const length = weights.flat.length;
    this.gradients = new Float32Array(length);
    this.average = new WeightAverage(length);
    this.#optimizer = new AdamW(weights.segments, length, { weightDecay: this.#options.weightDecay });
  }

  #optimizer;

  /** Steps done. */
  get done() {
    return this.#steps;
  }

  /** What a checkpoint keeps: { step, averaged } and the arrays. */
  get state() {
    return [{ step: this.#steps, averaged: this.average.count }, this.#arrays];
  }

  /** Goes on from what a checkpoint kept. */
  restore({ header: { step, averaged }, arrays }) {
    this.#arrays.forEach((array, i) => array.set(arrays[i]));
    this.#steps = step;
    this.average.count = averaged;
    this.#optimizer.restore(step);
  }

  get #arrays() {
    return [this.weights.flat, ...this.#optimizer.moments, this.average.values];
  }

  /** The best weights there are: the average where there is one, else those of the last step. */
  get best() {
    return this.average.count > 0 ? this.average.values : this.weights.flat;
  }

  /** Lets go of all sessions. */
  async release() {
    for (const session of this.#sessions.values()) await session.release();
    this.#sessions.clear();
  }

  /** Steps of the whole training. */
  get steps() {
    return this.#options.steps;
  }

  get stepsPerEpoch() {
    return Math.ceil(this.#examples.length / this.#options.batchSize);
  }

  /** Whether some layers are frozen: `freeze` must then see every text once before it is trained on or classified. */
  get isFrozen() {
    return graphOf(this.#manifest, "frozen") !== undefined;
  }

  /** Runs the frozen layers over texts, once: they make the same of a text every time. */
  async freeze(examples, progress = () => {}) {
    const graph = graphOf(this.#manifest, "frozen");
    const parameters = this.weights.feeds(this.#ort, graph);
    for (const batch of batches(examples, this.#options.batchSize)) {
      const result = await this.#run("frozen", { ...feedsOf(this.#ort, graph, this.#manifest, batch), ...parameters });
      splitStates(result.frozen_states, batch);
      progress(batch.length);
    }
  }

  /** Lets go of the frozen layers once all texts are known. */
  async endFreezing() {
    await this.#sessions.get("frozen")?.release();
    this.#sessions.delete("frozen");
    delete this.#graphs.frozen;
    this.weights.release(graphOf(this.#manifest, "training"), graphOf(this.#manifest, "evaluation"));
  }

  /** The next step: { step, loss, norm, rate, tokens }. */
  async step() {
    const { steps, batchSize, rate: highest, warmup, clip, seed, averageFrom } = this.#options;
    const batch = this.#batch(batchSize);
    const graph = graphOf(this.#manifest, "training");
    const coefficients = Object.fromEntries(this.#manifest.coefficients.map(({ name, value }) => [name, Float32Array.of(value)]));
    const result = await this.#run("training", {
      ...feedsOf(this.#ort, graph, this.#manifest, batch, { ...coefficients, dropout_key: dropoutKey(seed, this.#steps) }),
      ...this.weights.feeds(this.#ort, graph),
    }, ["loss", ...this.weights.segments.flatMap(({ parameter: { gradient } }) => [gradient.output, gradient.picked].filter(name => name != null))]);
    this.#take(result, batch);
    const loss = result.loss.data[0], norm = normOf(this.gradients), rate = linearRate(this.#steps, steps, highest, warmup);
    if (!Number.isFinite(loss) || !Number.isFinite(norm)) {
      throw new Error(`Step ${this.#steps + 1}: the loss is ${loss} and the gradient norm ${norm}; both must be finite. Try a lower rate than ${highest}.`);
    }
    this.#optimizer.step(this.weights.flat, this.gradients, rate, clip ? clipping(norm, clip) : 1);
    this.#steps++;
    if (this.#steps > Math.floor(averageFrom * steps)) this.average.add(this.weights.flat);
    return { step: this.#steps, loss, norm, rate, tokens: batch.reduce((sum, { ids }) => sum + ids.length, 0) };
  }

  /** The share of examples whose largest output is their class. */
  async accuracy(examples, flat = this.weights.flat) {
    const graph = graphOf(this.#manifest, "evaluation"), outputs = this.#manifest.outputs;
    const parameters = this.weights.feeds(this.#ort, graph, flat);
    let right = 0;
    for (const batch of batches(examples, this.#options.batchSize)) {
      const { logits } = await this.#run("evaluation", { ...feedsOf(this.#ort, graph, this.#manifest, batch), ...parameters });
      batch.forEach(({ target }, row) => {
        const values = logits.data.subarray(row * outputs, (row + 1) * outputs);
        right += largest(values) === largest(target) ? 1 : 0;
      });
    }
    return right / examples.length;
  }

  #batch(batchSize) {
    const epoch = Math.floor(this.#steps / this.stepsPerEpoch), place = this.#steps % this.stepsPerEpoch;
    if (epoch !== this.#order.epoch) {
      this.#order = {
        epoch,
        places: this.#options.shuffle
          ? orderOf(this.#examples.length, this.#options.seed, epoch)
          : this.#examples.map((_, i) => i),
      };
    }
    return this.#order.places.slice(place * batchSize, (place + 1) * batchSize).map(i => this.#examples[i]);
  }

  /** The gradients of all parameters; those of a table's rows are added up by the row that each token has. */
  #take(result, batch) {
    for (const { parameter: { gradient, shape }, offset, length } of this.weights.segments) {
      const own = this.gradients.subarray(offset, offset + length);
      if (gradient.output != null) own.set(result[gradient.output].data);
      else own.fill(0);
      if (gradient.picked == null) continue;
      const picked = result[gradient.picked].data, columns = shape[1];
      let token = 0;
      for (const id of batch.flatMap(({ ids }) => ids)) {
        for (let i = 0; i < columns; i++) own[id * columns + i] += picked[token * columns + i];
        token++;
      }
    }
  }

  async #run(role, feeds, outputs) {
    if (!this.#sessions.has(role)) {
      const session = await this.#ort.InferenceSession.create(this.#graphs[role], {
        // Batches never repeat their shapes: a plan of memory for each would only add up.
        enableMemPattern: false, ...this.#options.session,
      });
      delete this.#graphs[role];
      this.#sessions.set(role, session);
    }
    return outputs ? this.#sessions.get(role).run(feeds, outputs) : this.#sessions.get(role).run(feeds);
  }
}

function* batches(examples, size) {
  for (let at = 0; at < examples.length; at += size) yield examples.slice(at, at + size);
}

function largest(values) {
  return values.reduce((best, value, i) => value > values[best] ? i : best, 0);
}
