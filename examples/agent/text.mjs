import { readFile, stat } from "node:fs/promises";

/**
 * Thrown if the file has no usable text. The message is one line for the person who named the file.
 */
export class UnreadableText extends Error {}

/**
 * Reads a file as UTF-8 text that is not empty.
 * @param {string} path
 */
export async function readText(path) {
  const bytes = await readBytes(path);
  const text = decode(bytes);
  if (text === undefined) throw new UnreadableText(`${path} is not UTF-8 text (is it binary?)`);
  if (text.trim() === "")
    throw new UnreadableText(`${path} is empty: there is no text to summarise`);
  return text;
}

/** @param {string} path */
async function readBytes(path) {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UnreadableText(`${path} is a folder: pass a file instead`);
    if (!found.isFile() && !found.isFIFO()) throw new UnreadableText(`${path} is not a file`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof UnreadableText) throw error;
    throw new UnreadableText(`${path} cannot be read: ${reason(error)}`);
  }
}

/** @param {unknown} error */
function reason(error) {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return "there is no such file";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    default:
      return String(code ?? error);
  }
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
