import { isAmount } from "../amount.js";
import { compactJson } from "./compact-json.js";
import type { Mode } from "./disposition.js";
import { rawMembers } from "./raw-members.js";

/** A spend on its way, in the format that the Cycles clients of all languages share. */
export interface SpendRecord {
  readonly reservationId: string;
  readonly baseUrl: string;
  readonly mode: Mode;
  /** The bodies as compact JSON text, each byte as it is sent. */
  readonly commit: string | undefined;
  readonly event: string | undefined;
  /** Epoch milliseconds. */
  readonly recordedAt: number;
  /** The server wants to be left alone until then; epoch milliseconds. */
  readonly notBefore: number | undefined;
}

const VERSION = 1;

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
 * Returns `undefined` for what is no record of the version that we know: such a text is set aside. Other clients write
 * longer JSON for the same values; the bodies are made compact, so that none is over the server's limit for that.
 */
export function readRecord(text: string): SpendRecord | undefined {
  const found = parse(text);
  if (!isObject(found)) return undefined;
  const { reservation_id: reservationId, base_url: baseUrl, mode = "commit" } = found;
  const { recorded_at_ms: recordedAt, not_before_ms: notBefore = null } = found;
  const { commit_body: commit = null, event_fallback_body: event = null } = found;
  if (
    found["version"] !== VERSION ||
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

/**
 * What two records of one spend have in common, whatever their mode and times: the reservation, the idempotency key,
 * the amount. `undefined` if no spend is in the text.
 */
export function spendOf(text: string): string | undefined {
  const record = readRecord(text);
  const body: unknown = JSON.parse(
    (record?.mode === "event" ? record.event : record?.commit) ?? "{}",
  );
  const { idempotency_key: key, actual } = body as Readonly<Record<string, unknown>>;
  if (record === undefined || typeof key !== "string" || !isAmount(actual)) return undefined;
  return JSON.stringify([record.reservationId, key, actual.unit, actual.amount]);
}
