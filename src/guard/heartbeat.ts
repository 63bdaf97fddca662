import type { components } from "../../generated/paths.js";
import { thrownText } from "../callback.js";
import type { Timer } from "../clock.js";
import { CyclesError } from "../errors.js";
import { isoTime } from "../text.js";
import type { FailedAttempt } from "../wire/attempt.js";
import type { Prepared } from "../wire/prepare.js";
import {
  extended,
  extendTimeout,
  failed,
  type Lease,
  leased,
  overdue,
  type Planned,
} from "./lease/lease.js";
import type { Observed } from "./lease/observed.js";
import type { StopReason } from "./lease/step.js";
import { type Extended, type Held, prepareExtension, sendExtension } from "./reservation.js";
import { tooShort } from "./too-short.js";

/**
 * What happens when a lease cannot be kept. `"warn"`: it is reported. `"fail"`: the commit is made, and then
 * fails with {@link HeartbeatFailedError}. `"cancel"`: `guard.signal` is aborted. `false`: no heartbeat at all.
 */
export type HeartbeatPolicy = "warn" | "fail" | "cancel" | false;

/** The extension that comes next. */
interface PlannedBeat {
  /** When, on the monotonic clock, and how long that was from where it was counted. */
  readonly at: number;
  readonly inMs: number;
  /** The one that failed, where that goes out again. */
  readonly again: FailedBeat | undefined;
}

/** An extension that did not work, as far as is known. */
interface FailedBeat {
  /** `undefined` if it could not be made, so that nothing was sent. */
  readonly extension: Prepared<"extendReservation"> | undefined;
  readonly ended: FailedAttempt;
}

/**
 * Extends a reservation while its guard is open, as the lease prescribes. There is at most one timer and one
 * extension under way, and a timer only while nothing is under way.
 */
export class Heartbeat {
  readonly #held: Held;
  readonly #policy: HeartbeatPolicy;
  #lease: Lease;
  #next: PlannedBeat | undefined;
  #timer: Timer | undefined;
  /** What the timer is for: a callback for anything else comes from a timer that could not be cancelled. */
  #armed: PlannedBeat | undefined;
  /** The extensions under way and those that wait for them. */
  #queue: Promise<unknown> | undefined;
  #queued = 0;
  #paused = false;
  #stopped = false;
  /** A failure that came during a pause: what it means depends on how that ends. */
  #unjudged: FailedBeat | undefined;
  #saidClamped = false;

  constructor(held: Held, policy: HeartbeatPolicy, observed: Observed) {
    const { settings, ttlMs } = held;
    this.#held = held;
    this.#policy = policy;
    const attemptMs = extendTimeout(settings.attemptTimeout, ttlMs);
    const planned = leased({ ttlMs, attemptMs }, observed);
    this.#lease = planned.lease;
    this.#follow(planned, observed.receivedAt);
  }

