import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Amount, Unit } from "../amount.js";
import { BudgetDeniedError } from "../errors.js";
import { HeartbeatFailedError } from "../guard/errors.js";
import type { Lifecycle } from "../guard/lifecycle.js";
import { settleDone, settleFailed, withResult } from "../guard/run.js";
import { isOpen } from "../guard/transition.js";
import type { Notify } from "../notices.js";
import type { SpendDetails } from "../settlement/details.js";
import { isUnguarded } from "../settlement/event-text.js";
import type { WebAbortSignal } from "../web.js";
import { splitTotal } from "./draws.js";

/** What the parts of an allowance have to record. */
export interface Total {
  readonly spent: number;
  /** Whether nothing was spent, so that the reservations are released. */
  readonly isUnused: boolean;
  readonly metrics: NonNullable<SpendDetails["metrics"]>;
  /** Which draws the total consists of. */
  readonly summary: Record<string, unknown>;
}

/** The reservations of an allowance, in the order in which they were made. There is at least one. */
export class Parts {
  readonly unit: Unit;
  readonly #notify: Notify;
  readonly #first: Lifecycle;
  readonly #all: Lifecycle[];
  /** Whether nothing above the estimates is committed. */
  readonly #isCapped: boolean;
  #signal: WebAbortSignal | undefined;

  constructor(first: Lifecycle, isCapped: boolean, notify: Notify) {
    this.unit = first.grant.estimate.unit;
    this.#first = first;
    this.#all = [first];
    this.#isCapped = isCapped;
    this.#notify = notify;
    this.newest = first;
  }

  /** The last one. */
  newest: Lifecycle;

  add(part: Lifecycle): void {
    this.#all.push(part);
    this.newest = part;
    this.#signal = undefined;
  }

  /** When the first lease ends, in epoch milliseconds on the server's clock. */
  get expiresAt(): number {
    return Math.min(...this.#all.map(({ expiresAt }) => expiresAt));
  }

  get isLeased(): boolean {
    return this.#all.every((part) => part.isLeased && isOpen(part.state));
  }

  get signal(): WebAbortSignal {
    return (this.#signal ??=
      this.#all.length === 1
        ? this.newest.signal
        : AbortSignal.any(this.#all.map(({ signal }) => signal)));
  }

  /** Extends every lease, and resolves to the response for the newest. */
  async extend(ms: number): Promise<ReservationExtendResponse> {
    const responses = await Promise.all(this.#all.map((part) => part.extend(ms)));
    const newest = responses.at(-1);
    if (newest === undefined) throw new Error("an allowance has at least one reservation");
    return newest;
  }

  /** Keeps what is known to be spent, so that it is committed even if this process dies. */
  note(total: number): void {
    const shares = this.#split(total);
    for (const [index, part] of this.#all.entries()) {
      const share = shares[index] ?? 0;
      if (share !== (part.noted?.actual.amount ?? 0)) part.note(this.#amount(share), undefined);
    }
  }

  /** Records what was spent, after the work has returned `result`. Throws as `run` does. */
  async settle(total: Total, result: unknown): Promise<void> {
    const settled = await this.#record(total, (part) => settleDone(part, result, undefined, []));
    for (const outcome of settled) {
      if (outcome.status === "fulfilled") continue;
      const error: unknown = outcome.reason;
      throw error instanceof HeartbeatFailedError ? withResult(error, result) : error;
    }
  }

  /** Records what was spent, after the work has thrown. Notices report failures. */
  async settleFailed(total: Total): Promise<void> {
    await this.#record(total, settleFailed);
  }

  /** Releases the parts that nothing was spent under, and records the shares of the others. */
  #record(
    total: Total,
    end: (part: Lifecycle) => Promise<void>,
  ): Promise<PromiseSettledResult<void>[]> {
    const { spent, isUnused } = total;
    const shares = this.#split(spent);
    const missing = spent - shares.reduce((sum, share) => sum + share, 0);
    if (missing > 0) this.#reportMissing(spent, missing);
    const recorded = this.#all.map(async (part, index) => {
      const share = shares[index] ?? 0;
      const isReleased = share === 0 && part.noted === undefined && (isUnused || index > 0);
      if (isReleased) return settleFailed(part);
      if (isOpen(part.state)) {
        if (share > part.grant.estimate.amount) await this.#commitExcess(part, share, total);
        else part.note(this.#amount(share), this.#details(part, total, missing));
      }
      return end(part);
    });
    return Promise.allSettled(recorded);
  }

  /** Commits more than the estimate. If the overage policy refuses that, the estimate is noted. */
  async #commitExcess(part: Lifecycle, share: number, total: Total): Promise<void> {
    try {
      await part.commit(this.#amount(share), this.#details(part, total, 0));
    } catch (error) {
      if (error instanceof HeartbeatFailedError) throw error;
      // The end of the part reports every other failure.
      if (!(error instanceof BudgetDeniedError) || part.state.kind !== "refused") return;
      const { estimate } = part.grant;
      const missing = share - estimate.amount;
      part.note(estimate, this.#details(part, total, missing));
      this.#reportMissing(total.spent, missing);
    }
  }

  /** The first commit has the summary, the others its id, and the last one what they do not have. */
  #details(part: Lifecycle, { metrics, summary }: Total, missing: number): SpendDetails {
    const isFirst = part === this.#first;
    const about = isFirst ? summary : { part_of: this.#first.id };
    const allowance = { ...about, ...(missing > 0 && part === this.newest && { missing }) };
    return { ...(isFirst && { metrics }), metadata: { allowance } };
  }

  #reportMissing(spent: number, missing: number): void {
    const { id: reservationId } = this.newest;
    const actual = this.#amount(spent);
    const charged = this.#amount(spent - missing);
    this.#notify({ type: "undercharged", reservationId, actual, charged, via: "commit" });
  }

  #split(total: number): number[] {
    const estimates = this.#all.map(({ grant }) => grant.estimate.amount);
    // The event of unguarded work is charged what is left, whatever the overage policy.
    const isCapped = this.#isCapped && !isUnguarded(this.newest.id);
    return splitTotal(estimates, total, isCapped ? "is_capped" : "takes_excess");
  }

  #amount(amount: number): Amount {
    return { unit: this.unit, amount };
  }
}
