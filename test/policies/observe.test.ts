import {
  CyclesClient,
  CyclesError,
  type Notice,
  type PolicyMode,
  tokens,
  usd,
} from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Fault } from "../support/budgeted.js";
import { outage } from "../support/outage.js";
import { refusal, request } from "../support/responses.js";

const cost = usd("0.25");
const work = { actual: () => cost };

/** A client in the mode `observe`. */
const observing = (options: Parameters<typeof outage>[0] = {}) =>
  outage({ mode: "observe", ...options });

describe("in the mode observe", () => {
  it("work under a budget that allows it has a reservation, as always", async () => {
    const { client, spent, sent, ofType } = observing();
    await expect(client.run(request, () => "done", work)).resolves.toBe("done");
    expect([spent(), sent("commit").length]).toEqual([cost.amount, 1]);
    expect(ofType("would_deny")).toEqual([]);
  });

  it("work that the budget denies runs, and its spend is recorded as an event", async () => {
    const { client, spent, ofType, events } = observing({ budget: "0.30" });
    await expect(client.run(request, () => "done", work)).resolves.toBe("done");
    expect(spent()).toBe(cost.amount);
    expect(events()).toMatchObject([{ actual: cost, metadata: { unguarded: true } }]);
    expect(ofType("would_deny")).toMatchObject([
      {
        code: "BUDGET_EXCEEDED",
        scope: "tenant:acme",
        action: request.action,
        subject: { tenant: "acme" },
        estimate: request.estimate,
        error: { name: "BudgetDeniedError" },
      },
    ]);
    expect(ofType("denied")).toEqual([]);
  });

  const FAULTS: readonly [string, string, Fault][] = [
    [
      "a decision DENY",
      "BUDGET_FROZEN",
      { body: { decision: "DENY", reason_code: "BUDGET_FROZEN", affected_scopes: [] } },
    ],
    ["no budget", "BUDGET_NOT_FOUND", refusal(404, "BUDGET_NOT_FOUND")],
    ["a key that is not valid", "UNAUTHORIZED", refusal(401, "UNAUTHORIZED")],
    ["too many requests", "LIMIT_EXCEEDED", refusal(429, "LIMIT_EXCEEDED")],
    ["an error of the authority", "INTERNAL_ERROR", refusal(500, "INTERNAL_ERROR")],
    ["a connection that drops", "CONNECTION", "drop before"],
    ["a response that is not the protocol's", "UNEXPECTED_RESPONSE", { body: "<html>" }],
  ];

  it.each(FAULTS)(
    "work runs in spite of %s, and the notice has the code %s",
    async (_, code, fault) => {
      const { client, fail, ofType } = observing();
      fail("reservations", fault, fault);
      await expect(client.run(request, () => "done", work)).resolves.toBe("done");
      expect(ofType("would_deny")).toMatchObject([{ code }]);
    },
  );

  it("bad input is still refused before anything is sent", async () => {
    const { client, requests } = observing();
    const invalid = { ...request, estimate: usd("0.10"), ttl_ms: 1 };
    await expect(client.run(invalid, () => "done", work)).rejects.toThrow("ttl_ms");
    expect(requests).toEqual([]);
  });

  it("onDenied is not asked", async () => {
    const { client } = observing({ budget: "0.10" });
    const running = client.run(request, () => "done", { ...work, onDenied: () => "cheaper" });
    await expect(running).resolves.toBe("done");
  });

  it("caps are reported and not enforced", async () => {
    const { client, authority, ofType } = observing();
    const caps = { max_tokens: 5, tool_denylist: ["shell"] };
    authority.faults.on("createReservation").rewrite((genuine) => ({
      ...genuine,
      body: { ...(genuine.body as object), decision: "ALLOW_WITH_CAPS", caps },
    }));
    const guard = await client.reserve(request);
    expect([guard.caps, guard.allowsTool("shell")]).toEqual([undefined, true]);
    expect(guard.reservation.caps).toEqual(caps);
    expect(ofType("would_cap")).toMatchObject([{ reservationId: guard.id, caps }]);
    await guard.release();
  });

  it("a lease that is lost does not abort the work, whatever the policy of the heartbeat", async () => {
    const { client, fail, clock } = observing();
    const guard = await client.reserve({ ...request, ttl_ms: 60_000 }, { heartbeat: "cancel" });
    fail("extend", ...Array.from({ length: 20 }, () => refusal(410, "RESERVATION_EXPIRED")));
    await clock.advance(120_000);
    expect(guard.signal.aborted).toBe(false);
  });

  it("a cost that is refused does not hide the result of the work", async () => {
    const { client, ofType } = observing();
    const capped = { ...request, overage_policy: "REJECT" } as const;
    const more = { actual: () => usd("0.60") };
    await expect(client.run(capped, () => "done", more)).resolves.toBe("done");
    expect(ofType("settlement_failed")).toHaveLength(1);
  });

  it("a guard that is disposed does not throw if its cost is refused", async () => {
    const { client, fail, ofType } = observing();
    fail("reservations", refusal(409, "BUDGET_CLOSED"));
    fail("events", refusal(409, "BUDGET_CLOSED"));
    const guarded = async () => {
      await using guard = await client.reserve(request);
      guard.setActual(cost);
      return "done";
    };
    await expect(guarded()).resolves.toBe("done");
    expect(ofType("settlement_failed")).toHaveLength(1);
  });

  it("a cost that is unknown does not hide the result of the work", async () => {
    const { client, ofType } = observing();
    await expect(client.run(request, () => "done")).resolves.toBe("done");
    expect(ofType("actual_unknown")).toHaveLength(1);
  });

  it("draws beyond an allowance run, and the allowance commits what they spend", async () => {
    const { client, ofType, spent } = observing();
    const result = await client.allowance(request, async (allowance) => {
      const draw = { ...request, estimate: usd("0.30") };
      const first = allowance.run(draw, () => 1, { actual: "estimate" });
      const second = allowance.run(draw, () => 2, { actual: "estimate" });
      return Promise.all([first, second]);
    });
    expect(result).toEqual([1, 2]);
    expect(spent()).toBe(usd("0.60").amount);
    expect(ofType("would_deny")).toMatchObject([{ code: "ALLOWANCE_EXCEEDED" }]);
  });

  it("a draw beyond an allowance takes nothing from it, so later draws are not reported", async () => {
    const { client, ofType, spent } = observing();
    const draw = (amount: string) => ({ ...request, estimate: usd(amount) });
    const left = await client.allowance(request, async (allowance) => {
      await allowance.run(draw("0.50"), () => "too much", { actual: "estimate" });
      await allowance.run(draw("0.30"), () => "fits", { actual: "estimate" });
      return allowance.remaining;
    });
    expect([left, spent()]).toEqual([usd("0.10"), usd("0.80").amount]);
    expect(ofType("would_deny")).toMatchObject([{ estimate: usd("0.50") }]);
  });

  it("a draw beyond an allowance is charged, although the allowance rejects overage", async () => {
    const { client, ofType, spent } = observing();
    const capped = { ...request, overage_policy: "REJECT" } as const;
    await client.allowance(capped, async (allowance) => {
      for (const name of ["one", "two"])
        await allowance.run({ ...request, estimate: usd("0.30") }, () => name, {
          actual: "estimate",
        });
    });
    expect([spent(), ofType("undercharged")]).toEqual([usd("0.60").amount, []]);
  });

  it("a draw runs although its allowance, in the mode enforce, must not grow", async () => {
    const { client, ofType, spent } = observing({ budget: "0.50" });
    const small = { ...request, estimate: usd("0.05") };
    const grow = { by: usd("0.40"), upTo: usd("2.00") };
    const results = await client.allowance(
      request,
      async () => {
        await client.run(request, () => "fits", { actual: "estimate" });
        return client.run(small, () => "denied", { actual: "estimate" });
      },
      { grow, mode: "enforce" },
    );
    expect([results, spent()]).toEqual(["denied", usd("0.45").amount]);
    expect(ofType("would_deny")).toMatchObject([
      { code: "BUDGET_EXCEEDED", estimate: small.estimate },
    ]);
  });

  it("a draw that its allowance does not hold takes the mode of the allowance", async () => {
    const { client, ofType } = outage();
    const inTokens = { ...request, estimate: tokens(5) };
    const result = client.allowance(
      request,
      (allowance) => allowance.run(inTokens, () => "done", { actual: "estimate" }),
      { mode: "observe" },
    );
    await expect(result).resolves.toBe("done");
    expect(ofType("would_deny")).toMatchObject([{ estimate: tokens(5) }]);
  });

  it("a draw that is denied for two reasons is reported once", async () => {
    const { client, ofType } = observing();
    const denial = new CyclesError("The call cannot be priced", { code: "UNEXPECTED" });
    await client.allowance(request, (allowance) =>
      allowance.run({ ...request, estimate: usd("0.50") }, () => "done", { ...work, denial }),
    );
    expect(ofType("would_deny")).toMatchObject([{ error: denial }]);
  });

  it("an allowance that the budget denies runs, too", async () => {
    const { client, ofType, spent } = observing({ budget: "0.30" });
    const result = await client.allowance(request, (allowance) =>
      allowance.run({ ...request, estimate: cost }, () => "done", work),
    );
    expect([result, spent()]).toEqual(["done", cost.amount]);
    expect(ofType("would_deny")).toMatchObject([{ code: "BUDGET_EXCEEDED" }]);
  });

  it("work with a limit for outages is reported as unguarded, as in the mode enforce", async () => {
    const { client, fail, ofType } = observing({ onUnavailable: { allow: usd("0.40") } });
    fail("reservations", "drop before", "drop before");
    await client.run(request, () => "done", work);
    expect([ofType("unguarded").length, ofType("would_deny").length]).toEqual([1, 0]);
  });

  it("work that only observe lets run does not change the limit for outages", async () => {
    const { client, breakDown } = observing({ onUnavailable: { allow: usd("0.40") } });
    breakDown();
    const keyed = { ...request, idempotency_key: "order-7" };
    await client.reserve(keyed);
    await (await client.reserve(keyed)).release();
    await expect(client.reserve(request, { mode: "enforce" })).rejects.toThrow();
  });

  it("one call, one child client and one allowance can have a mode of their own", async () => {
    const { client } = outage({ budget: "0.10" });
    const run = (budget: Pick<CyclesClient, "run">, mode?: PolicyMode) =>
      budget.run(request, () => "done", { ...work, ...(mode && { mode }) });
    await expect(run(client)).rejects.toThrow();
    await expect(run(client, "observe")).resolves.toBe("done");
    const child = client.with({ mode: "observe" });
    await expect(run(child)).resolves.toBe("done");
    await expect(run(child, "enforce")).rejects.toThrow();
    const small = { ...request, estimate: usd("0.01") };
    const inside = client.allowance(
      small,
      (allowance) => run(client.with({ mode: "observe" })).then(() => allowance.id),
      { mode: "observe" },
    );
    await expect(inside).resolves.toBeTypeOf("string");
  });
});

