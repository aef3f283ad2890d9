// Files of weights in the form of Hugging Face's safetensors: float32, float16 and bfloat16 in, float32 out.

/** The tensors of a file by their names: { shape, dtype, bytes }, views into the file. */
export function parse(buffer, file = "the weights") {
  const fail = what => { throw new Error(`${file}: ${what}. Give a safetensors file.`); };
  if (buffer.byteLength < 8) fail(`it has ${buffer.byteLength} bytes`);
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  if (!(length <= buffer.byteLength - 8)) fail(`its header should have ${length} bytes, the file has fewer`);
  let header;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  } catch (error) {
    fail(`its header is no JSON (${error.message})`);
  }
  const start = 8 + length, tensors = new Map();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header).filter(([name]) => name !== "__metadata__")) {
    const [begin, end] = data_offsets;
    if (!(0 <= begin && begin <= end && start + end <= buffer.byteLength)) fail(`the tensor ${name} lies outside of it`);
    tensors.set(name, { shape, dtype, bytes: new Uint8Array(buffer, start + begin, end - begin) });
  }
  return tensors;
}

/** The elements of a tensor as a Float32Array: a view where the file allows it. */
export function floats(name, { dtype, shape, bytes }) {
  const count = shape.reduce((n, size) => n * size, 1);
  if (dtype === "F32" && bytes.byteLength === 4 * count) {
    return bytes.byteOffset % 4 === 0
      ? new Float32Array(bytes.buffer, bytes.byteOffset, count)
      : new Float32Array(bytes.slice().buffer);
  }
  if ((dtype === "F16" || dtype === "BF16") && bytes.byteLength === 2 * count) {
    const halves = new Uint16Array(bytes.slice().buffer);
    return dtype === "BF16"
      ? new Float32Array(Uint32Array.from(halves, bits => bits << 16).buffer)
      : Float32Array.from(halves, fromHalf);
  }
  throw new Error(`The tensor ${name} is ${dtype} with ${bytes.byteLength} bytes; expected F32, F16 or BF16 in shape [${shape}].`);
}

/** A file of [name, shape, Float32Array] in their order, as the parts of it that follow each other: Uint8Arrays. */
export function write(tensors) {
  const header = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, shape, values] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(text, 8);
  return [start, ...tensors.map(([, , values]) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength))];
}

function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}
