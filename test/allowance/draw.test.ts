import { type Guard, tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { rejection } from "../support/server.js";

const agent = { action: { kind: "agent.run", name: "research" }, estimate: usd("0.50") };
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };
const asEstimated = { actual: "estimate" } as const;

interface Summary {
  readonly draws: number;
  readonly unknown?: number;
  readonly estimated?: number;
  readonly by_action: readonly { action: string; draws: number; spent: number }[];
}
const commitOf = (sent: readonly { readonly body: string }[]) =>
  JSON.parse(sent[0]?.body ?? "{}") as {
    readonly metrics?: object;
    readonly metadata: { readonly allowance: Summary };
  };

describe("a draw", () => {
  it("with an unknown cost is reported, and its part stays taken", async () => {
    const { client, spent, sent, notices } = budgeted();
    await client.allowance(agent, async (allowance) => {
      expect(await rejection(allowance.run(step, () => 1))).toMatchObject({
        code: "ACTUAL_UNKNOWN",
        result: 1,
      });
      expect(allowance.remaining).toEqual(usd("0.40"));
    });
    expect(spent()).toBe(0);
    expect(commitOf(sent("commit")).metadata.allowance).toMatchObject({ draws: 0, unknown: 1 });
    expect(notices.filter(({ type }) => type === "actual_unknown")).toHaveLength(1);
  });

  it("whose function for the actual amount throws has an unknown cost", async () => {
    const { client } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const actual = () => {
        throw new Error("no usage");
      };
      expect(await rejection(allowance.run(step, () => 1, { actual }))).toMatchObject({
        code: "ACTUAL_UNKNOWN",
        cause: { message: "no usage" },
      });
      expect(allowance.remaining).toEqual(usd("0.40"));
    });
  });

  it.each([
    ["a number", 5],
    ["another unit", tokens(5)],
    ["a negative amount", { unit: "USD_MICROCENTS", amount: -5 }],
    ["a fraction", { unit: "USD_MICROCENTS", amount: 0.5 }],
  ])("refuses %s, and is then not released", async (_, amount) => {
    const { client, spent } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const draw = await allowance.reserve(step);
      expect(() => {
        draw.setActual(amount as never);
      }).toThrow(expect.objectContaining({ code: "VALIDATION" }));
      expect(await rejection(draw.release())).toMatchObject({ code: "GUARD_STATE" });
      expect(await rejection(draw.commit(amount as never))).toMatchObject({ code: "VALIDATION" });
      await draw.commit(usd("0.02"));
      expect(draw.state).toBe("committed");
    });
    expect(spent()).toBe(2_000_000);
  });

  it("is counted once although its details cannot be read", async () => {
    const { client, spent, sent, notices } = budgeted();
    const hostile = {
      metrics: { tokens_input: -5, tokens_output: 3 },
      get metadata(): never {
        throw new Error("unreadable");
      },
    };
    await client.allowance(agent, async (allowance) => {
      const draw = await allowance.reserve(step);
      await draw.commit(usd("0.02"), hostile);
      await (await allowance.reserve(step)).commit(usd("0.01"), null as never);
      expect(allowance.remaining).toEqual(usd("0.47"));
    });
    expect(spent()).toBe(3_000_000);
    expect(commitOf(sent("commit"))).toMatchObject({
      metrics: { tokens_output: 3 },
      metadata: { allowance: { draws: 2 } },
    });
    expect(notices.filter(({ type }) => type === "details_changed")).toHaveLength(2);
  });

  it("is refused with the reason of its signal if that is aborted already", async () => {
    const { client } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const signal = AbortSignal.abort(new Error("too late"));
      expect(await rejection(allowance.reserve(step, { signal }))).toMatchObject({
        message: "too late",
      });
      expect(allowance.remaining).toEqual(usd("0.50"));
    });
  });

  it("has a signal that is aborted with its own and with the allowance's", async () => {
    const { client } = budgeted();
    const outer = new AbortController();
    const own = new AbortController();
    await client.allowance(
      agent,
      async (allowance) => {
        const first = await allowance.reserve(step, { signal: own.signal });
        const second = await allowance.reserve(step);
        own.abort();
        expect([first.signal.aborted, second.signal.aborted]).toEqual([true, false]);
        outer.abort();
        expect(second.signal.aborted).toBe(true);
        await first.release();
        await second.release();
      },
      { signal: outer.signal },
    );
  });

  it("inside a draw takes its own part", async () => {
    const { client, spent, requests } = budgeted();
    await client.allowance(agent, (allowance) =>
      allowance.run(step, () => client.run(step, () => 1, asEstimated), {
        actual: () => usd("0.01"),
      }),
    );
    expect(spent()).toBe(11_000_000);
    expect(requests).toHaveLength(2);
  });

  it("has the caps, and its own request", async () => {
    const { client } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const draw = await allowance.reserve({ ...step, idempotency_key: "draw-1" });
      expect(draw.id).toBe(allowance.id);
      expect(draw.caps).toBe(allowance.caps);
      expect(draw.request).toMatchObject({ ...step, idempotency_key: "draw-1" });
      const settlement = await draw.commit(usd("0.01"));
      expect(settlement).toMatchObject({ via: "allowance", idempotencyKey: "draw-1" });
      expect(await draw.settled).toBe(settlement);
      await draw.close();
    });
  });

  it("that is not valid is refused before it takes anything", async () => {
    const { client } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const wrong = { ...step, estimate: { unit: "USD_MICROCENTS", amount: -1 } as const };
      expect(await rejection(allowance.reserve(wrong))).toMatchObject({ code: "VALIDATION" });
      expect(allowance.remaining).toEqual(usd("0.50"));
    });
  });

  it("that is denied names the scope, what it asks for and what is left", async () => {
    const { client, notices } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const error = await rejection(allowance.reserve({ ...step, estimate: usd("0.60") }));
      expect(error).toMatchObject({
        code: "ALLOWANCE_EXCEEDED",
        scope: "tenant:acme",
        details: { requested: usd("0.60"), remaining: usd("0.50") },
        message: expect.stringMatching(/\$0\.50 left.*asks for \$0\.60/) as string,
      });
    });
    expect(notices.filter(({ type }) => type === "denied")).toHaveLength(1);
  });
});

