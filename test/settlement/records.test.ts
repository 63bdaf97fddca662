import type { Journal, Notice } from "cycles-client";
import { ManualClock } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { ReportingJournal } from "../../src/settlement/reporting-journal.js";

type Method = keyof Journal;

/** The records over a journal that does what the test says; else it keeps nothing, and all is well. */
function over(bounds: { readonly settleTimeout?: number; readonly attemptTimeout?: number } = {}) {
  const clock = new ManualClock();
  const notices: Notice[] = [];
  const calls: string[] = [];
  const results: Partial<Record<Method, unknown>> = {};
  const act = (method: Method, id = "") => {
    calls.push(`${method} ${id}`.trimEnd());
    const result = results[method];
    if (result instanceof Error) throw result;
    return result;
  };
  const journal = {
    put: (id: string) => act("put", id),
    remove: (id: string) => act("remove", id),
    setAside: (id: string, record: string, why: string) =>
      act("setAside", `${id} ${record} ${why}`),
    list: () => act("list") ?? [],
  } as unknown as Journal;
  const records = new ReportingJournal(journal, {
    clock,
    notify: (notice) => notices.push(notice),
    settleTimeout: 1_000,
    attemptTimeout: 5_000,
    ...bounds,
  });
  return {
    clock,
    records,
    calls,
    results,
    codes: () =>
      notices.flatMap((notice) =>
        notice.type === "journal_failed" ? [`${notice.action}: ${String(notice.code)}`] : [],
      ),
    failures: () =>
      notices.flatMap((notice) => (notice.type === "journal_failed" ? [notice.action] : [])),
  };
}

const broken = new Error("disk full");
const ACTIONS = { put: "write", list: "list", remove: "remove", setAside: "set aside" };
const never = new Promise(() => undefined);

describe("what the journal returns", () => {
  it.each([
    ["nothing", undefined, "kept", true],
    ["true", true, "kept", true],
    ["a promise of nothing", Promise.resolve(), "kept", true],
    ["false", false, "occupied", false],
    ["a promise of false", Promise.resolve(false), "occupied", false],
  ])("as %s: written %s, set aside %s", async (_, result, written, aside) => {
    const { records, results, failures } = over();
    Object.assign(results, { put: result, setAside: result });
    expect(await records.put("r-1", "text")).toBe(written);
    expect(await records.setAside("r-1", "text", "rejected")).toBe(aside);
    expect(failures()).toEqual([]);
  });

  it.each([
    ["occupied", "put"],
    ["gone", "setAside"],
  ] as const)("as %s from %s is no failure, and nothing is kept", async (result, method) => {
    const { records, results, failures } = over();
    results[method] = result;
    const kept =
      method === "put" ? records.put("r-1", "text") : records.setAside("r-1", "text", "stale");
    expect([await kept, failures()]).toEqual([method === "put" ? "occupied" : false, []]);
  });

  it("is reported once for each way to fail, until that works again", async () => {
    const { records, results, failures } = over();
    results.put = broken;
    expect(await records.put("r-1", "text")).toBe("failed");
    expect(await records.put("r-2", "text")).toBe("failed");
    expect(failures()).toEqual(["write"]);
    results.put = undefined;
    await records.put("r-3", "text");
    results.put = broken;
    await records.put("r-4", "text");
    expect(failures()).toEqual(["write", "write"]);
  });
});

