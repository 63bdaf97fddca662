import type { CyclesError } from "../errors.js";
import { redactorOf } from "../secrets.js";
import type { Settings } from "../settings.js";
import type { PendingSpend } from "./pending-spend.js";
import type { Committed, Unsettled } from "./settlement.js";
import { notedElsewhere } from "./spend.js";

/** Reports that the ledger has a spend, and whether it was charged in full. */
export function reportCommitted(settings: Settings, settlement: Committed): void {
  const { notify, apiKey, headers } = settings;
  const { reservationId, actual, via } = settlement;
  const hasOurUnit = settlement.charged.unit === actual.unit;
  // An unexpected unit can be any text, so it may contain a secret.
  const charged = hasOurUnit
    ? settlement.charged
    : redactorOf(apiKey, headers).value(settlement.charged);
  notify({ type: "committed", reservationId, actual, charged, via });
  if (hasOurUnit && charged.amount < actual.amount)
    notify({ type: "undercharged", reservationId, actual, charged, via });
}

/** Reports once that the ledger does not have a spend, and that nothing sends it again. */
export function reportFailed(
  { notify }: Settings,
  pending: PendingSpend,
  fate: Unsettled["fate"],
  error: CyclesError,
  kept: boolean,
): void {
  if (pending.isReported) return;
  pending.isReported = true;
  const { spend } = pending.job;
  const { reservationId, actual, idempotencyKey } = spend;
  const noted = notedElsewhere(spend, error);
  const failed = { reservationId, actual, idempotencyKey, kept, fate, error, ...noted };
  notify({ type: "settlement_failed", ...failed });
}
