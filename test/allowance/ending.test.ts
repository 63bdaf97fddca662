import { type Allowance, type Guard, HeartbeatFailedError, type Notice, usd } from "cycles-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { collectUntil } from "../support/collect.js";
import { refusal } from "../support/responses.js";
import { rejection } from "../support/server.js";

const agent = { action: { kind: "agent.run", name: "research" }, estimate: usd("0.50") };
const step = { action: { kind: "llm.completion", name: "small" }, estimate: usd("0.10") };
const asEstimated = { actual: "estimate" } as const;

const types = (notices: readonly Notice[]) => notices.map(({ type }) => type);
const metadataOf = (sent: { readonly body: string } | undefined) =>
  (JSON.parse(sent?.body ?? "{}") as { metadata?: unknown }).metadata;

/** A promise and its resolver. */
function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

const unhandled: unknown[] = [];
const note = (reason: unknown) => void unhandled.push(reason);
beforeEach(() => void process.on("unhandledRejection", note));
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  expect(unhandled.splice(0)).toEqual([]);
});

describe("when the work returns, an allowance", () => {
  it("waits for draws that the work did not await", async () => {
    const { client, spent, requests } = budgeted();
    const { promise, resolve } = deferred();
    const ended = client.allowance(agent, (allowance) => {
      void allowance.run(step, () => promise, asEstimated);
      void client.run(step, () => promise, asEstimated);
      return "result";
    });
    await new Promise((turn) => setImmediate(turn));
    expect(requests).toHaveLength(1);
    resolve();
    expect(await ended).toBe("result");
    expect(spent()).toBe(20_000_000);
    expect(requests).toHaveLength(2);
  });

  it("takes draws that start while it waits for others", async () => {
    const { client, spent } = budgeted();
    const { promise, resolve } = deferred();
    const ended = client.allowance(agent, (allowance) => {
      void allowance.run(
        step,
        async () => {
          await promise;
          void allowance.run(step, () => Promise.resolve(), asEstimated);
        },
        asEstimated,
      );
    });
    resolve();
    await ended;
    expect(spent()).toBe(20_000_000);
  });

  it("throws if the heartbeat has failed under the policy fail, with the result", async () => {
    const { client, clock, fail, spent } = budgeted();
    const request = { ...agent, ttl_ms: 10_000 };
    const failed = client.allowance(
      request,
      async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
        await clock.advance(9_000);
        return "result";
      },
      { heartbeat: "fail" },
    );
    const error = await rejection(failed);
    expect(error).toBeInstanceOf(HeartbeatFailedError);
    expect(error).toMatchObject({ result: "result" });
    expect(spent()).toBe(10_000_000);
  });

  it("throws with the result if the commit of an excess meets a failed heartbeat", async () => {
    const { client, clock, fail, spent } = budgeted();
    const failed = client.allowance(
      { ...agent, ttl_ms: 10_000 },
      async (allowance) => {
        await allowance.run(step, () => 1, { actual: () => usd("0.60") });
        fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
        await clock.advance(9_000);
        return "result";
      },
      { heartbeat: "fail" },
    );
    expect(await rejection(failed)).toMatchObject({ code: "HEARTBEAT_FAILED", result: "result" });
    expect(spent()).toBe(60_000_000);
  });

  it("throws with the result if the commit is refused", async () => {
    const { client, fail, notices } = budgeted();
    fail("commit", refusal(409, "RESERVATION_FINALIZED"));
    const failed = client.allowance(agent, async (allowance) => {
      await allowance.run(step, () => 1, asEstimated);
      return "result";
    });
    expect(await rejection(failed)).toMatchObject({
      code: "SETTLEMENT_REFUSED",
      result: "result",
    });
    expect(types(notices).filter((type) => type === "settlement_failed")).toHaveLength(1);
  });

  it("returns the result of `onDenied` if its own reserve is denied", async () => {
    const { client, notices } = budgeted({ budget: "0.10" });
    const result = await client.allowance(agent, () => "work", { onDenied: ({ code }) => code });
    expect(result).toBe("BUDGET_EXCEEDED");
    expect(types(notices)).toEqual(["denied"]);
  });

  it("refuses draws, but lets `outside: true` reserve at the authority", async () => {
    const { client, sent } = budgeted();
    const kept: Allowance[] = [];
    await client.allowance(agent, (allowance) => void kept.push(allowance));
    const [allowance] = kept;
    if (allowance === undefined) throw new Error("there is an allowance");
    const refused = await rejection(allowance.run(step, () => 1));
    expect(refused).toMatchObject({ code: "GUARD_STATE", message: /outside: true/ });
    await allowance.run(step, () => 1, { ...asEstimated, outside: true });
    expect(sent("reservations")).toHaveLength(2);
  });

  it("refuses draws of work that outlives it, also through the client", async () => {
    const { client } = budgeted();
    const { promise, resolve } = deferred();
    const late: Promise<unknown>[] = [];
    await client.allowance(agent, () => {
      late.push(promise.then(() => rejection(client.run(step, () => 1))));
    });
    resolve();
    expect(await late[0]).toMatchObject({ code: "GUARD_STATE" });
  });
});

