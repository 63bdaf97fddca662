import { CyclesError, tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { next } from "../../src/guard/state.js";
import { toGuardState } from "../../src/guard/transition.js";
import type { Effect, FailedCommit, GuardEvent, Note, State } from "../../src/guard/transition.js";
import type { Settlement, Unsettled } from "../../src/settlement/settlement.js";
import type { Spend } from "../../src/settlement/spend.js";

const ID = "res-1";
const error = new CyclesError("refused", { code: "BUDGET_EXCEEDED" });
const gone = new CyclesError("over", { code: "RESERVATION_FINALIZED" });
const expired = new CyclesError("expired", { code: "RESERVATION_EXPIRED" });
const call = { operation: undefined, request: {}, idempotencyKey: "k1", http: undefined };
const spend = {
  mode: "commit",
  reservationId: ID,
  actual: usd("0.30"),
  idempotencyKey: "k1",
  recordedAt: 0,
  commit: call,
  event: call,
} as unknown as Spend;
const because = (fate: Unsettled["fate"], why = error): Unsettled => ({
  state: "unsettled",
  fate,
  error: why,
  kept: false,
});
const failed = (fate: Unsettled["fate"], why = error): FailedCommit => ({
  spend,
  because: because(fate, why),
});
const committed: Settlement = {
  state: "committed",
  reservationId: ID,
  actual: spend.actual,
  charged: spend.actual,
  idempotencyKey: "k1",
  via: "commit",
  response: { status: "COMMITTED", charged: spend.actual },
};
const same: Note = { actual: usd("0.30"), details: {} };
const other: Note = { actual: usd("0.25"), details: {} };

const states = {
  open: { kind: "open" },
  unpriced: { kind: "unpriced" },
  noted: { kind: "noted", note: same },
  refused: { kind: "refused", failed: failed("refused") },
  unknown: { kind: "unknown", failed: failed("unknown") },
  committing: { kind: "committing", closing: false },
  "committing last": { kind: "committing", closing: true },
  releasing: { kind: "releasing", closing: false, reason: "why" },
  "releasing last": { kind: "releasing", closing: true, reason: "why" },
  committed: { kind: "ended", outcome: committed, failed: undefined },
  released: { kind: "ended", outcome: { state: "released" }, failed: undefined },
  lost: { kind: "ended", outcome: { state: "lost", error }, failed: failed("refused") },
} as const satisfies Record<string, State>;
type Name = keyof typeof states;

const events = {
  note: { type: "note", note: same },
  "note another amount": { type: "note", note: other },
  "an invalid amount": { type: "invalid_amount", in: "note" },
  commit: { type: "commit", note: same, last: false },
  "commit another amount": { type: "commit", note: other, last: false },
  "commit at last": { type: "commit", note: same, last: true },
  settled: { type: "settled", settlement: committed },
  "unsettled, refused": { type: "unsettled", failed: failed("refused") },
  "unsettled, over": { type: "unsettled", failed: failed("refused", gone) },
  "unsettled, unknown": { type: "unsettled", failed: failed("unknown") },
  "not sent": { type: "not_sent", note: same, error },
  release: { type: "release", reason: "why" },
  released: { type: "released" },
  "release failed": { type: "release_failed", error },
  "release failed, expired": { type: "release_failed", error: expired },
  extend: { type: "extend" },
  close: { type: "close" },
  "cost unknown": { type: "cost_unknown", error },
  collected: { type: "collected" },
  "client closed": { type: "client_closed" },
} as const satisfies Record<string, GuardEvent>;
type EventName = keyof typeof events;

/** An effect in short: `settle same`, `notify settlement_failed`, `end lost`, `pause`. */
function inShort(effect: Effect): string {
  switch (effect.do) {
    case "settle":
      return `settle ${effect.note === same ? "same" : "other"}`;
    case "settle_again":
      return "settle again";
    case "release":
      return `release ${String(effect.reason)}`;
    case "pause_heartbeat":
      return "pause";
    case "resume_heartbeat":
      return "resume";
    case "stop_heartbeat":
      return "stop";
    case "notify":
      return `notify ${effect.notice.type}`;
    case "end":
      return `end ${effect.outcome.state}`;
    case "refuse":
      return "refuse";
  }
}

function nameOf(state: State): string {
  const closing = "closing" in state && state.closing ? " last" : "";
  return state.kind === "ended" ? state.outcome.state : `${state.kind}${closing}`;
}

const lost = "stop, notify settlement_failed, end lost";
const unknownCost = "stop, notify actual_unknown, end lost";
const over = (name: "committed" | "released" | "lost") =>
  ({
    note: `${name}: refuse`,
    "note another amount": `${name}: refuse`,
    "an invalid amount": `${name}: refuse`,
    commit: `${name}: refuse`,
    "commit another amount": `${name}: refuse`,
    "commit at last": `${name}: refuse`,
    settled: `${name}:`,
    "unsettled, refused": `${name}:`,
    "unsettled, over": `${name}:`,
    "unsettled, unknown": `${name}:`,
    "not sent": `${name}:`,
    release: `${name}:`,
    released: `${name}:`,
    "release failed": `${name}:`,
    "release failed, expired": `${name}:`,
    extend: `${name}: refuse`,
    close: `${name}:`,
    "cost unknown": `${name}:`,
    collected: `${name}:`,
    "client closed": `${name}:`,
  }) as const;
/** An open guard ignores the results of commits and releases. */
const stray = (name: string) => ({
  settled: `${name}:`,
  "unsettled, refused": `${name}:`,
  "unsettled, over": `${name}:`,
  "unsettled, unknown": `${name}:`,
  "not sent": `${name}:`,
  released: `${name}:`,
  "release failed": `${name}:`,
  "release failed, expired": `${name}:`,
});

/** For every state and every event: the next state and the effects. */
const table: Readonly<Record<Name, Readonly<Record<EventName, string>>>> = {
  open: {
    ...stray("open"),
    note: "noted:",
    "note another amount": "noted:",
    "an invalid amount": "unpriced:",
    commit: "committing: pause, settle same",
    "commit another amount": "committing: pause, settle other",
    "commit at last": "committing last: pause, settle same",
    release: "releasing: pause, release why",
    extend: "open:",
    close: "releasing last: pause, release undefined",
    "cost unknown": `lost: ${unknownCost}`,
    collected: "lost: notify guard_dropped, stop, end lost",
    "client closed": "open: notify guard_open, stop",
  },
  unpriced: {
    ...stray("unpriced"),
    note: "noted:",
    "note another amount": "noted:",
    "an invalid amount": "unpriced:",
    commit: "committing: pause, settle same",
    "commit another amount": "committing: pause, settle other",
    "commit at last": "committing last: pause, settle same",
    release: "unpriced: refuse",
    extend: "unpriced:",
    close: `lost: ${unknownCost}`,
    "cost unknown": `lost: ${unknownCost}`,
    collected: `lost: notify guard_dropped, ${unknownCost}`,
    "client closed": `lost: notify guard_open, ${unknownCost}`,
  },
  noted: {
    ...stray("noted"),
    note: "noted:",
    "note another amount": "noted:",
    "an invalid amount": "noted:",
    commit: "committing: pause, settle same",
    "commit another amount": "committing: pause, settle other",
    "commit at last": "committing last: pause, settle same",
    release: "noted: refuse",
    extend: "noted:",
    close: "committing last: pause, settle same",
    "cost unknown": "committing last: pause, settle same",
    collected: "committing last: notify guard_dropped, pause, settle same",
    "client closed": "committing last: notify guard_open, pause, settle same",
  },
  refused: {
    ...stray("refused"),
    note: "noted:",
    "note another amount": "noted:",
    "an invalid amount": "refused:",
    commit: "committing: pause, settle same",
    "commit another amount": "committing: pause, settle other",
    "commit at last": "committing last: pause, settle same",
    release: "refused: refuse",
    extend: "refused:",
    close: `lost: ${lost}`,
    "cost unknown": `lost: ${lost}`,
    collected: `lost: notify guard_dropped, ${lost}`,
    "client closed": `lost: notify guard_open, ${lost}`,
  },
  unknown: {
    ...stray("unknown"),
    note: "unknown:",
    "note another amount": "unknown: refuse",
    "an invalid amount": "unknown:",
    commit: "committing: pause, settle again",
    "commit another amount": "unknown: refuse",
    "commit at last": "committing last: pause, settle again",
    release: "unknown: refuse",
    extend: "unknown:",
    close: "committing last: pause, settle again",
    "cost unknown": "committing last: pause, settle again",
    collected: "committing last: notify guard_dropped, pause, settle again",
    "client closed": "committing last: notify guard_open, pause, settle again",
  },
  committing: {
    note: "committing: refuse",
    "note another amount": "committing: refuse",
    "an invalid amount": "committing: refuse",
    commit: "committing: refuse",
    "commit another amount": "committing: refuse",
    "commit at last": "committing: refuse",
    settled: "committed: stop, end committed",
    "unsettled, refused": "refused: resume",
    "unsettled, over": `lost: ${lost}`,
    "unsettled, unknown": "unknown: resume",
    "not sent": "noted: resume",
    release: "committing: refuse",
    released: "committing:",
    "release failed": "committing:",
    "release failed, expired": "committing:",
    extend: "committing: refuse",
    close: "committing last:",
    "cost unknown": "committing last:",
    collected: "committing last:",
    "client closed": "committing last:",
  },
  "committing last": {
    note: "committing last: refuse",
    "note another amount": "committing last: refuse",
    "an invalid amount": "committing last: refuse",
    commit: "committing last: refuse",
    "commit another amount": "committing last: refuse",
    "commit at last": "committing last: refuse",
    settled: "committed: stop, end committed",
    "unsettled, refused": `lost: ${lost}`,
    "unsettled, over": `lost: ${lost}`,
    "unsettled, unknown": `lost: ${lost}`,
    "not sent": `lost: ${lost}`,
    release: "committing last: refuse",
    released: "committing last:",
    "release failed": "committing last:",
    "release failed, expired": "committing last:",
    extend: "committing last: refuse",
    close: "committing last:",
    "cost unknown": "committing last:",
    collected: "committing last:",
    "client closed": "committing last:",
  },
  releasing: {
    note: "releasing: refuse",
    "note another amount": "releasing: refuse",
    "an invalid amount": "releasing: refuse",
    commit: "releasing: refuse",
    "commit another amount": "releasing: refuse",
    "commit at last": "releasing: refuse",
    settled: "releasing:",
    "unsettled, refused": "releasing:",
    "unsettled, over": "releasing:",
    "unsettled, unknown": "releasing:",
    "not sent": "releasing:",
    release: "releasing:",
    released: "released: stop, notify released, end released",
    "release failed": "open: resume",
    "release failed, expired": "lost: stop, end lost",
    extend: "releasing: refuse",
    close: "releasing last:",
    "cost unknown": "releasing last:",
    collected: "releasing last:",
    "client closed": "releasing last:",
  },
  "releasing last": {
    note: "releasing last: refuse",
    "note another amount": "releasing last: refuse",
    "an invalid amount": "releasing last: refuse",
    commit: "releasing last: refuse",
    "commit another amount": "releasing last: refuse",
    "commit at last": "releasing last: refuse",
    settled: "releasing last:",
    "unsettled, refused": "releasing last:",
    "unsettled, over": "releasing last:",
    "unsettled, unknown": "releasing last:",
    "not sent": "releasing last:",
    release: "releasing last:",
    released: "released: stop, notify released, end released",
    "release failed": "lost: stop, notify release_failed, end lost",
    "release failed, expired": "lost: stop, end lost",
    extend: "releasing last: refuse",
    close: "releasing last:",
    "cost unknown": "releasing last:",
    collected: "releasing last:",
    "client closed": "releasing last:",
  },
  committed: over("committed"),
  released: over("released"),
  lost: over("lost"),
};

describe("the state of a guard", () => {
  for (const name of Object.keys(states) as Name[]) {
    it.each(Object.keys(events) as EventName[])(`${name}, at: %s`, (event) => {
      const { state, effects } = next(ID, states[name], events[event]);
      const found = `${nameOf(state)}: ${effects.map(inShort).join(", ")}`.trimEnd();
      expect(found).toBe(table[name][event]);
    });
  }

  it.each(["committed", "released", "lost"] as const)("%s never changes", (name) => {
    for (const event of Object.values(events))
      expect(next(ID, states[name], event).state).toBe(states[name]);
  });

  it("is shown as one of the public states", () => {
    const words = Object.values(states).map(toGuardState);
    expect(new Set(words)).toEqual(
      new Set(["open", "committing", "releasing", "committed", "released", "lost"]),
    );
    expect(words.slice(0, 5)).toEqual(Array(5).fill("open"));
  });

  it.each([
    ["not known", "refused", "NOT_FOUND", `lost: ${lost}`],
    ["over", "refused", "RESERVATION_FINALIZED", `lost: ${lost}`],
    ["of unknown fate, with the code for not known", "unknown", "NOT_FOUND", "unknown: resume"],
    [
      "of unknown fate, with the code for over",
      "unknown",
      "RESERVATION_FINALIZED",
      "unknown: resume",
    ],
  ] as const)("after a commit under a reservation that is %s", (_, fate, code, expected) => {
    const why = new CyclesError("no", { code });
    const event = { type: "unsettled", failed: failed(fate, why) } as const;
    const { state, effects } = next(ID, states.committing, event);
    expect(`${nameOf(state)}: ${effects.map(inShort).join(", ")}`).toBe(expected);
  });

  it.each(["open", "unpriced"] as const)(
    "%s is lost with the reason if its cost is unknown",
    (name) => {
      const { state } = next(ID, states[name], events["cost unknown"]);
      expect(state).toMatchObject({ outcome: { state: "lost", error } });
    },
  );

  it("is lost without a reason if it closes while no valid amount is known", () => {
    const { state } = next(ID, states.unpriced, events.close);
    expect(state).toHaveProperty("outcome", { state: "lost" });
  });

  it("treats the same number in another unit as another amount", () => {
    const actual = tokens(spend.actual.amount);
    for (const type of ["note", "commit"] as const) {
      const { state, effects } = next(ID, states.unknown, {
        type,
        note: { actual, details: {} },
        last: false,
      });
      expect([state, effects.map(inShort)]).toEqual([states.unknown, ["refuse"]]);
    }
  });

  it("names the amount that may be charged already if another one is committed", () => {
    const { effects } = next(ID, states.unknown, events["commit another amount"]);
    expect(effects).toMatchObject([{ do: "refuse" }]);
    expect(effects[0]).toHaveProperty("message", expect.stringMatching(/\$0\.30.*k1/));
  });
});
