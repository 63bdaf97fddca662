import type { CyclesError } from "../errors.js";
import type { Settings } from "../settings.js";
import type { PendingSpend } from "./pending-spend.js";
import type { Committed, Unsettled } from "./settlement.js";
import { notedElsewhere, type Spend } from "./spend.js";

/** Reports that the ledger has a spend, and whether it was charged in full. */
export function reportCommitted(
  { clock, notify }: Settings,
  { action, estimate, recordedAt }: Spend,
  { reservationId, actual, idempotencyKey, charged, via }: Committed,
): void {
  const durationMs = Math.max(0, clock.now() - recordedAt);
  const recorded = { reservationId, idempotencyKey, action, estimate, actual, charged, via };
  notify({ type: "committed", ...recorded, durationMs });
  if (charged.unit === actual.unit && charged.amount < actual.amount)
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
