// The update of a step over flat arrays: the norm of the gradients, AdamW, and the average of the weights.

/** The Euclidean norm of all gradients. */
export function normOf(gradients) {
  let sum = 0;
  for (const gradient of gradients) sum += gradient * gradient;
  return Math.sqrt(sum);
}

/** What gradients are multiplied with to have a norm of `maximum` at most, as PyTorch's clip_grad_norm_ does. */
export function clipping(norm, maximum) {
  return Math.min(1, maximum / (norm + 1e-6));
}

/** AdamW (Loshchilov and Hutter, 2019): corrected for its start, decay decoupled, epsilon outside of the root. */
export class AdamW {
  #segments;
  #options;
  #first;
  #second;
  #steps = 0;

  /** @param segments where the parameters lie, as Weights has them */
  constructor(segments, length, options = {}) {
    this.#segments = segments;
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, ...options };
    this.#first = new Float32Array(length);
    this.#second = new Float32Array(length);
  }

  /** First and second moments. */
  get moments() {
    return [this.#first, this.#second];
  }

  /** Goes on after so many steps; the moments are filled apart. */
  restore(steps) {
    this.#steps = steps;
  }

  /** One step; gradients are multiplied with `scale` first. */
  step(weights, gradients, rate, scale) {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    const first = this.#first, second = this.#second, step = ++this.#steps;
    const stepSize = rate / (1 - beta1 ** step), correction = 1 / Math.sqrt(1 - beta2 ** step);
    for (const { parameter, offset, length } of this.#segments) {
      const decay = parameter.weight_decay ? rate * weightDecay : 0;
      for (let i = offset; i < offset + length; i++) {
        const gradient = gradients[i] * scale;
        const m = first[i] += (1 - beta1) * (gradient - first[i]);
        const v = second[i] = beta2 * second[i] + (1 - beta2) * gradient * gradient;
        weights[i] -= decay * weights[i] + stepSize * m / (Math.sqrt(v) * correction + epsilon);
      }
    }
  }
}

/** Stochastic weight averaging (Izmailov et al., 2018): the mean of the weights of all steps that it is given. */
export class WeightAverage {
  count = 0;

  constructor(length) {
    this.values = new Float32Array(length);
  }

  add(weights) {
    const share = 1 / ++this.count, values = this.values;
    for (let i = 0; i < values.length; i++) values[i] += share * (weights[i] - values[i]);
  }
}

/** The rate of a step, counted from 0: up over the warm-up, then down to 0 in a line. */
export function linearRate(step, total, highest, warmup) {
  // Rounded up to whole steps; 0.06 of 50 is 3, whatever float64 makes of it.
  const rising = Math.ceil(warmup * total - 1e-6);
  return step < rising ? highest * step / Math.max(1, rising) : highest * (total - step) / Math.max(1, total - rising);
}
