import {
  CyclesValidationError,
  type Guard,
  IdempotencyMismatchError,
  ReservationStateError,
  usd,
} from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a reserve that is repeated with the same key", () => {
  const keyed = { ...request, idempotency_key: "job-7" };

  it("does not run the work if its reservation was committed", async () => {
    const { client, spent, sent } = budgeted();
    const work = vi.fn((guard: Guard) => {
      guard.setActual(usd("0.3"));
    });
    await client.run(keyed, work);
    await expect(client.run(keyed, work)).rejects.toThrow(ReservationStateError);
    expect(work).toHaveBeenCalledTimes(1);
    expect([spent(), sent("extend").length]).toEqual([30_000_000, 1]);
  });

  it("does not run the work if its lease has lapsed", async () => {
    const { client, clock } = budgeted();
    await client.reserve({ ...keyed, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(30_000);
    const again = client.reserve({ ...keyed, ttl_ms: 1_000 });
    await expect(again).rejects.toThrow(ReservationStateError);
    await expect(again).rejects.toMatchObject({ code: "RESERVATION_EXPIRED" });
  });

  it("extends a lease with 0 ms left before the work runs", async () => {
    const { client, fail, sent, spent, reserved } = budgeted();
    const { reservation_id = "", ...rest } = await client.createReservation(request);
    fail("reservations", { body: { ...rest, reservation_id, remaining_ttl_ms: 0 } });
    await client.run(
      request,
      (guard) => {
        expect(sent("extend")).toHaveLength(1);
        expect(guard.id).toBe(reservation_id);
      },
      { actual: "estimate" },
    );
    expect(spent()).toBe(40_000_000);
    expect(reserved()).toBe(0);
  });

  it("returns the same reservation without an extension while that is held", async () => {
    const { client, sent } = budgeted();
    const first = await client.reserve(keyed);
    const second = await client.reserve(keyed);
    expect(second.id).toBe(first.id);
    expect(sent("extend")).toEqual([]);
  });

  it("does not run the work if the extension of its lapsed lease gets no response", async () => {
    const { client, fail, clock } = budgeted({ maxRetries: 0 });
    await client.reserve({ ...keyed, ttl_ms: 1_000 }, { heartbeat: false });
    await clock.advance(30_000);
    fail("extend", "drop before");
    const work = vi.fn();
    const failed = client.run({ ...keyed, ttl_ms: 1_000 }, work, { actual: "estimate" });
    await expect(failed).rejects.toMatchObject({ retryable: true });
    expect(work).not.toHaveBeenCalled();
  });
});

describe("wrap", () => {
  it.each([
    ["the request", { idempotency_key: "fixed" }, {}],
    ["the options", {}, { idempotencyKey: "fixed" }],
  ])("refuses a fixed idempotency key in %s", (_, fields, options) => {
    const { client } = budgeted();
    const wrap = () => client.wrap({ ...request, ...fields }, () => 1, options);
    expect(wrap).toThrow(CyclesValidationError);
    expect(wrap).toThrow("must not be fixed");
  });

  it("accepts a key that is made from the arguments", async () => {
    const { client, sent } = budgeted();
    const work = client.wrap(
      (job: string) => ({ ...request, estimate: usd("0.1"), idempotency_key: job }),
      () => "done",
      { actual: "estimate" },
    );
    await work("a");
    await work("b");
    const keys = sent("reservations").map(
      ({ body }) => (JSON.parse(body) as { idempotency_key: string }).idempotency_key,
    );
    expect(keys).toEqual(["a", "b"]);
  });
});

