// Files of weights in the form of Hugging Face's safetensors: float32, float16, bfloat16 and int8 with a scale per row
// in, float32 out.

const pieceBytes = 4e6;

/**
 * The tensors of a file by their names: { shape, dtype, bytes, scale }; `scale` is NAME.scale, where NAME is of int8.
 * @param file a Uint8Array, of which the bytes are views, or a Blob, of which they are slices: a browser keeps those
 *        outside of the page's memory until they are read
 * @param name what messages call it
 */
export async function parse(file, name) {
  const fail = what => { throw new Error(`${name}: ${what}. Give a safetensors file.`); };
  const size = file.size ?? file.length, slice = (begin, end) => file.size === undefined ? file.subarray(begin, end) : file.slice(begin, end);
  if (size < 8) fail(`it has ${size} bytes`);
  const prefix = await bytesOf(slice(0, 8));
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (!(length <= size - 8)) fail(`its header should have ${length} bytes, the file has fewer`);
  let header;
  try {
    header = JSON.parse(new TextDecoder().decode(await bytesOf(slice(8, 8 + length))));
  } catch (error) {
    fail(`its header is no JSON (${error.message})`);
  }
  const start = 8 + length, tensors = new Map();
  for (const [tensor, { dtype, shape, data_offsets }] of Object.entries(header).filter(([key]) => key !== "__metadata__")) {
    const [begin, end] = data_offsets;
    if (!(0 <= begin && begin <= end && start + end <= size)) fail(`the tensor ${tensor} lies outside of it`);
    tensors.set(tensor, { shape, dtype, bytes: slice(start + begin, start + end) });
  }
  for (const [tensor, stored] of [...tensors]) {
    const scale = stored.dtype === "I8" && tensors.get(`${tensor}.scale`);
    if (!scale) continue;
    if (scale.shape.length !== 1 || scale.shape[0] !== stored.shape[0]) {
      fail(`the tensor ${tensor}.scale has shape [${scale.shape}], ${tensor} has [${stored.shape}]; expected a scale per row`);
    }
    stored.scale = scale;
    tensors.delete(`${tensor}.scale`);
  }
  return tensors;
}

/** The elements of a tensor as a Float32Array: a view where the file allows it. */
export async function floats(name, { dtype, shape, bytes: stored, scale }) {
  const count = shape.reduce((n, size) => n * size, 1), bytes = await bytesOf(stored);
  if (dtype === "F32" && bytes.byteLength === 4 * count) {
    return bytes.byteOffset % 4 === 0
      ? new Float32Array(bytes.buffer, bytes.byteOffset, count)
      : new Float32Array(bytes.slice().buffer);
  }
  if ((dtype === "F16" || dtype === "BF16") && bytes.byteLength === 2 * count) {
    const halves = new Uint16Array(bytes.slice().buffer);
    return dtype === "BF16"
      ? new Float32Array(Uint32Array.from(halves, bits => bits << 16).buffer)
      : halves.reduce((values, bits, i) => (values[i] = fromHalf(bits), values), new Float32Array(count));
  }
  if (scale && bytes.byteLength === count) {
    const scales = await floats(`${name}.scale`, scale), columns = count / scales.length, values = new Float32Array(count);
    const integers = new Int8Array(bytes.buffer, bytes.byteOffset, count);
    for (let i = 0; i < count; i++) values[i] = integers[i] * scales[Math.floor(i / columns)];
    return values;
  }
  throw new Error(`The tensor ${name} is ${dtype} with ${bytes.byteLength} bytes; expected F32, F16, BF16 or I8 with a scale per row, in shape [${shape}].`);
}

/** As `floats`, in pieces of whole rows with some megabytes each, of which one at a time need lie in memory. */
export async function* pieces(name, { dtype, shape, bytes, scale }) {
  const [rows = 1, ...columns] = shape, width = columns.reduce((n, size) => n * size, 1);
  const rowBytes = (bytes.size ?? bytes.length) / rows, step = Math.max(1, Math.floor(pieceBytes / (4 * width)));
  const part = (all, size, first, end) => all.slice(first * size, end * size);
  for (let first = 0; first < rows; first += step) {
    const end = Math.min(rows, first + step), count = end - first;
    yield floats(name, {
      dtype, shape: [count, ...columns], bytes: part(bytes, rowBytes, first, end),
      scale: scale && { ...scale, shape: [count], bytes: part(scale.bytes, 4, first, end) },
    });
  }
}

/** A file of [name, shape, values] in their order, values a Float32Array or float32 in a Blob, as the parts of it that follow each other. */
export function write(tensors) {
  const header = { __metadata__: { format: "pt" } };
  let end = 0;
  for (const [name, shape, values] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + sizeOf(values)] };
    end += sizeOf(values);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = new Uint8Array(8 + Math.ceil(text.length / 8) * 8).fill(0x20);
  new DataView(start.buffer).setBigUint64(0, BigInt(start.length - 8), true);
  start.set(text, 8);
  return [start, ...tensors.map(([, , values]) =>
    values.buffer ? new Uint8Array(values.buffer, values.byteOffset, values.byteLength) : values)];
}

async function bytesOf(part) {
  return part.buffer ? part : new Uint8Array(await part.arrayBuffer());
}

function sizeOf(values) {
  return values.byteLength ?? values.size;
}

function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024));
}
