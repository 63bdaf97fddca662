import type { components } from "../../generated/paths.js";
import type { Timer } from "../clock.js";
import type { CyclesError } from "../errors.js";
import type { Prepared } from "../wire/attempt.js";
import { beatDelay, extendTimeout, type Lease, observed, repeatDelay } from "./lease.js";
import { type Held, prepareExtension, sendExtension } from "./reservation.js";

/**
 * What happens when a lease cannot be kept. `"warn"`: it is reported. `"fail"`: the commit is made, and then
 * fails with {@link HeartbeatFailedError}. `"cancel"`: `guard.signal` is aborted. `false`: no heartbeat at all.
 */
export type HeartbeatPolicy = "warn" | "fail" | "cancel" | false;

/** The first extension is no later than this: a lease of hours should not depend on one request at its end. */
const LATEST_FIRST_BEAT_MS = 30_000;

/** Extends a reservation until its guard is no longer open. At most one timer and one request at a time. */
export class Heartbeat {
  readonly #held: Held;
  readonly #policy: HeartbeatPolicy;
  #lease: Lease;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(held: Held, policy: HeartbeatPolicy, remainingTtlMs: number | undefined) {
    this.#held = held;
    this.#policy = policy;
    this.#lease = observed(held.ttlMs, remainingTtlMs, held.clock.monotonic());
    const first = beatDelay(this.#lease);
    if (policy !== false)
      this.#beatIn(remainingTtlMs === undefined ? Math.min(first, LATEST_FIRST_BEAT_MS) : first);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #beatIn(ms: number, extension?: Prepared): void {
    if (this.#stopped) return;
    this.#timer = this.#held.clock.setTimeout(() => {
      void this.#beat(extension);
    }, ms);
    this.#timer.unref();
  }

  async #beat(again: Prepared | undefined): Promise<void> {
    const { settings, ttlMs, clock } = this.#held;
    const timeout = extendTimeout(settings.attemptTimeout, ttlMs);
    const extension = again ?? prepareExtension(this.#held, ttlMs, timeout);
    const ended = await sendExtension(this.#held, extension);
    if (this.#stopped) return;
    if ("answer" in ended) {
      const { remaining_ttl_ms } = ended.verdict
        .data as components["schemas"]["ReservationExtendResponse"];
      this.#lease = observed(ttlMs, remaining_ttl_ms, clock.monotonic());
      this.#beatIn(beatDelay(this.#lease));
      return;
    }
    const delay =
      ended.verdict.kind === "rejected"
        ? undefined
        : repeatDelay(this.#lease, clock.monotonic(), timeout);
    if (delay === undefined) this.#fail(ended.error);
    else {
      this.#report(
        ended.error,
        `the same extension goes out again in ${String(Math.round(delay))} ms`,
      );
      this.#beatIn(delay, extension);
    }
  }

  /** No extension will follow: the lease runs until it lapses, the work goes on, and its commit is made. */
  #fail(error: CyclesError): void {
    const held = this.#held;
    this.stop();
    held.failure = error;
    this.#report(
      error,
      `no further extension; the lease ends at ${new Date(held.expiresAt).toISOString()}`,
    );
    if (error.code === "RESERVATION_EXPIRED" || error.code === "RESERVATION_FINALIZED") {
      held.settings.notify({ type: "lease_lost", reservationId: held.id, error });
    }
    if (this.#policy === "cancel") {
      held.controller ??= new AbortController();
      held.controller.abort(error);
    }
  }

  #report(error: CyclesError, next: string): void {
    this.#held.settings.notify({
      type: "heartbeat_failed",
      reservationId: this.#held.id,
      error,
      next,
    });
  }
}
