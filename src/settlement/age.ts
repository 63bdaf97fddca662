import type { Mode } from "./disposition.js";

const DAY_MS = 86_400_000;

/** How long the server remembers a key, in milliseconds; after that a repeat would charge again. */
const REMEMBERED_MS: Readonly<Record<Mode, number>> = { commit: 30 * DAY_MS, event: 7 * DAY_MS };

/** Whether a spend has waited too long to be sent with its key once more. */
export function isStale(mode: Mode, ageMs: number, journalMaxAge: number): boolean {
  return ageMs > Math.min(REMEMBERED_MS[mode], journalMaxAge);
}
