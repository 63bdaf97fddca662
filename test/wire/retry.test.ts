import {
  type CyclesClient,
  CyclesConnectionError,
  CyclesResponseError,
  type Notice,
} from "cycles-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  applied,
  balance,
  committed,
  detail,
  event,
  extended,
  refusal,
  released,
  request,
  reservation,
} from "../support/responses.js";
import { type RetryPolicy, retryDelay } from "../../src/wire/retry.js";
import { StandingClock } from "../support/clock.js";
import { against, rejection, type Scripted } from "../support/server.js";

type Call = (client: CyclesClient) => PromiseLike<unknown>;

const down = refusal(503, "INTERNAL_ERROR");
const limited = (seconds: string): Scripted => ({
  ...refusal(429, "LIMIT_EXCEEDED"),
  headers: { "retry-after": seconds },
});
const reset: Scripted = (response) => response.destroy();

/** The operations that back off: all except a reserve. */
const patient: [string, Scripted, Call][] = [
  ["getReservation", { body: detail }, (c) => c.getReservation("r")],
  ["listReservations", { body: { reservations: [] } }, (c) => c.listReservations()],
  ["getBalances", { body: { balances: [balance] } }, (c) => c.getBalances({ tenant: "acme" })],
  ["getEvidenceJwks", { body: { keys: [] } }, (c) => c.getEvidenceJwks()],
  ["decide", { body: { decision: "ALLOW" } }, (c) => c.decide(request)],
  ["createEvent", { status: 201, body: applied }, (c) => c.createEvent(event)],
  [
    "commitReservation",
    { body: committed },
    (c) => c.commitReservation("r", { actual: request.estimate }),
  ],
  ["releaseReservation", { body: released }, (c) => c.releaseReservation("r")],
  [
    "extendReservation",
    { body: extended },
    (c) => c.extendReservation("r", { extend_by_ms: 1_000 }),
  ],
];

const retries = (notices: readonly Notice[]) =>
  notices.flatMap((notice) => (notice.type === "retry" ? [notice.delayMs] : []));

/** Waits until a call sleeps for exactly `ms` between two attempts, and then ends the sleep. */
async function sleeps(clock: StandingClock, ms: number) {
  await vi.waitFor(() => expect(clock.pending).toEqual([ms]), { interval: 1 });
  clock.advance(ms);
}

beforeEach(() => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(patient)("%s", (_name, ok, call) => {
  it("is retried twice, with growing, jittered delays and the same bytes", async () => {
    const clock = new StandingClock();
    // On a kept-alive connection, the client would take the reset for a stale connection.
    const closing = { ...down, headers: { connection: "close" } };
    const { client, received, notices } = await against([closing, reset, ok], { clock });
    const result = call(client).then((value) => value);
    await sleeps(clock, 250);
    await sleeps(clock, 500);
    await result;
    expect(retries(notices)).toEqual([250, 500]);
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers["x-idempotency-key"])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers["x-cycles-trace-id"])).size).toBe(1);
  });

  it("waits as long as the Retry-After of a rate limit says", async () => {
    const clock = new StandingClock();
    const { client, received } = await against([limited("30"), ok], { clock });
    const result = call(client).then((value) => value);
    await sleeps(clock, 30_000);
    await result;
    expect(received).toHaveLength(2);
  });
});

describe("a call that backs off", () => {
  const read: Call = (client) => client.getReservation("r");

  it("rejects after two retries with the error of the last attempt", async () => {
    const clock = new StandingClock();
    const { client, received } = await against([down, down, refusal(502, "LAST")], { clock });
    const failed = rejection(read(client));
    await sleeps(clock, 250);
    await sleeps(clock, 500);
    expect(await failed).toMatchObject({ httpStatus: 502, code: "LAST", retryable: true });
    expect(received).toHaveLength(3);
  });

  it("never waits longer than 8 s without a Retry-After", async () => {
    const clock = new StandingClock();
    vi.mocked(Math.random).mockReturnValue(1);
    const { client } = await against(Array(7).fill(down), { clock, maxRetries: 6 });
    const failed = rejection(read(client));
    for (const ms of [500, 1_000, 2_000, 4_000, 8_000, 8_000]) await sleeps(clock, ms);
    await failed;
  });

  it.each([
    ["a response of the wrong shape", { body: {} }],
    ["HTML", { body: "<h1>hello</h1>" }],
    ["204", { status: 204 }],
    ["500 without a body", { status: 500 }],
  ])("is retried after %s", async (_name, response) => {
    const clock = new StandingClock();
    const { client } = await against([response, { body: detail }], { clock });
    const result = read(client).then((value) => value);
    await sleeps(clock, 250);
    expect(await result).toEqual(detail);
  });

  it.each([["31"], ["3600"], ["soon"], ["Wed, 21 Oct 2026 07:28:00 GMT"], ["1.5"]])(
    "is not retried after a rate limit with Retry-After: %s",
    async (value) => {
      const { client, received } = await against([limited(value)]);
      expect(await rejection(read(client))).toMatchObject({ name: "CyclesRateLimitError" });
      expect(received).toHaveLength(1);
    },
  );

  it("is not retried after a rate limit without Retry-After", async () => {
    const { client, received } = await against([refusal(429, "LIMIT_EXCEEDED")]);
    await rejection(read(client));
    expect(received).toHaveLength(1);
  });

  it("is not retried if the call sets maxRetries to 0", async () => {
    const { client, received } = await against([down]);
    await rejection(client.getReservation("r", { maxRetries: 0 }));
    expect(received).toHaveLength(1);
  });
});

