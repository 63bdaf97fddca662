import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Amount, Unit } from "../amount.js";
import { BudgetDeniedError } from "../errors.js";
import { HeartbeatFailedError } from "../guard/errors.js";
import type { Lifecycle } from "../guard/lifecycle.js";
import { settleDone, settleFailed, withResult } from "../guard/run.js";
import { isOpen } from "../guard/transition.js";
import type { Notify } from "../notices.js";
import type { SpendDetails } from "../settlement/details.js";
import type { WebAbortSignal } from "../web.js";
import { splitTotal } from "./draws.js";

/** What the parts of an allowance have to record. */
export interface Total {
  readonly spent: number;
  /** Whether nothing was spent, so that the reservations are released. */
  readonly isUnused: boolean;
  /** @param missing what the commits do not include */
  readonly details: (missing: number) => SpendDetails;
}

/** The reservations of an allowance, in the order in which they were made. There is at least one. */
export class Parts {
  readonly unit: Unit;
  readonly #notify: Notify;
  readonly #all: Lifecycle[];
  /** Whether nothing above the estimates is committed. */
  readonly #isCapped: boolean;

  constructor(first: Lifecycle, isCapped: boolean, notify: Notify) {
    this.unit = first.grant.estimate.unit;
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
  }

  /** When the first lease ends, in epoch milliseconds on the server's clock. */
  get expiresAt(): number {
    return Math.min(...this.#all.map(({ expiresAt }) => expiresAt));
  }

  get isLeased(): boolean {
    return this.#all.every((part) => part.isLeased && isOpen(part.state));
  }

  get signal(): WebAbortSignal {
    return this.#all.length === 1
      ? this.newest.signal
      : AbortSignal.any(this.#all.map(({ signal }) => signal));
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
    const settled = await Promise.allSettled(
      this.#each(total, (part, share, details) => this.#settlePart(part, share, details, result)),
    );
    for (const outcome of settled) if (outcome.status === "rejected") throw outcome.reason;
  }

  /** Records what was spent, after the work has thrown. Notices report failures. */
  async settleFailed(total: Total): Promise<void> {
    await Promise.all(
      this.#each(total, async (part, share, details) => {
        if (isOpen(part.state)) part.note(this.#amount(share), details);
        await settleFailed(part);
      }),
    );
  }

  /** Releases the parts that nothing was spent under, and records the shares of the others. */
  #each(
    { spent, isUnused, details }: Total,
    record: (part: Lifecycle, share: number, details: SpendDetails) => Promise<void>,
  ): Promise<void>[] {
    const shares = this.#split(spent);
    const missing = spent - shares.reduce((sum, share) => sum + share, 0);
    if (missing > 0) this.#reportMissing(spent, missing);
    return this.#all.map((part, index) => {
      const share = shares[index] ?? 0;
      const isReleased = share === 0 && part.noted === undefined && (isUnused || index > 0);
      return isReleased ? settleFailed(part) : record(part, share, details(missing));
    });
  }

  async #settlePart(
    part: Lifecycle,
    share: number,
    details: SpendDetails,
    result: unknown,
  ): Promise<void> {
    if (isOpen(part.state)) {
      if (share > part.grant.estimate.amount)
        await this.#commitExcess(part, share, details, result);
      else part.note(this.#amount(share), details);
    }
    await settleDone(part, result, undefined, []);
  }

  /** Commits more than the estimate. If the overage policy refuses that, the estimate is noted. */
  async #commitExcess(
    part: Lifecycle,
    share: number,
    details: SpendDetails,
    result: unknown,
  ): Promise<void> {
    try {
      await part.commit(this.#amount(share), details);
    } catch (error) {
      if (error instanceof HeartbeatFailedError) throw withResult(error, result);
      // `settleDone` throws for every other failure.
      if (!(error instanceof BudgetDeniedError) || part.state.kind !== "refused") return;
      const { estimate } = part.grant;
      part.note(estimate, details);
      this.#reportMissing(share, share - estimate.amount);
    }
  }

  #reportMissing(spent: number, missing: number): void {
    const { id: reservationId } = this.newest;
    const actual = this.#amount(spent);
    const charged = this.#amount(spent - missing);
    this.#notify({ type: "undercharged", reservationId, actual, charged, via: "commit" });
  }

  #split(total: number): number[] {
    const estimates = this.#all.map(({ grant }) => grant.estimate.amount);
    return splitTotal(estimates, total, this.#isCapped ? "is_capped" : "takes_excess");
  }

  #amount(amount: number): Amount {
    return { unit: this.unit, amount };
  }
}
