import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from "node:fs";
import { asideFiles } from "./names.js";

/** No larger record is written, and no larger file is read. */
export const LARGEST_RECORD_BYTES = 4 * 1024 * 1024;
/** Windows has no such flag, and no such links for everybody. */
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/**
 * The text of a file, `""` if it is too large for a record or not UTF-8, and `undefined` if it is gone: another process
 * was faster.
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

/** Replaced characters would be another spend's text, sent with the same key. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return "";
  }
}

/** Moves a file, unless there is one at its new place already: then it returns `false`. */
export function moveUnlessTaken(from: string, to: string): boolean {
  if (!placeUnlessTaken(from, to)) return false;
  removeFile(from);
  return true;
}

/** Gives a file another name, unless a file has that name; its first name may stay. */
export function placeUnlessTaken(from: string, to: string): boolean {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") return false;
    if (code === "ENOENT") throw error;
    // Some file systems have no hard links. There, another process could take the place between these two calls.
    if (existsSync(to)) return false;
    renameSync(from, to);
  }
  return true;
}

/** Moves a file to where no client looks for records, and returns its new name; `undefined` if the file is gone. */
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

/** `rmSync` would look first, and take twice as long. */
export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

/** The system's code of an error, such as ENOSPC. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Removes a temporary file. One that stays is swept later. */
export function removeIfPossible(file: string): void {
  try {
    removeFile(file);
  } catch {
    // Why it was to be removed says more.
  }
}
