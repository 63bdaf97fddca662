import { BudgetDeniedError, credits, currentGuard, riskPoints, usd } from "cycles-client";
import { gate } from "cycles-client/tools";
import { describe, expect, it } from "vitest";
import { rejection } from "../support/server.js";
import { scene } from "./scene.js";

const EMAIL = { name: "send_email", cost: riskPoints(5) };

describe("a gated function", () => {
  it("has the arguments and the result of its handler, and its cost is in the ledger", async () => {
    const { cycles, spent, operations, bodies } = scene();
    const send = gate(cycles, EMAIL, async (to: string, times: number) => `${to} ${times}`);
    expect(await send("ann", 2)).toBe("ann 2");
    expect(spent()).toBe(5);
    expect(operations()).toEqual(["createReservation", "commitReservation"]);
    expect(bodies("createReservation")[0]).toMatchObject({
      action: { kind: "tool.call", name: "send_email" },
      estimate: riskPoints(5),
      subject: { tenant: "acme" },
    });
    expect(bodies("commitReservation")[0]?.["metadata"]).toBeUndefined();
  });

  it("takes its cost, its subject and its key from the arguments", async () => {
    const { cycles, spent, bodies } = scene();
    const send = gate(
      cycles,
      {
        name: "send_email",
        kind: "tool.email",
        cost: (_to: string, times: number) => riskPoints(times),
        subject: (to) => ({ agent: to }),
        idempotencyKey: (to) => `mail to ${to}`,
      },
      (to: string, _times: number) => to,
    );
    await send("ann", 3);
    expect(spent()).toBe(3);
    expect(bodies("createReservation")[0]).toMatchObject({
      action: { kind: "tool.email", name: "send_email" },
      idempotency_key: "mail to ann",
      subject: { tenant: "acme", agent: "ann" },
    });
  });

  it("commits what the call has cost", async () => {
    const { cycles, spent } = scene();
    const search = gate(
      cycles,
      {
        name: "search",
        cost: riskPoints(9),
        actual: (found, query) => riskPoints(found.length + query.length),
      },
      (query: string) => [query],
    );
    await search("abc");
    expect(spent()).toBe(4);
  });

  it("keeps what the handler has noted", async () => {
    const { cycles, spent } = scene();
    const send = gate(cycles, EMAIL, () => currentGuard()?.setActual(riskPoints(2)));
    await send();
    expect(spent()).toBe(2);
  });

  it("has noted its cost while it runs, so that the journal has it if the process dies", async () => {
    const { cycles } = scene();
    expect(await gate(cycles, EMAIL, () => currentGuard()?.actual)()).toEqual(riskPoints(5));
  });

  it("leaves a handler that has released its budget uncharged", async () => {
    const { cycles, spent, held } = scene();
    const options = { ...EMAIL, onFailure: "release" } as const;
    expect(await gate(cycles, options, () => currentGuard()?.release())()).toBeUndefined();
    expect([spent(), held()]).toEqual([0, 0]);
  });

  it("runs without a request if it costs nothing", async () => {
    const { cycles, operations } = scene();
    const add = gate(cycles, { name: "add", cost: usd("0") }, (a: number, b: number) => a + b);
    expect(await add(1, 2)).toBe(3);
    expect(operations()).toEqual([]);
  });

  it("draws on the allowance that it runs inside", async () => {
    const { cycles, spent, operations } = scene();
    const send = gate(cycles, EMAIL, () => "sent");
    const task = { action: { kind: "agent.run", name: "a" }, estimate: riskPoints(12) };
    await cycles.allowance(task, async () => {
      await send();
      await send();
      await expect(send()).rejects.toMatchObject({ code: "ALLOWANCE_EXCEEDED" });
    });
    expect(spent()).toBe(10);
    expect(operations()).toEqual(["createReservation", "commitReservation"]);
  });
});