describe("200 concurrent draws on an allowance for 100", () => {
  it("run 100 times through the client, with two requests", async () => {
    const { client, requests, spent } = budgeted();
    const one = { ...step, estimate: usd("0.01") };
    const work = async (guard: Guard) => {
      await Promise.resolve();
      guard.setActual(usd("0.01"));
    };
    const outcomes = await client.allowance({ ...agent, estimate: usd("1.00") }, () =>
      Promise.allSettled(Array.from({ length: 200 }, () => client.run(one, work))),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(100);
    expect(requests).toHaveLength(2);
    expect(spent()).toBe(100_000_000);
  });
});

describe("the metadata of the commit", () => {
  it("sums the draws by action, and keeps the size bounded", async () => {
    const { client, sent, spent } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const names = ["__proto__", "constructor", "x".repeat(256)];
      for (let index = 0; index < 1_000; index += 1) names.push(`tool-${index}`);
      for (const name of names)
        await allowance.run({ action: { kind: "tool", name }, estimate: usd("0.0001") }, () => 1, {
          ...asEstimated,
        });
    });
    const { allowance } = commitOf(sent("commit")).metadata;
    expect(allowance).toMatchObject({ draws: 1_003, estimated: 1_003 });
    expect(allowance.by_action).toHaveLength(21);
    expect(allowance.by_action[0]).toEqual({ action: "tool __proto__", draws: 1, spent: 10_000 });
    expect(allowance.by_action.at(-1)).toMatchObject({ action: "others", draws: 983 });
    expect(allowance.by_action.reduce((sum, { spent }) => sum + spent, 0)).toBe(spent());
    expect(sent("commit")[0]?.body.length).toBeLessThan(8_192);
  });
});

it("100,000 draws, one after another, leave nothing behind", async () => {
  const { client, spent, requests } = budgeted();
  const one = { ...step, estimate: usd("0.0001") };
  await client.allowance(agent, async (allowance) => {
    const draw = async (count: number) => {
      for (let index = 0; index < count; index += 1) {
        const guard = await allowance.reserve(one);
        await guard.commit(usd("0.000001"));
      }
      // Callbacks of collected guards run in turns of their own.
      await new Promise((resolve) => setImmediate(resolve));
      return process.memoryUsage().heapUsed;
    };
    const before = await draw(10_000);
    const after = await draw(90_000);
    expect(after - before).toBeLessThan(100 * 1024 * 1024);
  });
  expect(spent()).toBe(10_000_000);
  expect(requests).toHaveLength(2);
});
