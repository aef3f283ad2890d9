// The tasks that exported models have, and what transformers.js answers in each.
import {
  AutoModel, AutoModelForCausalLM, AutoModelForImageClassification, AutoModelForMaskedLM, AutoModelForQuestionAnswering,
  AutoModelForSeq2SeqLM, AutoModelForSequenceClassification, AutoModelForTokenClassification,
  FeatureExtractionPipeline, FillMaskPipeline, ImageClassificationPipeline, QuestionAnsweringPipeline,
  Text2TextGenerationPipeline, TextClassificationPipeline, TextGenerationPipeline, TokenClassificationPipeline,
} from "@huggingface/transformers";

export const tasks = [
  {
    suffix: "ForSequenceClassification",
    name: "text-classification",
    Model: AutoModelForSequenceClassification,
    Pipeline: TextClassificationPipeline,
    run: classify,
  },
  {
    suffix: "ForTokenClassification",
    name: "token-classification",
    Model: AutoModelForTokenClassification,
    Pipeline: TokenClassificationPipeline,
    run: tag,
  },
  {
    suffix: "ForQuestionAnswering",
    name: "question-answering",
    Model: AutoModelForQuestionAnswering,
    Pipeline: QuestionAnsweringPipeline,
    run: answer,
  },
  {
    suffix: "ForMaskedLM",
    name: "fill-mask",
    Model: AutoModelForMaskedLM,
    Pipeline: FillMaskPipeline,
    run: fill,
  },
  ...["ForCausalLM", "LMHeadModel"].map(suffix => ({
    suffix,
    name: "text-generation",
    Model: AutoModelForCausalLM,
    Pipeline: TextGenerationPipeline,
    run: write,
  })),
  {
    suffix: "ForConditionalGeneration",
    name: "text2text-generation",
    Model: AutoModelForSeq2SeqLM,
    Pipeline: Text2TextGenerationPipeline,
    run: rewrite,
  },
  {
    suffix: "ForImageClassification",
    name: "image-classification",
    Model: AutoModelForImageClassification,
    Pipeline: ImageClassificationPipeline,
    run: look,
  },
  {
    suffix: "Model",
    name: "feature-extraction",
    Model: AutoModel,
    Pipeline: FeatureExtractionPipeline,
    run: embed,
  },
];

// {"scores": {"label": score}}: the pipeline's own scores for texts, the same by hand for pairs, which the pipeline does
// not take, and the plain value for a regression.
async function classify(pipe, { text, pair }) {
  const { id2label, problem_type } = pipe.model.config;
  const labels = Object.keys(id2label).sort((a, b) => a - b).map(id => id2label[id]);
  if (pair === undefined && problem_type !== "regression") {
    const answers = await pipe(text, { top_k: labels.length });
    return { scores: Object.fromEntries([answers].flat().map(({ label, score }) => [label, score])) };
  }
  const { logits } = await outputs(pipe, text, pair);
  const scores = activate(Array.from(logits.data), problem_type);
  return { scores: Object.fromEntries(labels.map((label, id) => [label, scores[id]])) };
}

// {"tokens": [{"entity", "score", "index", "word"}], "entities": [{"entity_group", "score", "word"}]}
async function tag(pipe, { text }) {
  return {
    tokens: await pipe(text, { ignore_labels: [] }),
    entities: await pipe(text, { aggregation_strategy: "simple" }),
  };
}

// {"answer", "score", "start_logits", "end_logits"}
async function answer(pipe, { question, context }) {
  const { start_logits, end_logits } = await outputs(pipe, question, context);
  return {
    ...(await pipe(question, context)),
    start_logits: Array.from(start_logits.data),
    end_logits: Array.from(end_logits.data),
  };
}

// {"tokens": [{"token", "score", "token_str", "sequence"}]}: the likeliest five
async function fill(pipe, { text }) {
  return { tokens: await pipe(text) };
}

// {"scores": {"label": score}}
async function look(pipe, { image }) {
  const answers = await pipe(image, { top_k: Object.keys(pipe.model.config.id2label).length });
  return { scores: Object.fromEntries(answers.map(({ label, score }) => [label, score])) };
}

// {"embedding": [...]}: the mean of the tokens, divided by its length
async function embed(pipe, { text }) {
  const vector = await pipe(text, { pooling: "mean", normalize: true });
  return { embedding: Array.from(vector.data) };
}

// {"ids": [...], "text"}: what is written behind the prompt, by the options of generate
async function write({ model, tokenizer }, { text, ...options }) {
  const prompt = tokenizer(text);
  const all = (await model.generate({ ...prompt, do_sample: false, ...options })).tolist()[0].map(Number);
  const ids = all.slice(prompt.input_ids.dims[1]);
  return { ids, text: tokenizer.decode(ids, { skip_special_tokens: true }) };
}

// {"ids": [...], "text"}: what is made of the source, by the options of generate; the text is the pipeline's own
async function rewrite(pipe, { text, ...options }) {
  const [, ...ids] = (await pipe.model.generate({ ...pipe.tokenizer(text), do_sample: false, ...options }))
    .tolist()[0].map(Number);
  const [{ generated_text }] = await pipe(text, { do_sample: false, ...options });
  return { ids, text: generated_text };
}

async function outputs({ model, tokenizer }, text, pair) {
  return model(await tokenizer(text, { text_pair: pair ?? null, truncation: true }));
}

function activate(logits, problem_type) {
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