describe("a reserve", () => {
  const reserve: Call = (client) => client.createReservation(request);

  it.each<[string, Scripted]>([
    ["503", down],
    ["a lost connection", reset],
    ["a response of the wrong shape", { body: {} }],
    ["ALLOW without reservation_id", { body: { ...reservation, reservation_id: undefined } }],
  ])(
    "is retried once, immediately, with the same key and bytes, after %s",
    async (_name, response) => {
      const clock = new StandingClock();
      const { client, received, notices } = await against([response, { body: reservation }], {
        clock,
      });
      expect(await reserve(client)).toEqual(reservation);
      const [first, second] = received;
      expect(second?.body).toBe(first?.body);
      expect(second?.headers["x-idempotency-key"]).toBe(first?.headers["x-idempotency-key"]);
      expect(retries(notices)).toEqual([0]);
    },
  );

  it("is not retried a second time", async () => {
    const { client, received } = await against([down, down, { body: reservation }], {
      maxRetries: 5,
    });
    expect(await rejection(reserve(client))).toMatchObject({ httpStatus: 503, retryable: true });
    expect(received).toHaveLength(2);
  });

  it("is not retried if its maxRetries is 0", async () => {
    const { client, received } = await against([down]);
    await rejection(client.createReservation(request, { maxRetries: 0 }));
    expect(received).toHaveLength(1);
  });

  it("is not retried after a rate limit", async () => {
    const { client, received } = await against([limited("1")]);
    expect(await rejection(reserve(client))).toMatchObject({
      name: "CyclesRateLimitError",
      retryAfterMs: 1_000,
    });
    expect(received).toHaveLength(1);
  });
});

describe("a 4xx response", () => {
  it.each([
    [400, "INVALID_REQUEST"],
    [401, "UNAUTHORIZED"],
    [403, "FORBIDDEN"],
    [404, "NOT_FOUND"],
    [409, "BUDGET_EXCEEDED"],
    [410, "RESERVATION_EXPIRED"],
    [418, "UNKNOWN"],
    [422, "INTERNAL_ERROR"],
  ])("with status %i and code %s ends a call without a retry", async (status, code) => {
    for (const call of [
      patient[0]?.[2],
      patient[4]?.[2],
      (c) => c.createReservation(request),
    ] as Call[]) {
      const { client, received } = await against([refusal(status, code)]);
      expect(await rejection(call(client))).toMatchObject({
        httpStatus: status,
        code,
        retryable: false,
      });
      expect(received).toHaveLength(1);
    }
  });
});

describe("the delay before the next attempt", () => {
  type Verdict = Parameters<typeof retryDelay>[1];
  const limited = (retryAfterMs?: number): Verdict => ({
    kind: "limited",
    body: undefined,
    retryAfterMs,
  });
  const rejected: Verdict = { kind: "rejected", status: 409, body: undefined, understood: true };
  const ambiguous: Verdict = { kind: "ambiguous", body: undefined, reason: "status 502" };
  const lost: Verdict = { kind: "unreachable", error: new CyclesConnectionError("reset") };
  const final: Verdict = {
    kind: "unreachable",
    error: new CyclesResponseError("redirected", { status: 302, retryable: false }),
  };

  // The columns after the verdict: failed attempts, the delay with backoff and half of the jitter, the delay of an
  // immediate retry.
  it.each<[string, Verdict, number, number | undefined, number | undefined]>([
    ["a refusal", rejected, 1, undefined, undefined],
    ["a lost request", lost, 1, 250, 0],
    ["a second lost request", lost, 2, 500, 0],
    ["a tenth lost request", lost, 10, 4_000, 0],
    ["an eleventh lost request, when ten retries are allowed", lost, 11, undefined, undefined],
    ["a response that proves nothing", ambiguous, 3, 1_000, 0],
    ["a response that a retry cannot change", final, 1, undefined, undefined],
    ["a rate limit of 7 s", limited(7_000), 1, 7_000, undefined],
    ["a rate limit of 0 s", limited(0), 1, 0, undefined],
    ["a rate limit of 30 s", limited(30_000), 1, 30_000, undefined],
    ["a rate limit of more than 30 s", limited(30_001), 1, undefined, undefined],
    ["a rate limit without a time", limited(), 1, undefined, undefined],
  ])("after %s", (_, verdict, failed, backoff, immediate) => {
    const after = (kind: RetryPolicy["kind"]) =>
      retryDelay({ kind, maxRetries: 10 }, verdict, failed, 0.5);
    expect(after("backoff")).toBe(backoff);
    expect(after("immediate")).toBe(immediate);
  });
});