describe("when the work throws, an allowance", () => {
  it("waits for no draw, refuses new ones, and commits those under way when they end", async () => {
    const { client, sent, spent } = budgeted();
    const { promise, resolve } = deferred();
    const kept: Allowance[] = [];
    const draws: Promise<unknown>[] = [];
    const failed = client.allowance(agent, async (allowance) => {
      kept.push(allowance);
      await allowance.run(step, () => 1, asEstimated);
      draws.push(allowance.run(step, () => promise, { actual: () => usd("0.07") }));
      throw new Error("stop");
    });
    expect(await rejection(failed)).toMatchObject({ message: "stop" });
    expect(sent("commit")).toHaveLength(0);
    expect(await rejection(Promise.resolve(kept[0]?.reserve(step)))).toMatchObject({
      code: "GUARD_STATE",
    });
    resolve();
    await Promise.all(draws);
    await client.close();
    expect(spent()).toBe(17_000_000);
    expect(sent("commit")).toHaveLength(1);
  });

  it("settles a draw that was started in the same turn", async () => {
    const { client, spent } = budgeted();
    const draws: Promise<unknown>[] = [];
    const failed = client.allowance(agent, (allowance) => {
      draws.push(allowance.run(step, () => "ran", asEstimated));
      throw new Error("stop");
    });
    expect(await rejection(failed)).toMatchObject({ message: "stop" });
    expect(await draws[0]).toBe("ran");
    await client.close();
    expect(spent()).toBe(10_000_000);
  });

  it("commits the estimates if the policy of the tenant refuses the excess", async () => {
    const { client, fail, spent, notices, sent } = budgeted();
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    const failed = client.allowance(agent, async (allowance) => {
      await allowance.run(step, () => 1, { actual: () => usd("0.60") });
      throw new Error("stop");
    });
    expect(await rejection(failed)).toMatchObject({ message: "stop" });
    expect(spent()).toBe(50_000_000);
    expect(sent("commit")).toHaveLength(2);
    expect(types(notices)).not.toContain("settlement_failed");
    expect(notices.filter(({ type }) => type === "undercharged")).toMatchObject([
      { actual: usd("0.60"), charged: usd("0.50") },
    ]);
  });
});

describe("an excess", () => {
  it("is committed, and further draws are denied", async () => {
    const { client, spent } = budgeted();
    await client.allowance(agent, async (allowance) => {
      await allowance.run(step, () => 1, { actual: () => usd("0.60") });
      expect(allowance.remaining).toEqual(usd("0"));
      expect(allowance.spent).toEqual(usd("0.60"));
      expect(await rejection(allowance.reserve(step))).toMatchObject({
        code: "ALLOWANCE_EXCEEDED",
      });
    });
    expect(spent()).toBe(60_000_000);
  });

  it("is not attempted under REJECT, and is reported once", async () => {
    const { client, sent, spent, notices } = budgeted();
    await client.allowance({ ...agent, overage_policy: "REJECT" }, (allowance) =>
      allowance.run(step, () => 1, { actual: () => usd("0.60") }),
    );
    expect(sent("commit")).toHaveLength(1);
    expect(metadataOf(sent("commit")[0])).toMatchObject({ allowance: { missing: 10_000_000 } });
    expect(spent()).toBe(50_000_000);
    expect(notices.filter(({ type }) => type === "undercharged")).toMatchObject([
      { actual: usd("0.60"), charged: usd("0.50") },
    ]);
  });

  it("is reported once if the policy of the tenant is REJECT: the estimate is committed", async () => {
    const { client, fail, sent, spent, notices } = budgeted();
    fail("commit", refusal(409, "BUDGET_EXCEEDED"));
    const result = await client.allowance(agent, (allowance) =>
      allowance.run(step, () => "result", { actual: () => usd("0.60") }),
    );
    expect(result).toBe("result");
    expect(sent("commit")).toHaveLength(2);
    expect(metadataOf(sent("commit")[1])).toMatchObject({ allowance: { missing: 10_000_000 } });
    expect(spent()).toBe(50_000_000);
    expect(types(notices)).not.toContain("settlement_failed");
    expect(notices.filter(({ type }) => type === "undercharged")).toHaveLength(1);
  });
});

