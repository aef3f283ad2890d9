// The random numbers of the engine, bit for bit: orders of examples, keys of dropout and starting values follow from a
// seed as they do in src/OrtTrainer/Randomness.

const mask = (1n << 64n) - 1n;

/** A bijection of 64-bit words: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014). */
function mix(word) {
  word = ((word ^ (word >> 30n)) * 0xBF58476D1CE4E5B9n) & mask;
  word = ((word ^ (word >> 27n)) * 0x94D049BB133111EBn) & mask;
  return word ^ (word >> 31n);
}

/** The two numbers from which all dropout of a step follows, int64 [2]; steps count from 0. */
export function dropoutKey(seed, step) {
  const bits = mix((mix(BigInt.asUintN(64, BigInt(seed))) + BigInt(step) + 0x9E3779B97F4A7C15n) & mask);
  return BigInt64Array.of(bits & 0xFFFFFFFFn, bits >> 32n);
}

/** The order of the examples in an epoch, counted from 0: every epoch a new permutation. */
export function orderOf(examples, seed, epoch) {
  const order = Array.from({ length: examples }, (_, i) => i);
  const random = new SeededRandom(seed, `order of epoch ${epoch}`);
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.nextInt(last + 1);
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

/** xoshiro256** (Blackman and Vigna, 2021), a sequence of its own for each use of a seed. */
export class SeededRandom {
  #s;

  constructor(seed, use) {
    let hash = BigInt.asUintN(64, BigInt(seed));
    for (const byte of new TextEncoder().encode(use)) hash = (mix(hash ^ BigInt(byte)) + 1n) & mask;
    this.#s = Array.from({ length: 4 }, () => mix(hash = (hash + 0x9E3779B97F4A7C15n) & mask));
  }

  /** 64 random bits. */
  next() {
    const s = this.#s;
    const result = (rotate((s[1] * 5n) & mask, 7n) * 9n) & mask;
    const shifted = (s[1] << 17n) & mask;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate(s[3], 45n);
    return result;
  }

  /** An integer in [0, bound), each as likely (Lemire, 2019). */
  nextInt(bound) {
    const range = BigInt(bound);
    let product = this.next() * range;
    if ((product & mask) < range) {
      const surplus = ((1n << 64n) - range) % range;
      while ((product & mask) < surplus) product = this.next() * range;
    }
    return Number(product >> 64n);
  }

  /** A multiple of 2^-53 in [0, 1). */
  nextDouble() {
    return Number(this.next() >> 11n) * 2 ** -53;
  }

  /** A draw from the normal distribution, by Marsaglia's polar method. */
  nextGaussian() {
    for (;;) {
      const x = 2 * this.nextDouble() - 1, y = 2 * this.nextDouble() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) return x * Math.sqrt(-2 * Math.log(square) / square);
    }
  }
}

function rotate(word, bits) {
  return ((word << bits) | (word >> (64n - bits))) & mask;
}
