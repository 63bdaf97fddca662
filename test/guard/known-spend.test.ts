import {
  ActualUnknownError,
  CyclesClient,
  CyclesValidationError,
  type Guard,
  GuardStateError,
  type Notice,
  SettlementRefusedError,
  SettlementUnknownError,
  tokens,
  usd,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { collectUntil } from "../support/collect.js";
import { refusal, request } from "../support/responses.js";

/** The notices that report a spend which is missing in the ledger. */
const losses = (notices: readonly Notice[]) =>
  notices.filter(({ type }) => type === "settlement_failed" || type === "actual_unknown");
const keyOf = ({ body }: { body: string }) =>
  (JSON.parse(body) as { idempotency_key: string }).idempotency_key;

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads the first item and leaves the stream, as `break` does. */
async function readOne<T>(items: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of items) return item;
  return undefined;
}

describe("a commit whose fate is unknown", () => {
  async function eventWithoutResponse() {
    const cycles = budgeted({ retry: false });
    const guard = await cycles.client.reserve({ ...request, ttl_ms: 1_000 }, { heartbeat: false });
    await cycles.clock.advance(30_000);
    cycles.fail("events", "drop after");
    await expect(guard.commit(usd("0.30"))).rejects.toMatchObject({ retryable: true });
    return { ...cycles, guard };
  }

  it("can be repeated and is recorded once", async () => {
    const { guard, spent, sent } = await eventWithoutResponse();
    expect(guard.state).toBe("open");
    expect(spent()).toBe(30_000_000);
    await guard.commit(usd("0.30"));
    expect(spent()).toBe(30_000_000);
    expect(new Set([...sent("commit"), ...sent("events")].map(keyOf)).size).toBe(1);
  });

  it.each([
    ["committed", (guard: Guard) => guard.commit(usd("0.25"))],
    ["noted", async (guard: Guard) => guard.setActual(usd("0.25"))],
  ])(
    "cannot be followed by another amount that is %s, because both could be charged",
    async (_, act) => {
      const { guard, spent } = await eventWithoutResponse();
      const refused = act(guard);
      await expect(refused).rejects.toThrow(GuardStateError);
      await expect(refused).rejects.toThrow(/\$0\.30/);
      await guard.commit();
      expect(spent()).toBe(30_000_000);
    },
  );

  it("is repeated with the same bytes when the guard closes", async () => {
    const { client, fail, sent, spent, notices } = budgeted({ retry: false });
    const guard = await client.reserve(request);
    fail("commit", "drop after");
    await guard.commit(usd("0.3")).catch(() => undefined);
    await guard.close();
    expect(new Set(sent("commit").map(({ body }) => body)).size).toBe(1);
    expect([guard.state, spent()]).toEqual(["committed", 30_000_000]);
    expect(losses(notices)).toEqual([]);
  });

  it("makes run throw a retryable error with the result, the amount and the key", async () => {
    const { client, fail, sent, spent, notices } = budgeted({ retry: false });
    fail("commit", "drop after");
    const failed = client.run(request, (guard) => {
      guard.setActual(usd("0.3"), { metadata: { step: 1 }, metrics: { tokens_input: 12 } });
      return "precious";
    });
    await expect(failed).rejects.toThrow(SettlementUnknownError);
    const error = (await failed.catch((reason: unknown) => reason)) as SettlementUnknownError;
    expect(error).toMatchObject({ retryable: true, result: "precious", actual: usd("0.3") });
    expect(error.idempotencyKey).toBe(keyOf(sent("commit")[0] ?? { body: "{}" }));
    expect(losses(notices)).toMatchObject([{ type: "settlement_failed", fate: "unknown" }]);
    await client.commitReservation(error.reservationId, error.commit);
    expect(spent()).toBe(30_000_000);
    expect(new Set(sent("commit").map(({ body }) => body)).size).toBe(1);
  });
});

