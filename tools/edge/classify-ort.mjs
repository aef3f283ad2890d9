// Runs an exported onnx/model.onnx on token ids with plain onnxruntime-node: no tokenizer, no configuration.
//
//   echo '{"input_ids": [[2, 5, 3]], "attention_mask": [[1, 1, 1]]}' | node classify-ort.mjs FOLDER
//
// in:  {"input_ids": [[...]], "attention_mask": [[...]], "token_type_ids": [[...]]}  per line, a batch with rows of equal length
// out: {"logits": [[...]]}                                                          per line
import { join } from "node:path";
import ort from "onnxruntime-node";
import { readJsonLines, writeJsonLine } from "./lines.mjs";

const session = await ort.InferenceSession.create(join(process.argv[2], "onnx", "model.onnx"));

for (const batch of await readJsonLines()) {
  const feeds = Object.fromEntries(session.inputNames.map(name => [name, toTensor(batch[name])]));
  const { logits } = await session.run(feeds);
  const [rows, outputs] = logits.dims;
  writeJsonLine({
    logits: Array.from({ length: rows }, (_, row) => Array.from(logits.data.subarray(row * outputs, (row + 1) * outputs))),
  });
}

function toTensor(rows) {
  return new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length]);
}
