// The Chromium without a window that the programs beside the page drive.
import { execFileSync } from "node:child_process";
import puppeteer from "puppeteer-core";

/** What makes Chromium offer WebGPU where there is no graphics card: its own driver in software. */
const softwareGpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/**
 * Starts Chromium.
 * @param profile the folder that it keeps its files in
 * @param more arguments beside those that every start has
 */
export function startBrowser(profile, provider) {
  return puppeteer.launch({
    executablePath: findBrowser(), headless: true, userDataDir: profile, protocolTimeout: 0,
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", ...provider === "webgpu" ? softwareGpu : []],
  });
}

/** A page of it, with what goes wrong there said here. */
export async function newPage(browser) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  page.on("console", message => console.error(message.text()));
  page.on("pageerror", error => console.error(error.message));
  return page;
}

/** Opens the page and chooses what it runs on, and fills its fields in; then it can be started. */
export async function fillIn(page, address, { provider, loaded = () => {}, ...fields }) {
  const ready = () => page.waitForFunction("!document.querySelector('#start').disabled || globalThis.result", { polling: 100, timeout: 0 });
  await page.goto(address);
  await ready();
  if (provider) {
    await page.select("#provider", provider);
    await ready();
  }
  await loaded();
  for (const [field, value] of Object.entries(fields).filter(([, value]) => value)) {
    await page.$eval(`#${field}`, (input, value) => input.value = value, value);
  }
}

function findBrowser() {
  for (const name of ["chromium", "chromium-browser", "google-chrome", "chrome"]) {
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      // The next name.
    }
  }
  throw new Error("Chromium is not installed.");
}
