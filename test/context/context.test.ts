import { currentBudget, currentGuard, type Guard, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";

const agent = { action: { kind: "agent.run", name: "research" }, estimate: usd("0.50") };
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };
const tiny = { ...step, estimate: usd("0.0001") };
const asEstimated = { actual: "estimate" } as const;
const subjects = (sent: readonly { readonly body: string }[]) =>
  sent.map(({ body }) => (JSON.parse(body) as { subject: object }).subject);

describe("the current guard and budget", () => {
  it("are those of the innermost work", async () => {
    const { client } = budgeted();
    expect([currentGuard(), currentBudget()]).toEqual([undefined, undefined]);
    await client.run(
      step,
      async (guard) => {
        await Promise.resolve();
        expect(currentGuard()).toBe(guard);
        expect(currentBudget()).toBe(client);
      },
      asEstimated,
    );
    const wrapped = client.wrap(
      step,
      (guard) => {
        expect(currentGuard()).toBe(guard);
      },
      asEstimated,
    );
    await wrapped();
    await client.allowance(agent, async (allowance) => {
      expect(currentBudget()).toBe(allowance);
      expect(currentGuard()).toBeUndefined();
      await client.run(
        step,
        (guard) => {
          expect(currentGuard()).toBe(guard);
          expect(currentBudget()).toBe(allowance);
        },
        asEstimated,
      );
    });
    client.scope({ agent: "x" }, () => {
      expect(currentBudget()).toBe(client);
    });
    expect([currentGuard(), currentBudget()]).toEqual([undefined, undefined]);
  });

  it("are those of the allowance for work that was given the allowance from outside", async () => {
    const { client, requests } = budgeted();
    await client.allowance(agent, async (allowance) => {
      await client.scope({ workflow: null }, () =>
        allowance.run(step, () => client.run(step, () => 1, asEstimated), asEstimated),
      );
    });
    expect(requests).toHaveLength(2);
  });

  it("are those of its creator in a stream that outlives the handler", async () => {
    const { client, sent } = budgeted();
    const seen: unknown[] = [];
    const stream = client.scope({ agent: "planner" }, () =>
      client.stream(
        step,
        async function* (guard: Guard) {
          for (let item = 0; item < 3; item += 1) {
            await Promise.resolve();
            seen.push(currentGuard() === guard);
            yield item;
          }
        },
        asEstimated,
      ),
    );
    await client.scope({ agent: "consumer" }, async () => {
      for await (const item of stream) {
        expect(item).toBeTypeOf("number");
        expect(currentGuard()).toBeUndefined();
      }
    });
    expect(seen).toEqual([true, true, true]);
    expect(subjects(sent("reservations"))).toEqual([{ tenant: "acme", agent: "planner" }]);
  });

  it("reach timers and generators that the work has started", async () => {
    const { client } = budgeted();
    const guards = await client.run(
      step,
      (guard) => {
        const later = new Promise((resolve) => setImmediate(() => resolve(currentGuard())));
        const generated = (function* () {
          yield currentGuard();
        })().next().value;
        return later.then((timed) => [guard, timed, generated]);
      },
      asEstimated,
    );
    expect(new Set(guards).size).toBe(1);
  });

  it("do not leak between 1,000 interleaved requests", async () => {
    const { client, sent } = budgeted();
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    await Promise.all(
      Array.from({ length: 1_000 }, (_, index) =>
        client.scope({ agent: `agent-${index}` }, async () => {
          if (index % 3 === 0) await turn();
          await client.run(
            { ...tiny, metadata: { index } },
            async (guard) => {
              await turn();
              expect(currentGuard()).toBe(guard);
              expect(guard.request.subject.agent).toBe(`agent-${index}`);
            },
            asEstimated,
          );
          expect(currentGuard()).toBeUndefined();
        }),
      ),
    );
    for (const { body } of sent("reservations")) {
      const { subject, metadata } = JSON.parse(body) as {
        subject: { agent: string };
        metadata: { index: number };
      };
      expect(subject.agent).toBe(`agent-${metadata.index}`);
    }
  });

  it("keep concurrent allowances apart", async () => {
    const { client, spent, sent } = budgeted({ budget: "10.00" });
    await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        client.allowance({ ...agent, estimate: usd("0.10") }, async (allowance) => {
          for (let draw = 0; draw < index % 5; draw += 1)
            await client.run(tiny, () => Promise.resolve(), asEstimated);
          expect(allowance.spent.amount).toBe((index % 5) * 10_000);
        }),
      ),
    );
    expect(sent("reservations")).toHaveLength(50);
    expect(spent()).toBe(50 * 2 * 10_000);
  });
});

describe("a scope", () => {
  it("stands between the defaults of the client and the subject of a request", async () => {
    const { client, sent } = budgeted({ subject: { tenant: "acme", agent: "default" } });
    const child = client.with({ subject: { workflow: "child" } });
    await client.scope({ agent: "scope", toolset: "scope" }, async () => {
      await client.reserve({ ...tiny, subject: { toolset: "request" } });
      await client.scope({ agent: null, workflow: "inner" }, async () => {
        await client.reserve(tiny);
        await child.reserve({ ...tiny, subject: { workflow: null } });
      });
    });
    await client.reserve(tiny);
    expect(subjects(sent("reservations"))).toEqual([
      { tenant: "acme", agent: "scope", toolset: "request" },
      { tenant: "acme", toolset: "scope", workflow: "inner" },
      { tenant: "acme", toolset: "scope" },
      { tenant: "acme", agent: "default" },
    ]);
  });

  it("does not apply to another client", async () => {
    const first = budgeted();
    const second = budgeted();
    await first.client.scope({ agent: "x" }, () => second.client.reserve(tiny));
    expect(subjects(second.sent("reservations"))).toEqual([{ tenant: "acme" }]);
  });

  it("returns what the work returns, and passes on what it throws", async () => {
    const { client } = budgeted();
    expect(client.scope({ agent: "x" }, () => 5)).toBe(5);
    expect(() =>
      client.scope({ agent: "x" }, () => {
        throw new Error("thrown");
      }),
    ).toThrow("thrown");
    await expect(
      client.scope({ agent: "x" }, () => Promise.reject(new Error("rejected"))),
    ).rejects.toThrow("rejected");
    expect(currentBudget()).toBeUndefined();
  });
});

it("a run inside a run of the same client is reported once, with both names", async () => {
  const { client, notices } = budgeted();
  const other = budgeted();
  const inner = () => client.run(tiny, () => 1, asEstimated);
  await client.run(step, () => other.client.run(tiny, () => 1, asEstimated), asEstimated);
  await client.run(step, inner, asEstimated);
  await client.with({}).run(step, inner, asEstimated);
  expect(notices.filter(({ type }) => type === "nested_reservation")).toEqual([
    {
      type: "nested_reservation",
      outer: "llm.completion small",
      inner: "llm.completion small",
    },
  ]);
});
