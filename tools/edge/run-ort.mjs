// Runs an exported onnx/model.onnx on token ids with plain onnxruntime-node: no tokenizer, no configuration.
//
//   echo '{"input_ids": [[2, 5, 3]], "attention_mask": [[1, 1, 1]]}' | node run-ort.mjs FOLDER
//
// FOLDER may also be the path of a graph, such as FOLDER/onnx/model_quantized.onnx.
//
// in:  {"input_ids": [[...]], "attention_mask": [[...]], "token_type_ids": [[...]]}  per line, a batch with rows of equal length
// out: {"logits": [[...]]}, or the outputs that the graph has, each [rows, ...]      per line
import { join } from "node:path";
import ort from "onnxruntime-node";
import { readJsonLines, writeJsonLine } from "./lines.mjs";

const model = process.argv[2];
const session = await ort.InferenceSession.create(model.endsWith(".onnx") ? model : join(model, "onnx", "model.onnx"));

for (const batch of await readJsonLines()) {
  const feeds = Object.fromEntries(session.inputNames.map(name => [name, toTensor(batch[name])]));
  const outputs = await session.run(feeds);
  writeJsonLine(Object.fromEntries(session.outputNames.map(name => [name, nested(outputs[name])])));
}

/** The values of a tensor, an array in an array per axis. */
function nested({ dims, data }) {
  return dims.slice(1).reduceRight(
    (values, size) => Array.from({ length: values.length / size }, (_, i) => values.slice(i * size, (i + 1) * size)),
    Array.from(data));
}

function toTensor(rows) {
  return new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length]);
}
