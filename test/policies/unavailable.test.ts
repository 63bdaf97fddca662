import {
  BudgetDeniedError,
  CyclesConfigError,
  CyclesConnectionError,
  type OnUnavailable,
  SettlementUnknownError,
  tokens,
  usd,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted, type Fault } from "../support/budgeted.js";
import { outage } from "../support/outage.js";
import { journaled } from "../support/journaled.js";
import { refusal, request } from "../support/responses.js";

const allow: OnUnavailable = { allow: usd("1.00") };
const cost = usd("0.25");
const work = { actual: () => cost };

describe("work whose authority cannot be reached", () => {
  const UNAVAILABLE: readonly [string, Fault][] = [
    ["a connection that drops", "drop before"],
    ["a 502", { status: 502, body: "bad gateway" }],
    ["a 503", refusal(503, "INTERNAL_ERROR")],
    ["a 504", { status: 504, body: "gateway timeout" }],
  ];

  it.each(UNAVAILABLE)("runs unguarded after %s, and is recorded as an event", async (_, fault) => {
    const { client, fail, spent, reserved, sent, events, ofType } = outage({
      onUnavailable: allow,
    });
    fail("reservations", fault, fault);
    await expect(client.run(request, () => "done", work)).resolves.toBe("done");
    await client.close();
    expect([spent(), reserved()]).toEqual([cost.amount, 0]);
    expect(events()[0]).toMatchObject({
      subject: { tenant: "acme" },
      action: request.action,
      actual: cost,
      overage_policy: "ALLOW_IF_AVAILABLE",
      metadata: { unguarded: true },
    });
    const reserve = JSON.parse(sent("reservations")[0]?.body ?? "{}");
    const reservationId = `unguarded:${reserve.idempotency_key}`;
    expect(ofType("unguarded")).toMatchObject([
      { reservationId, action: request.action, estimate: request.estimate },
    ]);
    expect(ofType("committed")).toMatchObject([{ reservationId, actual: cost, via: "event" }]);
    expect(sent("commit")).toEqual([]);
  });

  it("runs unguarded after a timeout", async () => {
    const { client, clock, authority, spent, pass } = outage({
      onUnavailable: allow,
      readTimeout: 1_000,
      connectTimeout: 1_000,
    });
    authority.faults.on("createReservation", { times: 2 }).delay(60_000);
    await expect(pass(client.run(request, () => "done", work))).resolves.toBe("done");
    // The reserve may still arrive. Its lease then lapses, because it is not the spend.
    await clock.advance(600_000);
    expect(spent()).toBe(cost.amount);
  });

  const ANSWERS: readonly [string, Fault][] = [
    ["a 500", refusal(500, "INTERNAL_ERROR")],
    ["a 400", refusal(400, "INVALID_REQUEST")],
    ["a 401", refusal(401, "UNAUTHORIZED")],
    ["a 404 of another server", { status: 404, body: "not found" }],
    ["a 429", refusal(429, "LIMIT_EXCEEDED")],
    ["a denial", refusal(409, "BUDGET_EXCEEDED")],
    ["a 200 that is not the protocol's", { status: 200, body: "<html>" }],
  ];

  it.each(ANSWERS)("is not run after %s", async (_, fault) => {
    const { client, fail, ofType } = outage({ onUnavailable: allow });
    fail("reservations", fault, fault);
    let hasRun = false;
    const running = client.run(request, () => (hasRun = true), work);
    await expect(running).rejects.toThrow();
    expect([hasRun, ofType("unguarded")]).toEqual([false, []]);
  });

  it("is not run if its signal is aborted, even if an outage is the reason", async () => {
    const { client, breakDown, clock, ofType } = outage({ onUnavailable: allow });
    const outer = await client.reserve({ ...request, ttl_ms: 60_000 }, { heartbeat: "cancel" });
    const { signal } = outer;
    breakDown();
    await clock.advance(120_000);
    expect(signal.reason).toBeInstanceOf(CyclesConnectionError);
    await expect(client.reserve(request, { signal })).rejects.toBe(signal.reason);
    expect(ofType("unguarded")).toEqual([]);
  });

  it("is denied by default", async () => {
    const { client, fail } = budgeted();
    fail("reservations", "drop before", "drop before");
    await expect(client.run(request, () => "done", work)).rejects.toThrow(CyclesConnectionError);
  });

  it("is denied in a unit without a limit", async () => {
    const { client, breakDown } = outage({ onUnavailable: { allow: tokens(1_000) } });
    breakDown();
    await expect(client.run(request, () => "done", work)).rejects.toThrow(CyclesConnectionError);
  });

  it("has a limit for each unit", async () => {
    const { client, breakDown, ofType, pass } = outage({
      onUnavailable: { allow: [tokens(1_000), usd("0.40")] },
    });
    breakDown();
    await pass(client.run(request, () => "done", work));
    const inTokens = { ...request, estimate: tokens(1_000) };
    await pass(client.run(inTokens, () => "done", { actual: "estimate" }));
    await expect(client.run(inTokens, () => "done", { actual: "estimate" })).rejects.toThrow();
    expect(ofType("unguarded")).toHaveLength(2);
  });

  it("is released without a request if it has spent nothing", async () => {
    const { client, fail, sent, ofType } = outage({ onUnavailable: { allow: usd("0.40") } });
    for (let count = 0; count < 2; count += 1) {
      fail("reservations", "drop before", "drop before");
      const guard = await client.reserve(request);
      await guard.release("not needed");
    }
    expect(sent("release")).toEqual([]);
    expect(ofType("released")).toHaveLength(2);
  });

  it("counts estimates of running work, and what was spent after that, against the limit", async () => {
    const { client, breakDown, pass } = outage({ onUnavailable: { allow: usd("1.00") } });
    breakDown();
    const guards = await Promise.all([client.reserve(request), client.reserve(request)]);
    await expect(client.reserve(request)).rejects.toThrow(CyclesConnectionError);
    // Less than the estimate changes nothing until the ledger has it.
    await pass(guards[0].commit(usd("0.10")));
    await expect(client.reserve(request)).rejects.toThrow(CyclesConnectionError);
    const small = { ...request, estimate: usd("0.20") };
    await (await client.reserve(small)).release();
    // More than the estimate counts in full.
    await pass(guards[1].commit(usd("0.50")));
    await expect(client.reserve(small)).rejects.toThrow(CyclesConnectionError);
  });

  it("gives the limit back only as its events are acknowledged", async () => {
    const { client, authority, breakDown, heal, fail, clock, spent, pass } = outage({
      onUnavailable: { allow: usd("0.40") },
    });
    breakDown();
    await pass(client.run(request, () => "done", work));
    heal();
    // The authority answers again, but does not take the event.
    authority.faults.on("createEvent", { times: 1_000 }).respond(503);
    await clock.advance(120_000);
    fail("reservations", "drop before", "drop before");
    await expect(client.reserve(request)).rejects.toThrow(CyclesConnectionError);
    heal();
    await clock.advance(120_000);
    expect(spent()).toBe(cost.amount);
    fail("reservations", "drop before", "drop before");
    await (await client.reserve(request)).release();
  });

  it("does not give back what a closed budget has refused, and reports it", async () => {
    const { client, fail, ofType } = outage({ onUnavailable: { allow: usd("0.40") } });
    fail("reservations", "drop before", "drop before");
    fail("events", refusal(409, "BUDGET_CLOSED"));
    await expect(client.run(request, () => "done", work)).rejects.toMatchObject({
      code: "SETTLEMENT_REFUSED",
      result: "done",
    });
    expect(ofType("settlement_failed")).toMatchObject([{ fate: "refused", actual: cost }]);
    fail("reservations", "drop before", "drop before");
    await expect(client.reserve(request)).rejects.toThrow(CyclesConnectionError);
  });

  it("can be recorded by hand if nothing else records it", async () => {
    const { client, breakDown, heal, spent, pass } = outage({
      onUnavailable: allow,
      retry: false,
      journal: false,
    });
    breakDown();
    const error: unknown = await pass(client.run(request, () => "done", work)).catch(
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof SettlementUnknownError) || error.event === undefined) throw error;
    expect(error.message).toContain("Repeat the same event");
    heal();
    await client.createEvent(error.event);
    await client.createEvent(error.event);
    expect(spent()).toBe(cost.amount);
  });

  it("runs once for one idempotency key", async () => {
    const { client, breakDown, pass } = outage({ onUnavailable: allow });
    breakDown();
    const keyed = { ...request, idempotency_key: "order-7" };
    const first = await client.reserve(keyed);
    await expect(client.reserve(keyed)).rejects.toThrow(CyclesConnectionError);
    await pass(first.commit(cost));
    await expect(client.reserve(keyed)).rejects.toThrow(CyclesConnectionError);
  });

  it("takes its policy from the call, the child client or the client", async () => {
    const { client, breakDown } = outage({ onUnavailable: "deny" });
    breakDown();
    await expect(client.reserve(request)).rejects.toThrow(CyclesConnectionError);
    await (await client.reserve(request, { onUnavailable: allow })).release();
    const child = client.with({ onUnavailable: allow });
    await (await child.reserve(request)).release();
    const denied = child.reserve(request, { onUnavailable: "deny" });
    await expect(denied).rejects.toThrow(CyclesConnectionError);
  });

  it("shares one total between a client and its children", async () => {
    const { client, breakDown } = outage({ onUnavailable: { allow: usd("0.40") } });
    breakDown();
    await client.with({ subject: { agent: "a" } }).reserve(request);
    await expect(client.reserve(request)).rejects.toThrow(CyclesConnectionError);
  });

  it("carries on under a request's own overdraft policy", async () => {
    const { client, fail, events } = outage({ onUnavailable: allow });
    fail("reservations", "drop before", "drop before");
    const overdraft = { ...request, overage_policy: "ALLOW_WITH_OVERDRAFT" } as const;
    await client.run(overdraft, () => "done", work).catch(() => undefined);
    expect(events()[0]).toMatchObject({ overage_policy: "ALLOW_WITH_OVERDRAFT" });
  });

  it("is charged what is left if the budget is too small by then", async () => {
    const { client, fail, ofType, spent } = outage({ onUnavailable: allow, budget: "0.10" });
    fail("reservations", "drop before", "drop before");
    await client.run({ ...request, overage_policy: "REJECT" }, () => "done", work);
    await client.close();
    expect(spent()).toBe(usd("0.10").amount);
    expect(ofType("undercharged")).toMatchObject([{ actual: cost, charged: usd("0.10") }]);
  });

  it("has a signal of its own, so that listeners do not outlive it", async () => {
    const { client, breakDown } = outage({ onUnavailable: allow });
    breakDown();
    const [one, two] = await Promise.all([client.reserve(request), client.reserve(request)]);
    expect(one.signal).toBe(one.signal);
    expect(one.signal).not.toBe(two.signal);
  });

  it("has a guard whose lease never ends", async () => {
    const { client, breakDown, clock } = outage({ onUnavailable: allow });
    breakDown();
    const guard = await client.reserve({ ...request, ttl_ms: 60_000 });
    const { expiresAt } = guard;
    await expect(guard.extend(30_000)).resolves.toMatchObject({ status: "ACTIVE" });
    expect(guard.expiresAt).toBe(expiresAt + 30_000);
    await clock.advance(3_600_000);
    expect([guard.state, guard.signal.aborted, guard.caps]).toEqual(["open", false, undefined]);
    await guard.release();
  });

  it("is part of an allowance, whose draws it holds", async () => {
    const { client, fail, spent, events } = outage({ onUnavailable: allow });
    fail("reservations", "drop before", "drop before");
    await client.allowance(request, async (allowance) => {
      await allowance.run({ ...request, estimate: usd("0.20") }, () => "one", work);
      const tooMuch = allowance.reserve({ ...request, estimate: usd("0.30") });
      await expect(tooMuch).rejects.toThrow(BudgetDeniedError);
    });
    await client.close();
    expect(spent()).toBe(cost.amount);
    expect(events()).toMatchObject([{ actual: cost, metadata: { unguarded: true } }]);
  });

  it("is charged in full in an allowance that rejects overage", async () => {
    const { client, fail, spent, ofType } = outage({ onUnavailable: allow });
    fail("reservations", "drop before", "drop before");
    const capped = { ...request, overage_policy: "REJECT" } as const;
    const more = { actual: () => usd("0.60") };
    await client.allowance(capped, (allowance) => allowance.run(request, () => "done", more));
    expect([spent(), ofType("undercharged")]).toEqual([usd("0.60").amount, []]);
  });

  it("lets an allowance grow", async () => {
    const { client, breakDown, heal, spent, clock } = outage({
      onUnavailable: allow,
      budget: "5.00",
    });
    const grow = { by: usd("0.40"), upTo: usd("1.20") };
    await client.allowance(
      request,
      async (allowance) => {
        await allowance.run(request, () => "one", { actual: "estimate" });
        breakDown();
        await allowance.run(request, () => "two", { actual: "estimate" });
        heal();
      },
      { grow },
    );
    await clock.advance(120_000);
    await client.close();
    expect(spent()).toBe(usd("0.80").amount);
  });

  it("is measured by a stream, too", async () => {
    const { client, fail, spent } = outage({ onUnavailable: allow });
    fail("reservations", "drop before", "drop before");
    const items: number[] = [];
    for await (const item of client.stream(request, async function* (guard) {
      yield 1;
      guard.setActual(cost);
      yield 2;
    }))
      items.push(item);
    await client.close();
    expect([items, spent()]).toEqual([[1, 2], cost.amount]);
  });
});

