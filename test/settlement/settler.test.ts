import { type ClientOptions, CyclesClient, type Notice, usd } from "cycles-client";
import { EmbeddedCycles, ManualClock } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { resolveOptions } from "../../src/settings.js";
import { fitDetails } from "../../src/settlement/details.js";
import { Settler } from "../../src/settlement/settler.js";
import { toSpend } from "../../src/settlement/spend.js";
import type { HttpResponse } from "../../src/wire/send.js";
import { transportFor } from "../../src/wire/transport.js";

const action = { kind: "job", name: "report" };

const dropped = () => Promise.reject(new TypeError("not an error of ours"));
const refused = (status: number, error: string) => (): Promise<HttpResponse> =>
  Promise.resolve({
    status,
    headers: new Headers(),
    text: JSON.stringify({ error, message: "m", request_id: "r" }),
  });
const noResponse = () => new Promise<HttpResponse>(() => undefined);

/** A settler whose first requests end with the given faults. The authority gets the others. */
async function settling(faults: (() => Promise<HttpResponse>)[], options: ClientOptions = {}) {
  const clock = new ManualClock();
  const authority = new EmbeddedCycles({ budgets: { "tenant:acme": usd("1.00") }, clock });
  const given = authority.clientOptions("acme");
  const reservation = await new CyclesClient(given).createReservation({
    action,
    estimate: usd("0.40"),
  });
  const notices: Notice[] = [];
  const onNotice = (notice: Notice) => notices.push(notice);
  const settings = resolveOptions({ ...given, logLevel: "off", onNotice, ...options });
  const { send } = transportFor(settings);
  let sent = 0;
  const settler = new Settler(
    settings,
    (request) => {
      sent += 1;
      const fault = faults.shift();
      return fault ? fault().then((response) => ({ ...response, sentAt: 0 })) : send(request);
    },
    () => undefined,
    settings.journal === false ? undefined : settings.journal,
  );
  const spendOf = (idempotencyKey: string) =>
    toSpend(settings, {
      reservationId: reservation.reservation_id ?? "",
      reserved: JSON.stringify({ subject: { tenant: "acme" }, action }),
      action,
      estimate: usd("0.30"),
      actual: usd("0.30"),
      idempotencyKey,
      traceId: "0af7651916cd43dd8448eb211c80319c",
      scopes: ["tenant:acme"],
      details: fitDetails(undefined),
    });
  return {
    clock,
    settler,
    settle: (key = "key-1") => settler.settle(spendOf(key)),
    sent: () => sent,
    spent: () => authority.balances("tenant:acme")[0]?.spent.amount,
    types: () => notices.map(({ type }) => type),
    lost: () => notices.filter(({ type }) => type === "settlement_failed"),
  };
}

/** A journal in memory. */
function memory() {
  const records = new Map<string, string>();
  return {
    put: (id: string, record: string) => void records.set(id, record),
    remove: (id: string) => void records.delete(id),
    list: () => [...records].map(([reservationId, record]) => ({ reservationId, record })),
    setAside: (id: string) => void records.delete(id),
  };
}

describe("how a spend ends for its caller", () => {
  it.each([
    [
      "refused, and kept in the journal",
      memory(),
      refused(409, "BUDGET_EXCEEDED"),
      "refused",
      true,
    ],
    ["refused, and not kept", false, refused(409, "BUDGET_EXCEEDED"), "refused", false],
    ["unknown after a 401", false, refused(401, "UNAUTHORIZED"), "unknown", false],
    ["unknown after a 403", false, refused(403, "FORBIDDEN"), "unknown", false],
    ["unknown after an unknown 4xx", false, refused(400, "SOMETHING_NEW"), "unknown", false],
    ["unknown after a 429", false, refused(429, "LIMIT_EXCEEDED"), "unknown", false],
    ["unknown after a 500", false, refused(500, "INTERNAL_ERROR"), "unknown", false],
    ["unknown after an unexpected error", false, dropped, "unknown", false],
  ] as const)("is %s", async (_, journal, fault, fate, kept) => {
    const { settle, lost } = await settling([fault], { retry: false, journal });
    expect(await settle()).toMatchObject({ state: "unsettled", fate, kept });
    expect(lost()).toEqual([]);
  });

  it("is unknown if the event in place of the commit gets no response", async () => {
    const { settle } = await settling([refused(410, "RESERVATION_EXPIRED"), dropped], {
      retry: false,
    });
    expect(await settle()).toMatchObject({ state: "unsettled", fate: "unknown" });
  });

  it("is queued with `retry: false` and a record in the journal", async () => {
    const { settle } = await settling([dropped], { retry: false, journal: memory() });
    expect(await settle()).toMatchObject({ state: "queued", durable: true });
  });

  it("is queued, and not durable, if the journal does not keep the record", async () => {
    const put = () => Promise.reject(new Error("read-only"));
    const { settle, clock, types } = await settling([noResponse], {
      journal: { ...memory(), put },
      settleTimeout: 0,
    });
    const settled = settle();
    await clock.advance(0);
    expect(await settled).toMatchObject({ state: "queued", durable: false });
    expect(types()).toEqual(["journal_failed", "queued"]);
  });
});