describe("when its lease is over, an allowance", () => {
  it("sends new draws to the authority, and records running ones with the total", async () => {
    const { client, clock, sent, spent } = budgeted();
    const request = { ...agent, ttl_ms: 10_000, grace_period_ms: 0 };
    await client.allowance(
      request,
      async (allowance) => {
        const running = await allowance.reserve(step);
        await clock.advance(20_000);
        const other = await client.reserve(step);
        expect(other.id).not.toBe(allowance.id);
        await other.commit(usd("0.01"));
        await running.commit(usd("0.02"));
      },
      { heartbeat: false },
    );
    expect(sent("reservations")).toHaveLength(2);
    expect(sent("events")).toHaveLength(1);
    expect(spent()).toBe(3_000_000);
  });

  it.each([["warn"], ["cancel"]] as const)(
    "does so as soon as its heartbeat has given up: policy %s",
    async (heartbeat) => {
      const { client, clock, fail, sent, spent } = budgeted();
      const result = await client.allowance(
        { ...agent, ttl_ms: 10_000 },
        async (allowance) => {
          const running = await allowance.reserve(step);
          const { signal } = running;
          fail("extend", refusal(409, "MAX_EXTENSIONS_EXCEEDED"));
          await clock.advance(9_000);
          expect(signal.aborted).toBe(heartbeat === "cancel");
          expect(allowance.signal.aborted).toBe(heartbeat === "cancel");
          await client.run(step, () => 1, asEstimated);
          await running.commit(usd("0.02"));
          return "result";
        },
        { heartbeat },
      );
      expect(result).toBe("result");
      expect(sent("reservations")).toHaveLength(2);
      expect(spent()).toBe(12_000_000);
    },
  );

  it("is extended while its draws run", async () => {
    const { client, clock, spent, sent } = budgeted();
    await client.allowance({ ...agent, ttl_ms: 10_000 }, async (allowance) => {
      const running = await allowance.reserve(step);
      await clock.advance(60_000);
      const { expires_at_ms: expiresAt } = await running.extend(5_000);
      expect(running.expiresAt).toBe(expiresAt);
      await running.commit(usd("0.02"));
    });
    expect(sent("reservations")).toHaveLength(1);
    expect(spent()).toBe(2_000_000);
  });
});

describe("when the client is closed, an allowance", () => {
  it("commits what draws have noted, and takes no new draws", async () => {
    const { client, spent, notices } = budgeted();
    await client.allowance(agent, async (allowance) => {
      await allowance.run(step, () => 1, asEstimated);
      const running = await allowance.reserve(step);
      running.setActual(usd("0.02"));
      await client.close();
      expect(spent()).toBe(12_000_000);
      expect(await rejection(allowance.reserve(step))).toMatchObject({ code: "CLIENT_CLOSED" });
      await running.close().catch(() => undefined);
    });
    expect(spent()).toBe(12_000_000);
    expect(types(notices)).toContain("guard_open");
  });

  it("reports a spend that a draw notes afterwards", async () => {
    const { client, spent, notices } = budgeted();
    await client.allowance(agent, async (allowance) => {
      const running = await allowance.reserve(step);
      running.setActual(usd("0.02"));
      await client.close();
      expect(() => {
        running.setActual(usd("0.05"));
      }).toThrow(expect.objectContaining({ code: "GUARD_STATE" }));
      expect(await rejection(running.close())).toMatchObject({ code: "UNEXPECTED" });
    });
    expect(spent()).toBe(2_000_000);
    expect(notices.filter(({ type }) => type === "settlement_failed")).toMatchObject([
      { actual: usd("0.05") },
    ]);
  });
});

describe("an allowance that is abandoned", () => {
  it("commits what is known when nothing can draw on it any more", async () => {
    const { client, spent, notices } = budgeted();
    const start = async () => {
      const { promise: drawn, resolve: ready } = deferred();
      void client.allowance(agent, async (allowance) => {
        await allowance.run(step, () => 1, asEstimated);
        ready();
        await new Promise(() => undefined);
      });
      await drawn;
    };
    await start();
    await collectUntil(() => notices.some(({ type }) => type === "guard_dropped"));
    await client.flush();
    expect(spent()).toBe(10_000_000);
  });

  it("is not settled while a draw is alive", async () => {
    const { client, spent, notices } = budgeted();
    const alive: Guard[] = [];
    const start = async () => {
      const { promise: drawn, resolve: ready } = deferred();
      void client.allowance(agent, async (allowance) => {
        alive.push(await allowance.reserve(step));
        ready();
        await new Promise(() => undefined);
      });
      await drawn;
    };
    await start();
    let turns = 0;
    await collectUntil(() => ++turns > 20);
    expect(types(notices)).not.toContain("guard_dropped");
    await alive[0]?.commit(usd("0.03"));
    alive.length = 0;
    await collectUntil(() => notices.some(({ type }) => type === "guard_dropped"));
    await client.flush();
    expect(spent()).toBe(3_000_000);
  });
});

it("a draw that is garbage-collected ends: its note counts, and nothing else gets its part", async () => {
  const { client, spent, notices, sent } = budgeted();
  await client.allowance(agent, async (allowance) => {
    const drop = async (noted: boolean) => {
      const draw = await allowance.reserve(step);
      if (noted) draw.setActual(usd("0.04"));
    };
    await drop(true);
    await drop(false);
    await collectUntil(() => notices.filter(({ type }) => type === "guard_dropped").length === 2);
    expect(allowance.spent).toEqual(usd("0.04"));
    expect(allowance.remaining).toEqual(usd("0.36"));
  });
  expect(spent()).toBe(4_000_000);
  expect(metadataOf(sent("commit")[0])).toMatchObject({ allowance: { draws: 1, unknown: 1 } });
});
