import { usd } from "cycles-client";
import { afterAll, expect, it, vi } from "vitest";

/** A runtime without `AsyncLocalStorage`, such as a browser. */
vi.hoisted(() => {
  vi.stubGlobal("AsyncLocalStorage", undefined);
  vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined);
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const { budgeted } = await import("../support/budgeted.js");
const { CyclesConfigError, currentBudget, currentGuard } = await import("cycles-client");
const agent = { action: { kind: "agent.run", name: "research" }, estimate: usd("0.50") };
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };

it("without AsyncLocalStorage, a scope throws an error that names the way out", () => {
  const { client } = budgeted();
  const scope = () => client.scope({ agent: "x" }, () => 1);
  expect(scope).toThrow(CyclesConfigError);
  expect(scope).toThrow(/client\.with/);
});

it("without AsyncLocalStorage, work is run, and draws on an allowance that it is passed", async () => {
  const { client, requests, spent } = budgeted();
  await client.allowance(agent, async (allowance) => {
    expect(currentBudget()).toBeUndefined();
    await allowance.run(
      step,
      (guard) => {
        expect(currentGuard()).toBeUndefined();
        guard.setActual(usd("0.01"));
      },
      {},
    );
    for await (const item of allowance.stream(step, () => items(), { actual: "estimate" }))
      expect(item).toBe(1);
  });
  expect(requests).toHaveLength(2);
  await client.run(step, () => 1, { actual: "estimate" });
  expect(spent()).toBe(21_000_000);
});

async function* items() {
  await Promise.resolve();
  yield 1;
}