  /** Extends by hand, after what is under way; the lease goes on from the answer. */
  async extend(byMs: number): Promise<components["schemas"]["ReservationExtendResponse"]> {
    const extension = prepareExtension(this.#held, byMs);
    try {
      const ended = await this.#send(extension, () => this.#held.settings.attemptTimeout);
      if ("error" in ended) throw ended.error;
      this.#observe(ended.observed, byMs);
      return ended.body;
    } catch (error) {
      this.#goOn();
      throw error;
    }
  }

  /** Sends nothing until {@link resume}: the guard is being committed. */
  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  /** Goes on where it stood; what has fallen due meanwhile goes out at once. */
  resume(): void {
    this.#paused = false;
    const unjudged = this.#unjudged;
    this.#unjudged = undefined;
    if (unjudged) this.#judge(unjudged);
    else this.#goOn();
  }

  /** For good: the guard has ended. */
  stop(): void {
    this.#stopped = true;
    this.#next = undefined;
    this.#disarm();
  }

  /** An exception, perhaps of a clock or a tracer of the user's, is one more failed attempt: the lease decides. */
  async #beat(again: Prepared<"extendReservation"> | undefined): Promise<void> {
    let extension = again;
    let ended: Extended | FailedAttempt;
    try {
      extension ??= prepareExtension(this.#held, this.#lease.terms.ttlMs);
      ended = await this.#send(extension, () => this.#lease.pace.attemptMs);
    } catch (cause) {
      ended = unexpected(this.#held.id, cause);
    }
    if (this.#stopped) return;
    if (!("error" in ended)) this.#observe(ended.observed);
    else if (this.#paused) this.#unjudged = { extension, ended };
    else this.#judge({ extension, ended });
  }

  /** Sends after what is under way, which may change how long an attempt may take. */
  async #send(
    extension: Prepared<"extendReservation">,
    timeoutMs: () => number,
  ): Promise<Extended | FailedAttempt> {
    this.#disarm();
    this.#queued += 1;
    const before = this.#queue ?? Promise.resolve();
    const sent = before.then(() => sendExtension(this.#held, extension, timeoutMs()));
    this.#queue = sent.catch(() => undefined);
    try {
      return await sent;
    } finally {
      this.#queued -= 1;
    }
  }

  #observe(observed: Observed, askedMs?: number): void {
    if (this.#stopped) return;
    this.#unjudged = undefined;
    this.#held.failure = undefined;
    this.#follow(extended(this.#lease, observed, askedMs), observed.receivedAt);
  }

  #judge(failure: FailedBeat): void {
    const { extension, ended } = failure;
    const now = this.#now();
    const planned = failed(this.#lease, ended.verdict, now);
    const { step } = planned;
    if (step.kind === "retry") {
      const again = extension ? "goes out again with the same key" : "is tried again";
      this.#report(ended.error, `${again} in ${String(step.inMs)} ms`);
    }
    this.#follow(planned, now, failure);
  }

  /** Takes the next step, counted from `at`. */
  #follow({ lease, step }: Planned, at: number, failure?: FailedBeat): void {
    this.#lease = lease;
    this.#next = undefined;
    if (this.#policy === false) return;
    switch (step.kind) {
      case "beat":
        this.#next = { at: at + step.inMs, inMs: step.inMs, again: undefined };
        if (step.regime === "maximum_lead") this.#sayClamped(step.inMs);
        break;
      case "retry":
        this.#next = { at: at + step.inMs, inMs: step.inMs, again: failure };
        break;
      case "stop":
        this.#giveUp(failure?.ended.error ?? tooShort(this.#held.id, lease), step.because);
        break;
      default:
        step satisfies never;
    }
    this.#arm();
  }

  /** After something that was in the way of the timer: a retry that has missed its time may not fit any more. */
  #goOn(): void {
    const now = this.#now();
    const { at, again } = this.#next ?? {};
    const late = again && at !== undefined && at < now ? overdue(this.#lease, now) : undefined;
    if (late) this.#follow(late, now, again);
    else this.#arm();
  }

  #arm(): void {
    this.#disarm();
    const next = this.#next;
    if (next === undefined || this.#queued > 0 || this.#paused || this.#stopped) return;
    // A clock that went back, or gave no number, must not make the delay any longer or shorter.
    const leftMs = next.at - this.#now();
    const delayMs = leftMs < next.inMs ? Math.max(0, leftMs) : next.inMs;
    this.#armed = next;
    try {
      this.#timer = this.#held.clock.setTimeout(() => {
        this.#due(next);
      }, delayMs);
      this.#timer.unref();
    } catch (cause) {
      this.#breakDown(cause);
    }
  }

  #due(next: PlannedBeat): void {
    if (this.#armed !== next) return;
    this.#disarm();
    this.#beat(next.again?.extension).catch((cause: unknown) => {
      this.#breakDown(cause);
    });
  }

  /** Without a timer nothing can be extended any more. */
  #breakDown(cause: unknown): void {
    this.#next = undefined;
    this.#disarm();
    this.#giveUp(unexpected(this.#held.id, cause).error, "broken");
  }

  #disarm(): void {
    const timer = this.#timer;
    this.#timer = undefined;
    this.#armed = undefined;
    try {
      timer?.cancel();
    } catch {
      // It may fire all the same, and is then ignored.
    }
  }

  /** A clock that fails has told nothing, and any time may have passed. */
  #now(): number {
    try {
      return this.#held.clock.monotonic();
    } catch {
      return NaN;
    }
  }

  /** No extension follows: the lease runs until it lapses, the work goes on, and its commit is made. */
  #giveUp(error: CyclesError, because: StopReason): void {
    const held = this.#held;
    held.failure = error;
    const end = isoTime(held.expiresAt);
    this.#report(error, `no further extension, ${REASONS[because]}; the lease ends at ${end}`);
    if (LOST.includes(error.code)) {
      held.settings.notify({ type: "lease_lost", reservationId: held.id, error });
    }
    if (this.#policy === "cancel") {
      held.controller ??= new AbortController();
      held.controller.abort(error);
    }
  }

  #report(error: CyclesError, next: string): void {
    const { settings, id } = this.#held;
    settings.notify({ type: "heartbeat_failed", reservationId: id, error, next });
  }

  #sayClamped(everyMs: number): void {
    if (this.#saidClamped) return;
    this.#saidClamped = true;
    const { settings, id } = this.#held;
    settings.notify({ type: "lease_clamped", reservationId: id, everyMs });
  }
}

/** After these nothing is left of the lease. */
const LOST = ["RESERVATION_EXPIRED", "RESERVATION_FINALIZED", "NOT_FOUND", "TENANT_CLOSED"];

const REASONS: Readonly<Record<StopReason, string>> = {
  refused: "because the server refuses it",
  lease_too_short: "because the lease is too short to be extended safely",
  too_late: "because no complete attempt fits into what is left of the lease",
  retry_spent: "because the last attempt that fitted into the lease has failed",
  no_progress: "because the clock has stood still since the last failure",
  throttled:
    "because the server asks for a longer pause than the lease allows, or does not say for how long",
  broken: "because the client failed unexpectedly",
};

function unexpected(reservationId: string, cause: unknown): FailedAttempt {
  const error = new CyclesError(
    `The extension of reservation ${reservationId} failed unexpectedly: ${thrownText(cause)}`,
    { code: "UNEXPECTED", retryable: true, operation: "extendReservation" },
  );
  return { verdict: { kind: "unreachable", error }, error };
}
