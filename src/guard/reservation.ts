import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { CyclesError } from "../errors.js";
import { redactorOf } from "../secrets.js";
import type { Settlement } from "../settlement/settlement.js";
import type { WebAbortSignal } from "../web.js";
import type { GuardContext } from "./context.js";
import { HeartbeatFailedError } from "./errors.js";
import type { Grant } from "./grant.js";
import { Heartbeat } from "./heartbeat.js";
import type { HeartbeatPolicy } from "./heartbeat-failure.js";
import type { Observed } from "./lease/observed.js";
import { RecordedLifecycle } from "./recorded.js";
import { release } from "./release.js";

/** The lifecycle of a guard with a reservation of its own. A heartbeat extends its lease. */
export class ReservationLifecycle extends RecordedLifecycle {
  readonly #heartbeat: Heartbeat;

  constructor(context: GuardContext, grant: Grant, policy: HeartbeatPolicy, observed: Observed) {
    super(context, grant);
    this.#heartbeat = new Heartbeat(context, grant, policy, observed);
  }

  override get expiresAt(): number {
    return this.#heartbeat.expiresAt;
  }

  override get isLeased(): boolean {
    return this.#heartbeat.isLeased;
  }

  protected override get leaseSignal(): WebAbortSignal {
    return this.#heartbeat.signal;
  }

  protected override lengthen(ms: number): Promise<ReservationExtendResponse> {
    return this.#heartbeat.extend(ms);
  }

  protected override beat(mode: "pause" | "resume" | "stop"): void {
    this.#heartbeat[mode]();
  }

  protected override free(reason: string | undefined): Promise<CyclesError | undefined> {
    const { id, traceId, scopes } = this.grant;
    return release(this.context, id, { reason, traceId, scopes });
  }

  /** @throws {@link HeartbeatFailedError} under the heartbeat policy `"fail"`. */
  protected override confirmed(settlement: Settlement): Settlement {
    const { policy, failure } = this.#heartbeat;
    if (policy !== "fail" || failure === undefined) return settlement;
    const { apiKey, headers } = this.context.settings;
    const shown = redactorOf(apiKey, headers).value(settlement);
    throw new HeartbeatFailedError(this.id, shown, failure);
  }
}
