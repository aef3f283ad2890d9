// The page: what is set goes to the worker that trains, and what it reports is shown.
const at = id => document.getElementById(id);
const losses = [], live = [], mean = [];
let worker, waiting;

// The worker's requests are kept from its first on, so that the page works without a network from then on.
await keepOffline();
prepare();

at("settings").addEventListener("submit", async event => {
  event.preventDefault();
  at("start").disabled = at("provider").disabled = true;
  at("downloads").hidden = true;
  at("state").classList.remove("error");
  for (const id of ["accuracy", "averaged", "loss", "before", "memory"]) at(id).textContent = "–";
  for (const values of [losses, live, mean]) values.length = 0;
  for (const id of ["curve", "live", "mean"]) at(id).setAttribute("points", "");
  globalThis.result = globalThis.progress = undefined;
  const number = id => at(id).value === "" ? undefined : at(id).valueAsNumber;
  waiting = {
    typed: at("sentences").value.trim() || null, train: await textOf("train"), test: await textOf("test"),
    texts: number("texts"), tests: number("tests"), epochs: number("epochs"), rate: number("rate"),
    batchSize: number("batch"), seed: number("seed"), maxSeconds: number("seconds"), maxMegabytes: number("megabytes"),
  };
  if (worker) begin();
  else prepare();
});

// Each runtime is a program of its own.
at("provider").addEventListener("change", () => {
  worker?.terminate();
  at("start").disabled = true;
  at("state").classList.remove("error");
  at("state").textContent = "Loading";
  globalThis.result = undefined;
  prepare();
});

/** Hands what is set to the worker. */
function begin() {
  worker.postMessage(waiting);
  waiting = null;
}

/** A worker with the model in its memory; each trains once, and gives its memory back with its end. */
function prepare() {
  at("runtime").textContent = "–";
  worker = new Worker(`worker.mjs?provider=${at("provider").value}`, { type: "module" });
  worker.onmessage = ({ data: { kind, ...report } }) => {
    show[kind](report);
    if (kind !== "done" && kind !== "failed") return;
    worker.terminate();
    worker = null;
    at("start").disabled = at("provider").disabled = false;
  };
  worker.onerror = error => worker.onmessage({ data: { kind: "failed", message: error.message ?? "The worker did not start." } });
}

const show = {
  ready({ labels, megabytes, runtime, rate }) {
    at("runtime").textContent = runtime;
    if (rate && at("rate").value === at("rate").defaultValue) at("rate").value = rate;
    if (waiting) return begin();
    at("start").disabled = false;
    at("known").textContent = labels ? `, of ${labels.join(", ")}` : "";
    at("state").textContent = `Ready: ${megabytes.toFixed(0)} MB are loaded.`;
  },
  state({ text }) {
    at("state").textContent = text;
  },
  resumed({ step }) {
    globalThis.progress = { resumed: step, step };
    if (step) at("state").textContent = `Going on from step ${step}`;
  },
  before({ accuracy, of }) {
    at("before").textContent = percent(accuracy);
    at("scored").textContent = `Accuracy on ${of}, after every epoch`;
  },
  step({ step, steps, loss }) {
    losses.push(loss);
    globalThis.progress.step = step;
    at("state").textContent = `Step ${step} of ${steps}`;
    at("progress").value = step / steps;
    at("loss").textContent = loss.toFixed(4);
    const highest = Math.max(...losses);
    draw("curve", losses.map((value, i) => [i / Math.max(1, steps - 1), value / highest]));
  },
  epoch({ step, steps, accuracy, averaged }) {
    at("accuracy").textContent = percent(accuracy);
    draw("live", live, [(step - 1) / Math.max(1, steps - 1), accuracy]);
    if (averaged === null) return;
    at("averaged").textContent = percent(averaged);
    draw("mean", mean, [(step - 1) / Math.max(1, steps - 1), averaged]);
  },
  done({ accuracy, averaged, stopped, memory, weights, config, adapters, seconds, step, steps, resumed }) {
    at("state").textContent = stopped ? `Stopped at step ${step} of ${steps} (${stopped}); the best so far is kept.`
      : `Done in ${seconds.toFixed(0)} s.`;
    at("accuracy").textContent = percent(accuracy);
    at("averaged").textContent = averaged === null ? "–" : percent(averaged);
    at("memory").textContent = `${(memory / 1e6).toFixed(0)} MB`;
    at("weights").href = URL.createObjectURL(weights);
    at("config").href = URL.createObjectURL(config);
    at("adapters").replaceChildren(...adapters.map(([name, file]) => Object.assign(
      document.createElement("a"), { className: "button", download: name, textContent: name, href: URL.createObjectURL(file) })));
    at("downloads").hidden = false;
    at("downloads").querySelector(".hint").textContent =
      `The ${averaged === null ? "last" : "averaged"} weights; put both beside the tokenizer's files.`;
    globalThis.result = {
      losses, accuracy, averaged, stopped, resumed, memory, seconds, before: at("before").textContent,
      runtime: at("runtime").textContent,
      epochs: live.length, averages: mean.length,
    };
  },
  failed({ message }) {
    at("state").textContent = message;
    at("state").classList.add("error");
    globalThis.result = { failed: message };
  },
};

/** A line over points in [0, 1]; one more point first where it is given. */
function draw(id, points, more) {
  if (more) points.push(more);
  at(id).setAttribute("points", points.map(([x, y]) => `${(600 * x).toFixed(1)},${(195 - 190 * y).toFixed(1)}`).join(" "));
}

async function keepOffline() {
  if (!navigator.serviceWorker) return;
  try {
    await navigator.serviceWorker.register("offline.mjs", { type: "module" });
    await navigator.serviceWorker.ready;
    if (!navigator.serviceWorker.controller) {
      await new Promise(resolve => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    }
    // What was loaded before somebody kept it.
    await Promise.all(["./", "page.css", "page.mjs"].map(file => fetch(file)));
  } catch {
    // Without one the page works as long as its server does.
  }
}

async function textOf(id) {
  const [file] = at(id).files;
  return file ? { name: file.name, table: await file.text() } : null;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
