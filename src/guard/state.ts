import { type Amount, format } from "../amount.js";
import type { CyclesError } from "../errors.js";
import type { Notice } from "../notices.js";
import type { Settlement, Unsettled } from "../settlement/settlement.js";
import type { SpendDetails } from "../settlement/details.js";
import type { NewSpend } from "../settlement/spend.js";

/** The state of a guard. The last four are final, and never change. */
export type GuardState =
  "open" | "committing" | "releasing" | "committed" | "queued" | "released" | "lost";

/**
 * How a guard ended: with its settlement, released, or `lost`, which means that nothing is committed or released through
 * this guard any more. A notice says what a lost guard has spent, or that its cost is not known.
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

/** A spend that is not in the ledger, as far as is known. */
export interface FailedCommit {
  readonly spend: NewSpend;
  readonly because: Unsettled;
}

/**
 * The state of a guard, one value. What holds in every order of events:
 * - Once a spend was noted, a commit was tried, or a note was refused as invalid, nothing releases.
 * - After a commit whose fate is unknown, only the same spend leaves again.
 * - `ended` never changes.
 */
export type State =
  /** Nothing has been spent yet, as far as is known. */
  | { readonly kind: "open" }
  /** The work has spent something, and no valid amount is known. */
  | { readonly kind: "unpriced" }
  | { readonly kind: "noted"; readonly note: Note }
  /** The server understood the last commit and refused it: another amount can be committed. */
  | { readonly kind: "refused"; readonly failed: FailedCommit }
  /** The server may have recorded the last commit. */
  | { readonly kind: "unknown"; readonly failed: FailedCommit }
  /** `closing`: the guard ends with this, however it goes. */
  | { readonly kind: "committing"; readonly closing: boolean }
  | { readonly kind: "releasing"; readonly closing: boolean; readonly reason: string | undefined }
  | {
      readonly kind: "ended";
      readonly outcome: GuardOutcome;
      /** The spend that the ledger does not have; `undefined` if there is none. */
      readonly failed: FailedCommit | undefined;
    };

/** What can happen to a guard. */
export type GuardEvent =
  | { readonly type: "note"; readonly note: Note }
  /** A note or a commit named no valid amount. */
  | { readonly type: "invalid_amount"; readonly in: "note" | "commit" }
  /** `last`: if it fails, the guard ends. */
  | { readonly type: "commit"; readonly note: Note; readonly last: boolean }
  | { readonly type: "settled"; readonly settlement: Settlement }
  | { readonly type: "unsettled"; readonly failed: FailedCommit }
  /** The commit could not be written: nothing has left. */
  | { readonly type: "not_sent"; readonly note: Note; readonly error: CyclesError }
  | { readonly type: "release"; readonly reason: string | undefined }
  | { readonly type: "released" }
  | { readonly type: "release_failed"; readonly error: CyclesError }
  /** The lease is about to be extended by hand. */
  | { readonly type: "extend" }
  | { readonly type: "close" }
  /** The work is done, and its cost cannot be found out. */
  | { readonly type: "cost_unknown"; readonly error?: CyclesError }
  /** The program has dropped the guard. */
  | { readonly type: "collected" }
  | { readonly type: "client_closed" };

/** What follows from an event. */
export type Effect =
  | { readonly do: "settle"; readonly note: Note }
  /** The spend that was sent before, with its key and its bytes. */
  | { readonly do: "settle_again"; readonly spend: NewSpend }
  | { readonly do: "release"; readonly reason: string | undefined }
  | { readonly do: "pause_heartbeat" }
  | { readonly do: "resume_heartbeat" }
  | { readonly do: "stop_heartbeat" }
  | { readonly do: "notify"; readonly notice: Notice }
  | { readonly do: "end"; readonly outcome: GuardOutcome }
  /** The caller asked for something that the state does not allow; nothing has changed. */
  | { readonly do: "refuse"; readonly message: string };

/** A state, and what has to be done on entering it. */
export interface Transition {
  readonly state: State;
  readonly effects: readonly Effect[];
}

