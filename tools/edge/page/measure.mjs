// Trains in the page with a Chromium without a window, and prints what it took: a line of JSON.
//
//   node page/measure.mjs PACK | GRAPHS MODEL --train F.tsv --test F.tsv [--texts 200] [--tests 500] [--epochs 10] [--out DIR]
//   node page/measure.mjs PACK --typed F.txt [--offline] [--again] [--screenshots DIR]
//
// --provider webgpu runs on WebGPU, by Chromium's driver in software; --typed types a file's lines into the page;
// --offline ends the server once the page is loaded; --again trains once more, in the page opened anew; --screenshots
// shows the page after training, 400 and 1200 pixels wide.
// out: what it ran on, losses, accuracies, the size of WebAssembly's memory, and the most memory that the page's process has had.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fillIn, newPage, startBrowser } from "./browser.mjs";
import { serve } from "./serve.mjs";

const text = { type: "string" }, fields = ["texts", "tests", "epochs", "rate", "batch", "seed", "seconds", "megabytes"];
const { values, positionals: [graphs, model = graphs] } = parseArgs({
  allowPositionals: true,
  options: {
    train: text, test: text, out: text, typed: text, provider: text, screenshots: text,
    offline: { type: "boolean" }, again: { type: "boolean" },
    ...Object.fromEntries(fields.map(field => [field, text])),
  },
});
if (!graphs || !values.typed && !(values.train && values.test)) {
  console.error("Usage: node page/measure.mjs PACK | GRAPHS MODEL --train F.tsv --test F.tsv | --typed F.txt [--texts N] [--epochs N] [--out DIR]");
  process.exit(2);
}

const server = await serve({ graphs, model, train: values.train, test: values.test });
const profile = mkdtempSync(join(tmpdir(), "page-"));
const browser = await startBrowser(profile, values.provider);
try {
  const page = await newPage(browser);
  const address = `http://localhost:${server.address().port}/`;
  let { failed, before, memory, ...result } = await train(page, address, () => values.offline && end(server));
  if (values.again && !failed) ({ failed, before, memory, ...result } = await train(page, address));
  if (failed) throw new Error(failed);
  if (values.screenshots) result.overflow = await show(page, values.screenshots);
  const process_mb = peakOfRenderer();
  if (values.out) await download(page, values.out);
  console.log(JSON.stringify({ ...result, accuracy_before: parseFloat(before) / 100, wasm_mb: memory / 1e6, process_mb }));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await browser.close();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

/** Opens the page, fills it in and trains; what the page says at the end. */
async function train(page, address, loaded = () => {}) {
  await fillIn(page, address, {
    ...Object.fromEntries(fields.map(field => [field, values[field]])), provider: values.provider, loaded,
    sentences: values.typed && readFileSync(values.typed, "utf8"),
  });
  await page.click("#start");
  await page.waitForFunction("globalThis.result", { polling: 200, timeout: 0 });
  return page.evaluate("globalThis.result");
}

async function end(server) {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
}

/** Pictures of the page; by how many pixels it is wider than the window. */
async function show(page, folder) {
  mkdirSync(folder, { recursive: true });
  const overflow = [];
  for (const width of [400, 1200]) {
    await page.setViewport({ width, height: 800 });
    await page.screenshot({ path: join(folder, `${width}.png`), fullPage: true });
    overflow.push(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
  }
  return overflow;
}

/** The highest resident memory of the page's process, in MB; null where the system does not tell. */
function peakOfRenderer() {
  if (!existsSync("/proc/self/status")) return null;
  const ours = readdirSync("/proc").filter(id => /^\d+$/.test(id)).filter(id => {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, "utf8");
      return command.includes("--type=renderer") && isBelow(id, browser.process().pid);
    } catch {
      return false;
    }
  });
  return Math.max(...ours.map(id => Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))[1]) * 1024 / 1e6));
}

function isBelow(id, ancestor) {
  for (let at = Number(id); at > 1;) {
    if (at === ancestor) return true;
    at = Number(/PPid:\s*(\d+)/.exec(readFileSync(`/proc/${at}/status`, "utf8"))[1]);
  }
  return false;
}

/** Clicks on all links, and puts the tokenizer beside what comes; adapters go into a folder of their own. */
async function download(page, folder) {
  mkdirSync(folder, { recursive: true });
  const client = await browser.target().createCDPSession();
  const files = await page.$$eval("#downloads a", links => links.map(link => link.download));
  for (const file of files) {
    const into = file.startsWith("adapter_") ? join(folder, "adapter") : folder;
    mkdirSync(into, { recursive: true });
    await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: into });
    rmSync(join(into, file), { force: true });
    await page.click(`#downloads a[download="${file}"]`);
    while (!existsSync(join(into, file)) || readdirSync(into).some(name => name.endsWith(".crdownload"))
      || statSync(join(into, file)).size === 0) {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
  for (const name of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"]) {
    if (existsSync(join(model, name))) copyFileSync(join(model, name), join(folder, name));
  }
}
