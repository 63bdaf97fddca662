import type { Amount } from "../amount.js";
import type { CyclesError } from "../errors.js";
import type { Notice } from "../notices.js";
import type { SpendDetails } from "../settlement/details.js";
import type { Settlement, Unsettled } from "../settlement/settlement.js";
import type { Spend } from "../settlement/spend.js";

/** The state of a guard. The last four are final: they never change. */
export type GuardState =
  "open" | "committing" | "releasing" | "committed" | "queued" | "released" | "lost";

/**
 * How a guard ended: with its settlement, released, or `lost`.
 *
 * A lost guard no longer commits or releases. A notice reports its spend, or that the cost is
 * unknown.
 */
export type GuardOutcome =
  | Settlement
  | { readonly state: "released" }
  | { readonly state: "lost"; readonly error?: CyclesError };

/** A spend that the work has noted. */
export interface Note {
  readonly actual: Amount;
  readonly details: SpendDetails | undefined;
}

/** A spend that is not in the ledger, as far as the client knows. */
export interface FailedCommit {
  readonly spend: Spend;
  readonly because: Unsettled;
}

/**
 * The state of a guard, as one value. These rules hold for every order of events:
 *
 * - After a note, a commit, or a note that was rejected as invalid, nothing releases.
 * - After a commit whose fate is unknown, only the same spend can be sent again.
 * - `ended` never changes.
 */
export type State =
  /** Nothing has been spent yet, as far as the client knows. */
  | { readonly kind: "open" }
  /** The work has spent something, and no valid amount is known. */
  | { readonly kind: "unpriced" }
  | { readonly kind: "noted"; readonly note: Note }
  /** The server refused the last commit. Another amount can be committed. */
  | { readonly kind: "refused"; readonly failed: FailedCommit }
  /** The server may have recorded the last commit. */
  | { readonly kind: "unknown"; readonly failed: FailedCommit }
  /** `closing`: the guard ends with this commit, even if it fails. */
  | { readonly kind: "committing"; readonly closing: boolean }
  /** `closing`: the guard ends with this release, even if it fails. */
  | { readonly kind: "releasing"; readonly closing: boolean; readonly reason: string | undefined }
  | {
      readonly kind: "ended";
      readonly outcome: GuardOutcome;
      /** The spend that is missing from the ledger; `undefined` if there is none. */
      readonly failed: FailedCommit | undefined;
    };

/** The events of a guard. */
export type GuardEvent =
  | { readonly type: "note"; readonly note: Note }
  /** The amount of a note or a commit was not valid. */
  | { readonly type: "invalid_amount"; readonly in: "note" | "commit" }
  /** `last`: if the commit fails, the guard ends. */
  | { readonly type: "commit"; readonly note: Note; readonly last: boolean }
  | { readonly type: "settled"; readonly settlement: Settlement }
  | { readonly type: "unsettled"; readonly failed: FailedCommit }
  /** The commit could not be prepared, so nothing was sent. */
  | { readonly type: "not_sent"; readonly note: Note; readonly error: CyclesError }
  | { readonly type: "release"; readonly reason: string | undefined }
  | { readonly type: "released" }
  | { readonly type: "release_failed"; readonly error: CyclesError }
  /** The caller wants to extend the lease. */
  | { readonly type: "extend" }
  | { readonly type: "close" }
  /** The work is done, and its cost cannot be determined. */
  | { readonly type: "cost_unknown"; readonly error?: CyclesError }
  /** The guard was garbage-collected. */
  | { readonly type: "collected" }
  | { readonly type: "client_closed" };

/** The actions that follow from an event. */
export type Effect =
  | { readonly do: "settle"; readonly note: Note }
  /** Sends the same spend again, with the same key and the same bytes. */
  | { readonly do: "settle_again"; readonly spend: Spend }
  | { readonly do: "release"; readonly reason: string | undefined }
  | { readonly do: "pause_heartbeat" }
  | { readonly do: "resume_heartbeat" }
  | { readonly do: "stop_heartbeat" }
  | { readonly do: "notify"; readonly notice: Notice }
  | { readonly do: "end"; readonly outcome: GuardOutcome }
  /** The state does not allow the call. Nothing has changed. */
  | { readonly do: "refuse"; readonly message: string };

/** A new state, and the effects of entering it. */
export interface Transition {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** The state as the public API shows it. */
export function toGuardState(state: State): GuardState {
  switch (state.kind) {
    case "open":
    case "unpriced":
    case "noted":
    case "refused":
    case "unknown":
      return "open";
    case "committing":
    case "releasing":
      return state.kind;
    case "ended":
      return state.outcome.state;
    default:
      return state satisfies never;
  }
}

/** Whether a spend can still be noted or committed. */
export function isOpen(state: State): boolean {
  return toGuardState(state) === "open";
}