describe("the journal of unguarded work", () => {
  it("keeps an event in the format of all clients, which a later process records once", async () => {
    const world = journaled({ onUnavailable: allow, settleTimeout: 0, retry: false });
    world.respond = () => refusal(503, "INTERNAL_ERROR");
    const { client } = world.open();
    await client.run(request, () => "done", work);
    const [[id, text] = ["", "{}"]] = world.records;
    expect(id).toMatch(/^unguarded:/);
    expect(JSON.parse(text)).toMatchObject({
      version: 1,
      reservation_id: id,
      mode: "event",
      commit_body: null,
      event_fallback_body: { actual: cost, metadata: { unguarded: true } },
    });
    world.respond = () => undefined;
    const next = world.open({ retry: {} });
    await next.client.recover();
    await next.client.recover();
    expect([world.spent(), world.records.size]).toEqual([cost.amount, 0]);
  });

  it("gives back only what its own event has counted, although earlier work had the same key", async () => {
    const world = journaled({ onUnavailable: { allow: usd("0.40") }, settleTimeout: 0 });
    const down = refusal(503, "INTERNAL_ERROR");
    world.respond = () => down;
    const keyed = { ...request, idempotency_key: "order-7" };
    await world.open({ retry: false }).client.run(keyed, () => "done", work);
    const { client } = world.open();
    const again = await client.reserve(keyed);
    world.respond = (path) => (path === "events" ? undefined : down);
    await untilSpent(world, cost.amount);
    await expect(client.reserve(request)).rejects.toThrow("503");
    void again.commit(cost);
    await untilSpent(world, 2 * cost.amount);
    await (await client.reserve(request)).release();
  });
});

