import type { Attributes, Counter, Histogram, Meter, UpDownCounter } from "@opentelemetry/api";
import type { Action, Amount, Notice } from "../index.js";
import { Recent } from "./recent.js";

/** How many queued spends are followed. Further ones are not counted. */
const MOST_QUEUED = 100_000;

/** In seconds. A reserve is one round trip; attempts end after 7 s by default. */
const DURATION_BOUNDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10,
];

/** As fractions of the estimate. */
const ERROR_BOUNDS = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1, 2, 5, 10];

/**
 * The metrics of a client. Their attributes have few values: units, kinds of actions, decisions and
 * codes, but never the id of a reservation. Only `cycles.would_deny` has scopes, which can name users.
 */
export class BudgetMetrics {
  readonly #duration: Histogram;
  readonly #denials: Counter;
  readonly #wouldDeny: Counter;
  readonly #unguarded: Counter;
  readonly #spend: Counter;
  readonly #estimateError: Histogram;
  readonly #queued: UpDownCounter;
  readonly #failed: Counter;
  /** The attributes of each spend that is counted as queued, by reservation. */
  readonly #inQueue = new Recent<Attributes>(MOST_QUEUED);

  constructor(meter: Meter) {
    this.#duration = meter.createHistogram("cycles.reserve.duration", {
      description: "The time from the call of a reserve to its decision.",
      unit: "s",
      advice: { explicitBucketBoundaries: DURATION_BOUNDS },
    });
    this.#denials = meter.createCounter("cycles.denials", {
      description: "Reserves that were denied.",
      unit: "{reserve}",
    });
    this.#wouldDeny = meter.createCounter("cycles.would_deny", {
      description: "Reserves that the mode observe let pass, and that would have been denied.",
      unit: "{reserve}",
    });
    this.#unguarded = meter.createCounter("cycles.unguarded", {
      description: "Reserves whose work runs without the authority.",
      unit: "{reserve}",
    });
    this.#spend = meter.createCounter("cycles.spend", {
      description: "What the work has spent, in the unit of the attribute cycles.unit.",
    });
    this.#estimateError = meter.createHistogram("cycles.estimate.error", {
      description: "How far a spend was from its estimate, as a fraction of the estimate.",
      unit: "1",
      advice: { explicitBucketBoundaries: ERROR_BOUNDS },
    });
    this.#queued = meter.createUpDownCounter("cycles.settlement.queued", {
      description: "Known spends that are not in the ledger yet.",
      unit: "{spend}",
    });
    this.#failed = meter.createCounter("cycles.settlement.failed", {
      description: "Known spends that the client could not get into the ledger.",
      unit: "{spend}",
    });
  }

  add(notice: Notice): void {
    switch (notice.type) {
      case "reserved":
        this.#decided(notice, notice.decision);
        break;
      case "denied":
        this.#decided(notice, "DENY");
        this.#denials.add(1, withCode(notice));
        break;
      case "would_deny":
        this.#wouldDeny.add(1, {
          ...withCode(notice),
          ...(notice.scope !== undefined && { "cycles.scope": notice.scope }),
        });
        break;
      case "unguarded":
        this.#unguarded.add(1, withCode(notice));
        break;
      case "committed":
        this.#dequeue(notice.reservationId);
        this.#spend.add(notice.actual.amount, attributesOf(notice.action, notice.actual));
        this.#compare(notice);
        break;
      case "queued":
        this.#enqueue(notice.reservationId, attributesOf(undefined, notice.actual));
        break;
      case "settlement_failed": {
        const { reservationId, actual, fate } = notice;
        this.#dequeue(reservationId);
        this.#failed.add(1, { ...attributesOf(undefined, actual), "cycles.fate": fate });
        break;
      }
      default:
    }
  }

  #decided(
    notice: { action: Action; estimate: Amount; durationMs?: number },
    decision: string,
  ): void {
    const { action, estimate, durationMs } = notice;
    if (durationMs === undefined) return;
    const attributes = { ...attributesOf(action, estimate), "cycles.decision": decision };
    this.#duration.record(durationMs / 1_000, attributes);
  }

  /** Histograms take no negative values, so an attribute has the direction. */
  #compare({ action, estimate, actual }: Extract<Notice, { type: "committed" }>): void {
    if (estimate === undefined || estimate.amount === 0) return;
    const error = (estimate.amount - actual.amount) / estimate.amount;
    const direction = error < 0 ? "too_low" : error > 0 ? "too_high" : "exact";
    const attributes = { ...attributesOf(action, actual), "cycles.estimate.direction": direction };
    this.#estimateError.record(Math.abs(error), attributes);
  }

  #enqueue(reservationId: string, attributes: Attributes): void {
    if (this.#inQueue.get(reservationId) !== undefined) return;
    this.#queued.add(1, attributes);
    const forgotten = this.#inQueue.set(reservationId, attributes);
    if (forgotten) this.#queued.add(-1, forgotten);
  }

  #dequeue(reservationId: string): void {
    const attributes = this.#inQueue.take(reservationId);
    if (attributes) this.#queued.add(-1, attributes);
  }
}

function attributesOf(action: Action | undefined, { unit }: Amount): Attributes {
  return { "cycles.unit": unit, ...(action && { "cycles.action.kind": action.kind }) };
}

function withCode(
  notice: Extract<Notice, { type: "denied" | "would_deny" | "unguarded" }>,
): Attributes {
  const { action, estimate, error } = notice;
  return { ...attributesOf(action, estimate), "cycles.code": error.code };
}
