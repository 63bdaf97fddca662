import { LONGEST_RETRY_AFTER_MS } from "./disposition.js";
import { Job, type Tools } from "./job.js";
import { readRecord } from "./record.js";
import { restoreSpend } from "./spend.js";

/** What became of the spends that earlier processes had left in the journal. */
export interface Recovery {
  /** How many there were. */
  readonly found: number;
  /** How many of them the ledger has now. */
  readonly settled: number;
  /** How many were refused or too old, and are set aside for an operator. */
  readonly setAside: number;
  /** How many are still being tried. */
  readonly pending: number;
}

/** A job made of a record, and for how many milliseconds the server wants to be left alone; `undefined`: it does not mind. */
export interface Restored {
  readonly job: Job;
  readonly waitMs: number | undefined;
}

/** Makes jobs of the records that are this client's to settle, and that nobody here is settling already. */
export async function restoreJobs(
  tools: Tools,
  isPending: (reservationId: string) => boolean,
): Promise<readonly Restored[]> {
  const { settings, records } = tools;
  const restored: Restored[] = [];
  if (records === undefined) return restored;
  for (const { reservationId, record: text } of await records.list()) {
    if (isPending(reservationId)) continue;
    const record = readRecord(text);
    if (record && record.baseUrl !== settings.configuredBaseUrl) continue;
    const spend = record && restoreSpend(settings, record);
    if (spend === undefined) {
      await records.setAside(reservationId, text, "corrupt");
      settings.notify({ type: "journal_corrupt", record: reservationId });
      continue;
    }
    restored.push({
      job: new Job(tools, spend, text),
      waitMs: waitUntil(record?.notBefore, settings.clock.now()),
    });
  }
  return restored;
}

/** A clock that was set back must not turn an hour into a year. */
function waitUntil(notBefore: number | undefined, now: number): number | undefined {
  if (notBefore === undefined || notBefore <= now) return undefined;
  return Math.min(notBefore - now, LONGEST_RETRY_AFTER_MS);
}
