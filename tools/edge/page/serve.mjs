// Serves the page, with a pack, or graphs and model, and data in folders of this computer, to this computer alone.
//
//   node page/serve.mjs PACK | GRAPHS MODEL [--train F.tsv] [--test F.tsv] [--port 8080]
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const types = {
  ".html": "text/html", ".css": "text/css", ".mjs": "text/javascript", ".js": "text/javascript", ".json": "application/json",
  ".wasm": "application/wasm", ".tsv": "text/tab-separated-values",
};
const here = fileURLToPath(new URL(".", import.meta.url));

/** A server of the page; listens on a port of its own where `port` is 0. */
export function serve({ graphs, model, train, test, port = 0 }) {
  const folders = { graphs, model, training: join(here, "..", "training") };
  const server = createServer((request, response) => {
    const path = pathOf(request.url) || "index.html";
    const [first, ...rest] = path.split("/");
    const file = path === "data/train.tsv" ? train : path === "data/test.tsv" ? test
      : folders[first] ? inside(folders[first], rest.join("/")) : inside(here, path);
    const size = file && sizeOf(file);
    if (size === undefined) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": types[extname(file)] ?? "application/octet-stream", "content-length": size });
    createReadStream(file).pipe(response);
  });
  return new Promise(resolve => server.listen(port, "127.0.0.1", () => resolve(server)));
}

/** The path that is asked for; one that is no UTF-8 is no file here. */
function pathOf(url) {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname).slice(1);
  } catch {
    return "?";
  }
}

function inside(folder, path) {
  const file = normalize(join(folder, path));
  return file.startsWith(normalize(folder + sep)) ? file : undefined;
}

function sizeOf(file) {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? stats.size : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = { type: "string" };
  const { values, positionals: [graphs, model = graphs] } = parseArgs({
    allowPositionals: true, options: { train: text, test: text, port: { ...text, default: "8080" } },
  });
  if (!graphs) {
    console.error("Usage: node page/serve.mjs PACK | GRAPHS MODEL [--train F.tsv] [--test F.tsv] [--port 8080]");
    process.exit(2);
  }
  if (!sizeOf(join(graphs, "graphs.json"))) {
    console.error(`${join(graphs, "graphs.json")}: there is no such file. Give a folder that orttrainer pack or orttrainer compile wrote.`);
    process.exit(1);
  }
  const server = await serve({ graphs, model, ...values, port: Number(values.port) });
  console.log(`http://localhost:${server.address().port}/`);
}
