import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { doneLine } from "./lines.js";

/** Larger files are not read. No client writes such a log, but a damaged file system may show one. */
export const LARGEST_LOG_BYTES = 64 * 1024 * 1024;

const LINE_BREAK = 0x0a;

/** How long a log has been silent, in milliseconds. */
export function silentMs({ mtimeMs }: { readonly mtimeMs: number }): number {
  // A time in the future comes from a clock that was set back, so it does not show a live owner.
  return Math.abs(Date.now() - mtimeMs);
}

/**
 * Marks lines of another process's log. Throws the system's error, also if the owner has removed the
 * log: it must not come back without a header.
 *
 * Nothing is written behind a torn line, because it could not be read there. Without its mark, a
 * spend is sent again with its key.
 */
export function markDone(path: string, lines: readonly number[]): void {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_APPEND);
  try {
    const last = Buffer.alloc(1);
    readSync(descriptor, last, 0, 1, fstatSync(descriptor).size - 1);
    if (last[0] === LINE_BREAK) writeSync(descriptor, doneLine(lines));
  } finally {
    closeSync(descriptor);
  }
}
