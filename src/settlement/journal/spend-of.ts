import { isAmount } from "../../amount.js";
import { readRecord } from "../record.js";

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