describe("a limit that cannot be right", () => {
  const WRONG: readonly unknown[] = [
    true,
    "allow",
    { allow: 5 },
    { allow: [] },
    { allow: [usd("1.00"), usd("2.00")] },
    { allow: { unit: "USD_MICROCENTS", amount: -1 } },
    {},
  ];

  it.each(WRONG)("is refused before anything is sent: %j", async (onUnavailable) => {
    const { client, requests } = budgeted();
    const options = { onUnavailable: onUnavailable as OnUnavailable };
    await expect(client.reserve(request, options)).rejects.toThrow(/^onUnavailable must be "deny"/);
    expect(() => budgeted(options)).toThrow(CyclesConfigError);
    expect(requests).toEqual([]);
  });

  it("names the mode that is not known", async () => {
    const { client } = budgeted();
    const reserving = client.reserve(request, { mode: "monitor" as "observe" });
    await expect(reserving).rejects.toThrow(/^mode must be enforce or observe/);
  });
});

/** Lets time pass until the ledger has a spend, and nothing waits in the journal. */
async function untilSpent(world: ReturnType<typeof journaled>, amount: number): Promise<void> {
  const isDone = () => world.spent() === amount && world.records.size === 0;
  for (let seconds = 0; !isDone() && seconds < 1_000; seconds += 1)
    await world.clock.advance(1_000);
  expect([world.spent(), world.records.size]).toEqual([amount, 0]);
}
