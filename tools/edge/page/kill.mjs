// Trains in the page and kills the browser as soon as it writes a checkpoint, again and again, and prints what the page
// opened anew goes on from: a line of JSON per kill.
//
//   node page/kill.mjs PACK --typed F.txt [--kills 5] [--batch N]
//
// out: {"seen": the last step that the page told of, "resumed": the step it goes on from, "slots": whole checkpoints of 2}
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { decodeCheckpoint } from "../training/checkpoint.mjs";
import { SeededRandom } from "../training/random.mjs";
import { fillIn, newPage, startBrowser } from "./browser.mjs";
import { serve } from "./serve.mjs";

// More than anybody waits for.
const epochs = "100000", stepsBetween = 2, longestDelay = 60;

const text = { type: "string" };
const { values, positionals: [pack] } = parseArgs({
  allowPositionals: true, options: { typed: text, kills: { ...text, default: "5" }, batch: text },
});
if (!pack || !values.typed) {
  console.error("Usage: node page/kill.mjs PACK --typed F.txt [--kills 5] [--batch N]");
  process.exit(2);
}

const server = await serve({ graphs: pack, model: pack });
const profile = mkdtempSync(join(tmpdir(), "page-"));
const random = new SeededRandom(values.kills, "kills");
let browser;
try {
  let { resumed } = await train();
  if (resumed !== 0) throw new Error(`A new profile goes on from step ${resumed}.`);
  for (let kill = 0; kill < Number(values.kills); kill++) {
    const seen = await stop(resumed);
    const slots = await wholeCheckpoints();
    ({ resumed } = await train());
    console.log(JSON.stringify({ seen, resumed, slots }));
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  end();
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

/** Opens the page and trains; where it begins. */
async function train() {
  browser = await startBrowser(profile);
  const page = await newPage(browser);
  await fillIn(page, `http://localhost:${server.address().port}/`, {
    epochs, batch: values.batch, sentences: readFileSync(values.typed, "utf8"),
  });
  await page.click("#start");
  await page.waitForFunction("globalThis.progress || globalThis.result", { polling: 20, timeout: 0 });
  return progressOf(page);
}

/**
 * Kills the browser while it writes a checkpoint, or just after; the last step that it told of before. Each ends with one,
 * where all texts are a batch.
 */
async function stop(resumed) {
  const [page] = (await browser.pages()).slice(-1);
  await page.waitForFunction(`globalThis.progress.step > ${resumed + stepsBetween} || globalThis.result`, { polling: 20, timeout: 0 });
  const { step } = await progressOf(page);
  const before = changes();
  while (changes() === before) await new Promise(resolve => setImmediate(resolve));
  await new Promise(resolve => setTimeout(resolve, random.nextInt(longestDelay)));
  const gone = new Promise(resolve => browser.process().once("exit", resolve));
  end();
  await gone;
  return step;
}

async function progressOf(page) {
  const { progress, result } = await page.evaluate("({ progress: globalThis.progress, result: globalThis.result })");
  if (result?.failed) throw new Error(result.failed);
  return progress;
}

/** Ends the browser with all of its processes, which are a group of their own, as a power cut would. */
function end() {
  try {
    process.kill(-browser.process().pid, "SIGKILL");
  } catch {
    // It did not start, or has ended.
  }
}

/** How many whole checkpoints lie among the files that the browser keeps for the page. */
async function wholeCheckpoints() {
  let whole = 0;
  for (const file of keptFiles()) {
    if (await decodeCheckpoint(new Uint8Array(readFileSync(file))).catch(() => null)) whole++;
  }
  return whole;
}

/** When the files were changed last, as a text. */
function changes() {
  return keptFiles().map(file => statSync(file).mtimeMs).join();
}

/** The page's own files, which have numbers for names in folders that have some. */
function keptFiles() {
  const folder = join(profile, "Default", "File System");
  return readdirSync(folder, { recursive: true }).filter(name => /[\\/]\d\d[\\/]\d+$/.test(name)).map(name => join(folder, name));
}
