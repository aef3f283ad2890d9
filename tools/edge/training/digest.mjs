// SHA-256 in Node and in a page.

// Node's own takes bytes as they are, where Web Crypto copies them first.
const node = globalThis.process?.getBuiltinModule?.("node:crypto");

/** The SHA-256 of bytes, in a buffer or an array, as 64 hexadecimal digits. */
export async function sha256(bytes) {
  return hex(node ? node.createHash("sha256").update(new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength)).digest()
    : new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Bytes as hexadecimal digits. */
export function hex(bytes) {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, "0")).join("");
}