describe("ending a guard", () => {
  it("twice at once ends it once", async () => {
    const { client, spent, sent } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    expect(guard.close()).toBe(guard.close());
    await Promise.all([guard.close(), guard[Symbol.asyncDispose]()]);
    expect([spent(), sent("commit").length]).toEqual([30_000_000, 1]);
  });

  it("by release throws after a note", async () => {
    const { client, spent } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    await expect(guard.release()).rejects.toThrow(GuardStateError);
    await guard.close();
    expect(spent()).toBe(30_000_000);
  });

  it("by close and release at once does not lose the spend", async () => {
    const { client, spent } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    const [closed, released] = await Promise.allSettled([guard.close(), guard.release()]);
    expect([closed.status, released.status]).toEqual(["fulfilled", "rejected"]);
    expect(spent()).toBe(30_000_000);
  });

  it("without await is not reported as a loss if the work throws", async () => {
    const { client, spent, notices } = budgeted();
    const failed = client.run(request, (guard) => {
      guard.setActual(usd("0.3"));
      void guard.close();
      throw new Error("model down");
    });
    await expect(failed).rejects.toThrow("model down");
    expect(spent()).toBe(30_000_000);
    expect(losses(notices)).toEqual([]);
  });

  it.each(["in flight", "settled"])(
    "in a stream does not repeat a commit that is %s when the source throws",
    async (when) => {
      const { client, spent, notices } = budgeted();
      const guards: Guard[] = [];
      async function* source(guard: Guard) {
        guards.push(guard);
        yield "a";
        const committing = guard.commit(usd("0.3"));
        if (when === "settled") await committing;
        throw new Error("the model hung up");
      }
      const reading = collect(client.stream(request, source));
      await expect(reading).rejects.toThrow("hung up");
      expect(spent()).toBe(30_000_000);
      expect(losses(notices)).toEqual([]);
      expect(guards[0]?.state).toBe("committed");
      expect(await guards[0]?.settled).toMatchObject({ state: "committed" });
    },
  );

  it("by close without await does not end the process if the server refuses", async () => {
    const { client, fail, notices } = budgeted();
    const guard = await client.reserve(request);
    guard.setActual(usd("0.3"));
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    void guard.close();
    expect(await guard.settled).toMatchObject({ state: "lost" });
    // An unhandled rejection would fail this file.
    await new Promise((resolve) => setImmediate(resolve));
    expect(losses(notices)).toHaveLength(1);
  });

  it.each(["a refused commit", "an unknown actual"])(
    "by an error of the consumer still reports %s",
    async (what) => {
      const { client, fail, notices } = budgeted();
      if (what === "a refused commit") fail("commit", refusal(409, "BUDGET_EXCEEDED"));
      async function* source(guard: Guard) {
        if (what === "a refused commit") guard.setActual(usd("0.3"));
        yield "a";
      }
      const reading = (async () => {
        for await (const item of client.stream(request, source)) throw new Error(`no ${item}`);
      })();
      await expect(reading).rejects.toThrow("no a");
      expect(losses(notices)).toHaveLength(1);
    },
  );

  it.each([
    ["run, refused", "refused"],
    ["run, unknown actual", "unknown"],
    ["a block", "block"],
  ])("with a spend that is missing in the ledger raises one notice: %s", async (_, how) => {
    const { client, fail, notices } = budgeted();
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    if (how === "block") {
      const guard = await client.reserve(request);
      guard.setActual(usd("0.3"));
      await expect(guard.close()).rejects.toThrow("refused with BUDGET_EXCEEDED");
      await expect(guard.close()).rejects.toThrow("refused with BUDGET_EXCEEDED");
      expect(guard.state).toBe("lost");
    } else {
      const work = (guard: Guard) => {
        if (how === "refused") guard.setActual(usd("0.3"));
      };
      const error = how === "refused" ? SettlementRefusedError : ActualUnknownError;
      await expect(client.run(request, work)).rejects.toThrow(error);
    }
    expect(losses(notices)).toHaveLength(1);
  });
});