describe("a journal that hangs", () => {
  it.each([
    ["put", 1_000, {}],
    ["list", 1_000, {}],
    ["remove", 250, {}],
    ["setAside", 250, {}],
    ["put", 400, { settleTimeout: 0, attemptTimeout: 400 }],
    ["setAside", 100, { settleTimeout: 0, attemptTimeout: 400 }],
  ] as const)("in %s is given up after %s ms", async (method, ms, bounds) => {
    const { clock, records, results, codes } = over(bounds);
    results[method] = never;
    let isOver = false;
    const ask = {
      put: () => records.put("r-1", "text"),
      list: () => records.list(),
      remove: () => records.remove("r-1"),
      setAside: () => records.setAside("r-1", "text", "stale"),
    };
    void ask[method]().then(() => (isOver = true));
    await clock.advance(ms - 1);
    expect([isOver, codes().length]).toEqual([false, 0]);
    await clock.advance(1);
    expect([isOver, codes(), clock.pending]).toEqual([true, [`${ACTIONS[method]}: TIMEOUT`], 0]);
  });
});

describe("a record that could not be removed", () => {
  it("is removed with the next one", async () => {
    const { records, results, calls } = over();
    results.remove = broken;
    await records.remove("r-1");
    results.remove = undefined;
    await records.remove("r-2");
    await records.remove("r-3");
    expect(calls).toEqual(["remove r-1", "remove r-2", "remove r-1", "remove r-3"]);
  });

  it("is not removed any more once another spend has its place", async () => {
    const { records, results, calls } = over();
    results.remove = broken;
    await records.remove("r-1");
    results.remove = undefined;
    await records.put("r-1", "another");
    await records.remove("r-2");
    expect(calls).toEqual(["remove r-1", "put r-1", "remove r-2"]);
  });
});

describe("a refused record that could not be set aside", () => {
  it("is set aside before the corrected spend is written, and no more afterwards", async () => {
    const { records, results, calls } = over();
    results.setAside = broken;
    expect(await records.setAside("r-1", "old", "rejected")).toBe(false);
    results.setAside = undefined;
    expect(await records.put("r-1", "new")).toBe("kept");
    await records.put("r-1", "newer");
    expect(calls).toEqual([
      "setAside r-1 old rejected",
      "setAside r-1 old rejected",
      "put r-1",
      "put r-1",
    ]);
  });

  it("goes with the corrected spend, though that found the place taken", async () => {
    const { records, results, calls } = over();
    Object.assign(results, { setAside: broken, put: "occupied" });
    await records.setAside("r-1", "old", "rejected");
    await records.put("r-1", "new");
    await records.remove("r-1");
    expect(calls.at(-1)).toBe("remove r-1");
    results.put = undefined;
    await records.put("r-1", "later");
    expect(calls.at(-1)).toBe("put r-1");
    expect(calls.filter((call) => call.startsWith("setAside"))).toHaveLength(2);
  });
});

describe("what the journal lists", () => {
  const good = { reservationId: "r-1", record: "text" };
  const throwing = {
    record: "text",
    get reservationId() {
      throw broken;
    },
  };
  it.each<[string, unknown, number, number]>([
    ["records", [good, { ...good, more: 1 }], 2, 0],
    ["nothing", [], 0, 0],
    ["no list", { 0: good, length: 1 }, 0, 1],
    ["a record and null", [null, good], 1, 1],
    ["a record and a text", ["text", good], 1, 1],
    ["an entry without an id", [{ record: "text" }, good], 1, 1],
    ["an entry without a record", [{ reservationId: "r-2" }, good], 1, 1],
    ["an id that is a number", [{ ...good, reservationId: 1 }, good], 1, 1],
    ["a record that is an object", [{ ...good, record: {} }, good], 1, 1],
    ["an entry that throws", [throwing, good], 1, 1],
  ])("(%s) is taken as far as it is records", async (_, list, taken, reported) => {
    const { records, results, codes } = over();
    results.list = list;
    expect(await records.list()).toEqual(Array(taken).fill(good));
    expect(codes()).toEqual(Array(reported).fill("list: BAD_RESULT"));
  });

  it("is nothing if that fails, and is reported again once it had worked", async () => {
    const { records, results, failures } = over();
    for (const result of [broken, broken, [], broken]) {
      results.list = result;
      expect(await records.list()).toEqual([]);
    }
    expect(failures()).toEqual(["list", "list"]);
  });
});
