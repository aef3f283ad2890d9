// Makes vectors of texts with transformers.js, offline, from an exported folder.
//
//   echo '{"text": "a line"}' | node embed-transformers.mjs FOLDER
//
// in:  {"text": "..."}         per line
// out: {"embedding": [...]}    per line: the mean of the tokens, divided by its length
import { basename, dirname, resolve } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { readJsonLines, writeJsonLine } from "./lines.mjs";

const folder = resolve(process.argv[2]);
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);

const embed = await pipeline("feature-extraction", basename(folder));

for (const { text } of await readJsonLines()) {
  const vector = await embed(text, { pooling: "mean", normalize: true });
  writeJsonLine({ embedding: Array.from(vector.data) });
}
