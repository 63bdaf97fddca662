import type { Caps, components } from "../../generated/paths.js";
import type { Amount } from "../amount.js";
import type { SpendDetails } from "../settlement/details.js";
import type { Settlement } from "../settlement/settlement.js";
import type { WebAbortSignal } from "../web.js";
import type { Lifecycle } from "./lifecycle.js";
import { type GuardOutcome, type GuardState, toGuardState } from "./state.js";

type ReservationCreateRequest = components["schemas"]["ReservationCreateRequest"];

/**
 * A reservation as an object: budget is held for one piece of work until it is committed, released or closed.
 * A heartbeat keeps the lease alive meanwhile. Made by `client.reserve(…)`.
 *
 * Once the work has spent something, the guard never releases: after a note, an attempt to commit, or a note that was
 * refused as invalid. Each ending in which a spend is not in the ledger raises one notice, `settlement_failed` or
 * `actual_unknown`.
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
 * guard.setActual(usd("0.013")); // committed when the block ends; without it, released
 * ```
 */
export class Guard implements AsyncDisposable {
  /** The body of the response, without the optional fields that were `null`. */
  readonly reservation: components["schemas"]["ReservationCreateResponse"];
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

  /** The request as it was sent, with subject defaults and idempotency key filled in. */
  get request(): ReservationCreateRequest {
    return (this.#request ??= Object.freeze(
      JSON.parse(this.#lifecycle.grant.sent) as ReservationCreateRequest,
    ));
  }

  /** Limits that come with `ALLOW_WITH_CAPS`; undefined if there are none. */
  get caps(): Caps | undefined {
    return this.reservation.caps;
  }

  /** Where the guard stands. A final state never changes. */
  get state(): GuardState {
    return toGuardState(this.#lifecycle.state);
  }

  /** Resolves, and never rejects, when the guard reaches a final state. */
  get settled(): Promise<GuardOutcome> {
    return this.#lifecycle.settled;
  }

  /** When the lease ends, in epoch milliseconds on the server's clock; each extension moves it. */
  get expiresAt(): number {
    return this.#lifecycle.grant.held.expiresAt;
  }

  /**
   * Hand it to the work: aborted with the signal of the reserve, and, under the policy `"cancel"`, when the lease is
   * lost.
   */
  get signal(): WebAbortSignal {
    if (this.#signal === undefined) {
      const { held, signal } = this.#lifecycle.grant;
      const own = (held.controller ??= new AbortController()).signal;
      this.#signal = signal === undefined ? own : AbortSignal.any([own, signal]);
    }
    return this.#signal;
  }

  /** The spend that was noted last; undefined if there is none. */
  get actual(): Amount | undefined {
    return this.#lifecycle.noted?.actual;
  }

  /** Whether the caps let a tool be used. */
  allowsTool(name: string): boolean {
    return allowsTool(this.caps, name);
  }

  /**
   * Notes the total spent so far, in place of what was noted before. It is committed when the guard closes. Details
   * that the protocol cannot carry are left out at the commit, and a `details_changed` notice names them.
   *
   * @throws {@link CyclesValidationError} for an amount in another unit than the reservation's, or no amount at all: the
   * guard then never releases, because the work has spent something; {@link GuardStateError} on a guard that has ended,
   * and for another amount than that of a commit whose fate is unknown.
   */
  setActual(actual: Amount, details?: SpendDetails): void {
    this.#lifecycle.note(actual, details);
  }

  /**
   * Records what the work cost, by default what was noted, and ends the guard. Resolves to `committed`, or to `queued`
   * if the ledger cannot be reached now and the spend goes on being tried.
   *
   * A refusal that the server understood is thrown and leaves the guard open: it can be committed again, with
   * another amount. If the fate of a commit is unknown (with `retry: false` and no record in a journal), the error of
   * that try is thrown, and only the same amount can be committed again; it leaves with the same key and the same bytes.
   *
   * @throws {@link GuardStateError} on a guard that has ended, and for another amount than that of a commit whose fate
   * is unknown; {@link CyclesValidationError} for a bad amount; {@link BudgetDeniedError} and others if the server
   * refuses; {@link HeartbeatFailedError} under the policy `"fail"`. (Protocol: commitReservation.)
   */
  commit(
    actual: Amount | undefined = this.#lifecycle.spend?.actual,
    details: SpendDetails | undefined = this.#lifecycle.noted?.details,
  ): Promise<Settlement> {
    return this.#lifecycle.commit(actual, details);
  }

  /**
   * Gives the budget back: the work will not happen. On a guard that has ended this does nothing. It waits for
   * `settleTimeout` at the longest.
   *
   * @throws {@link GuardStateError} once the work has spent something, and the error of the server if it cannot be
   * released; the lease then lapses by itself, or `release` is called again. (Protocol: releaseReservation.)
   */
  release(reason?: string): Promise<void> {
    return this.#lifecycle.release(reason);
  }

  /**
   * Extends the lease by `ms` milliseconds from its present end; the heartbeat goes on from there. The server may
   * grant less.
   *
   * @throws {@link GuardStateError} on a guard that has ended, {@link ReservationStateError} if the lease is
   * over or out of extensions, and the errors of any other call. (Protocol: extendReservation.)
   */
  async extend(ms: number): Promise<components["schemas"]["ReservationExtendResponse"]> {
    return this.#lifecycle.extend(ms);
  }

  /**
   * Ends the guard: commits what was noted, else releases. A commit or a release that is under way is waited for. A guard
   * that has ended stays as it is. However often it is called, at once or later, the guard is closed once.
   *
   * @throws the error of the commit that it makes, if that fails; a `settlement_failed` notice reports it as well, because
   * an error of the block that is left can hide this one. {@link HeartbeatFailedError} under the policy `"fail"`.
   */
  close(): Promise<void> {
    return this.#lifecycle.close();
  }

  /** {@link Guard.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Whether caps let a tool be used: an allow list that is not empty decides alone, else the deny list does. */
export function allowsTool(caps: Caps | undefined, name: string): boolean {
  if (caps?.tool_allowlist?.length) return caps.tool_allowlist.includes(name);
  return caps?.tool_denylist?.includes(name) !== true;
}
