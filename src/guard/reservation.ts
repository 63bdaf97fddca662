import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { CyclesError } from "../errors.js";
import { redactorOf } from "../secrets.js";
import type { Settlement } from "../settlement/settlement.js";
import type { Spend } from "../settlement/spend.js";
import type { WebAbortSignal } from "../web.js";
import type { GuardContext, OpenGuard } from "./context.js";
import { HeartbeatFailedError } from "./errors.js";
import type { Grant } from "./grant.js";
import { Heartbeat } from "./heartbeat.js";
import type { HeartbeatPolicy } from "./heartbeat-failure.js";
import type { Observed } from "./lease/observed.js";
import { Lifecycle } from "./lifecycle.js";
import { release } from "./release.js";
import { Spends } from "./spends.js";
import type { FailedCommit, Note } from "./transition.js";

/** The lifecycle of a guard with a reservation of its own. A heartbeat extends its lease. */
export class ReservationLifecycle extends Lifecycle implements OpenGuard {
  readonly #context: GuardContext;
  readonly #heartbeat: Heartbeat;
  readonly #spends: Spends;

  constructor(context: GuardContext, grant: Grant, policy: HeartbeatPolicy, observed: Observed) {
    super(grant, context.settings.notify);
    this.#context = context;
    this.#heartbeat = new Heartbeat(context, grant, policy, observed);
    this.#spends = new Spends(context, grant);
    context.open.add(this);
  }

  override get expiresAt(): number {
    return this.#heartbeat.expiresAt;
  }

  protected override get leaseSignal(): WebAbortSignal {
    return this.#heartbeat.signal;
  }

  override get isLeased(): boolean {
    return this.#heartbeat.isLeased;
  }

  protected override lengthen(ms: number): Promise<ReservationExtendResponse> {
    return this.#heartbeat.extend(ms);
  }

  protected override beat(mode: "pause" | "resume" | "stop"): void {
    this.#heartbeat[mode]();
  }

  protected override keep(): void {
    this.#spends.log(
      () => this.noted,
      () => this.expiresAt,
    );
  }

  protected override settle(note: Note): Promise<Settlement | FailedCommit> {
    return this.#spends.settle(this.#spends.toCommit(note), false);
  }

  protected override settleAgain(spend: Spend): Promise<Settlement | FailedCommit> {
    return this.#spends.settle(spend, true);
  }

  protected override free(reason: string | undefined): Promise<CyclesError | undefined> {
    const { id, traceId, scopes } = this.grant;
    return release(this.#context, id, { reason, traceId, scopes });
  }

  /** @throws {@link HeartbeatFailedError} under the heartbeat policy `"fail"`. */
  protected override confirmed(settlement: Settlement): Settlement {
    const { policy, failure } = this.#heartbeat;
    if (policy !== "fail" || failure === undefined) return settlement;
    const { apiKey, headers } = this.#context.settings;
    const shown = redactorOf(apiKey, headers).value(settlement);
    throw new HeartbeatFailedError(this.id, shown, failure);
  }

  protected override ended(): void {
    this.#context.open.delete(this);
  }
}
