import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Settlement } from "../settlement/settlement.js";
import type { WebAbortSignal } from "../web.js";
import type { GuardContext } from "./context.js";
import type { Grant } from "./grant.js";
import { RecordedLifecycle } from "./recorded.js";
import type { FailedCommit, Note } from "./transition.js";

/** The lifecycle of a guard without a reservation. Its spend is recorded as an event. */
export class UnguardedLifecycle extends RecordedLifecycle {
  #expiresAt: number;
  /** Never aborted. A shared one would keep the listeners of all guards. */
  #signal: WebAbortSignal | undefined;

  constructor(context: GuardContext, grant: Grant) {
    super(context, grant);
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
    this.context.unguarded.spent(this.id, note.actual);
    super.keep(note);
  }

  protected override settle(note: Note): Promise<Settlement | FailedCommit> {
    this.context.unguarded.spent(this.id, note.actual);
    return super.settle(note);
  }

  protected override free(): Promise<undefined> {
    this.context.unguarded.giveBack(this.id);
    return Promise.resolve(undefined);
  }
}
