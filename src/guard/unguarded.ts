import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Spend } from "../settlement/spend.js";
import type { WebAbortSignal } from "../web.js";
import type { GuardContext } from "./context.js";
import type { Grant } from "./grant.js";
import { RecordedLifecycle } from "./recorded.js";
import type { Note } from "./transition.js";
import type { UnguardedTotals } from "./unguarded-totals.js";

/** The lifecycle of a guard without a reservation. Its spend is recorded as an event. */
export class UnguardedLifecycle extends RecordedLifecycle {
  readonly #totals: UnguardedTotals | undefined;
  #expiresAt: number;
  /** Never aborted. A shared one would keep the listeners of all guards. */
  #signal: WebAbortSignal | undefined;

  /** @param totals the totals that count the work; undefined if its limit is not the reason for it */
  constructor(context: GuardContext, grant: Grant, totals: UnguardedTotals | undefined) {
    super(context, grant);
    this.#totals = totals;
    this.#expiresAt = context.settings.clock.now() + grant.ttlMs;
  }

  override get expiresAt(): number {
    return this.#expiresAt;
  }

  override get isLeased(): boolean {
    return true;
  }

  protected override get leaseSignal(): WebAbortSignal {
    return (this.#signal ??= new AbortController().signal);
  }

  /** There is no lease, so it never ends. */
  protected override lengthen(ms: number): Promise<ReservationExtendResponse> {
    this.#expiresAt += ms;
    return Promise.resolve({ status: "ACTIVE", expires_at_ms: Math.floor(this.#expiresAt) });
  }

  protected override beat(): void {
    // There is no lease to extend.
  }

  protected override keep(note: Note): void {
    this.#totals?.spent(this.id, note.actual);
    super.keep(note);
  }

  protected override sending({ actual, idempotencyKey }: Spend): void {
    this.#totals?.spent(this.id, actual, idempotencyKey);
  }

  protected override free(): Promise<undefined> {
    this.#totals?.giveBack(this.id);
    return Promise.resolve(undefined);
  }
}