describe("a gated function that the budget does not allow", () => {
  it("does not run, and throws the denial", async () => {
    const { cycles, spent } = scene({ points: 4 });
    const ran: string[] = [];
    const error = await rejection(gate(cycles, EMAIL, (to: string) => ran.push(to))("ann"));
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(ran).toEqual([]);
    expect(spent()).toBe(0);
  });

  it("can tell the model in plain words, without ids and scopes", async () => {
    const { cycles } = scene({ points: 4 });
    const send = gate(cycles, { ...EMAIL, onDenied: "tell-the-model" }, () => 7);
    expect(await send()).toBe(
      'The tool "send_email" did not run: it costs 5 risk points, and the budget does not allow that. ' +
        "Use a cheaper tool, or finish without it.",
    );
  });

  it("tells the model what is left, if that is known", async () => {
    const { cycles } = scene();
    const send = gate(cycles, { ...EMAIL, onDenied: "tell-the-model" }, () => 7);
    const task = { action: { kind: "agent.run", name: "a" }, estimate: riskPoints(3) };
    expect(await cycles.allowance(task, () => send())).toContain("What is left is 3 risk points.");
  });

  it("can have another result", async () => {
    const { cycles } = scene({ points: 4 });
    const onDenied = ({ code }: BudgetDeniedError, to: string) => `${to}: ${code}`;
    expect(await gate(cycles, { ...EMAIL, onDenied }, (to: string) => to)("ann")).toBe(
      "ann: BUDGET_EXCEEDED",
    );
  });

  it("passes on a denial of other work inside the handler", async () => {
    const { cycles, spent } = scene({ points: 9 });
    const inner = gate(cycles, { name: "inner", cost: riskPoints(5) }, () => 1);
    const outer = gate(cycles, { ...EMAIL, onDenied: () => "not called" }, async () => {
      await inner();
      return "sent";
    });
    await expect(outer()).rejects.toBeInstanceOf(BudgetDeniedError);
    expect(spent()).toBe(5);
  });

  it("does not run more often than fits, if many calls start at once", async () => {
    const { cycles, spent, held } = scene({ points: 12 });
    const ran: number[] = [];
    const options = { ...EMAIL, cost: riskPoints(3), onDenied: "tell-the-model" } as const;
    const send = gate(cycles, options, (index: number) => ran.push(index));
    const results = await Promise.all(Array.from({ length: 10 }, (_, index) => send(index)));
    expect(ran).toHaveLength(4);
    expect(results.filter((result) => typeof result === "string")).toHaveLength(6);
    expect(spent()).toBe(12);
    expect(held()).toBe(0);
  });
});

describe("a gated function whose handler throws", () => {
  const fail = () => Promise.reject(new Error("timed out"));

  it("is charged, because it may have had its effect", async () => {
    const { cycles, spent, bodies } = scene();
    await expect(gate(cycles, EMAIL, fail)()).rejects.toThrow("timed out");
    expect(spent()).toBe(5);
    expect(bodies("commitReservation")[0]?.["metadata"]).toEqual({ actual_source: "estimate" });
  });

  it("is not charged with `onFailure: release`", async () => {
    const { cycles, spent, held, operations } = scene();
    await expect(gate(cycles, { ...EMAIL, onFailure: "release" }, fail)()).rejects.toThrow();
    expect([spent(), held()]).toEqual([0, 0]);
    expect(operations()).toEqual(["createReservation", "releaseReservation"]);
  });

  it("is charged what it has noted", async () => {
    const { cycles, spent } = scene();
    const send = gate(cycles, { ...EMAIL, onFailure: "release" }, () => {
      currentGuard()?.setActual(riskPoints(1));
      throw new Error("half done");
    });
    await expect(send()).rejects.toThrow("half done");
    expect(spent()).toBe(1);
  });
});

