// Checkpoints in two slots: the older one is written over, so that a power cut while writing leaves the other. Each
// begins with a SHA-256 of its header, which has those of the arrays; one that does not match is as good as none.
import { hex, sha256 } from "./digest.mjs";

const digestBytes = 32, lengthBytes = 4;

/** The names of the slots. */
export const slots = ["checkpoint-0.bin", "checkpoint-1.bin"];

/**
 * A checkpoint as the parts of a file that follow each other.
 * @param header what is to be known beside the arrays, step included
 * @param arrays Float32Arrays
 */
export async function encodeCheckpoint(header, arrays) {
  const parts = arrays.map(array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  const digests = [];
  for (const part of parts) digests.push(await sha256(part));
  const text = new TextEncoder().encode(JSON.stringify({ ...header, lengths: arrays.map(({ length }) => length), digests }));
  const start = new Uint8Array(digestBytes + lengthBytes + Math.ceil(text.length / 4) * 4).fill(0x20);
  new DataView(start.buffer).setUint32(digestBytes, start.length - digestBytes - lengthBytes, true);
  start.set(text, digestBytes + lengthBytes);
  const digest = await sha256(start.subarray(digestBytes));
  start.set(digest.match(/../g).map(byte => parseInt(byte, 16)));
  return [start, ...parts];
}

/** The header and arrays of a checkpoint; null where bytes are missing, torn or altered. */
export async function decodeCheckpoint(bytes) {
  if (!bytes || bytes.length < digestBytes + lengthBytes) return null;
  const end = digestBytes + lengthBytes + new DataView(bytes.buffer, bytes.byteOffset).getUint32(digestBytes, true);
  if (!(end <= bytes.length)
    || await sha256(bytes.subarray(digestBytes, end)) !== hex(bytes.subarray(0, digestBytes))) return null;
  const { lengths, digests, ...header } = JSON.parse(new TextDecoder().decode(bytes.subarray(digestBytes + lengthBytes, end)));
  const arrays = [];
  let at = end;
  for (const [i, length] of lengths.entries()) {
    const part = bytes.subarray(at, at += 4 * length);
    if (await sha256(part) !== digests[i]) return null;
    arrays.push(new Float32Array(Uint8Array.from(part).buffer));
  }
  return { header, arrays };
}

/** The two slots of a training. */
export class Checkpoints {
  #read;
  #write;
  #next = 0;

  /**
   * @param read (name) => Promise of a Uint8Array; null where there is no such file
   * @param write (name, parts) => Promise; resolves once the parts, one after another, are on the disk
   */
  constructor(read, write) {
    this.#read = read;
    this.#write = write;
  }

  /** The newest whole checkpoint, { header, arrays }; null where there is none. */
  async newest() {
    const found = [];
    for (const name of slots) found.push(await decodeCheckpoint(await this.#read(name)));
    const newest = found.reduce((best, one, i) => one && !(found[best]?.header.step >= one.header.step) ? i : best, -1);
    this.#next = newest === 0 ? 1 : 0;
    return found[newest] ?? null;
  }

  /** Writes over the older one. */
  async save(header, arrays) {
    await this.#write(slots[this.#next], await encodeCheckpoint(header, arrays));
    this.#next = 1 - this.#next;
  }
}

/** What tells the trainings of a folder apart: a SHA-256 of all that they depend on. */
export async function fingerprintOf(parts) {
  return sha256(new TextEncoder().encode(JSON.stringify(parts)));
}
