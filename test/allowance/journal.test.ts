import { usd } from "cycles-client";
import { expect, it } from "vitest";
import { hold } from "../support/hold.js";
import { noted, notes, until } from "../support/noted.js";

const agent = {
  action: { kind: "agent.run", name: "research" },
  estimate: usd("0.50"),
  ttl_ms: 10_000,
  grace_period_ms: 0,
};
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };

it("settled draws and notes of running ones outlive the process, once the lease has lapsed", async () => {
  const world = noted();
  const dir = world.folder();
  const first = world.open(dir);
  void first.client.allowance(agent, async (allowance) => {
    hold(allowance);
    await allowance.run(step, () => 1, { actual: () => usd("0.03") });
    await allowance.run(step, () => 1, { actual: () => usd("0.04") });
    hold(await allowance.reserve(step)).setActual(usd("0.02"));
    hold(await allowance.reserve(step));
    await new Promise(() => undefined);
  });
  await until(() => notes(dir).some(({ commit }) => commit?.actual.amount === 9_000_000));
  const left = world.afterDeath(dir);
  const second = world.open(left);
  await second.client.recover();
  expect(world.sent("commit")).toEqual([]);
  await world.advance(20_000, second);
  await second.client.recover();
  await world.advance(60_000, second);
  await second.client.recover();
  expect(world.spent()).toBe(9_000_000);
});
