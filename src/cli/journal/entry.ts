import { type Amount, format, isAmount } from "../../amount.js";
import type { JournalEntry } from "../../settlement/journal/logs.js";

/** A spend in the journal as one flat object, with the protocol's names. */
export interface Entry {
  readonly reservation_id: string | undefined;
  readonly base_url: string | undefined;
  readonly state: JournalEntry["state"];
  readonly mode: "commit" | "event" | undefined;
  readonly actual: Amount | undefined;
  readonly idempotency_key: string | undefined;
  readonly recorded_at_ms: number | undefined;
  readonly not_before_ms: number | undefined;
  readonly file: string;
}

export function toEntry({ path, state, record }: JournalEntry): Entry {
  const text = record?.mode === "event" ? record.event : record?.commit;
  const body = JSON.parse(text ?? "{}") as Readonly<Record<string, unknown>>;
  const { actual, idempotency_key: key } = body;
  return {
    reservation_id: record?.reservationId,
    base_url: record?.baseUrl,
    state,
    mode: record?.mode,
    actual: isAmount(actual) ? actual : undefined,
    idempotency_key: typeof key === "string" ? key : undefined,
    recorded_at_ms: record?.recordedAt,
    not_before_ms: record?.notBefore,
    file: path,
  };
}

export const HEADING = ["reservation", "actual", "age", "as", "state", "next"] as const;

/** A row of the table with the columns of {@link HEADING}. */
export function toRow(entry: Entry, now: number): string[] {
  const { reservation_id, actual, recorded_at_ms, mode = "?", state } = entry;
  return [
    reservation_id ?? entry.file,
    actual === undefined ? "?" : shown(actual),
    recorded_at_ms === undefined ? "?" : duration(now - recorded_at_ms),
    mode,
    state,
    next(entry, now),
  ];
}

/** A record of another client may contain any number. */
function shown(actual: Amount): string {
  const { unit, amount } = actual;
  return Number.isSafeInteger(amount) ? format(actual) : `${amount} ${unit}`;
}

/** When the record is sent again, or what the operator can do. */
function next(entry: Entry, now: number): string {
  const { state, reservation_id: id, not_before_ms: notBefore = 0 } = entry;
  switch (state) {
    case "pending":
      if (id === undefined) return "inspect the file";
      return notBefore > now ? `in ${duration(notBefore - now)}` : "next client";
    case "running":
      return "its guard";
    case "dead":
      return notBefore > now ? `in ${duration(notBefore - now)}` : "next client";
    case "rejected":
      return "replay --rejected";
    case "stale":
      return "check the ledger";
    case "corrupt":
      return "inspect the file";
    default:
      return state satisfies never;
  }
}

/** A duration in the largest unit that fits. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