describe("a spend that no caller waits for", () => {
  it("is reported once if it is refused", async () => {
    const { settle, clock, lost } = await settling(
      [refused(503, "INTERNAL_ERROR"), refused(409, "BUDGET_EXCEEDED")],
      { retry: { maxAttempts: 1 } },
    );
    expect(await settle()).toMatchObject({ state: "queued" });
    await clock.advance(60_000);
    expect(lost()).toMatchObject([{ kept: false, error: { code: "BUDGET_EXCEEDED" } }]);
  });

  it("is reported once if its only attempt fails and no record is kept", async () => {
    let fail: (response: HttpResponse) => void = () => undefined;
    const late = () => new Promise<HttpResponse>((resolve) => (fail = resolve));
    const { settle, clock, lost } = await settling([late], { retry: false, settleTimeout: 0 });
    const settled = settle();
    await clock.advance(0);
    expect(await settled).toMatchObject({ state: "queued", durable: false });
    fail(await refused(500, "INTERNAL_ERROR")());
    await clock.advance(0);
    expect(lost()).toHaveLength(1);
  });
});

describe("two spends of one reservation", () => {
  it("are settled independently", async () => {
    const down = Array.from({ length: 2 }, () => refused(503, "INTERNAL_ERROR"));
    const { settler, settle, clock, sent } = await settling(down, { retry: { maxAttempts: 1 } });
    expect(await settle("key-1")).toMatchObject({ state: "queued", idempotencyKey: "key-1" });
    expect(await settle("key-2")).toMatchObject({ state: "queued", idempotencyKey: "key-2" });
    const flushing = settler.flush();
    await clock.advance(0);
    expect([await flushing, sent()]).toEqual([0, 4]);
  });
});

describe("an exception during an attempt", () => {
  it("is reported once, and the spend is sent again", async () => {
    const { settle, clock, spent, types } = await settling([dropped, dropped, dropped]);
    const settled = settle();
    await clock.advance(10_000);
    expect(await settled).toMatchObject({ state: "committed" });
    expect(spent()).toBe(30_000_000);
    expect(types()).toEqual(["settlement_error", "committed"]);
  });

  it("is handled in the same way in the background", async () => {
    const { settle, clock, spent, types } = await settling([dropped, dropped, dropped], {
      retry: { maxAttempts: 1 },
    });
    expect(await settle()).toMatchObject({ state: "queued" });
    await clock.advance(10_000);
    expect(spent()).toBe(30_000_000);
    expect(types()).toEqual(["settlement_error", "queued", "committed"]);
  });
});

describe("closing a settler", () => {
  it("reports a spend without a record once, even if closed twice, and sends nothing more", async () => {
    const { settler, settle, clock, sent, lost } = await settling(
      Array.from({ length: 20 }, () => refused(503, "INTERNAL_ERROR")),
      { retry: { maxAttempts: 1 } },
    );
    await settle();
    settler.close();
    settler.close();
    await clock.advance(600_000);
    expect([lost().length, sent()]).toEqual([1, 1]);
  });

  it("reports a spend once if it is refused after the close", async () => {
    let refuse: (response: HttpResponse) => void = () => undefined;
    const late = () => new Promise<HttpResponse>((resolve) => (refuse = resolve));
    const { settler, settle, clock, lost } = await settling(
      [refused(503, "INTERNAL_ERROR"), late],
      { retry: { maxAttempts: 1 } },
    );
    await settle();
    await clock.advance(1_000);
    settler.close();
    refuse(await refused(409, "BUDGET_EXCEEDED")());
    await clock.advance(0);
    expect(lost()).toHaveLength(1);
  });

  it("does not report a spend that the journal keeps", async () => {
    const { settler, settle, lost } = await settling([refused(503, "INTERNAL_ERROR")], {
      retry: { maxAttempts: 1 },
      journal: memory(),
    });
    await settle();
    settler.close();
    expect(lost()).toEqual([]);
  });

  it("returns to a caller that waits between two attempts, and makes no other attempt", async () => {
    const { settler, settle, clock, sent, lost } = await settling([refused(503, "INTERNAL_ERROR")]);
    const settled = settle();
    await clock.advance(0);
    settler.close();
    expect(await settled).toMatchObject({ state: "unsettled", fate: "unknown", kept: false });
    expect([sent(), lost()]).toEqual([1, []]);
  });

  it("resolves with `unsettled` for a caller whose attempt is under way", async () => {
    const { settler, settle, clock, lost } = await settling([noResponse], { settleTimeout: 5_000 });
    const settled = settle();
    await clock.advance(0);
    settler.close();
    await clock.advance(10_000);
    expect(await settled).toMatchObject({ state: "unsettled", fate: "unknown" });
    expect(lost()).toEqual([]);
  });
});
