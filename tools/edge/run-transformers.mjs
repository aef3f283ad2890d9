// Runs exported folders with transformers.js, offline. What a folder is for, its config.json says.
//
//   echo '{"text": "a line"}' | node run-transformers.mjs FOLDER
//
// in:  per line, by the class in config.json:
//      ForSequenceClassification  {"text": "...", "pair": "..."}; "pair" is optional
//      ForTokenClassification     {"text": "..."}
//      ForQuestionAnswering       {"question": "...", "context": "..."}
//      ForMaskedLM                {"text": "... [MASK] ..."}
//      ForImageClassification     {"image": "path of a file"}
//      ForCausalLM, LMHeadModel   {"text": "...", "max_new_tokens": 20}; other options of generate, too
//      ForConditionalGeneration   the same, {"text": "...", "max_new_tokens": 20}
//      Model                      {"text": "..."}
//      any                        {"tokenize": "...", "pair": "..."}
//      A line may name another folder: {"folder": "...", ...}. Each is opened once.
// out: per line, what the pipeline answers (tasks.mjs), with "class", the class of transformers.js that ran the graph
import { basename, dirname, resolve } from "node:path";
import { AutoConfig, AutoModel, AutoTokenizer, env, pipeline } from "@huggingface/transformers";
import { readJsonLines, writeJsonLine } from "./lines.mjs";
import { tasks } from "./tasks.mjs";

env.allowRemoteModels = false;
const opened = new Map();

for (const { folder = process.argv[2], ...input } of await readJsonLines()) {
  writeJsonLine("tokenize" in input ? await tokenize(folder, input) : await run(folder, input));
}

async function run(folder, input) {
  if (!opened.has(folder)) opened.set(folder, await open(folder));
  const { task, pipe } = opened.get(folder);
  return { ...(await task.run(pipe, input)), class: pipe.model.constructor.name };
}

// No other options: an export lies as transformers.js expects it.
async function open(folder) {
  const name = nameOf(folder);
  const { model_type, architectures } = await AutoConfig.from_pretrained(name);
  const task = tasks.find(({ suffix }) => architectures[0].endsWith(suffix));
  return { task, pipe: task.Model.supports(model_type) ? await pipeline(task.name, name) : await assemble(task, name) };
}

// transformers.js has no class of this task for the family. Its base class runs the same graph.
async function assemble({ name: task, Pipeline }, name) {
  return new Pipeline({
    task, model: await AutoModel.from_pretrained(name), tokenizer: await AutoTokenizer.from_pretrained(name),
  });
}

async function tokenize(folder, { tokenize: text, pair }) {
  const key = `tokenizer of ${folder}`;
  if (!opened.has(key)) opened.set(key, await AutoTokenizer.from_pretrained(nameOf(folder)));
  return { ids: opened.get(key).encode(text, { text_pair: pair ?? null }) };
}

function nameOf(folder) {
  env.localModelPath = dirname(resolve(folder));
  return basename(resolve(folder));
}
