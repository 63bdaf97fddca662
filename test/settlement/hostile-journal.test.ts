import { type ClientOptions, type Journal, type Notice, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

/** What a custom journal may do instead of what the interface asks for. */
const misbehaviours: readonly (readonly [string, () => unknown])[] = [
  ["throws an error", () => raise(Object.assign(new Error("no space left"), { code: "ENOSPC" }))],
  ["throws a string", () => raise("no")],
  ["throws undefined", () => raise(undefined)],
  ["throws an object that cannot be converted to text", () => raise(Object.create(null))],
  ["throws an error whose properties throw", () => raise(new UnreadableError())],
  ["rejects", () => Promise.reject(new Error("no"))],
  ["rejects with null", () => Promise.reject(null)],
  ["never settles", () => new Promise(() => undefined)],
  ["returns a thenable that throws", () => ({ then: () => raise(new Error("no")) })],
  [
    "returns a function that is a thenable",
    () => Object.assign(() => 0, { then: () => undefined }),
  ],
  ["returns a thenable whose `then` is a getter that throws", () => new UnreadableThenable()],
];

/** Values that no method of the interface returns. */
const invalid: readonly (readonly [string, () => unknown])[] = [
  ["returns null", () => null],
  ["returns a number", () => 7],
  ["returns an object", () => ({})],
  ["returns entries without properties", () => [null, 1, {}, { reservationId: "r" }]],
  ["returns entries of other types", () => [{ reservationId: 1, record: {} }]],
  ["returns entries whose getters throw", () => [new UnreadableEntry()]],
  ["returns an iterator that throws", () => ({ [Symbol.iterator]: () => raise(new Error("no")) })],
  ["returns an array whose iterator throws", () => new UnreadableList()],
  ["returns a function", () => () => []],
];

class UnreadableError extends Error {
  override get message(): string {
    return raise(new Error("message"));
  }
  get code(): string {
    return raise(new Error("code"));
  }
}

class UnreadableThenable {
  get then(): unknown {
    return raise(new Error("then"));
  }
}

class UnreadableEntry {
  readonly record = "{}";
  get reservationId(): string {
    return raise(new Error("reservationId"));
  }
}

class UnreadableList extends Array<unknown> {
  override [Symbol.iterator](): never {
    return raise(new Error("iterator"));
  }
}

function raise(thrown: unknown): never {
  throw thrown;
}

const BOUND_MS = 1_000;

/** A client with a journal in memory, some methods of which misbehave. */
function world(broken: Partial<Record<keyof Journal, () => unknown>>, options: ClientOptions = {}) {
  const records = new Map<string, string>();
  const aside = new Map<string, string>();
  const sound: Journal = {
    put: (id, record) => void records.set(id, record),
    remove: (id) => void records.delete(id),
    list: () => [...records].map(([reservationId, record]) => ({ reservationId, record })),
    setAside: (id, record) => {
      aside.set(id, record);
      records.delete(id);
    },
  };
  const journal = { ...sound, ...broken } as Journal;
  const { clock, ...rest } = budgeted({
    journal,
    settleTimeout: BOUND_MS,
    retry: { maxAttempts: 1 },
    ...options,
  });
  return {
    ...rest,
    clock,
    records,
    aside,
    failures: () => failuresOf(rest.notices),
    /** Settles a promise while time passes, for at most three time limits of the journal. */
    ends: async <T>(promise: Promise<T>): Promise<T> => {
      const ended = promise.then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      for (let waits = 0; waits < 3; waits += 1) await clock.advance(BOUND_MS);
      const late = new Error("still waiting for the journal");
      const end = await Promise.race([ended, Promise.resolve({ error: late })]);
      if ("error" in end) throw end.error;
      return end.value;
    },
  };
}

const failuresOf = (notices: readonly Notice[]) =>
  notices.flatMap((notice) => (notice.type === "journal_failed" ? [notice] : []));

describe("a journal whose `put`", () => {
  it.each(misbehaviours)("%s does not hold up a commit, and is reported once", async (_, put) => {
    const { client, ends, failures, spent } = world({ put });
    for (let times = 1; times <= 2; times += 1) {
      const guard = await client.reserve({ ...request, estimate: usd("0.10") });
      expect(await ends(guard.commit(usd("0.10")))).toMatchObject({ state: "committed" });
    }
    expect(spent()).toBe(usd("0.20").amount);
    expect(failures()).toHaveLength(1);
    expect(failures()[0]).toMatchObject({ action: "write", message: expect.any(String) });
  });

  it.each(misbehaviours)("%s does not make the spend durable", async (_, put) => {
    const { client, ends, fail } = world({ put }, { settleTimeout: BOUND_MS / 4 });
    const guard = await client.reserve(request);
    fail("commit", "drop before", "drop before");
    expect(await ends(guard.commit(usd("0.10")))).toMatchObject({
      state: "queued",
      durable: false,
    });
  });

  it("returns `occupied` does not make the spend durable", async () => {
    const { client, ends, fail, failures } = world({ put: async () => "occupied" });
    const guard = await client.reserve(request);
    fail("commit", "drop before");
    expect(await ends(guard.commit(usd("0.10")))).toMatchObject({
      state: "queued",
      durable: false,
    });
    expect(failures()).toEqual([]);
  });

  it.each(invalid)("%s has kept the record", async (_, put) => {
    const { client, ends, fail, failures } = world({ put });
    const guard = await client.reserve(request);
    fail("commit", "drop before");
    expect(await ends(guard.commit(usd("0.10")))).toMatchObject({ state: "queued", durable: true });
    expect(failures()).toEqual([]);
  });

  it("resolves after its time limit does no harm", async () => {
    let respond: (value: "kept") => void = () => raise(new Error("nothing was put"));
    const put = () =>
      new Promise<"kept">((resolve) => {
        respond = resolve;
      });
    const { client, clock, ends, failures, spent } = world({ put });
    const guard = await client.reserve(request);
    expect(await ends(guard.commit(usd("0.10")))).toMatchObject({ state: "committed" });
    respond("kept");
    await clock.advance(0);
    expect(spent()).toBe(usd("0.10").amount);
    expect(failures().map(({ code }) => code)).toEqual(["TIMEOUT"]);
  });
});

describe("a journal whose `remove`", () => {
  it.each(misbehaviours)(
    "%s does not hold up a commit, and is reported once",
    async (_, remove) => {
      const { client, ends, failures } = world({ remove });
      for (let times = 1; times <= 3; times += 1) {
        const guard = await client.reserve({ ...request, estimate: usd("0.10") });
        expect(await ends(guard.commit(usd("0.10")))).toMatchObject({ state: "committed" });
      }
      expect(failures().map(({ action }) => action)).toEqual(["remove"]);
    },
  );
});

describe("a journal whose `setAside`", () => {
  const ways: typeof misbehaviours = [...misbehaviours, ["returns `gone`", () => "gone"]];
  it.each(ways)("%s does not keep a refused spend, and the notice says so", async (_, setAside) => {
    const { client, ends, fail, notices } = world({ setAside });
    const guard = await client.reserve(request);
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    await expect(ends(guard.commit(usd("0.10")))).rejects.toMatchObject({
      code: "BUDGET_EXCEEDED",
    });
    await ends(guard.close());
    expect(notices).toContainEqual(
      expect.objectContaining({ type: "settlement_failed", kept: false }),
    );
  });
});

describe("a journal whose `list`", () => {
  it.each([...misbehaviours, ...invalid])(
    "%s is treated as empty, and is reported once",
    async (_, list) => {
      const { client, ends, failures } = world({ list });
      for (let times = 1; times <= 2; times += 1)
        expect(await ends(client.recover())).toMatchObject({ found: 0 });
      expect(failures()).toHaveLength(1);
      expect(failures()[0]).toMatchObject({ action: "list", message: expect.any(String) });
    },
  );

  it("returns an invalid entry does not keep other records from being settled", async () => {
    const { client, ends, fail, records, spent } = world(
      {
        list: () => [
          null,
          ...[...records].map(([reservationId, record]) => ({ reservationId, record })),
        ],
      },
      { retry: false },
    );
    const guard = await client.reserve(request, { heartbeat: false });
    fail("commit", "drop before");
    await ends(guard.commit(usd("0.10")));
    expect(await ends(client.recover())).toMatchObject({ found: 1, settled: 1 });
    expect(spent()).toBe(usd("0.10").amount);
  });
});

it("a message of the journal is shortened between two words", async () => {
  const secret = "cyc_live_secret";
  const message = `${"word ".repeat(98)}${secret} and more`;
  const { client, ends, failures } = world({ put: () => raise(new Error(message)) });
  await ends((await client.reserve(request)).commit(usd("0.10")));
  expect(failures()[0]?.message).toMatch(/^(word )+…$/);
  const other = world({ put: () => raise(new Error("x".repeat(1_000_000))) });
  await other.ends((await other.client.reserve(request)).commit(usd("0.10")));
  expect(other.failures()[0]?.message).toBe("…");
});

it("a journal that returns no promise costs no timer", async () => {
  const { client, clock } = world({});
  const guard = await client.reserve(request, { heartbeat: false });
  const before = clock.pending;
  const committing = guard.commit(usd("0.10"));
  const during = clock.pending;
  await committing;
  expect([before, during]).toEqual([0, 0]);
});
