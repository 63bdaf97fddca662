import type { Amount, Budget, Hold, ReserveRequest } from "../index.js";
import type { CallSpend } from "./spend.js";

/**
 * The budget of one call, and what was recorded of it.
 *
 * A call is settled once. If more of its answer arrives after that, because a silent stream has
 * resumed, only the difference is recorded in addition. Nothing here rejects: the caller gets the
 * answer of the provider, and a notice reports a spend that could not be recorded.
 */
export class CallAccount {
  readonly hold: Hold;
  readonly #budget: Budget;
  readonly #request: ReserveRequest;
  #recorded: Amount | undefined;
  #settling: Promise<unknown> = Promise.resolve();

  constructor(budget: Budget, request: ReserveRequest, hold: Hold) {
    this.#budget = budget;
    this.#request = request;
    this.hold = hold;
  }

  /**
   * Notes what the call costs at present, so that the budget is not released and the journal has
   * the cost if the process dies.
   */
  note(spend: CallSpend): void {
    if (this.#recorded !== undefined || this.#isUnpriced(spend)) return;
    const { actual, details } = spend;
    try {
      this.hold.setActual(actual, details);
    } catch {
      // The hold has ended, for example because the client was closed. It has settled what it knew.
    }
  }

  /** Records the cost, or frees the budget if there is none. */
  settle(given: CallSpend | undefined): void {
    const spend = given && this.#isUnpriced(given) ? undefined : given;
    if (this.#recorded !== undefined) {
      if (spend !== undefined) this.#recordMore(spend, this.#recorded);
      return;
    }
    if (spend !== undefined) this.note(spend);
    this.#recorded = spend?.actual ?? { ...this.#request.estimate, amount: 0 };
    this.#settling = this.hold.close().catch(() => undefined);
  }

  /** Resolves when the cost is recorded, or is queued. */
  async settled(): Promise<void> {
    await this.#settling;
  }

  /** Whether only an observing budget lets the call through, and its price is still not known. */
  #isUnpriced({ actual }: CallSpend): boolean {
    return actual.amount === 0 && this.#request.estimate.amount === 0;
  }

  #recordMore({ actual, details }: CallSpend, recorded: Amount): void {
    const difference = actual.amount - recorded.amount;
    if (difference <= 0) return;
    this.#recorded = actual;
    const more = { ...actual, amount: difference };
    const metadata = { ...details.metadata, continues: this.hold.id };
    this.#settling = this.#settling
      .then(() => this.#budget.reserve({ ...this.#request, estimate: more }))
      .then((hold) => {
        hold.setActual(more, { ...details, metadata });
        return hold.close();
      })
      .catch(() => undefined);
  }
}
