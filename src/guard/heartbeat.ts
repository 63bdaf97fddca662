import type { WebAbortSignal } from "../web.js";
import type { ReservationExtendResponse } from "../../generated/paths.js";
import type { Timer } from "../clock.js";
import type { CyclesError } from "../errors.js";
import { isoTime } from "../text.js";
import type { FailedAttempt } from "../wire/attempt.js";
import type { Prepared } from "../wire/prepare.js";
import type { GuardContext } from "./context.js";
import { type Extended, noteExtension, prepareExtension, sendExtension } from "./extension.js";
import type { Grant } from "./grant.js";
import {
  type FailedBeat,
  type HeartbeatPolicy,
  isLeaseLost,
  STOP_REASONS,
  tooShort,
  unexpected,
} from "./heartbeat-failure.js";
import {
  extended,
  extendTimeout,
  failed,
  isOver,
  type Lease,
  leased,
  overdue,
  type Planned,
} from "./lease/lease.js";
import type { Observed } from "./lease/observed.js";
import type { StopReason } from "./lease/step.js";

/** The next extension. */
interface PlannedBeat {
  /** When it is due, on the monotonic clock. */
  readonly at: number;
  /** The delay that `at` was computed from, in milliseconds. */
  readonly inMs: number;
  /** The extension to repeat, if this is a retry. */
  readonly retryOf: FailedBeat | undefined;
}

/**
 * Extends a reservation while its guard is open, and owns the state of its lease.
 *
 * At most one extension is in flight at a time, and the timer runs only if none is. The heartbeat
 * does not reference the guard, so that a guard that the program has dropped can be collected.
 */
export class Heartbeat {
  readonly policy: HeartbeatPolicy;
  readonly #context: GuardContext;
  readonly #grant: Grant;
  #lease: Lease;
  #expiresAt: number;
  #failure: CyclesError | undefined;
  /** Created when the signal is first read: most guards need none. */
  #controller: AbortController | undefined;
  #next: PlannedBeat | undefined;
  #timer: Timer | undefined;
  /** The extension that the timer was set for. Others come from timers that were not cancelled. */
  #armed: PlannedBeat | undefined;
  /** Settles when the last extension in the queue has ended. */
  #queue: Promise<unknown> | undefined;
  #queued = 0;
  #paused = false;
  #stopped = false;
  /** A failure during a pause. It is judged only if the pause ends and the guard is still open. */
  #unjudged: FailedBeat | undefined;
  #hasReportedClamp = false;

  constructor(context: GuardContext, grant: Grant, policy: HeartbeatPolicy, observed: Observed) {
    const { settings } = context;
    const { ttlMs } = grant;
    this.#context = context;
    this.#grant = grant;
    this.policy = policy;
    this.#expiresAt = observed.expiresAtMs ?? settings.clock.now() + ttlMs;
    const attemptMs = extendTimeout(settings.attemptTimeout, ttlMs);
    const planned = leased({ ttlMs, attemptMs }, observed);
    this.#lease = planned.lease;
    this.#follow(planned, observed.receivedAt);
  }

  /** When the lease ends, in epoch milliseconds on the server's clock. */
  get expiresAt(): number {
    return this.#expiresAt;
  }

  /** Whether the lease still holds budget, as far as the client knows. */
  get isLeased(): boolean {
    return this.#failure === undefined && !isOver(this.#lease, this.#now());
  }

  /** Why no further extension follows; `undefined` as long as the lease can be extended. */
  get failure(): CyclesError | undefined {
    return this.#failure;
  }

