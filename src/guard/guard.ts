import type {
  Caps,
  ReservationCreateRequest,
  ReservationCreateResponse,
  ReservationExtendResponse,
} from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { PolicyMode } from "../policy-options.js";
import type { SpendDetails } from "../settlement/details.js";
import type { Settlement } from "../settlement/settlement.js";
import type { WebAbortSignal } from "../web.js";
import { capsOf } from "./grant.js";
import type { Lifecycle } from "./lifecycle.js";
import type { Hold } from "./budget.js";
import { toGuardState, type GuardOutcome, type GuardState } from "./transition.js";

/**
 * A reservation as an object. It holds budget for one piece of work until it is committed, released
 * or closed. Until then, a heartbeat extends its lease. `client.reserve(…)` returns a guard.
 *
 * Once the work has spent something, the guard never releases. This is the case after a note, after
 * a commit, and after a note that was rejected as invalid. If a guard ends and its spend is not in
 * the ledger, one notice reports it: `settlement_failed` or `actual_unknown`.
 *
 * @example
 * ```ts
 * import { CyclesClient, usd } from "cycles-client";
 * const cycles = new CyclesClient();
 * await using guard = await cycles.reserve({
 *   action: { kind: "llm.completion", name: "gpt-4o-mini" },
 *   estimate: usd("0.02"),
 * });
 * // … the work …
 * guard.setActual(usd("0.013")); // committed at the end of the block; without it, released
 * ```
 */
export class Guard implements Hold {
  /** The response to the reserve. Optional fields that were `null` are absent. */
  readonly reservation: ReservationCreateResponse;
  readonly #lifecycle: Lifecycle;
  #request: ReservationCreateRequest | undefined;
  #signal: AbortSignal | undefined;

  /** @internal */
  constructor(lifecycle: Lifecycle) {
    this.reservation = lifecycle.grant.reservation;
    this.#lifecycle = lifecycle;
    lifecycle.watch(this);
  }

  /** The id of the reservation. */
  get id(): string {
    return this.#lifecycle.id;
  }

  /** The request as it was sent, including the default subject fields and the idempotency key. */
  get request(): ReservationCreateRequest {
    return (this.#request ??= Object.freeze(
      // The operation's validator accepted this text before it was sent.
      JSON.parse(this.#lifecycle.grant.sent) as ReservationCreateRequest,
    ));
  }

  /**
   * The limits that come with `ALLOW_WITH_CAPS`; undefined if there are none, or if the mode is
   * `observe`.
   */
  get caps(): Caps | undefined {
    return capsOf(this.#lifecycle.grant);
  }

  /** The mode under which it was reserved. */
  get mode(): PolicyMode {
    return this.#lifecycle.grant.observes ? "observe" : "enforce";
  }

  /** The current state. A final state never changes. */
  get state(): GuardState {
    return toGuardState(this.#lifecycle.state);
  }

  /** Resolves when the guard reaches a final state. Never rejects. */
  get settled(): Promise<GuardOutcome> {
    return this.#lifecycle.settled;
  }

  /** When the lease ends, in epoch milliseconds on the server's clock. Extensions change it. */
  get expiresAt(): number {
    return this.#lifecycle.expiresAt;
  }

  /**
   * A signal for the work. It is aborted together with the signal that was passed to the reserve
   * and, under the heartbeat policy `"cancel"`, when the lease is lost.
   */
  get signal(): WebAbortSignal {
    return (this.#signal ??= this.#lifecycle.signal);
  }

  /** The amount that was noted last; undefined if there is none. */
  get actual(): Amount | undefined {
    return this.#lifecycle.noted?.actual;
  }

  /** Whether the caps allow a tool. */
  allowsTool(tool: string): boolean {
    return allowsTool(this.caps, tool);
  }

  /**
   * Notes the total spent so far and replaces the previous note. The note is committed when the
   * guard closes.
   *
   * The commit leaves out details that the protocol cannot carry. A `details_changed` notice names
   * them.
   *
   * @throws {@link CyclesValidationError} if this is not an amount, or is in another unit than the
   * reservation. The guard then never releases, because the work has spent something.
   * @throws {@link GuardStateError} if the guard has ended, or if the fate of a commit of another
   * amount is unknown.
   */
  setActual(actual: Amount, details?: SpendDetails): void {
    this.#lifecycle.note(actual, details);
  }

  /**
   * Records the cost of the work and ends the guard. By default, it commits the noted amount.
   *
   * Resolves to `committed`, or to `queued` if the ledger is unreachable and the spend is retried
   * later.
   *
   * If the server refuses the commit, the refusal is thrown and the guard stays open, so you can
   * commit another amount. If it is unknown whether the commit was recorded, the error of that
   * attempt is thrown. This happens only with `retry: false` and no record in a journal. You can
   * then commit only the same amount again. It is sent with the same key and the same bytes.
   *
   * (Protocol: commitReservation.)
   *
   * @throws {@link CyclesValidationError} if the amount is not valid.
   * @throws {@link BudgetDeniedError} and other API errors if the server refuses.
   * @throws {@link HeartbeatFailedError} under the heartbeat policy `"fail"`.
   * @throws {@link GuardStateError} if the guard has ended, or if the fate of a commit of another
   * amount is unknown.
   */
  commit(
    actual: Amount | undefined = this.#lifecycle.spend?.actual,
    details: SpendDetails | undefined = this.#lifecycle.noted?.details,
  ): Promise<Settlement> {
    return this.#lifecycle.commit(actual, details);
  }

  /**
   * Frees the budget, because the work will not happen. Does nothing if the guard has ended. Takes
   * at most `settleTimeout`.
   *
   * (Protocol: releaseReservation.)
   *
   * @throws {@link GuardStateError} if the work has spent something.
   * @throws the error of the call if the server cannot release. You can call `release` again;
   * otherwise the lease lapses.
   */
  release(reason?: string): Promise<void> {
    return this.#lifecycle.release(reason);
  }

  /**
   * Extends the lease by `ms` milliseconds from its current end. The server may grant less. The
   * heartbeat continues from the new end.
   *
   * (Protocol: extendReservation.)
   *
   * @throws {@link ReservationStateError} if the lease is over or cannot be extended again.
   * @throws {@link GuardStateError} if the guard has ended.
   * @throws the errors that every call can throw.
   */
  async extend(ms: number): Promise<ReservationExtendResponse> {
    return this.#lifecycle.extend(ms);
  }

  /**
   * Ends the guard: commits the noted amount, or releases if nothing was spent.
   *
   * It waits for a commit or a release that is in progress. A guard that has ended does not change.
   * All calls return the same promise, so the guard is closed once.
   *
   * @throws the error of the commit, if that fails. A `settlement_failed` notice also reports it,
   * because an error in the `await using` block can hide this one. In the mode `observe`, only the
   * notice does.
   * @throws {@link HeartbeatFailedError} under the heartbeat policy `"fail"`.
   */
  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  /** Calls {@link Guard.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** A non-empty allow list takes precedence over the deny list. */
export function allowsTool(caps: Caps | undefined, tool: string): boolean {
  if (caps?.tool_allowlist?.length) return caps.tool_allowlist.includes(tool);
  return caps?.tool_denylist?.includes(tool) !== true;
}
