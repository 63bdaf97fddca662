import {
  CyclesClient,
  CyclesValidationError,
  type Guard,
  GuardStateError,
  type Journal,
  type Notice,
  usd,
} from "cycles-client";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { budgeted, type Fault, type RequestName } from "../support/budgeted.js";
import { rateLimited, refusal, request } from "../support/responses.js";

/** Garbage collection on demand, because the engine's own cannot be timed. */
const registry = vi.hoisted(() => {
  const registered = new Map<object, () => void>();
  class Registry {
    readonly #callback: (held: unknown) => void;
    constructor(callback: (held: unknown) => void) {
      this.#callback = callback;
    }
    register(target: object, held: unknown, token: object) {
      // Other code uses the registry, too.
      if (target.constructor.name !== "Guard") return;
      registered.set(token, () => {
        this.#callback(held);
      });
    }
    unregister(token: object) {
      registered.delete(token);
    }
  }
  vi.stubGlobal("FinalizationRegistry", Registry);
  // The test setup has already loaded the client with the registry of the engine.
  vi.resetModules();
  return {
    collect() {
      const last = [...registered.values()].at(-1);
      registered.clear();
      last?.();
    },
    forget() {
      registered.clear();
    },
  };
});

type Step =
  | { readonly do: "note" | "commit"; readonly cents: number }
  | { readonly do: "note" | "commit"; readonly cents: undefined }
  | { readonly do: "release" | "close" | "extend" | "abort" | "collect" | "close client" }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "fault"; readonly path: RequestName; readonly fault: FaultName };

const faults = {
  "drop before": () => "drop before",
  "drop after": () => "drop after",
  "500": () => refusal(500, "INTERNAL_ERROR"),
  "429": () => rateLimited(1),
  "401": () => refusal(401, "UNAUTHORIZED"),
  "403": () => refusal(403, "FORBIDDEN"),
  refused: () => refusal(409, "BUDGET_EXCEEDED"),
  rubbish: () => ({ body: { what: "ever" } }),
} as const satisfies Record<string, () => Fault>;
type FaultName = keyof typeof faults;

const cents = fc.constantFrom(10, 20, 30);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("note", "commit"), cents }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("note", "commit"),
      cents: fc.constant(undefined),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("release", "close", "extend") }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("abort", "collect", "close client") }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(0, 1, 700, 6_000, 40_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("fault" as const),
      path: fc.constantFrom<RequestName[]>("commit", "commit", "events", "release", "extend"),
      fault: fc.constantFrom(...(Object.keys(faults) as FaultName[])),
    }),
  },
);

const history = fc.record({
  steps: fc.array(step, { maxLength: 14 }),
  retry: fc.constantFrom(false as const, undefined),
  isDurable: fc.boolean(),
  ttl: fc.constantFrom(1_000, 30_000),
});

/** A journal that outlives its client. */
class Store implements Journal {
  readonly records = new Map<string, string>();
  put(id: string, record: string): void {
    this.records.set(id, record);
  }
  remove(id: string): void {
    this.records.delete(id);
  }
  list() {
    return [...this.records].map(([reservationId, record]) => ({ reservationId, record }));
  }
  setAside(id: string): void {
    this.records.delete(id);
  }
}

/** What the guard knows about its spend. */
interface Told {
  /** The last amount that a note or a commit accepted, in cents. */
  known: number | undefined;
  /** Whether the work may have spent something. */
  spent: boolean;
}

const unhandled: unknown[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(reason));

afterEach(() => {
  registry.forget();
});

type History = typeof history extends fc.Arbitrary<infer Drawn> ? Drawn : never;

