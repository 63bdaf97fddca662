import { BudgetDeniedError, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { refusal, request } from "../support/responses.js";

describe("a reserve that gets the decision DENY", () => {
  const denial = { decision: "DENY", affected_scopes: [] };
  const denied = async (body: object, headers: Record<string, string> = {}) => {
    const { client, fail, sent, notices } = budgeted();
    fail("reservations", { body: { ...denial, ...body }, headers });
    const error = await client.reserve(request).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(BudgetDeniedError);
    return { error, notices, sent };
  };

  it("throws an error with the reason, the scopes, the retry time and the request id", async () => {
    const { error, notices, sent } = await denied(
      {
        reason_code: "BUDGET_EXCEEDED",
        retry_after_ms: 7_000,
        affected_scopes: ["tenant:acme", "tenant:acme/app:chat"],
      },
      { "X-Request-Id": "req_9" },
    );
    const { idempotency_key: idempotencyKey } = JSON.parse(
      sent("reservations")[0]?.body ?? "{}",
    ) as { idempotency_key: string };
    expect(error).toMatchObject({
      httpStatus: 200,
      operation: "createReservation",
      code: "BUDGET_EXCEEDED",
      retryAfterMs: 7_000,
      scopes: ["tenant:acme", "tenant:acme/app:chat"],
      requestId: "req_9",
      traceId: sent("reservations")[0]?.headers.get("x-cycles-trace-id"),
      idempotencyKey,
    });
    expect(notices).toEqual([expect.objectContaining({ type: "denied", error })]);
  });

  it("throws the code DENY and the scopes of the request if the response has no reason and no scopes", async () => {
    const { error } = await denied({});
    expect(error).toMatchObject({ code: "DENY", scopes: ["tenant:acme"] });
  });

  it("is denied even if the response has a reservation id", async () => {
    const { error, sent } = await denied({ reservation_id: "r-1", reason_code: "BUDGET_FROZEN" });
    expect(error).toMatchObject({ code: "BUDGET_FROZEN" });
    expect([sent("extend").length, sent("release").length]).toEqual([0, 0]);
  });
});

it("a reserve that fails for another reason raises no denied notice", async () => {
  const { client, fail, notices } = budgeted();
  fail("reservations", refusal(403, "FORBIDDEN"));
  await expect(client.reserve(request)).rejects.toMatchObject({ code: "FORBIDDEN" });
  expect(notices).toEqual([]);
});

it("a reserve reports the granted amount, which may be less than the requested one", async () => {
  const { client, fail, notices } = budgeted();
  const body = {
    decision: "ALLOW_WITH_CAPS",
    reservation_id: "r-1",
    affected_scopes: ["tenant:acme"],
    expires_at_ms: 1_700_000_060_000,
    remaining_ttl_ms: 60_000,
  };
  for (const reserved of [usd("0.20"), undefined]) {
    fail("reservations", { body: { ...body, reserved } });
    await client.reserve(request, { heartbeat: false });
    expect(notices.at(-1)).toMatchObject({
      type: "reserved",
      reservationId: "r-1",
      reserved: reserved ?? request.estimate,
    });
  }
});

it.each([
  ["the request", { idempotency_key: "job-7" }, {}],
  ["the options", {}, { idempotencyKey: "job-7" }],
])(
  "a reserve sends the idempotency key of %s, or a random one if there is none",
  async (_, fields, options) => {
    const { client, sent } = budgeted();
    await client.reserve({ ...request, ...fields }, { ...options, heartbeat: false });
    const small = { ...request, estimate: usd("0.1") };
    await client.reserve(small, { heartbeat: false });
    await client.reserve(small, { heartbeat: false });
    const keys = sent("reservations").map(
      ({ body }) => (JSON.parse(body) as { idempotency_key: string }).idempotency_key,
    );
    expect(keys[0]).toBe("job-7");
    expect(new Set(keys).size).toBe(3);
  },
);

describe("a release that gets no response", () => {
  it("is abandoned after settleTimeout, and the guard stays open", async () => {
    const { client, clock, slow, reserved } = budgeted({
      settleTimeout: 1_000,
      readTimeout: 60_000,
    });
    const guard = await client.reserve(request, { heartbeat: false });
    slow("release", 30_000);
    const releasing = guard.release();
    const failed = expect(releasing).rejects.toMatchObject({
      code: "TIMEOUT",
      operation: "releaseReservation",
    });
    await clock.advance(999);
    expect(guard.state).toBe("releasing");
    await clock.advance(1);
    await failed;
    expect([guard.state, reserved()]).toEqual(["open", 40_000_000]);
  });

  it("leaves no timer after a response has arrived", async () => {
    const { client, clock } = budgeted();
    const guard = await client.reserve(request, { heartbeat: false });
    await guard.release();
    expect(clock.pending).toBe(0);
  });
});
