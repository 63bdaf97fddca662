import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { journaled } from "../support/journaled.js";
import { request } from "../support/responses.js";

describe("a waitUntil of the user's", () => {
  it.each<[string, () => unknown]>([
    [
      "that throws",
      () => {
        throw new Error("no context");
      },
    ],
    ["that rejects", () => Promise.reject(new Error("no context"))],
    ["that returns something strange", () => ({ then: 1 })],
  ])("%s costs no spend", async (what, waitUntil) => {
    const { client, notices, spent } = budgeted({ waitUntil });
    for (let count = 0; count < 2; count += 1) {
      const guard = await client.reserve(request, { heartbeat: false });
      expect(await guard.commit(usd("0.3"))).toMatchObject({ state: "committed" });
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(spent()).toBe(60_000_000);
    const said = notices.filter(({ type }) => type === "callback_failed");
    const expected = { callback: "waitUntil", message: "no context" };
    expect(said).toMatchObject(what.includes("strange") ? [] : [expected]);
  });

  it("is handed a promise that resolves, however the spend ends", async () => {
    const handed: Promise<unknown>[] = [];
    const { client } = budgeted({ waitUntil: (spend) => handed.push(spend), retry: false });
    const guard = await client.reserve({ ...request, overage_policy: "REJECT" });
    await expect(guard.commit(usd("1.2"))).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    expect(await Promise.all(handed)).toEqual(["abandoned"]);
  });
});

describe("an unexpected error", () => {
  it("while the journal is taken up leaves the records there", async () => {
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
    ["throws", () => Promise.reject(new Error("store is away"))],
    ["lists rubbish", () => [{ reservationId: "r", record: "[".repeat(50_000) }]],
    ["lists nothing that could be", () => [undefined] as never],
    ["answers no list", () => 7 as never],
  ])("in a journal that %s ends no process and no settlement", async (_, list) => {
    const world = journaled();
    const { client } = world.open({ journal: { ...world.journal, list } });
    const guard = await client.reserve(request, { heartbeat: false });
    expect(await guard.commit(usd("0.01"))).toMatchObject({ state: "committed" });
    expect(await client.recover()).toMatchObject({ settled: 0 });
    await client.close();
  });
});
