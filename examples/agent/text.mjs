// A text from a file, in parts that a model could take one at a time.
import { readFile } from "node:fs/promises";

/** The file cannot be summarised; the message is one line for the person who named it. */
export class UnreadableText extends Error {}

const LONGEST_PART = 4_000;

/**
 * @param {string} file
 * @returns {Promise<string>}
 */
export async function readText(file) {
  const bytes = await readFile(file).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    const reason = { ENOENT: "there is no such file", EISDIR: "it is a folder" }[error.code ?? ""];
    throw new UnreadableText(`Cannot read ${file}: ${reason ?? error.code ?? error.message}`);
  });
  const text = decode(bytes);
  if (text === undefined) throw new UnreadableText(`Cannot read ${file}: it is not UTF-8 text`);
  if (text.trim() === "") throw new UnreadableText(`Cannot read ${file}: it is empty`);
  return text;
}

/** @param {Uint8Array} bytes */
function decode(bytes) {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * @typedef {object} Part
 * @property {string} title
 * @property {string} text
 */

/**
 * A part for each heading, outside of fenced code; very long ones in pieces.
 * @param {string} text
 * @returns {Part[]}
 */
export function splitParts(text) {
  /** @type {Part[]} */
  const parts = [];
  let title = "(opening)";
  /** @type {string[]} */
  let lines = [];
  let fenced = false;
  const close = () => {
    const body = lines.join("\n").trim();
    if (body !== "") parts.push(...inPieces(title, body));
    lines = [];
  };
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) fenced = !fenced;
    const heading = fenced ? null : /^#{1,6}\s+(.+?)\s*#*$/.exec(line);
    if (heading) {
      close();
      title = heading[1] ?? "";
    } else lines.push(line);
  }
  close();
  return parts.length > 0 ? parts : inPieces(title, text.trim());
}

/**
 * @param {string} title
 * @param {string} text
 */
function inPieces(title, text) {
  const characters = [...text];
  const count = Math.ceil(characters.length / LONGEST_PART);
  return Array.from({ length: count }, (_, at) => ({
    title: count === 1 ? title : `${title} ${at + 1}/${count}`,
    text: characters.slice(at * LONGEST_PART, (at + 1) * LONGEST_PART).join(""),
  }));
}
