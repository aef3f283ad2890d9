// What `orttrainer pack` wrote: pack.json, and the files beside it, each checked when it is read.
import { sha256 } from "./digest.mjs";

const format = "orttrainer-pack", version = 1;

/**
 * A reader of a folder's files: of a pack each must be the one that pack.json speaks of.
 * @param read (name) => Promise of a file's bytes; fails with a message where it is missing
 * @param manifest (name) => Promise of the bytes of pack.json; null where there is none
 * @param folder what messages call it
 * @returns { read, labels, bytes }: labels are null where the pack, or a folder that is none, names none
 */
export async function openPack(read, manifest, folder) {
  const bytes = await manifest("pack.json");
  if (!bytes) return { read, labels: null, isPack: false };
  const path = `${folder}/pack.json`;
  let pack;
  try {
    pack = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new Error(`${path}: it is no JSON (${error.message}). Write the pack again with orttrainer pack.`);
  }
  if (pack?.format !== format || pack.version !== version || !Array.isArray(pack.files)) {
    throw new Error(`${path}: format and version are ${pack?.format} ${pack?.version}; expected ${format} ${version}. `
      + "Write the pack again with orttrainer pack.");
  }
  return {
    isPack: true, labels: pack.labels ?? null,
    async read(name) {
      const bytes = await read(name), entry = pack.files.find(({ file }) => file === name);
      const found = entry && await sha256(bytes);
      if (entry && found !== entry.sha256) {
        throw new Error(`${folder}/${name}: its SHA-256 is ${found}, but pack.json says ${entry.sha256}: it is damaged or of another pack. `
          + "Copy or write the pack again.");
      }
      return bytes;
    },
  };
}
