// Classifies texts with transformers.js, offline, from an exported folder.
//
//   echo '{"text": "a line"}' | node classify-transformers.mjs FOLDER
//
// in:  {"text": "...", "pair": "..."}  per line; "pair" is optional
// out: {"scores": {"label": score}}    per line: the pipeline's own scores for texts, the same by hand for pairs, which the
//                                      pipeline does not take, and the plain value for a regression
import { basename, dirname, resolve } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { readJsonLines, writeJsonLine } from "./lines.mjs";

const folder = resolve(process.argv[2]);
env.allowRemoteModels = false;
env.localModelPath = dirname(folder);

// No other options: an export lies as transformers.js expects it.
const classify = await pipeline("text-classification", basename(folder));
const { model, tokenizer } = classify;
const { id2label, problem_type } = model.config;
const labels = Object.keys(id2label).sort((a, b) => a - b).map(id => id2label[id]);

for (const { text, pair } of await readJsonLines()) {
  const usesPipeline = pair === undefined && problem_type !== "regression";
  writeJsonLine({ scores: usesPipeline ? await scoresOfPipeline(text) : await scoresOfModel(text, pair) });
}

async function scoresOfPipeline(text) {
  const answers = await classify(text, { top_k: labels.length });
  return Object.fromEntries([answers].flat().map(({ label, score }) => [label, score]));
}

async function scoresOfModel(text, pair) {
  const { logits } = await model(tokenizer(text, { text_pair: pair ?? null, truncation: true }));
  const scores = activate(Array.from(logits.data));
  return Object.fromEntries(labels.map((label, id) => [label, scores[id]]));
}

function activate(logits) {
  switch (problem_type) {
    case "regression":
      return logits;
    case "multi_label_classification":
      return logits.map(x => 1 / (1 + Math.exp(-x)));
    default: {
      const exponents = logits.map(x => Math.exp(x - Math.max(...logits)));
      const sum = exponents.reduce((a, b) => a + b);
      return exponents.map(e => e / sum);
    }
  }
}
