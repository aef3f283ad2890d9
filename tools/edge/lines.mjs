// JSON Lines in and out: what both runners share.
import { createInterface } from "node:readline";

/** Parses every line of standard input. */
export async function readJsonLines() {
  const rows = [];
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim()) rows.push(JSON.parse(line));
  }
  return rows;
}

/** Writes one row to standard output. */
export function writeJsonLine(row) {
  process.stdout.write(JSON.stringify(row) + "\n");
}
