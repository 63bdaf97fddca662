import { format } from "../amount.js";
import type { CyclesError } from "../errors.js";
import type { Notice } from "../notices.js";
import type { Settlement } from "../settlement/settlement.js";
import {
  type Effect,
  type FailedCommit,
  type GuardEvent,
  type GuardOutcome,
  isOpen,
  type Note,
  type State,
  toGuardState,
  type Transition,
} from "./transition.js";

/** Returns the next state after an event, and the effects of entering it. Pure. */
export function next(id: string, state: State, guardEvent: GuardEvent): Transition {
  switch (guardEvent.type) {
    case "note":
      return note(id, state, guardEvent.note);
    case "invalid_amount":
      return invalidAmount(id, state, guardEvent.in);
    case "commit":
      return commit(id, state, guardEvent.note, guardEvent.last);
    case "settled":
      return settled(state, guardEvent.settlement);
    case "unsettled":
      return unsettled(id, state, guardEvent.failed);
    case "not_sent":
      return notSent(id, state, guardEvent.note, guardEvent.error);
    case "release":
      return release(id, state, guardEvent.reason);
    case "released":
      return released(id, state);
    case "release_failed":
      return releaseFailed(id, state, guardEvent.error);
    case "extend":
      return isOpen(state) ? stay(state) : refuse(id, state, "extend");
    case "close":
      return close(id, state);
    case "cost_unknown":
      return costNotGiven(id, state, guardEvent.error);
    case "collected":
      return collected(id, state);
    case "client_closed":
      return clientClosed(id, state);
    default:
      return guardEvent satisfies never;
  }
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
      return settleAgain(state.failed, last);
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
  const isGone = fate === "refused" && GONE.includes(error.code);
  if (state.closing || isGone) return spendLost(id, failed);
  return to({ kind: fate, failed }, RESUME);
}

function notSent(id: string, state: State, noted: Note, error: CyclesError): Transition {
  if (state.kind !== "committing") return stay(state);
  if (!state.closing) return to({ kind: "noted", note: noted }, RESUME);
  const { actual } = noted;
  return lost(id, undefined, { actual, idempotencyKey: "", kept: false, fate: "refused", error });
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
        `Cannot release: the work under reservation ${id} has spent ${format(state.note.actual)}, which must stay reserved. Commit it, or close the guard`,
      );
    case "unpriced":
      return refused(
        state,
        `Cannot release: the work under reservation ${id} has spent something, but no valid amount is known. Commit the right amount`,
      );
    case "refused":
    case "unknown":
      return refused(
        state,
        `Cannot release: a commit of reservation ${id} was attempted, so the cost of the work must stay reserved. Commit again`,
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
  // The reservation has lapsed, so its budget is free already.
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
      return settleAgain(state.failed, true);
    case "committing":
    case "releasing":
      return to({ ...state, closing: true });
    case "ended":
      return stay(state);
    default:
      return state satisfies never;
  }
}

/** The cost is unknown only if nothing was noted and no commit was attempted. */
function costNotGiven(id: string, state: State, error: CyclesError | undefined): Transition {
  const isUnknown = state.kind === "open" || state.kind === "unpriced";
  return isUnknown ? costUnknown(id, error) : close(id, state);
}

/** The work may still be running, so nothing is released. */
function collected(id: string, state: State): Transition {
  if (!isOpen(state)) return close(id, state);
  const dropped: Effect = { do: "notify", notice: { type: "guard_dropped", reservationId: id } };
  const { state: after, effects } =
    state.kind === "open" ? end({ state: "lost" }, undefined) : close(id, state);
  return { state: after, effects: [dropped, ...effects] };
}

/** The work may continue, and its spend can still be committed. Its lease is not extended. */
function clientClosed(id: string, state: State): Transition {
  if (!isOpen(state)) return close(id, state);
  const open: Effect = { do: "notify", notice: { type: "guard_open", reservationId: id } };
  const { state: after, effects } = state.kind === "open" ? to(state, STOP) : close(id, state);
  return { state: after, effects: [open, ...effects] };
}

/**
 * The codes of a reservation that can no longer be committed: it is finalized, the server does not
 * know it, or another process has recorded what this one had noted.
 */
const GONE = ["RESERVATION_FINALIZED", "NOT_FOUND", "IDEMPOTENCY_MISMATCH"];
const PAUSE: Effect = { do: "pause_heartbeat" };
const RESUME: Effect = { do: "resume_heartbeat" };
const STOP: Effect = { do: "stop_heartbeat" };

function isSameSpend({ spend }: FailedCommit, { actual }: Note): boolean {
  return spend.actual.amount === actual.amount && spend.actual.unit === actual.unit;
}

function settleAgain({ spend }: FailedCommit, closing: boolean): Transition {
  return to({ kind: "committing", closing }, PAUSE, { do: "settle_again", spend });
}

function spendLost(id: string, failed: FailedCommit): Transition {
  const { spend, because } = failed;
  const { fate, error, kept } = because;
  const { actual, idempotencyKey } = spend;
  const noted = error.code === "IDEMPOTENCY_MISMATCH" ? spend.noted : undefined;
  const missing = { actual, idempotencyKey, kept, fate, error, ...(noted && { noted }) };
  return lost(id, failed, missing);
}

type Missing = Omit<Extract<Notice, { type: "settlement_failed" }>, "type" | "reservationId">;

/** Ends a guard whose spend is not in the ledger, and reports that once. */
function lost(id: string, failed: FailedCommit | undefined, missing: Missing): Transition {
  const notice = { type: "settlement_failed", reservationId: id, ...missing } as const;
  return end({ state: "lost", error: missing.error }, failed, { do: "notify", notice });
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

const NONE: readonly Effect[] = [];

function stay(state: State): Transition {
  return { state, effects: NONE };
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
    `Reservation ${id} may already have been charged ${format(spend.actual)} (idempotency key ${spend.idempotencyKey}), ` +
      "because the outcome of that commit is unknown. Another amount could be charged on top of it. Commit the same amount again",
  );
}
