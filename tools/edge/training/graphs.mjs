// What `orttrainer compile` wrote: graphs.json and the graphs beside it, each checked before anything runs.
import { sha256 } from "./digest.mjs";

// Those with adapters are of version 2.
const format = "orttrainer-graphs", versions = [1, 2];

/**
 * Reads a folder of graphs.
 * @param read (name) => Promise<ArrayBuffer> of a file of the folder; fails with a message where it is missing.
 * @param folder what messages call it
 * @param roles the graphs that are wanted
 * @returns { manifest, graphs }: graphs by role, as Uint8Array
 */
export async function openGraphs(read, folder, roles) {
  const path = `${folder}/graphs.json`;
  const fail = (where, what) => {
    throw new Error(`${where}: ${what}. Compile the graphs again with orttrainer compile.`);
  };
  let manifest;
  try {
    manifest = JSON.parse(new TextDecoder().decode(await read("graphs.json")));
  } catch (error) {
    if (error instanceof SyntaxError) fail(path, `it is no JSON (${error.message})`);
    throw error;
  }
  if (manifest?.format !== format || !versions.includes(manifest.version)) {
    fail(path, `format and version are ${manifest?.format} ${manifest?.version}; expected ${format} ${versions.join(" or ")}`);
  }
  if (!Array.isArray(manifest.graphs) || !Array.isArray(manifest.parameters)) fail(path, "it lacks graphs or parameters");
  const graphs = {};
  for (const { role, file, sha256: expected } of manifest.graphs) {
    if (!roles.includes(role)) continue;
    if (!/^[^/\\]+$/.test(file) || file === "." || file === "..") {
      fail(path, `the ${role} graph is in "${file}"; expected the name of a file in the manifest's own folder`);
    }
    const bytes = await read(file);
    const found = await sha256(bytes);
    if (found !== expected) {
      fail(`${folder}/${file}`, `its SHA-256 is ${found}, but graphs.json says ${expected}: it is stale or of another compilation`);
    }
    graphs[role] = new Uint8Array(bytes);
  }
  return { manifest, graphs };
}

/** The file of a graph in the manifest; undefined where there is none. */
export function graphOf(manifest, role) {
  return manifest.graphs.find(graph => graph.role === role);
}