/** Decides what an event means for a guard. Pure. */
export function next(id: string, state: State, event: GuardEvent): Transition {
  switch (event.type) {
    case "note":
      return note(id, state, event.note);
    case "invalid_amount":
      return invalidAmount(id, state, event.in);
    case "commit":
      return commit(id, state, event.note, event.last);
    case "settled":
      return settled(state, event.settlement);
    case "unsettled":
      return unsettled(id, state, event.failed);
    case "not_sent":
      return notSent(id, state, event.note, event.error);
    case "release":
      return release(id, state, event.reason);
    case "released":
      return released(id, state);
    case "release_failed":
      return releaseFailed(id, state, event.error);
    case "extend":
      return isOpen(state) ? stay(state) : refuse(id, state, "extend");
    case "close":
      return close(id, state);
    case "cost_unknown":
      return unpriced(id, state, event.error);
    case "collected":
      return collected(id, state);
    case "client_closed":
      return clientClosed(id, state);
    default:
      return event satisfies never;
  }
}

/** The state as users see it. */
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

function note(id: string, state: State, noted: Note): Transition {
  switch (state.kind) {
    case "open":
    case "unpriced":
    case "noted":
    case "refused":
      return to({ kind: "noted", note: noted });
    case "unknown":
      return isSameSpend(state.failed, noted) ? stay(state) : refuseOther(id, state.failed, state);
    default:
      return refuse(id, state, "note a spend");
  }
}

function invalidAmount(id: string, state: State, where: "note" | "commit"): Transition {
  if (!isOpen(state)) return refuse(id, state, where === "note" ? "note a spend" : "commit");
  return state.kind === "open" ? to({ kind: "unpriced" }) : stay(state);
}

function commit(id: string, state: State, noted: Note, last: boolean): Transition {
  switch (state.kind) {
    case "open":
    case "unpriced":
    case "noted":
    case "refused":
      return to({ kind: "committing", closing: last }, PAUSE, { do: "settle", note: noted });
    case "unknown":
      if (!isSameSpend(state.failed, noted)) return refuseOther(id, state.failed, state);
      return again(state.failed, last);
    default:
      return refuse(id, state, "commit");
  }
}

function settled(state: State, settlement: Settlement): Transition {
  if (state.kind !== "committing") return stay(state);
  return end(settlement, undefined);
}

function unsettled(id: string, state: State, failed: FailedCommit): Transition {
  if (state.kind !== "committing") return stay(state);
  const { fate, error } = failed.because;
  // Such a reservation cannot be committed any more: it is another's, or it is over.
  const isGone =
    fate === "refused" && (error.code === "RESERVATION_FINALIZED" || error.code === "NOT_FOUND");
  if (state.closing || isGone) return spendLost(id, failed);
  return to({ kind: fate, failed }, RESUME);
}

function notSent(id: string, state: State, noted: Note, error: CyclesError): Transition {
  if (state.kind !== "committing") return stay(state);
  if (!state.closing) return to({ kind: "noted", note: noted }, RESUME);
  const { actual } = noted;
  const lost = { actual, idempotencyKey: "", kept: false, fate: "refused", error } as const;
  return end({ state: "lost", error }, undefined, {
    do: "notify",
    notice: { type: "settlement_failed", reservationId: id, ...lost },
  });
}

function release(id: string, state: State, reason: string | undefined): Transition {
  switch (state.kind) {
    case "open":
      return to({ kind: "releasing", closing: false, reason }, PAUSE, { do: "release", reason });
    case "releasing":
    case "ended":
      return stay(state);
    case "noted":
      return refused(
        state,
        `Reservation ${id} cannot be released: its work has spent ${format(state.note.actual)}, which must stay reserved. Commit it, or close the guard`,
      );
    case "unpriced":
      return refused(
        state,
        `Reservation ${id} cannot be released: its work has spent something, though no valid amount is known. Commit the right amount`,
      );
    case "refused":
    case "unknown":
      return refused(
        state,
        `Reservation ${id} cannot be released after a commit was tried: the work has happened, and its cost must stay reserved. Commit again`,
      );
    case "committing":
      return refuse(id, state, "release");
    default:
      return state satisfies never;
  }
}

function released(id: string, state: State): Transition {
  if (state.kind !== "releasing") return stay(state);
  const { reason } = state;
  const notice: Notice = { type: "released", reservationId: id, reason };
  return end({ state: "released" }, undefined, { do: "notify", notice });
}

