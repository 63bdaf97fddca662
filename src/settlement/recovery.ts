import type { StoredRecord } from "../journal.js";
import { ageOfRecord, LONGEST_RETRY_AFTER_MS } from "./disposition.js";
import type { SettlementContext } from "./context.js";
import { Job, type RecoveredSpend, type StoredSpend } from "./job.js";
import { readRecord } from "./record.js";
import { restoreSpend } from "./spend.js";
import { spendId } from "./under-way.js";

/** What became of the spends that earlier processes had left in the journal. */
export interface Recovery {
  /** How many records there were. */
  readonly found: number;
  /** How many of them the ledger has now. */
  readonly settled: number;
  /** How many were refused or too old, and are set aside for an operator. */
  readonly setAside: number;
  /** How many are still being tried. */
  readonly pending: number;
}

/** Reads what an earlier process has left. A record that cannot be understood is set aside; one of another server is left alone. */
export async function recoverSpend(
  context: SettlementContext,
  { reservationId, record: text }: StoredRecord,
): Promise<RecoveredSpend | undefined> {
  const { settings, journal } = context;
  const { clock, configuredBaseUrl, notify } = settings;
  const record = readRecord(text);
  if (record && record.baseUrl !== configuredBaseUrl) return undefined;
  const spend = record && restoreSpend(settings, record);
  if (spend === undefined) {
    await journal?.setAside(reservationId, text, "corrupt");
    notify({ type: "journal_corrupt", record: reservationId });
    return undefined;
  }
  const now = clock.now();
  return {
    id: spendId(spend),
    record: text,
    ageMs: ageOfRecord(spend.recordedAt, now),
    foundAt: clock.monotonic(),
    waitMs: waitFor(record?.notBefore, now),
  };
}

/** Makes a job of what was found, when its turn comes. */
export function restoreJob(context: SettlementContext, found: StoredSpend): Job | undefined {
  const record = readRecord(found.record);
  const spend = record && restoreSpend(context.settings, record);
  return spend && new Job(context, spend, found);
}

/** A clock that was set back must not turn an hour into a year. */
function waitFor(notBefore: number | undefined, now: number): number {
  return notBefore === undefined
    ? 0
    : Math.min(Math.max(0, notBefore - now), LONGEST_RETRY_AFTER_MS);
}
