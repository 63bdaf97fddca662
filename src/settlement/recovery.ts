import type { StoredRecord } from "../journal.js";
import type { Settings } from "../settings.js";
import { ageOfRecord, LONGEST_RETRY_AFTER_MS } from "./disposition.js";
import { readRecord } from "./record.js";
import { restoreSpend, spendId } from "./spend.js";

/** The result of settling the spends that earlier processes left in the journal. */
export interface Recovery {
  /** How many records the client found. */
  readonly found: number;
  /** How many of them are now in the ledger. */
  readonly settled: number;
  /** How many were refused or too old. Their records are set aside for an operator. */
  readonly setAside: number;
  /** How many the client is still trying to settle. */
  readonly pending: number;
}

/** A spend as it is stored in the journal. */
export interface StoredSpend {
  /** The text of its record. */
  readonly record: string;
  /** Its age in milliseconds when the record was read, or `undefined` if the age is unknown. */
  readonly ageMs: number | undefined;
  /** When the record was read, on the monotonic clock. */
  readonly readAt: number;
}

/** A spend that an earlier process left, and that this client can settle. */
export interface RecoveredSpend extends StoredSpend {
  /** Its {@link spendId}. */
  readonly id: string;
  readonly reservationId: string;
  /** How many milliseconds the server still asks the client to wait. */
  readonly waitMs: number;
}

/** A recovered spend that waits for its next attempt in a pass. */
export interface Leftover {
  readonly id: string;
  readonly reservationId: string;
  stored: StoredSpend;
  attempts: number;
}

/**
 * Reads a record that an earlier process left. Returns `"corrupt"` if it is not a valid record, and
 * `"foreign"` if it belongs to another server.
 */
export function recoverSpend(
  settings: Settings,
  { record: text }: StoredRecord,
): RecoveredSpend | "corrupt" | "foreign" {
  const { clock, configuredBaseUrl } = settings;
  const record = readRecord(text);
  if (record && record.baseUrl !== configuredBaseUrl) return "foreign";
  const spend = record && restoreSpend(settings, record);
  if (spend === undefined) return "corrupt";
  const now = clock.now();
  return {
    id: spendId(spend),
    reservationId: spend.reservationId,
    record: text,
    ageMs: ageOfRecord(spend.recordedAt, now),
    readAt: clock.monotonic(),
    waitMs: waitFor(record?.notBefore, now),
  };
}

/** The delay is limited, because the clock may have been set back since the record was written. */
function waitFor(notBefore: number | undefined, now: number): number {
  return notBefore === undefined
    ? 0
    : Math.min(Math.max(0, notBefore - now), LONGEST_RETRY_AFTER_MS);
}
