// The page: what is set goes to the worker that trains, and what it reports is shown.
const at = id => document.getElementById(id);
const losses = [];

at("settings").addEventListener("submit", async event => {
  event.preventDefault();
  at("start").disabled = true;
  at("downloads").hidden = true;
  at("state").classList.remove("error");
  losses.length = 0;
  const number = id => at(id).valueAsNumber;
  const settings = {
    train: await textOf("train"), test: await textOf("test"),
    texts: number("texts"), tests: number("tests"), epochs: number("epochs"), rate: number("rate"),
    batchSize: number("batch"), seed: number("seed"),
  };
  const worker = new Worker("worker.mjs", { type: "module" });
  worker.onmessage = ({ data: { kind, ...report } }) => {
    if (kind === "ready") worker.postMessage(settings);
    else show[kind](report);
    if (kind === "done" || kind === "failed") {
      worker.terminate();
      at("start").disabled = false;
    }
  };
  worker.onerror = error => worker.onmessage({ data: { kind: "failed", message: error.message } });
});

const show = {
  state({ text }) {
    at("state").textContent = text;
  },
  before({ accuracy }) {
    at("before").textContent = percent(accuracy);
  },
  step({ step, steps, loss }) {
    losses.push(loss);
    at("state").textContent = `Step ${step} of ${steps}`;
    at("loss").textContent = loss.toFixed(4);
    const highest = Math.max(...losses);
    at("curve").setAttribute("points", losses.map((value, i) =>
      `${600 * i / Math.max(1, steps - 1)},${200 - 190 * value / highest}`).join(" "));
  },
  done({ accuracy, averaged, memory, weights, config, seconds }) {
    at("state").textContent = `Done in ${seconds.toFixed(0)} s.`;
    at("accuracy").textContent = percent(accuracy);
    at("averaged").textContent = percent(averaged);
    at("memory").textContent = `${(memory / 1e6).toFixed(0)} MB`;
    at("weights").href = URL.createObjectURL(weights);
    at("config").href = URL.createObjectURL(config);
    at("downloads").hidden = false;
    globalThis.result = { losses, accuracy, averaged, memory, seconds, before: at("before").textContent };
  },
  failed({ message }) {
    at("state").textContent = message;
    at("state").classList.add("error");
    globalThis.result = { failed: message };
  },
};

async function textOf(id) {
  const [file] = at(id).files;
  return file ? { name: file.name, table: await file.text() } : null;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