describe("the actual cost of the work", () => {
  it.each([
    ["the estimate", () => "estimate" as const, 40_000_000],
    ["an amount", () => usd("0.1"), 10_000_000],
  ])("can come from a function that returns %s", async (_, actual, charged) => {
    const { client, spent } = budgeted();
    await client.run(request, () => "done", { actual });
    expect(spent()).toBe(charged);
  });

  it.each([
    ["undefined", () => undefined],
    ["another unit", () => tokens(5)],
    ["a number", () => 0.02 as never],
  ])(
    "is unknown if the function returns %s: the error has the result, and nothing is released",
    async (_, actual) => {
      const { client, reserved, notices } = budgeted();
      const failed = client.run(request, () => "precious", { actual });
      await expect(failed).rejects.toThrow(ActualUnknownError);
      await expect(failed).rejects.toMatchObject({ result: "precious" });
      expect(reserved()).toBe(40_000_000);
      expect(losses(notices)).toHaveLength(1);
    },
  );

  it("is known if the work swallowed the refusal of its commit", async () => {
    const { client, notices } = budgeted();
    const failed = client.run({ ...request, overage_policy: "REJECT" }, async (guard) => {
      await guard.commit(usd("3.00")).catch(() => undefined);
      return "precious";
    });
    await expect(failed).rejects.toThrow(SettlementRefusedError);
    await expect(failed).rejects.toMatchObject({ result: "precious", actual: usd("3.00") });
    expect(losses(notices)).toMatchObject([{ type: "settlement_failed", actual: usd("3.00") }]);
  });

  it.each([
    ["a number", 0.02],
    ["undefined", undefined],
    ["null", null],
    ["another unit", tokens(5)],
    ["a negative amount", { unit: "USD_MICROCENTS", amount: -1 }],
  ])("is unknown after a note of %s, which throws, and nothing is released", async (_, actual) => {
    const { client, reserved, sent, notices } = budgeted();
    const guard = await client.reserve(request);
    expect(() => {
      guard.setActual(actual as never);
    }).toThrow(CyclesValidationError);
    await expect(guard.release()).rejects.toThrow("spent something");
    await guard.close();
    expect(guard.state).toBe("lost");
    expect(reserved()).toBe(40_000_000);
    expect(sent("release")).toEqual([]);
    expect(losses(notices)).toMatchObject([{ type: "actual_unknown" }]);
  });

  it("is known if a valid note follows", async () => {
    const { client, spent, notices } = budgeted();
    const guard = await client.reserve(request);
    expect(() => {
      guard.setActual(tokens(5));
    }).toThrow("actual.unit");
    guard.setActual(usd("0.1"));
    await guard.close();
    expect(spent()).toBe(10_000_000);
    expect(losses(notices)).toEqual([]);
  });
});

describe("a stream that the consumer leaves early", () => {
  it("is settled after at most settleTimeout if the source hangs in its return", async () => {
    const { client, clock, spent } = budgeted({ settleTimeout: 3_000 });
    const source = (guard: Guard): AsyncIterable<string> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          guard.setActual(usd("0.1"));
          return Promise.resolve({ done: false, value: "a" });
        },
        return: () => new Promise(() => undefined),
      }),
    });
    const reading = readOne(client.stream(request, source));
    await clock.advance(3_000);
    await reading;
    expect(spent()).toBe(10_000_000);
  });

  it("is settled with what the source notes during its clean-up", async () => {
    const { client, spent } = budgeted();
    async function* source(guard: Guard) {
      try {
        yield "a";
        yield "b";
      } finally {
        await Promise.resolve();
        guard.setActual(usd("0.2"));
      }
    }
    await readOne(client.stream(request, source));
    expect(spent()).toBe(20_000_000);
  });

  it("throws an error of the clean-up after the spend is settled", async () => {
    const { client, spent } = budgeted();
    async function* source(guard: Guard) {
      try {
        guard.setActual(usd("0.2"));
        yield "a";
        yield "b";
      } finally {
        await Promise.reject(new Error("cannot clean up"));
      }
    }
    const reading = readOne(client.stream(request, source));
    await expect(reading).rejects.toThrow("cannot clean up");
    expect(spent()).toBe(20_000_000);
  });
});