  /** Aborted when the lease cannot be extended, under the policy `"cancel"`. */
  get signal(): WebAbortSignal {
    return (this.#controller ??= new AbortController()).signal;
  }

  /** Extends at the caller's request, after any extension in flight. */
  async extend(byMs: number): Promise<ReservationExtendResponse> {
    const { settings } = this.#context;
    const extension = prepareExtension(settings, this.#grant, byMs);
    try {
      const ended = await this.#send(extension, () => settings.attemptTimeout);
      if ("error" in ended) throw ended.error;
      this.#observe(ended, byMs);
      return ended.body;
    } catch (error) {
      this.#continue();
      throw error;
    }
  }

  /** Sends nothing until {@link resume}, because the guard is being committed or released. */
  pause(): void {
    this.#paused = true;
    this.#disarm();
  }

  /** Continues after {@link pause}. An extension that has become due is sent at once. */
  resume(): void {
    this.#paused = false;
    const unjudged = this.#unjudged;
    this.#unjudged = undefined;
    if (unjudged) this.#judge(unjudged);
    else this.#continue();
  }

  /** Stops for good, because the guard has ended or the client is closed. */
  stop(): void {
    this.#stopped = true;
    this.#next = undefined;
    this.#disarm();
  }

  /** Sends the extension that is due. An exception, as from a user's clock, is a failed attempt. */
  async #beat(retried: Prepared<"extendReservation"> | undefined): Promise<void> {
    let extension = retried;
    let ended: Extended | FailedAttempt;
    try {
      extension ??= prepareExtension(this.#context.settings, this.#grant, this.#lease.terms.ttlMs);
      ended = await this.#send(extension, () => this.#lease.pace.attemptMs);
    } catch (cause) {
      ended = unexpected(this.#grant.id, cause);
    }
    if (!("error" in ended)) this.#observe(ended);
    else if (this.#stopped) return;
    else if (this.#paused) this.#unjudged = { extension, ended };
    else this.#judge({ extension, ended });
  }

  /** Waits for any extension in flight, because its response can change the time limit. */
  async #send(
    extension: Prepared<"extendReservation">,
    timeoutMs: () => number,
  ): Promise<Extended | FailedAttempt> {
    this.#disarm();
    this.#queued += 1;
    const before = this.#queue ?? Promise.resolve();
    const sent = before.then(() => sendExtension(this.#context, extension, timeoutMs()));
    this.#queue = sent.catch(() => undefined);
    try {
      return await sent;
    } finally {
      this.#queued -= 1;
    }
  }

  #observe(granted: Extended, askedMs?: number): void {
    this.#expiresAt = granted.body.expires_at_ms;
    const observed = noteExtension(this.#context.settings, this.#grant, granted);
    if (this.#stopped) return;
    this.#unjudged = undefined;
    this.#failure = undefined;
    this.#follow(extended(this.#lease, observed, askedMs), observed.receivedAt);
  }

  #judge(failure: FailedBeat): void {
    const { extension, ended } = failure;
    const now = this.#now();
    const planned = failed(this.#lease, ended.verdict, now);
    const { step } = planned;
    if (step.kind === "retry") {
      const what = extension ? "the same request is sent again" : "the next attempt follows";
      this.#report(ended.error, `${what} in ${step.inMs} ms`);
    }
    this.#follow(planned, now, failure);
  }

  /** Plans the next step. Its delay counts from `at`. */
  #follow({ lease, step }: Planned, at: number, failure?: FailedBeat): void {
    this.#lease = lease;
    this.#next = undefined;
    if (this.policy === false) return;
    switch (step.kind) {
      case "beat":
        this.#next = { at: at + step.inMs, inMs: step.inMs, retryOf: undefined };
        if (step.regime === "maximum_lead") this.#reportClamp(step.inMs);
        break;
      case "retry":
        this.#next = { at: at + step.inMs, inMs: step.inMs, retryOf: failure };
        break;
      case "stop":
        this.#fail(failure?.ended.error ?? tooShort(this.#grant.id, lease), step.because);
        break;
      default:
        step satisfies never;
    }
    this.#arm();
  }

  /** Sets the timer again after an interruption. The time for a retry may have passed. */
  #continue(): void {
    const now = this.#now();
    const { at, retryOf } = this.#next ?? {};
    const late = retryOf && at !== undefined && at < now ? overdue(this.#lease, now) : undefined;
    if (late) this.#follow(late, now, retryOf);
    else this.#arm();
  }

  #arm(): void {
    this.#disarm();
    const next = this.#next;
    if (next === undefined || this.#queued > 0 || this.#paused || this.#stopped) return;
    // If the user's clock goes backwards or returns NaN, the planned delay is the maximum.
    const leftMs = next.at - this.#now();
    const delayMs = leftMs < next.inMs ? Math.max(0, leftMs) : next.inMs;
    this.#armed = next;
    try {
      this.#timer = this.#context.settings.clock.setTimeout(() => {
        this.#due(next);
      }, delayMs);
      this.#timer.unref();
    } catch (cause) {
      this.#failUnexpectedly(cause);
    }
  }

  #due(next: PlannedBeat): void {
    if (this.#armed !== next) return;
    this.#disarm();
    this.#beat(next.retryOf?.extension).catch((cause: unknown) => {
      this.#failUnexpectedly(cause);
    });
  }

  /** Ends the extensions, because they cannot continue without a timer. */
  #failUnexpectedly(cause: unknown): void {
    this.#next = undefined;
    this.#disarm();
    this.#fail(unexpected(this.#grant.id, cause).error, "broken");
  }

  #disarm(): void {
    const timer = this.#timer;
    this.#timer = undefined;
    this.#armed = undefined;
    try {
      timer?.cancel();
    } catch {
      // The timer may still fire. `#due` then ignores it.
    }
  }

  /** NaN if the user's clock throws, because any amount of time may have passed. */
  #now(): number {
    try {
      return this.#context.settings.clock.monotonic();
    } catch {
      return NaN;
    }
  }

  /** Reports that no further extension follows. The work continues, and is committed as usual. */
  #fail(error: CyclesError, because: StopReason): void {
    this.#failure = error;
    const next = `no further extension, ${STOP_REASONS[because]}; the lease ends at`;
    this.#report(error, `${next} ${isoTime(this.#expiresAt)}`);
    const { id: reservationId } = this.#grant;
    const { notify } = this.#context.settings;
    if (isLeaseLost(error)) notify({ type: "lease_lost", reservationId, error });
    if (this.policy === "cancel") (this.#controller ??= new AbortController()).abort(error);
  }

  #report(error: CyclesError, next: string): void {
    const { id: reservationId } = this.#grant;
    this.#context.settings.notify({ type: "heartbeat_failed", reservationId, error, next });
  }

  #reportClamp(everyMs: number): void {
    if (this.#hasReportedClamp) return;
    this.#hasReportedClamp = true;
    const { id: reservationId } = this.#grant;
    this.#context.settings.notify({ type: "lease_clamped", reservationId, everyMs });
  }
}
