import { type Allowance, BudgetDeniedError, type Guard, tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { rejection } from "../support/server.js";

const agent = { action: { kind: "agent.run", name: "research" }, estimate: usd("0.10") };
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };
const small = { ...step, estimate: usd("0.02") };
const grow = { by: usd("0.10"), upTo: usd("0.50") };
const asEstimated = { actual: "estimate" } as const;

const bodies = (sent: readonly { readonly body: string }[]) =>
  sent.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
const amounts = (sent: readonly { readonly body: string }[], field: "estimate" | "actual") =>
  bodies(sent).map((body) => body[field]);

/** The error of a draw that is aborted while it waits for growth. */
function abortedDraw(allowance: Allowance): Promise<unknown> {
  const controller = new AbortController();
  const aborted = rejection(allowance.reserve(step, { signal: controller.signal }));
  controller.abort(new Error("changed my mind"));
  return aborted;
}

describe("an allowance that grows", () => {
  it("gives each further reservation a key of its own, and the same request", async () => {
    const { client, sent } = budgeted();
    const request = { ...agent, idempotency_key: "job-1", ttl_ms: 30_000, metadata: { job: 1 } };
    await client.allowance(
      request,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        await allowance.run(step, () => 1, asEstimated);
      },
      { grow },
    );
    const [first, second] = bodies(sent("reservations"));
    expect(first).toMatchObject({ idempotency_key: "job-1" });
    expect(second).toEqual({ ...first, idempotency_key: second?.["idempotency_key"] });
    expect(second?.["idempotency_key"]).not.toBe("job-1");
  });

  it("keeps its subject when a draw inside a scope makes it grow", async () => {
    const { client, sent } = budgeted();
    await client.allowance(
      { ...agent, subject: { agent: "planner", toolset: "web" } },
      async (allowance) => {
        await client.scope({ agent: "planner", workflow: null }, async () => {
          await client.run({ ...step, estimate: usd("0.15") }, () => 1, asEstimated);
        });
        expect(allowance.remaining).toEqual(usd("0.05"));
      },
      { grow },
    );
    await client.scope({ workflow: "nightly" }, () =>
      client.allowance(
        agent,
        () =>
          client.scope({ workflow: "nightly", dimensions: { step: "2" } }, () =>
            client.run({ ...step, estimate: usd("0.15") }, () => 1, asEstimated),
          ),
        { grow },
      ),
    );
    const subjects = bodies(sent("reservations")).map(({ subject }) => subject);
    expect(subjects).toEqual([
      { tenant: "acme", agent: "planner", toolset: "web" },
      { tenant: "acme", agent: "planner", toolset: "web" },
      { tenant: "acme", workflow: "nightly" },
      { tenant: "acme", workflow: "nightly" },
    ]);
  });

  it("makes one reservation for draws that wait at the same time", async () => {
    const { client, sent, spent, reserved } = budgeted();
    await client.allowance(
      agent,
      (allowance) =>
        Promise.all(Array.from({ length: 10 }, () => allowance.run(small, () => 1, asEstimated))),
      { grow },
    );
    expect(amounts(sent("reservations"), "estimate")).toEqual([usd("0.10"), usd("0.10")]);
    expect(spent()).toBe(20_000_000);
    expect(reserved()).toBe(0);
  });

  it("never holds more than its limit, whatever is drawn at once", async () => {
    const { client, sent, spent } = budgeted({ budget: "10.00" });
    const outcomes = await client.allowance(
      agent,
      (allowance) =>
        Promise.allSettled(
          Array.from({ length: 40 }, () => allowance.run(small, () => 1, asEstimated)),
        ),
      { grow: { by: usd("0.07"), upTo: usd("0.50") } },
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(25);
    expect(spent()).toBe(50_000_000);
    const held = amounts(sent("reservations"), "estimate").map(
      (amount) => (amount as { amount: number }).amount,
    );
    expect(held.reduce((sum, amount) => sum + amount, 0)).toBe(50_000_000);
  });

  it("commits at most the estimate of each reservation, and an excess with the last", async () => {
    const { client, sent, spent } = budgeted();
    await client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, { actual: () => usd("0.09") });
        await allowance.run(step, () => 1, { actual: () => usd("0.13") });
      },
      { grow },
    );
    const commits = amounts(sent("commit"), "actual");
    expect(commits).toHaveLength(2);
    expect(commits).toEqual(expect.arrayContaining([usd("0.10"), usd("0.12")]));
    expect(spent()).toBe(22_000_000);
  });

  it("releases a further reservation that nothing was spent under", async () => {
    const { client, sent, reserved } = budgeted();
    await client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(small, () => 1, asEstimated);
        await using draw = await allowance.reserve(step);
        expect(draw.state).toBe("open");
      },
      { grow },
    );
    expect(sent("commit")).toHaveLength(1);
    expect(sent("release")).toHaveLength(1);
    expect(reserved()).toBe(0);
  });

  it("denies a draw as the authority denies the further reservation, and stays usable", async () => {
    const { client, spent, notices } = budgeted({ budget: "0.15" });
    await client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        const error = await rejection(allowance.run(step, () => 1, asEstimated));
        expect(error).toBeInstanceOf(BudgetDeniedError);
        expect(error).toMatchObject({ code: "BUDGET_EXCEEDED" });
        expect(
          await allowance.run(step, () => "never", { ...asEstimated, onDenied: () => "cheaper" }),
        ).toBe("cheaper");
        expect(allowance.remaining).toEqual(usd("0"));
      },
      { grow },
    );
    expect(spent()).toBe(10_000_000);
    expect(notices.filter(({ type }) => type === "denied")).toHaveLength(2);
  });

  it("starts a waiting draw that fits although the further reservation was denied", async () => {
    const { client, spent, clock, slow } = budgeted({ budget: "0.15" });
    await client.allowance(
      agent,
      async (allowance) => {
        slow("reservations", 50);
        const first = await allowance.reserve({ ...step, estimate: usd("0.08") });
        const large = rejection(allowance.reserve({ ...step, estimate: usd("0.50") }));
        const waits = allowance.run({ ...step, estimate: usd("0.05") }, () => 1, asEstimated);
        await first.commit(usd("0.01"));
        await clock.advance(100);
        expect(await large).toMatchObject({ code: "BUDGET_EXCEEDED" });
        await waits;
      },
      { grow: { by: usd("0.05"), upTo: usd("1.00") } },
    );
    expect(spent()).toBe(6_000_000);
  });

  it("asks again for a waiting draw that needs less than what was denied", async () => {
    const { client, spent, clock, slow } = budgeted({ budget: "0.20" });
    await client.allowance(
      agent,
      async (allowance) => {
        slow("reservations", 50);
        await allowance.run(step, () => 1, asEstimated);
        const large = rejection(allowance.reserve({ ...step, estimate: usd("0.50") }));
        const waits = allowance.run({ ...step, estimate: usd("0.05") }, () => 1, asEstimated);
        await clock.advance(100);
        expect(await large).toMatchObject({ code: "BUDGET_EXCEEDED" });
        expect(await waits).toBe(1);
      },
      { grow: { by: usd("0.05"), upTo: usd("1.00") } },
    );
    expect(spent()).toBe(15_000_000);
  });

  it("rejects all draws that wait while the authority is out of reach", async () => {
    const { client, fail, sent, reserved } = budgeted();
    await client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        fail("reservations", "drop before");
        const draws = await Promise.allSettled([1, 2, 3].map(() => allowance.reserve(step)));
        for (const draw of draws)
          expect(draw).toMatchObject({ status: "rejected", reason: { code: "CONNECTION" } });
      },
      { grow, maxRetries: 0 },
    );
    expect(sent("reservations")).toHaveLength(2);
    expect(reserved()).toBe(0);
  });

  it("lets a draw that is aborted go at once, and keeps the reservation for others", async () => {
    const { client, clock, slow, spent, reserved } = budgeted();
    await client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        slow("reservations", 50);
        expect(await abortedDraw(allowance)).toMatchObject({ message: "changed my mind" });
        await clock.advance(100);
        expect(allowance.remaining).toEqual(usd("0.10"));
        await allowance.run(step, () => 1, asEstimated);
      },
      { grow },
    );
    expect(spent()).toBe(20_000_000);
    expect(reserved()).toBe(0);
  });

  it("releases a reservation that arrives after its end", async () => {
    const { client, clock, slow, sent, reserved } = budgeted();
    await client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        slow("reservations", 50);
        await abortedDraw(allowance);
      },
      { grow },
    );
    await clock.advance(100);
    expect(sent("reservations")).toHaveLength(2);
    expect(sent("release")).toHaveLength(1);
    expect(reserved()).toBe(0);
  });

  it("refuses a draw that waits for it when the work throws, and releases what arrives", async () => {
    const { client, clock, slow, spent, reserved } = budgeted();
    let late: Promise<unknown> | undefined;
    const failed = client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        slow("reservations", 50);
        late = rejection(allowance.run(step, () => 1, asEstimated));
        throw new Error("stop");
      },
      { grow },
    );
    expect(await rejection(failed)).toMatchObject({ message: "stop" });
    await clock.advance(100);
    expect(await late).toMatchObject({ code: "GUARD_STATE" });
    expect(spent()).toBe(10_000_000);
    expect(reserved()).toBe(0);
  });

  it("waits for a draw that waits for growth when the work has returned", async () => {
    const { client, clock, slow, spent, reserved } = budgeted();
    let late: Promise<unknown> | undefined;
    const ended = client.allowance(
      agent,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        slow("reservations", 50);
        late = allowance.run(step, () => 1, asEstimated);
      },
      { grow },
    );
    await clock.advance(100);
    await ended;
    expect(await late).toBe(1);
    expect(spent()).toBe(20_000_000);
    expect(reserved()).toBe(0);
  });

  it("sends its summary once, with the first commit", async () => {
    const { client, sent } = budgeted();
    await client.allowance(
      agent,
      async (allowance) => {
        for (let draw = 0; draw < 3; draw += 1)
          await allowance.run(step, (guard) => {
            guard.setActual(usd("0.10"), { metrics: { tokens_input: 7 } });
          });
      },
      { grow },
    );
    const commits = bodies(sent("commit"));
    const first = commits.filter((commit) => "metrics" in commit);
    const others = commits.filter((commit) => !("metrics" in commit));
    expect(first).toHaveLength(1);
    expect(first[0]).toMatchObject({
      metrics: { tokens_input: 21 },
      metadata: { allowance: { draws: 3 } },
    });
    expect(others).toHaveLength(2);
    for (const other of others) {
      expect(other).toMatchObject({ metadata: { allowance: { part_of: expect.any(String) } } });
    }
  });
});