async function live({ steps, retry, isDurable, ttl }: History): Promise<void> {
  const store = isDurable ? new Store() : undefined;
  const options = { ...(retry === false && { retry }), journal: store ?? (false as const) };
  const cycles = budgeted({ ...options, flushTimeout: 1_000, settleTimeout: 3_000 });
  const { client, clock, fail, notices } = cycles;
  const controller = new AbortController();
  registry.forget();
  let guard: Guard | undefined = await client.reserve(
    { ...request, ttl_ms: ttl },
    { signal: controller.signal },
  );
  const { id } = guard;
  const settled = guard.settled;
  const told: Told = { known: undefined, spent: false };
  const finals: string[] = [];
  let releasesAtFirstSpend: number | undefined;
  void settled.then(({ state }) => finals.push(state));

  const tell = (amount: number | undefined) => {
    told.known = amount ?? told.known;
    told.spent = true;
    releasesAtFirstSpend ??= cycles.sent("release").length;
  };
  /** A refused amount does not count. */
  const unlessRefused = (amount: number | undefined) => (error: unknown) => {
    if (!(error instanceof GuardStateError) && amount !== undefined) tell(amount);
  };
  const take = (at: Guard, { do: what, cents: amount }: Extract<Step, { cents: unknown }>) => {
    const actual = amount === undefined ? (5 as never) : usd(`0.${String(amount)}`);
    const before = { ...told };
    if (what === "note") {
      try {
        at.setActual(actual);
        tell(amount);
      } catch (error) {
        if (error instanceof CyclesValidationError) tell(undefined);
      }
      return;
    }
    const wasOpen = at.state === "open";
    const committing = at.commit(actual);
    if (at.state === "committing" && wasOpen) tell(amount);
    else if (wasOpen) {
      // Refused at once, because it is not valid, or because another amount may have been recorded.
      void committing.catch((error: unknown) => {
        if (error instanceof CyclesValidationError) tell(undefined);
        else Object.assign(told, before);
      });
    }
    committing.catch(unlessRefused(undefined));
  };

  for (const next of steps) {
    switch (next.do) {
      case "note":
      case "commit":
        if (guard) take(guard, next);
        break;
      case "release":
      case "close":
        void guard?.[next.do]();
        break;
      case "extend":
        guard?.extend(1_000).catch(() => undefined);
        break;
      case "abort":
        controller.abort(new Error("the user left"));
        break;
      case "collect":
        guard = undefined;
        registry.collect();
        break;
      case "close client":
        void client.close();
        break;
      case "wait":
        await clock.advance(next.ms);
        break;
      case "fault":
        fail(next.path, faults[next.fault]());
        break;
    }
    await Promise.resolve();
  }

  void guard?.close();
  await clock.advance(120_000);
  const { state } = await settled;
  const closing = client.close();
  await clock.advance(10_000);
  await closing;
  // The next process settles what this one has left.
  if (store) {
    const heir = new CyclesClient({
      ...cycles.authority.clientOptions("acme"),
      journal: store,
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
    });
    const recovering = heir.recover();
    await clock.advance(60_000);
    await recovering;
    const ending = heir.close();
    await clock.advance(60_000);
    await ending;
  }

  const losses = notices.filter(
    (notice): notice is Extract<Notice, { type: "settlement_failed" | "actual_unknown" }> =>
      notice.type === "settlement_failed" || notice.type === "actual_unknown",
  );
  const charged = cycles.spent();
  if (told.known !== undefined) {
    const amount = told.known * 1_000_000;
    if (losses.length === 0) expect(charged).toBe(amount);
    else {
      expect(losses).toMatchObject([{ reservationId: id, actual: { amount } }]);
      expect([0, amount]).toContain(charged);
    }
  } else {
    expect(charged).toBe(0);
    expect(losses.map(({ type }) => type)).toEqual(told.spent ? ["actual_unknown"] : []);
  }
  if (told.spent) expect(cycles.sent("release")).toHaveLength(releasesAtFirstSpend ?? 0);
  expect(["committed", "queued", "released", "lost"]).toContain(state);
  if (guard) expect(guard.state).toBe(state);
  expect(finals).toEqual([state]);
  expect(unhandled).toEqual([]);
}

const RUNS = Math.ceil(Number(process.env["PROPERTY_RUNS"] ?? 300));
const SEED = Number(process.env["PROPERTY_SEED"] ?? 7);

describe("a guard, in any order of events,", () => {
  it("has its spend in the ledger once, or one notice reports that it is missing", async () => {
    const options = { numRuns: RUNS, seed: SEED, endOnFailure: true };
    await fc.assert(fc.asyncProperty(history, live), options);
  }, 600_000);
});
