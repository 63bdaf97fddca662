import type { Journal, Notice } from "cycles-client";
import { ManualClock } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { ReportingJournal } from "../../src/settlement/reporting-journal.js";

type Method = keyof Journal;

/** A reporting journal over a custom one, which returns or throws what the test says. */
function reporting(
  bounds: { readonly settleTimeout?: number; readonly attemptTimeout?: number } = {},
) {
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
  const custom = {
    put: (id: string) => act("put", id),
    remove: (id: string) => act("remove", id),
    setAside: (id: string, record: string, why: string) =>
      act("setAside", `${id} ${record} ${why}`),
    list: () => act("list") ?? [],
  } as unknown as Journal;
  const journal = new ReportingJournal(custom, {
    clock,
    notify: (notice) => notices.push(notice),
    settleTimeout: 1_000,
    attemptTimeout: 5_000,
    journalSync: "os",
    ...bounds,
  });
  return {
    clock,
    journal,
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

describe("a result of the journal", () => {
  it.each([
    ["nothing", undefined, "kept", true],
    ["true", true, "kept", true],
    ["a promise of nothing", Promise.resolve(), "kept", true],
    ["false", false, "occupied", false],
    ["a promise of false", Promise.resolve(false), "occupied", false],
  ])("of %s: `put` returns %s, and `setAside` returns %s", async (_, result, written, aside) => {
    const { journal, results, failures } = reporting();
    Object.assign(results, { put: result, setAside: result });
    expect(await journal.put("r-1", "text")).toBe(written);
    expect(await journal.setAside("r-1", "text", "rejected")).toBe(aside);
    expect(failures()).toEqual([]);
  });

  it.each([
    ["occupied", "put"],
    ["gone", "setAside"],
  ] as const)(
    "of %s from `%s` is not a failure, and the record is not kept",
    async (result, method) => {
      const { journal, results, failures } = reporting();
      results[method] = result;
      const kept =
        method === "put" ? journal.put("r-1", "text") : journal.setAside("r-1", "text", "stale");
      expect([await kept, failures()]).toEqual([method === "put" ? "occupied" : false, []]);
    },
  );

  it("is reported once if it is an error, until the method works again", async () => {
    const { journal, results, failures } = reporting();
    results.put = broken;
    expect(await journal.put("r-1", "text")).toBe("failed");
    expect(await journal.put("r-2", "text")).toBe("failed");
    expect(failures()).toEqual(["write"]);
    results.put = undefined;
    await journal.put("r-3", "text");
    results.put = broken;
    await journal.put("r-4", "text");
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
  ] as const)("in `%s` times out after %s ms", async (method, ms, bounds) => {
    const { clock, journal, results, codes } = reporting(bounds);
    results[method] = never;
    let isOver = false;
    const ask = {
      put: () => journal.put("r-1", "text"),
      list: () => journal.list(),
      remove: () => journal.remove("r-1", "key"),
      setAside: () => journal.setAside("r-1", "text", "stale"),
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
    const { journal, results, calls } = reporting();
    results.remove = broken;
    await journal.remove("r-1", "key");
    results.remove = undefined;
    await journal.remove("r-2", "key");
    await journal.remove("r-3", "key");
    expect(calls).toEqual(["remove r-1", "remove r-2", "remove r-1", "remove r-3"]);
  });

  it("is not removed if the reservation has a new record", async () => {
    const { journal, results, calls } = reporting();
    results.remove = broken;
    await journal.remove("r-1", "key");
    results.remove = undefined;
    await journal.put("r-1", "another");
    await journal.remove("r-2", "key");
    expect(calls).toEqual(["remove r-1", "put r-1", "remove r-2"]);
  });
});

describe("a refused record that could not be set aside", () => {
  it("is set aside before the corrected spend is written, and not again", async () => {
    const { journal, results, calls } = reporting();
    results.setAside = broken;
    expect(await journal.setAside("r-1", "old", "rejected")).toBe(false);
    results.setAside = undefined;
    expect(await journal.put("r-1", "new")).toBe("kept");
    await journal.put("r-1", "newer");
    expect(calls).toEqual([
      "setAside r-1 old rejected",
      "setAside r-1 old rejected",
      "put r-1",
      "put r-1",
    ]);
  });

  it("is removed with the corrected spend, even if that has no record", async () => {
    const { journal, results, calls } = reporting();
    Object.assign(results, { setAside: broken, put: "occupied" });
    await journal.setAside("r-1", "old", "rejected");
    await journal.put("r-1", "new");
    await journal.remove("r-1", "key");
    expect(calls.at(-1)).toBe("remove r-1");
    results.put = undefined;
    await journal.put("r-1", "later");
    expect(calls.at(-1)).toBe("put r-1");
    expect(calls.filter((call) => call.startsWith("setAside"))).toHaveLength(2);
  });
});

describe("the result of `list`", () => {
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
    ["an object that is not an array", { 0: good, length: 1 }, 0, 1],
    ["a record and null", [null, good], 1, 1],
    ["a record and a string", ["text", good], 1, 1],
    ["an entry without an id", [{ record: "text" }, good], 1, 1],
    ["an entry without a record", [{ reservationId: "r-2" }, good], 1, 1],
    ["an id that is a number", [{ ...good, reservationId: 1 }, good], 1, 1],
    ["a record that is an object", [{ ...good, record: {} }, good], 1, 1],
    ["an entry that throws", [throwing, good], 1, 1],
  ])(
    "(%s) is reduced to its valid records, and the rest is reported",
    async (_, list, taken, reported) => {
      const { journal, results, codes } = reporting();
      results.list = list;
      expect(await journal.list()).toEqual(Array(taken).fill(good));
      expect(codes()).toEqual(Array(reported).fill("list: BAD_RESULT"));
    },
  );

  it("is empty after a failure, which is reported again after a success", async () => {
    const { journal, results, failures } = reporting();
    for (const result of [broken, broken, [], broken]) {
      results.list = result;
      expect(await journal.list()).toEqual([]);
    }
    expect(failures()).toEqual(["list", "list"]);
  });
});
