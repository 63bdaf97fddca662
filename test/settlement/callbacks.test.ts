import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { journaled } from "../support/journaled.js";
import { request } from "../support/responses.js";

describe("a `waitUntil` callback", () => {
  it.each<[string, () => unknown, string | undefined]>([
    [
      "that throws",
      () => {
        throw new Error("no context");
      },
      "no context",
    ],
    ["that rejects", () => Promise.reject(new Error("no context")), "no context"],
    ["that returns an object with an invalid `then`", () => ({ then: 1 }), undefined],
  ])("%s does not keep a spend from being recorded", async (_, waitUntil, message) => {
    const { client, notices, spent } = budgeted({ waitUntil });
    for (let count = 0; count < 2; count += 1) {
      const guard = await client.reserve(request, { heartbeat: false });
      expect(await guard.commit(usd("0.3"))).toMatchObject({ state: "committed" });
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(spent()).toBe(60_000_000);
    const failed = notices.filter(({ type }) => type === "callback_failed");
    const expected = message === undefined ? [] : [{ callback: "waitUntil", message }];
    expect(failed).toMatchObject(expected);
  });

  it("is called with a promise that resolves even if the spend is refused", async () => {
    const passed: Promise<unknown>[] = [];
    const { client } = budgeted({ waitUntil: (spend) => passed.push(spend), retry: false });
    const guard = await client.reserve({ ...request, overage_policy: "REJECT" });
    await expect(guard.commit(usd("1.2"))).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(await Promise.all(passed)).toEqual(["abandoned"]);
  });
});

describe("an unexpected error", () => {
  it("during recovery leaves the records in the journal", async () => {
    const world = journaled();
    await world.leave(2);
    let broken = true;
    const { client, types } = world.open({
      clock: {
        now: () => {
          if (broken) throw new Error("no time");
          return world.clock.now();
        },
        monotonic: () => world.clock.monotonic(),
        setTimeout: (callback, ms) => world.clock.setTimeout(callback, ms),
      },
    });
    expect(await client.recover()).toMatchObject({ found: 0 });
    expect(world.records.size).toBe(2);
    expect(types()).toEqual(["settlement_error", "settlement_error"]);
    broken = false;
    expect(await client.recover()).toMatchObject({ found: 2, settled: 2 });
  });

  it.each([
    ["rejects", () => Promise.reject(new Error("the store is unreachable"))],
    ["lists an invalid record", () => [{ reservationId: "r", record: "[".repeat(50_000) }]],
    ["lists `undefined`", () => [undefined] as never],
    ["does not return a list", () => 7 as never],
  ])("in a journal that %s does not end the process or a settlement", async (_, list) => {
    const world = journaled();
    const { client } = world.open({ journal: { ...world.journal, list } });
    const guard = await client.reserve(request, { heartbeat: false });
    expect(await guard.commit(usd("0.01"))).toMatchObject({ state: "committed" });
    expect(await client.recover()).toMatchObject({ settled: 0 });
    await client.close();
  });
});