describe("a commit that cannot be prepared", () => {
  it("keeps the note, which is committed later", async () => {
    const cycles = budgeted();
    let isBroken = false;
    const clock = {
      now: () => {
        if (isBroken) throw new Error("no time");
        return cycles.clock.now();
      },
      monotonic: () => cycles.clock.monotonic(),
      setTimeout: (callback: () => void, ms: number) => cycles.clock.setTimeout(callback, ms),
    };
    const given = cycles.authority.clientOptions("acme");
    const notices: Notice[] = [];
    const onNotice = (notice: Notice) => notices.push(notice);
    const client = new CyclesClient({ ...given, clock, logLevel: "off", onNotice });
    const [first, second] = [await client.reserve(request), await client.reserve(request)];
    isBroken = true;
    await expect(first.commit(usd("0.3"))).rejects.toMatchObject({ code: "UNEXPECTED" });
    expect([first.state, first.actual]).toEqual(["open", usd("0.3")]);
    second.setActual(usd("0.1"));
    await expect(second.close()).rejects.toMatchObject({ code: "UNEXPECTED" });
    expect(losses(notices)).toMatchObject([{ type: "settlement_failed", actual: usd("0.1") }]);
    isBroken = false;
    await first.close();
    expect([first.state, cycles.spent()]).toEqual(["committed", 30_000_000]);
  });
});

describe("a guard that is garbage-collected", () => {
  const isDropped = (notices: readonly Notice[]) =>
    notices.some(({ type }) => type === "guard_dropped");

  it("is committed after a note", async () => {
    const { client, spent, notices } = budgeted();
    await (async () => {
      (await client.reserve(request)).setActual(usd("0.3"));
    })();
    await collectUntil(() => notices.some(({ type }) => type === "committed"));
    expect(spent()).toBe(30_000_000);
    expect(isDropped(notices)).toBe(true);
  });

  it("without a note is reported, and its lease lapses", async () => {
    const { client, reserved, sent, notices } = budgeted();
    await (async () => {
      await client.reserve(request);
    })();
    await collectUntil(() => isDropped(notices));
    expect([reserved(), sent("release").length]).toEqual([40_000_000, 0]);
  });

  it("is reported with its spend if the commit was refused", async () => {
    const { client, notices } = budgeted();
    await (async () => {
      const guard = await client.reserve({ ...request, overage_policy: "REJECT" });
      await guard.commit(usd("2.00")).catch(() => undefined);
    })();
    await collectUntil(() => isDropped(notices));
    expect(losses(notices)).toMatchObject([{ type: "settlement_failed", actual: usd("2.00") }]);
  });

  it("raises no notice during a commit", async () => {
    const { client, notices, spent } = budgeted();
    await (await client.reserve(request)).commit(usd("0.1"));
    await (await client.reserve(request)).release();
    const marker = budgeted();
    await (async () => {
      await marker.client.reserve(request);
    })();
    await collectUntil(() => isDropped(marker.notices));
    expect(isDropped(notices)).toBe(false);
    expect(spent()).toBe(10_000_000);
  });
});

describe("an amount that the caller changes later", () => {
  it.each([
    ["a larger one", 90_000_000],
    ["NaN", NaN],
  ])("is committed as it was noted if it becomes %s", async (_, later) => {
    const { client, spent, notices } = budgeted();
    const guard = await client.reserve(request);
    const actual = { ...usd("0.3") };
    guard.setActual(actual);
    actual.amount = later;
    await guard.close();
    expect([guard.state, spent()]).toEqual(["committed", 30_000_000]);
    expect(losses(notices)).toEqual([]);
  });

  it("is committed as it was at the call of commit", async () => {
    const { client, fail, clock, spent } = budgeted();
    const guard = await client.reserve(request);
    const actual = { ...usd("0.3") };
    fail("commit", "drop before");
    const committing = guard.commit(actual);
    actual.amount = 90_000_000;
    await clock.advance(60_000);
    expect(await committing).toMatchObject({ actual: usd("0.3") });
    expect(spent()).toBe(30_000_000);
  });

  it("is committed as it was reserved if it is the estimate", async () => {
    const { client, spent } = budgeted();
    const estimate = { ...usd("0.4") };
    await client.run(
      { ...request, estimate },
      () => {
        estimate.amount = 90_000_000;
      },
      { actual: "estimate" },
    );
    expect(spent()).toBe(40_000_000);
  });
});