describe("a gated function that has run", () => {
  it("returns its result although its cost cannot be recorded, and a notice reports that", async () => {
    const { cycles, authority, notices } = scene();
    authority.faults.on("commitReservation").respond(400, {
      body: { error: "INVALID_REQUEST", message: "no", request_id: "r-1" },
    });
    expect(await gate(cycles, EMAIL, () => "sent")()).toBe("sent");
    expect(notices.map(({ type }) => type)).toContain("settlement_failed");
  });

  it("throws if `actual` returns no amount, and is charged its cost", async () => {
    const { cycles, spent } = scene();
    // @ts-expect-error a number has no unit
    const send = gate(cycles, { ...EMAIL, actual: () => 3 }, () => "sent");
    await expect(send()).rejects.toThrow(
      'The tool "send_email" is not valid: actual: must be an amount such as riskPoints(5), not the number 3',
    );
    expect(spent()).toBe(5);
  });

  it("throws if `actual` throws, and is charged its cost, also if failures are free", async () => {
    const { cycles, spent } = scene();
    const actual = () => {
      throw new Error("no price");
    };
    const send = gate(cycles, { ...EMAIL, actual, onFailure: "release" }, () => "sent");
    await expect(send()).rejects.toThrow("no price");
    expect(spent()).toBe(5);
  });

  it("throws if `actual` is in another unit, and is charged its cost", async () => {
    const { cycles, spent } = scene();
    const send = gate(cycles, { ...EMAIL, actual: () => credits(3) }, () => "sent");
    await expect(send()).rejects.toThrow("actual.unit: must be RISK_POINTS");
    expect(spent()).toBe(5);
  });
});

describe("bad options of a gate", () => {
  it.each<[string, object, string]>([
    ["no name", { name: "" }, 'gate: name must be the name of the tool, not ""'],
    [
      "a number as cost",
      { cost: 5 },
      "cost must be an amount such as riskPoints(5), or a function",
    ],
    [
      "a negative amount",
      { cost: { unit: "RISK_POINTS", amount: -1 } },
      'gate("send_email"): cost cannot be charged: The amount is not valid',
    ],
    [
      "an unknown unit",
      { cost: { unit: "POINTS", amount: 1 } },
      'gate("send_email"): cost cannot be charged: The amount is not valid',
    ],
    ["no cost", { cost: undefined }, "cost must be an amount such as riskPoints(5), or a function"],
    ["a misspelt policy", { onDenied: "tell" }, 'onDenied must be "throw", "tell-the-model"'],
    ["an unknown failure", { onFailure: "free" }, 'onFailure must be "charge" or "release"'],
    ["one key for all calls", { idempotencyKey: "k" }, "idempotencyKey must be a function"],
    ["an amount as actual", { actual: riskPoints(1) }, "actual must be a function that returns"],
  ])("throw at once: %s", (_, options, message) => {
    const { cycles } = scene();
    expect(() => gate(cycles, { ...EMAIL, ...options }, () => 1)).toThrow(message);
  });

  it("throw at once: no budget", () => {
    // @ts-expect-error the budget is left out
    expect(() => gate(EMAIL, () => 1)).toThrow(/gate/);
    // @ts-expect-error an amount is no budget
    expect(() => gate(riskPoints(5), EMAIL, () => 1)).toThrow(
      'gate("send_email"): budget must be a CyclesClient or an allowance, not object',
    );
  });

  it("throw at once: a handler that yields", () => {
    const { cycles } = scene();
    const handler = async function* () {
      yield 1;
    };
    expect(() => gate(cycles, EMAIL, handler)).toThrow(/handler must be a function that returns/);
  });

  it("throw at the call: a cost function that returns a promise", async () => {
    const { cycles, operations } = scene();
    // @ts-expect-error a cost cannot be awaited
    const send = gate(cycles, { name: "send_email", cost: async () => riskPoints(1) }, () => 1);
    await expect(send()).rejects.toThrow("must be an amount such as riskPoints(5), not a promise");
    expect(operations()).toEqual([]);
  });
});