describe("the modes enforce and observe", () => {
  /** What happens to one call. */
  const call = fc.record({
    unit: fc.constantFrom("usd", "tokens"),
    estimate: fc.integer({ min: 0, max: 60 }),
    spends: fc.integer({ min: 0, max: 60 }),
    how: fc.constantFrom("run", "stream", "allowance", "throws"),
    agent: fc.constantFrom("a", "b"),
    fault: fc.constantFrom<Fault | undefined>(
      undefined,
      undefined,
      undefined,
      refusal(409, "DEBT_OUTSTANDING"),
      refusal(500, "INTERNAL_ERROR"),
      "drop before",
    ),
  });
  type Call = typeof call extends fc.Arbitrary<infer T> ? T : never;

  /** Runs calls one after another, and returns their results and notices. */
  async function outcomes(mode: PolicyMode, calls: readonly Call[]) {
    const authority = new EmbeddedCycles({
      budgets: {
        "tenant:acme": [usd("0.10").amount, 100].map((amount, index) =>
          index === 0 ? { unit: "USD_MICROCENTS", amount } : { unit: "TOKENS", amount },
        ),
      } as never,
      clock: new ManualClock(),
    });
    const notices: Notice[] = [];
    const client = new CyclesClient({
      ...authority.clientOptions("acme"),
      mode,
      logLevel: "off",
      onNotice: (notice) => notices.push(notice),
    });
    const results: unknown[] = [];
    for (const [index, { unit, estimate, spends, how, agent, fault }] of calls.entries()) {
      if (fault === "drop before")
        authority.faults.on("createReservation", { times: 2 }).drop("before");
      else if (typeof fault === "object")
        authority.faults.on("createReservation", { times: 2 }).respond(fault.status ?? 200, fault);
      const amount = (n: number) => (unit === "usd" ? usd(String(n / 100)) : tokens(n));
      const asked = {
        action: { kind: "tool.call", name: `call-${index}` },
        subject: { agent },
        estimate: amount(estimate),
      };
      const done = { actual: () => amount(spends) };
      const before = notices.length;
      const result = await perform(client, how, asked, done).catch((error: unknown) => error);
      authority.faults.clear();
      results.push({
        result,
        denials: notices.slice(before).filter(({ type }) => type === "would_deny").length,
      });
    }
    return results as { result: unknown; denials: number }[];
  }

  async function perform(
    client: CyclesClient,
    how: Call["how"],
    asked: typeof request,
    done: { actual: () => ReturnType<typeof usd> },
  ): Promise<unknown> {
    switch (how) {
      case "run":
        return client.run(asked, () => "done", done);
      case "throws":
        return client.run(asked, () => Promise.reject(new Error("work failed")), done);
      case "allowance":
        return client.allowance(asked, (allowance) =>
          allowance.run(asked, () => "done", { actual: "estimate" }),
        );
      case "stream": {
        const items: number[] = [];
        for await (const item of client.stream(
          asked,
          async function* () {
            yield 1;
            yield 2;
          },
          done,
        ))
          items.push(item);
        return items;
      }
    }
  }

  const UNDENIED = {
    run: "done",
    throws: new Error("work failed"),
    allowance: "done",
    stream: [1, 2],
  };

  it("differ only in what is denied, and observe names exactly those calls", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
        const observed = await outcomes("observe", calls);
        // What observe lets run, it charges, so each call is compared on the same ledger.
        for (const [index, { result, denials }] of observed.entries()) {
          expect(result).toEqual(UNDENIED[calls[index]?.how ?? "run"]);
          expect(denials).toBeLessThanOrEqual(1);
        }
        const enforced = await outcomes("enforce", calls);
        const firstDenied = enforced.findIndex(
          ({ result }, index) => !isUndenied(result, calls[index]?.how),
        );
        const firstReported = observed.findIndex(({ denials }) => denials > 0);
        expect(firstReported).toBe(firstDenied);
      }),
      { numRuns: 60 },
    );
  });

  function isUndenied(result: unknown, how: Call["how"] | undefined): boolean {
    return how === "throws"
      ? result instanceof Error && result.message === "work failed"
      : JSON.stringify(result) === JSON.stringify(UNDENIED[how ?? "run"]);
  }
});
