// Labelled texts: read from tables, tokenized, and given to a trainer.

/** Rows of a tab-separated table with a header: { text, label }. */
export function readTable(table, file, { text = "text", label = "label" } = {}) {
  const [header, ...lines] = table.split(/\r?\n/).filter(line => line.length > 0).map(line => line.split("\t"));
  const places = [text, label].map(column => {
    const place = (header ?? []).indexOf(column);
    if (place < 0) throw new Error(`${file}: there is no column ${column}; there are ${(header ?? []).join(", ") || "none"}.`);
    return place;
  });
  if (lines.length === 0) throw new Error(`${file}: there are no rows below the header.`);
  return lines.map((fields, i) => {
    const [text, label] = places.map(place => fields[place]);
    if (!text || !label) throw new Error(`${file}, line ${i + 2}: text or label is empty.`);
    return { text, label };
  });
}

/** Rows as people type them: text and label with a tab or | between, a line each. */
export function readLines(text, name) {
  const rows = text.split(/\r?\n/).map((line, i) => [line.trim(), i + 1]).filter(([line]) => line).map(([line, number]) => {
    const place = line.includes("\t") ? line.lastIndexOf("\t") : line.lastIndexOf("|");
    const [text, label] = [line.slice(0, Math.max(0, place)).trim(), line.slice(place + 1).trim()];
    if (place < 0 || !text || !label) {
      throw new Error(`${name}, line ${number}: expected a text and its label with a tab or | between, such as: Who wrote it? | person.`);
    }
    return { text, label };
  });
  if (new Set(rows.map(({ label }) => label)).size < 2) throw new Error(`${name}: expected texts of two labels or more.`);
  return rows;
}

/**
 * The names of the labels, in the order of the outputs.
 * @param known those of a pack; null where the rows say them
 */
export function labelsOf(rows, manifest, file, known = null) {
  if (known) return known;
  const labels = [...new Set(rows.map(({ label }) => label))].sort();
  if (labels.every(label => /^-?\d+$/.test(label))) labels.sort((a, b) => a - b);
  if (manifest.task !== "classification") {
    throw new Error(`The graphs are for ${manifest.task}; this trainer reads one label per text, which classification has.`);
  }
  if (labels.length > manifest.outputs) {
    throw new Error(`${file}: there are ${labels.length} labels, but the graphs have ${manifest.outputs} outputs. Compile with --num-labels ${labels.length}.`);
  }
  while (labels.length < manifest.outputs) labels.push(`LABEL_${labels.length}`);
  return labels;
}

/** Rows as examples. */
export function encode(rows, labels, tokenizer, maxLength, file) {
  return rows.map(({ text, label }, i) => {
    const place = labels.indexOf(label);
    if (place < 0) throw new Error(`${file}, line ${i + 2}: the label ${label} is none of the training data's: ${labels.join(", ")}.`);
    const ids = Array.from(tokenizer.encode(text).ids, Number);
    const target = new Float32Array(labels.length);
    target[place] = 1;
    // As every tokenizer cuts: the text, not the special token at its end.
    return { ids: ids.length > maxLength ? [...ids.slice(0, maxLength - 1), ids.at(-1)] : ids, target };
  });
}

/** config.json of a trained model. */
export function configOf(manifest, labels) {
  return {
    ...manifest.config,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}
