import type { Settlement } from "../settlement/settlement.js";
import type { Spend } from "../settlement/spend.js";
import type { GuardContext, OpenGuard } from "./context.js";
import type { Grant } from "./grant.js";
import { Lifecycle } from "./lifecycle.js";
import { Spends } from "./spends.js";
import type { FailedCommit, Note } from "./transition.js";

/** A lifecycle whose spend has a record of its own in the ledger, and in the journal until then. */
export abstract class RecordedLifecycle extends Lifecycle implements OpenGuard {
  protected readonly context: GuardContext;
  readonly #spends: Spends;

  constructor(context: GuardContext, grant: Grant) {
    super(grant, context.settings.notify);
    this.context = context;
    this.#spends = new Spends(context, grant);
    context.open.add(this);
  }

  protected override keep(_: Note): void {
    this.#spends.log(
      () => this.noted,
      () => this.expiresAt,
    );
  }

  protected override settle(note: Note): Promise<Settlement | FailedCommit> {
    const spend = this.#spends.toCommit(note);
    this.sending(spend);
    return this.#spends.settle(spend, false);
  }

  /** Called before a spend is sent for the first time. */
  protected sending(_: Spend): void {
    // Only unguarded work counts it.
  }

  protected override settleAgain(spend: Spend): Promise<Settlement | FailedCommit> {
    return this.#spends.settle(spend, true);
  }

  protected override confirmed(settlement: Settlement): Settlement {
    return settlement;
  }

  protected override ended(): void {
    this.context.open.delete(this);
  }
}
