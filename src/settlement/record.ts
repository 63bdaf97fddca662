import { isAmount } from "../amount.js";
import { compactJson } from "./compact-json.js";
import type { Mode } from "./disposition.js";
import { rawMembers } from "./raw-members.js";

/** A spend that is not in the ledger yet, in the format that all Cycles clients share. */
export interface SpendRecord {
  readonly reservationId: string;
  readonly baseUrl: string;
  readonly mode: Mode;
  /** The bodies as compact JSON text, byte for byte as they are sent. */
  readonly commit: string | undefined;
  readonly event: string | undefined;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
  /** When the server allows the next attempt, in epoch milliseconds. */
  readonly notBefore: number | undefined;
}

const VERSION = 1;

/** Writes a record as JSON text. */
export function writeRecord(record: SpendRecord): string {
  const { reservationId, baseUrl, mode, commit, event, recordedAt, notBefore } = record;
  return (
    `{"version":${VERSION},"reservation_id":${JSON.stringify(reservationId)}` +
    `,"base_url":${JSON.stringify(baseUrl)},"mode":"${mode}"` +
    `,"commit_body":${commit ?? "null"},"event_fallback_body":${event ?? "null"}` +
    `,"recorded_at_ms":${recordedAt},"not_before_ms":${notBefore ?? "null"}}`
  );
}

/**
 * Reads a record. Returns `undefined` if the text is not a record of the supported version.
 *
 * Other clients may write longer JSON for the same values. The bodies are made compact, so that
 * white space and escapes do not put them over the server's size limit.
 */
export function readRecord(text: string): SpendRecord | undefined {
  const parsed = parse(text);
  if (!isObject(parsed)) return undefined;
  const { reservation_id: reservationId, base_url: baseUrl, mode = "commit" } = parsed;
  const { recorded_at_ms: recordedAt, not_before_ms: notBefore = null } = parsed;
  const { commit_body: commit = null, event_fallback_body: event = null } = parsed;
  if (
    parsed["version"] !== VERSION ||
    typeof reservationId !== "string" ||
    reservationId === "" ||
    typeof baseUrl !== "string" ||
    (mode !== "commit" && mode !== "event") ||
    !(commit === null || isObject(commit)) ||
    !(event === null || isObject(event)) ||
    (mode === "commit" ? commit : event) === null ||
    !isTime(recordedAt) ||
    !(notBefore === null || isTime(notBefore))
  ) {
    return undefined;
  }
  const raw = rawMembers(compactJson(text));
  return {
    reservationId,
    baseUrl,
    mode,
    commit: commit === null ? undefined : raw.get("commit_body"),
    event: event === null ? undefined : raw.get("event_fallback_body"),
    recordedAt,
    notBefore: notBefore ?? undefined,
  };
}

/**
 * Returns a text that all records of one spend share: reservation, idempotency key and amount.
 * Mode and times may differ. Returns `undefined` if the text holds no spend.
 */
export function spendOf(text: string): string | undefined {
  const parts = partsOf(text);
  return parts && JSON.stringify(parts);
}

/** Returns the idempotency key of a record, or `undefined` if the text holds no spend. */
export function keyOf(text: string): string | undefined {
  return partsOf(text)?.[1];
}

function partsOf(
  text: string,
): [id: string, key: string, unit: string, amount: number] | undefined {
  const record = readRecord(text);
  if (record === undefined) return undefined;
  const body = parse((record.mode === "event" ? record.event : record.commit) ?? "");
  if (!isObject(body)) return undefined;
  const { idempotency_key: key, actual } = body;
  if (typeof key !== "string" || !isAmount(actual)) return undefined;
  return [record.reservationId, key, actual.unit, actual.amount];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