describe("the options of growth", () => {
  it.each([
    ["in another unit", { by: tokens(1), upTo: usd("1.00") }, "grow.by.unit"],
    ["up to another unit", { by: usd("0.10"), upTo: tokens(9) }, "grow.upTo.unit"],
    ["by nothing", { by: usd("0"), upTo: usd("1.00") }, "grow.by"],
    ["up to less than the estimate", { by: usd("0.10"), upTo: usd("0.09") }, "grow.upTo"],
  ])("are refused before anything is sent: %s", async (_, options, path) => {
    const { client, requests } = budgeted();
    const refused = client.allowance(agent, () => 1, { grow: options });
    expect(await rejection(refused)).toMatchObject({ code: "VALIDATION", issues: [{ path }] });
    expect(requests).toEqual([]);
  });

  it.each([
    ["no options", {}],
    ["numbers", { by: 1, upTo: 2 }],
    ["null", { by: null, upTo: null }],
  ])("from JavaScript are refused with an error that names the field: %s", async (_, options) => {
    const { client, requests } = budgeted();
    const refused = client.allowance(agent, () => 1, { grow: options as never });
    expect(await rejection(refused)).toMatchObject({
      code: "VALIDATION",
      issues: [{ path: "grow.by" }],
    });
    expect(requests).toEqual([]);
  });

  it("do not hide that the request has no estimate", async () => {
    const { client } = budgeted();
    const refused = client.allowance({ action: agent.action } as never, () => 1, { grow });
    expect(await rejection(refused)).toMatchObject({ code: "VALIDATION" });
  });
});

it("an allowance inside another grows by drawing on it", async () => {
  const { client, sent, spent } = budgeted();
  const outer: Allowance[] = [];
  const draws: Guard[] = [];
  await client.allowance({ ...agent, estimate: usd("0.30") }, (allowance) => {
    outer.push(allowance);
    return client.allowance(
      agent,
      async (inner) => {
        draws.push(await inner.reserve(step), await inner.reserve(step));
        expect(outer[0]?.remaining).toEqual(usd("0.10"));
        for (const draw of draws) await draw.commit(usd("0.04"));
      },
      { grow },
    );
  });
  expect(sent("reservations")).toHaveLength(1);
  expect(spent()).toBe(8_000_000);
});
