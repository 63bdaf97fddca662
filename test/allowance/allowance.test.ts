import { type Allowance, BudgetDeniedError, Draw, tokens, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { rejection } from "../support/server.js";

const run = { action: { kind: "agent.run", name: "research" }, estimate: usd("0.50") };
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };

describe("an allowance", () => {
  it("takes two requests for all its draws, and commits their total", async () => {
    const { client, requests, spent, reserved } = budgeted();
    const result = await client.allowance(run, async (allowance) => {
      for (const cost of ["0.01", "0.02", "0.03"])
        await allowance.run(step, (draw) => {
          draw.setActual(usd(cost));
        });
      expect(allowance.spent).toEqual(usd("0.06"));
      expect(allowance.remaining).toEqual(usd("0.44"));
      return "done";
    });
    expect(result).toBe("done");
    expect(requests).toHaveLength(2);
    expect(spent()).toBe(6_000_000);
    expect(reserved()).toBe(0);
  });

  it("lets exactly 100 of 200 concurrent draws run, and moves the ledger once", async () => {
    const { client, requests, spent } = budgeted();
    const request = { ...run, estimate: usd("1.00") };
    const one = { ...step, estimate: usd("0.01") };
    const outcomes = await client.allowance(request, (allowance) =>
      Promise.allSettled(
        Array.from({ length: 200 }, () =>
          allowance.run(one, async (draw) => {
            await Promise.resolve();
            draw.setActual(usd("0.01"));
          }),
        ),
      ),
    );
    const denied = outcomes.filter(({ status }) => status === "rejected");
    expect(denied).toHaveLength(100);
    for (const outcome of denied) {
      expect(outcome).toMatchObject({ reason: { code: "ALLOWANCE_EXCEEDED" } });
      expect("reason" in outcome && outcome.reason).toBeInstanceOf(BudgetDeniedError);
    }
    expect(requests).toHaveLength(2);
    expect(spent()).toBe(100_000_000);
  });

  it("is what the client draws on inside it, and its children too", async () => {
    const { client, requests, spent } = budgeted();
    const child = client.with({ subject: { agent: null } });
    await client.allowance(run, async () => {
      const draw = await client.reserve(step);
      expect(draw).toBeInstanceOf(Draw);
      await draw.commit(usd("0.02"));
      await child.run(step, () => 1, { actual: () => usd("0.03") });
    });
    expect(requests).toHaveLength(2);
    expect(spent()).toBe(5_000_000);
  });

  it("reserves at the authority what it does not hold", async () => {
    const { client, sent, notices } = budgeted();
    await client.allowance(run, async () => {
      await client.run({ ...step, subject: { agent: "other" } }, () => 1, { actual: "estimate" });
      await client.run(step, () => 1, { actual: "estimate", outside: true });
      const other = await rejection(client.reserve({ ...step, estimate: tokens(5) }));
      expect(other).toMatchObject({ code: "UNIT_MISMATCH" });
    });
    expect(sent("reservations")).toHaveLength(4);
    expect(notices.filter(({ type }) => type === "draw_outside")).toHaveLength(1);
  });

  it("releases what no draw has spent", async () => {
    const { client, sent, reserved } = budgeted();
    await client.allowance(run, () => undefined);
    expect(sent("release")).toHaveLength(1);
    expect(reserved()).toBe(0);
  });

  it("grows by further reservations, up to a limit", async () => {
    const { client, sent, spent, reserved } = budgeted();
    const grow = { by: usd("0.10"), upTo: usd("0.30") };
    const request = { ...run, estimate: usd("0.10") };
    await client.allowance(
      request,
      async (allowance) => {
        for (let draw = 0; draw < 3; draw += 1)
          await allowance.run(step, () => 1, { actual: "estimate" });
        const error = await rejection(allowance.run(step, () => 1, { actual: "estimate" }));
        expect(error).toMatchObject({ code: "ALLOWANCE_EXCEEDED" });
      },
      { grow },
    );
    expect(sent("reservations")).toHaveLength(3);
    expect(sent("commit")).toHaveLength(3);
    expect(spent()).toBe(30_000_000);
    expect(reserved()).toBe(0);
  });

  it("passes on the error of the work, and commits what was spent", async () => {
    const { client, spent } = budgeted();
    const failed = client.allowance(run, async (allowance) => {
      await allowance.run(step, () => 1, { actual: "estimate" });
      throw new Error("stop");
    });
    expect(await rejection(failed)).toMatchObject({ message: "stop" });
    expect(spent()).toBe(10_000_000);
  });

  it("refuses draws after its end", async () => {
    const { client } = budgeted();
    let kept: Allowance | undefined;
    await client.allowance(run, (allowance) => {
      kept = allowance;
    });
    expect(await rejection(Promise.resolve(kept?.reserve(step)))).toMatchObject({
      code: "GUARD_STATE",
    });
  });

  it("lets an allowance inside it draw on it", async () => {
    const { client, requests, spent } = budgeted();
    await client.allowance(run, () =>
      client.allowance({ ...run, estimate: usd("0.20") }, (inner) =>
        inner.run(step, () => 1, { actual: "estimate" }),
      ),
    );
    expect(requests).toHaveLength(2);
    expect(spent()).toBe(10_000_000);
  });
});