describe("a reserve that its caller abandons", () => {
  it("is undone in the background when its grant arrives", async () => {
    const { client, clock, slow, reserved, notices } = budgeted();
    const controller = new AbortController();
    slow("reservations", 500);
    const reserving = client.reserve(request, { signal: controller.signal });
    await turn();
    controller.abort(new Error("the user left"));
    await expect(reserving).rejects.toThrow("the user left");
    await clock.advance(500);
    expect(reserved()).toBe(0);
    expect(notices).toMatchObject([{ type: "released" }]);
  });

  it("is left to lapse with the caller's own key, and a notice says so", async () => {
    const { client, clock, slow, reserved, sent, notices } = budgeted();
    const controller = new AbortController();
    slow("reservations", 500);
    const options = { signal: controller.signal, idempotencyKey: "job-7" };
    const reserving = client.reserve(request, options);
    await turn();
    controller.abort(new Error("the user left"));
    await expect(reserving).rejects.toThrow("the user left");
    await clock.advance(500);
    expect([reserved(), sent("release").length]).toEqual([40_000_000, 0]);
    expect(notices).toMatchObject([{ type: "reserve_abandoned", idempotencyKey: "job-7" }]);
  });

  it("is undone before the client closes", async () => {
    const { client, clock, slow, reserved } = budgeted();
    const controller = new AbortController();
    slow("reservations", 500);
    slow("release", 500);
    const reserving = client.reserve(request, { signal: controller.signal });
    await turn();
    controller.abort(new Error("the user left"));
    await expect(reserving).rejects.toThrow("the user left");
    await clock.advance(500);
    const closing = client.close();
    await clock.advance(500);
    await closing;
    expect(reserved()).toBe(0);
  });

  it("is reported if it cannot be undone", async () => {
    const { client, clock, slow, fail, notices } = budgeted({ maxRetries: 0 });
    const controller = new AbortController();
    slow("reservations", 500);
    fail("release", refusal(500, "INTERNAL_ERROR"));
    const reserving = client.reserve(request, { signal: controller.signal });
    await turn();
    controller.abort(new Error("the user left"));
    await reserving.catch(() => undefined);
    await clock.advance(500);
    expect(notices).toMatchObject([{ type: "release_failed" }]);
  });

  it("sends nothing if it was not sent yet", async () => {
    const { client, requests } = budgeted();
    const reserving = client.reserve(request, { signal: AbortSignal.abort(new Error("no")) });
    await expect(reserving).rejects.toThrow("no");
    expect(requests).toEqual([]);
  });

  it("is not undone if it was denied", async () => {
    const { client, clock, slow, requests, notices } = budgeted();
    const controller = new AbortController();
    slow("reservations", 500);
    const dear = { ...request, estimate: usd("5.00") };
    const reserving = client.reserve(dear, { signal: controller.signal });
    await turn();
    controller.abort(new Error("the user left"));
    await expect(reserving).rejects.toThrow("the user left");
    await clock.advance(500);
    expect(requests).toHaveLength(1);
    expect(notices).toEqual([]);
  });
});

describe("the request of a guard", () => {
  it("does not change with the caller's objects, and neither does the event after an expired commit", async () => {
    const { client, clock, sent } = budgeted();
    const mine = {
      ...request,
      ttl_ms: 1_000,
      action: { kind: "tool.search", name: "web", tags: ["a"] },
      subject: { tenant: "acme", dimensions: { team: "red" } },
    };
    const guard = await client.reserve(mine, { heartbeat: false });
    mine.action.kind = "";
    mine.action.tags.push("b");
    mine.subject.dimensions.team = "blue";
    await clock.advance(30_000);
    expect(await guard.commit(usd("0.1"))).toMatchObject({ via: "event" });
    expect(JSON.parse(sent("events")[0]?.body ?? "")).toMatchObject({
      action: { kind: "tool.search", name: "web", tags: ["a"] },
      subject: { tenant: "acme", dimensions: { team: "red" } },
    });
  });

  it("is refused if the key was used with another body", async () => {
    const { client } = budgeted();
    await client.reserve({ ...request, idempotency_key: "job-7" });
    const other = client.reserve({ ...request, estimate: usd("0.1"), idempotency_key: "job-7" });
    await expect(other).rejects.toThrow(IdempotencyMismatchError);
  });
});
