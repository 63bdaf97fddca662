import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import process from "node:process";
import { asideFiles } from "./names.js";

/** Larger records are not written, and larger files are not read. */
export const LARGEST_RECORD_BYTES = 4 * 1024 * 1024;

/** The mode of records and logs. */
export const OWNER_ONLY_FILE = 0o600;

// Windows does not have this flag, although its type says so.
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/**
 * Returns the text of a file. Returns `""` if the file is too large for a record or not UTF-8, and
 * `undefined` if it does not exist, because another process may have removed it.
 */
export function readText(file: string): string | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | NO_FOLLOW);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    if (fstatSync(descriptor).size > LARGEST_RECORD_BYTES) return "";
    return decode(readFileSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

/** Rejects invalid UTF-8, because replaced characters would send another text with the same key. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "";
  }
}

/** Moves a file. Returns `false` and does nothing if the new name is taken. */
export function moveUnlessTaken(from: string, to: string): boolean {
  if (!linkUnlessTaken(from, to)) return false;
  removeFile(from);
  return true;
}

/**
 * Gives a file another name. Returns `false` and does nothing if that name is taken. The file may
 * keep its first name as well.
 */
export function linkUnlessTaken(from: string, to: string): boolean {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return false;
    if (code === "ENOENT") throw error;
    // Some file systems have no hard links. On those, another process could take the name between
    // the two calls.
    if (existsSync(to)) return false;
    renameSync(from, to);
  }
  return true;
}

/**
 * Moves a file to a name that clients do not read. Returns that name, or `undefined` if the file
 * does not exist.
 */
export function moveAside(file: string, why: string): string | undefined {
  for (const name of asideFiles(file, why)) {
    try {
      if (moveUnlessTaken(file, name)) return name;
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }
  return undefined;
}

/** Makes the names of new files in a folder survive a power failure. Windows does not need it. */
export function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, constants.O_RDONLY);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes a file if it exists. `rmSync` takes twice as long, because it checks the file first. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** Removes a temporary file. If that fails, a later sweep removes it. */
export function removeIfPossible(file: string): void {
  try {
    removeFile(file);
  } catch {
    // The caller reports an error of the write, which matters more.
  }
}

/** Returns the system's code of an error, such as ENOSPC. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