function releaseFailed(id: string, state: State, error: CyclesError): Transition {
  if (state.kind !== "releasing") return stay(state);
  // The reservation has lapsed: the budget is free already.
  if (error.code === "RESERVATION_EXPIRED") return end({ state: "lost", error }, undefined);
  if (!state.closing) return to({ kind: "open" }, RESUME);
  const notice: Notice = { type: "release_failed", reservationId: id, error };
  return end({ state: "lost", error }, undefined, { do: "notify", notice });
}

function close(id: string, state: State): Transition {
  switch (state.kind) {
    case "open":
      return to({ kind: "releasing", closing: true, reason: undefined }, PAUSE, {
        do: "release",
        reason: undefined,
      });
    case "unpriced":
      return costUnknown(id);
    case "noted":
      return to({ kind: "committing", closing: true }, PAUSE, { do: "settle", note: state.note });
    case "refused":
      return spendLost(id, state.failed);
    case "unknown":
      return again(state.failed, true);
    case "committing":
    case "releasing":
      return to({ ...state, closing: true });
    case "ended":
      return stay(state);
    default:
      return state satisfies never;
  }
}

/** What is noted or was tried is a known spend all the same. */
function unpriced(id: string, state: State, error: CyclesError | undefined): Transition {
  const isUnknown = state.kind === "open" || state.kind === "unpriced";
  return isUnknown ? costUnknown(id, error) : close(id, state);
}

/** Whether the work still goes on is not known, so nothing is released. */
function collected(id: string, state: State): Transition {
  if (!isOpen(state)) return close(id, state);
  const dropped: Effect = { do: "notify", notice: { type: "guard_dropped", reservationId: id } };
  const { state: after, effects } =
    state.kind === "open" ? end({ state: "lost" }, undefined) : close(id, state);
  return { state: after, effects: [dropped, ...effects] };
}

/** The work may go on, and its spend can still be committed; its lease is not extended any more. */
function clientClosed(id: string, state: State): Transition {
  if (!isOpen(state)) return close(id, state);
  const open: Effect = { do: "notify", notice: { type: "guard_open", reservationId: id } };
  const { state: after, effects } = state.kind === "open" ? to(state, STOP) : close(id, state);
  return { state: after, effects: [open, ...effects] };
}

const PAUSE: Effect = { do: "pause_heartbeat" };
const RESUME: Effect = { do: "resume_heartbeat" };
const STOP: Effect = { do: "stop_heartbeat" };

function isSameSpend({ spend }: FailedCommit, { actual }: Note): boolean {
  return spend.actual.amount === actual.amount && spend.actual.unit === actual.unit;
}

function again({ spend }: FailedCommit, closing: boolean): Transition {
  return to({ kind: "committing", closing }, PAUSE, { do: "settle_again", spend });
}

function spendLost(id: string, failed: FailedCommit): Transition {
  const { spend, because } = failed;
  const { fate, error, kept } = because;
  const { actual, idempotencyKey } = spend;
  const lost = { actual, idempotencyKey, kept, fate, error };
  return end({ state: "lost", error }, failed, {
    do: "notify",
    notice: { type: "settlement_failed", reservationId: id, ...lost },
  });
}

function costUnknown(id: string, error?: CyclesError): Transition {
  return end({ state: "lost", ...(error && { error }) }, undefined, {
    do: "notify",
    notice: { type: "actual_unknown", reservationId: id },
  });
}

function end(
  outcome: GuardOutcome,
  failed: FailedCommit | undefined,
  ...effects: Effect[]
): Transition {
  return {
    state: { kind: "ended", outcome, failed },
    effects: [STOP, ...effects, { do: "end", outcome }],
  };
}

function to(state: State, ...effects: Effect[]): Transition {
  return { state, effects };
}

const NOTHING: readonly Effect[] = [];

function stay(state: State): Transition {
  return { state, effects: NOTHING };
}

function refused(state: State, message: string): Transition {
  return { state, effects: [{ do: "refuse", message }] };
}

function refuse(id: string, state: State, verb: string): Transition {
  const now = toGuardState(state);
  const is =
    now === "committing" ? "being committed" : now === "releasing" ? "being released" : now;
  return refused(state, `Cannot ${verb}: reservation ${id} is ${is}`);
}

function refuseOther(id: string, { spend }: FailedCommit, state: State): Transition {
  return refused(
    state,
    `Reservation ${id} may already have been charged ${format(spend.actual)} (idempotency key ${spend.idempotencyKey}): ` +
      "whether that commit was recorded is not known, so another amount could be charged on top of it. Commit the same amount again",
  );
}
