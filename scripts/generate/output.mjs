// Writes the generated files into their folder: all of them, or none.
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

const SIGNALS = ["SIGINT", "SIGTERM"];

/**
 * Writes each file under another name first, so that a file under its own name is always complete. The listeners delay a
 * signal that would end the process until this function returns, when every file is in place.
 *
 * @param {Record<string, string>} files the text of each file
 * @param {string} folder made if it does not exist
 */
export function writeFiles(files, folder) {
  const wait = () => {};
  for (const signal of SIGNALS) process.on(signal, wait);
  const drafts = Object.keys(files).map((name) => ({
    name,
    path: join(folder, name),
    draft: join(folder, `.${name}.${process.pid}.tmp`),
  }));
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, draft } of drafts) writeFileSync(draft, files[name]);
    for (const { draft, path } of drafts) renameSync(draft, path);
  } finally {
    for (const { draft } of drafts) rmSync(draft, { force: true });
    for (const signal of SIGNALS) process.off(signal, wait);
  }
}

/** The names of the files that are missing from the folder or have another text. */
export async function staleFiles(files, folder) {
  const stale = [];
  for (const [name, text] of Object.entries(files)) {
    const present = await readFile(join(folder, name), "utf8").catch(() => undefined);
    if (present !== text) stale.push(name);
  }
  return stale;
}
