import { runInNewContext } from "node:vm";
import {
  BudgetDeniedError,
  CyclesApiError,
  CyclesAuthenticationError,
  type CyclesClient,
  CyclesConfigError,
  CyclesConnectionError,
  CyclesError,
  CyclesPermissionError,
  CyclesRateLimitError,
  CyclesResponseError,
  CyclesTimeoutError,
  CyclesValidationError,
  IdempotencyMismatchError,
  isCyclesError,
  ReservationStateError,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import { event, refusal, request, reservation } from "./support/responses.js";
import { against, rejection, type Scripted } from "./support/server.js";

type Call = (client: CyclesClient) => PromiseLike<unknown>;

const reserve: Call = (client) => client.createReservation(request);
const commit: Call = (client) => client.commitReservation("res-1", { actual: request.estimate });
const extend: Call = (client) => client.extendReservation("res-1", { extend_by_ms: 1_000 });
const read: Call = (client) => client.getReservation("res-1");
const decide: Call = (client) => client.decide(request);
const spend: Call = (client) => client.createEvent(event);

async function failing(call: Call, ...script: Scripted[]): Promise<CyclesApiError> {
  const { client, received } = await against(script, { maxRetries: 0 });
  const error = await rejection(call(client));
  expect(received).toHaveLength(script.length);
  expect(error).toBeInstanceOf(CyclesError);
  return error as CyclesApiError;
}

describe("the class of an error response", () => {
  it.each<[number, string, Call, new (...args: never) => CyclesApiError, string]>([
    [409, "BUDGET_EXCEEDED", reserve, BudgetDeniedError, "Use a cheaper action"],
    [409, "BUDGET_EXCEEDED", spend, BudgetDeniedError, "wait until budget is free"],
    [409, "BUDGET_EXCEEDED", commit, BudgetDeniedError, "record the rest as an event"],
    [409, "OVERDRAFT_LIMIT_EXCEEDED", reserve, BudgetDeniedError, "raise the limit"],
    [409, "OVERDRAFT_LIMIT_EXCEEDED", commit, BudgetDeniedError, "Fund the budget"],
    [409, "DEBT_OUTSTANDING", reserve, BudgetDeniedError, "repays the debt first"],
    [409, "UNIT_MISMATCH", reserve, CyclesApiError, "UNIT_MISMATCH"],
    [409, "UNIT_MISMATCH", spend, CyclesApiError, "UNIT_MISMATCH"],
    [409, "NOT_FOUND", reserve, CyclesApiError, "NOT_FOUND"],
    [409, "INVALID_REQUEST", spend, CyclesApiError, "INVALID_REQUEST"],
    [409, "UNAUTHORIZED", reserve, CyclesApiError, "UNAUTHORIZED"],
    [409, "BUDGET_FROZEN", reserve, BudgetDeniedError, "An operator must open it"],
    [409, "BUDGET_CLOSED", spend, BudgetDeniedError, "An operator must open it"],
    [409, "TENANT_CLOSED", extend, BudgetDeniedError, "An operator must open it"],
    [409, "ACTION_QUOTA_EXCEEDED", reserve, BudgetDeniedError, "Use a cheaper action"],
    [409, "ACTION_KIND_DENIED", spend, BudgetDeniedError, "Use a cheaper action"],
    [409, "SOMETHING_NEW", commit, CyclesApiError, "commitReservation"],
    [410, "RESERVATION_EXPIRED", commit, ReservationStateError, "commitReservation"],
    [410, "RESERVATION_EXPIRED", read, ReservationStateError, "getReservation"],
    [410, "SOMETHING_NEW", read, ReservationStateError, "SOMETHING_NEW"],
    [409, "RESERVATION_FINALIZED", commit, ReservationStateError, "RESERVATION_FINALIZED"],
    [409, "MAX_EXTENSIONS_EXCEEDED", extend, ReservationStateError, "extendReservation"],
    [409, "IDEMPOTENCY_MISMATCH", reserve, IdempotencyMismatchError, "Use a new key"],
    [401, "UNAUTHORIZED", reserve, CyclesAuthenticationError, "Check CYCLES_API_KEY"],
    [403, "FORBIDDEN", reserve, CyclesPermissionError, "belongs to the tenant"],
    [429, "LIMIT_EXCEEDED", reserve, CyclesRateLimitError, "try again later"],
    [400, "INVALID_REQUEST", reserve, CyclesApiError, "INVALID_REQUEST"],
    [404, "NOT_FOUND", read, CyclesApiError, "NOT_FOUND"],
    [400, "SOMETHING_NEW", decide, CyclesApiError, "SOMETHING_NEW"],
    [500, "INTERNAL_ERROR", commit, CyclesApiError, "INTERNAL_ERROR"],
    [503, "SOMETHING_NEW", decide, CyclesApiError, "SOMETHING_NEW"],
  ])("%i %s", async (status, code, call, kind, advice) => {
    const { client, received } = await against([refusal(status, code), refusal(status, code)], {
      maxRetries: 0,
    });
    const error = (await rejection(call(client))) as CyclesApiError;
    expect(error.constructor).toBe(kind);
    expect(error.name).toBe(kind.name);
    expect(error).toMatchObject({ httpStatus: status, code, requestId: "req-7" });
    expect(error.retryable).toBe(status === 429 || status >= 500);
    expect(error.message).toContain(`refused with ${code}`);
    expect(error.message).toContain(advice);
    expect(error.message).toContain(`(${status} ${code}, request req-7)`);
    expect(isCyclesError(error, code)).toBe(true);
    expect(received).toHaveLength(1);
  });

  it.each([["OVERDRAFT_LIMIT_EXCEEDED"], ["DEBT_OUTSTANDING"]])(
    "%s does not suggest a cheaper action, as an error or as a decision",
    async (code) => {
      const denial = { decision: "DENY", reason_code: code, affected_scopes: ["tenant:acme"] };
      for (const response of [refusal(409, code), { body: denial }]) {
        const error = await failing((client) => client.reserve(request), response);
        expect(error).toBeInstanceOf(BudgetDeniedError);
        expect(error.message).toContain("Fund the budget");
        expect(error.message).not.toContain("cheaper");
      }
    },
  );

  it("limits the length of a message, even if the server sends a very long text", async () => {
    const long = "x".repeat(100_000);
    const details = { scope: long };
    for (const response of [
      refusal(409, "BUDGET_EXCEEDED", { message: long, request_id: long, details }),
      refusal(422, long),
      { status: 500, body: long },
      refusal(404, "NOT_FOUND", { message: `Budget not found for provided scope: ${long}` }),
    ]) {
      expect((await failing(decide, response)).message.length).toBeLessThan(2_500);
    }
  });

  it("survives details that no text can be made of", async () => {
    const odd = { toString: 1, valueOf: 1 };
    const details = { affected_scopes: [odd, "tenant:a"], expected_units: [odd, "TOKENS"] };
    const denial = await failing(reserve, refusal(409, "BUDGET_EXCEEDED", { details }));
    expect(denial.scopes).toEqual(["tenant:a"]);
    const mismatch = await failing(reserve, refusal(400, "UNIT_MISMATCH", { details }));
    expect(mismatch).toMatchObject({ hint: { expectedUnits: ["TOKENS"] } });
  });

  it("handles a response without a body of the protocol by its status", async () => {
    const cases: [number, unknown, new (...args: never) => CyclesApiError][] = [
      [401, "", CyclesAuthenticationError],
      [403, "<h1>Forbidden</h1>", CyclesPermissionError],
      [404, "null", CyclesApiError],
      [409, { error: 7 }, CyclesApiError],
      [410, [], ReservationStateError],
      [429, "slow down", CyclesRateLimitError],
      [502, "<h1>Bad gateway</h1>", CyclesApiError],
    ];
    for (const [status, body, kind] of cases) {
      const response = { status, body, headers: { "x-request-id": "req-header" } };
      const error = await failing(read, response);
      expect(error.constructor).toBe(kind);
      expect(error).toMatchObject({
        httpStatus: status,
        code: `HTTP_${status}`,
        requestId: "req-header",
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      expect(error.message).toContain(body === "" ? "no body" : String(error.body));
    }
  });
});

describe("an error of the server", () => {
  const traceId = "c".repeat(32);

  it("carries ids, details, body, scopes and key, and names the innermost scope", async () => {
    const body = { trace_id: traceId, details: { left: 3 } };
    const { client } = await against([refusal(409, "BUDGET_EXCEEDED", body)], {
      subject: { tenant: "Acme", agent: "Bot" },
    });
    const options = { idempotencyKey: "key-1" };
    const error = await rejection(client.createReservation(request, options));
    expect(error).toMatchObject({
      operation: "createReservation",
      idempotencyKey: "key-1",
      requestId: "req-7",
      traceId,
      details: { left: 3 },
      body: { error: "BUDGET_EXCEEDED", request_id: "req-7" },
      scopes: ["tenant:acme", "tenant:acme/agent:bot"],
      retryAfterMs: undefined,
    });
    expect((error as Error).message).toMatch(/^createReservation for tenant:acme\/agent:bot: /);
  });

  it("believes the server's scope over the request's", async () => {
    const one = refusal(409, "BUDGET_EXCEEDED", { details: { scope: "tenant:acme/app:x" } });
    expect(await failing(reserve, one)).toMatchObject({ scopes: ["tenant:acme/app:x"] });
    const many = refusal(409, "BUDGET_EXCEEDED", { details: { affected_scopes: ["a", "b"] } });
    expect(await failing(reserve, many)).toMatchObject({ scopes: ["a", "b"] });
  });

  it.each<[string, string, Call]>([
    ["createReservation", "BUDGET_EXCEEDED", reserve],
    ["decide", "UNIT_MISMATCH", decide],
    ["createEvent", "BUDGET_EXCEEDED", spend],
  ])("has the scopes of the request of %s with details and without", async (id, code, call) => {
    const subject = { tenant: "Acme", workspace: "prod", agent: "bot" };
    const scopes = [
      "tenant:acme",
      "tenant:acme/workspace:prod",
      "tenant:acme/workspace:prod/agent:bot",
    ];
    const status = code === "UNIT_MISMATCH" ? 400 : 409;
    const [, inner = ""] = scopes;
    for (const [more, scope] of [
      [{}, undefined],
      [{ details: null }, undefined],
      [{ details: { left: 3 } }, undefined],
      [{ details: { scope: null, affected_scopes: null } }, undefined],
      [{ details: { affected_scopes: [] } }, undefined],
      [{ details: { affected_scopes: [inner] } }, undefined],
      [{ details: { scope: inner } }, inner],
    ] as const) {
      const { client } = await against(Array(2).fill(refusal(status, code, more)), { subject });
      const error = await rejection(call(client));
      expect(error, JSON.stringify(more)).toMatchObject({ scope, scopes });
      expect((error as Error).message).toContain(`${id} for ${scope ?? scopes.at(-1) ?? ""}: `);
    }
  });

  it("has the scopes of the reservation for the calls of a guard", async () => {
    const affected_scopes = ["tenant:acme", "tenant:acme/agent:bot"];
    const granted = { body: { ...reservation, affected_scopes } };
    const scopes = affected_scopes;
    const { client } = await against([
      granted,
      refusal(409, "MAX_EXTENSIONS_EXCEEDED"),
      refusal(409, "BUDGET_EXCEEDED"),
      refusal(409, "TENANT_CLOSED"),
      granted,
      refusal(409, "TENANT_CLOSED", { details: { scope: "tenant:acme" } }),
    ]);
    const guard = await client.reserve(request, { heartbeat: false });
    expect(await rejection(guard.extend(1_000))).toMatchObject({ scope: undefined, scopes });
    expect(await rejection(guard.commit(request.estimate))).toMatchObject({ scopes });
    expect(await rejection(guard.commit(request.estimate))).toMatchObject({ scopes });
    const other = await client.reserve(request, { heartbeat: false });
    expect(await rejection(other.release())).toMatchObject({ scope: "tenant:acme", scopes });
  });

  it("has the scopes that the server names if the call has only the id of a reservation", async () => {
    expect(await failing(commit, refusal(409, "BUDGET_EXCEEDED"))).toMatchObject({ scopes: [] });
    const details = { scope: "tenant:acme/app:x" };
    const scopes = [details.scope];
    expect(await failing(commit, refusal(409, "BUDGET_EXCEEDED", { details }))).toMatchObject({
      ...details,
      scopes,
    });
  });

  it("takes request and trace id from the headers where the body has none", async () => {
    const headers = { "x-request-id": "req-8", "x-cycles-trace-id": traceId };
    const error = await failing(read, { status: 404, body: "gone", headers });
    expect(error).toMatchObject({ requestId: "req-8", traceId });
  });

  it("says how long a rate limit lasts", async () => {
    const response = { ...refusal(429, "LIMIT_EXCEEDED"), headers: { "retry-after": "60" } };
    const error = await failing(reserve, response);
    expect(error).toMatchObject({ retryAfterMs: 60_000, retryable: true });
    expect(error.message).toContain("Try again in 60000 ms");
  });

  it.each([["Wed, 21 Oct 2026 07:28:00 GMT"], ["1.5"], ["-1"], ["soon"], ["9".repeat(30)]])(
    "does not take %j for a Retry-After",
    async (value) => {
      const response = { ...refusal(429, "LIMIT_EXCEEDED"), headers: { "retry-after": value } };
      expect(await failing(read, response)).toMatchObject({ retryAfterMs: undefined });
    },
  );

  it("is thrown by reserve for decision: DENY, with the reason as its code", async () => {
    const body = {
      decision: "DENY",
      reason_code: "ACTION_KIND_DENIED",
      affected_scopes: ["tenant:acme", "tenant:acme/app:shop"],
      retry_after_ms: 250,
    };
    const error = await failing((client) => client.reserve(request), { body });
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(error).toMatchObject({
      httpStatus: 200,
      code: "ACTION_KIND_DENIED",
      retryAfterMs: 250,
      body,
      scopes: body.affected_scopes,
    });
    expect(error.message).toContain("for tenant:acme/app:shop: The server denied the reservation");
  });
});

describe("isCyclesError", () => {
  const validation = new CyclesValidationError("The thing", [{ path: "a.b", message: "is bad" }]);

  it("knows the errors of this package, and their codes", () => {
    expect(isCyclesError(validation)).toBe(true);
    expect(isCyclesError(validation, "VALIDATION")).toBe(true);
    expect(isCyclesError(validation, "BUDGET_EXCEEDED")).toBe(false);
  });

  it.each([[new Error("x")], [{ code: "VALIDATION" }], [null], [undefined], ["VALIDATION"], [7]])(
    "does not take %j for one",
    (value) => {
      expect(isCyclesError(value)).toBe(false);
      expect(isCyclesError(value, "VALIDATION")).toBe(false);
    },
  );

  it("holds across realms and copies of the package, where instanceof does not", () => {
    const foreign: unknown = runInNewContext(`
      const error = new Error("from elsewhere");
      error[Symbol.for("cycles-client.error")] = true;
      error.code = "BUDGET_EXCEEDED";
      error;
    `);
    expect(foreign).not.toBeInstanceOf(Error);
    expect(isCyclesError(foreign)).toBe(true);
    expect(isCyclesError(foreign, "BUDGET_EXCEEDED")).toBe(true);
    expect(isCyclesError(foreign, "TIMEOUT")).toBe(false);
  });
});

describe("the classes", () => {
  it("form one family", () => {
    const timeout = new CyclesTimeoutError("late", 50, { operation: "decide" });
    expect(timeout).toBeInstanceOf(CyclesConnectionError);
    expect(timeout).toMatchObject({ code: "TIMEOUT", timeoutMs: 50, retryable: true });
    expect(new CyclesConnectionError("gone")).toMatchObject({ code: "CONNECTION" });
    expect(new CyclesConfigError("bad")).toMatchObject({ code: "CONFIG", retryable: false });
    const unexpected = new CyclesResponseError("odd", { status: 204 });
    expect(unexpected).toMatchObject({ code: "UNEXPECTED_RESPONSE", excerpt: "" });
    for (const error of [timeout, unexpected, new CyclesConfigError("bad")])
      expect(error).toBeInstanceOf(CyclesError);
  });

  it("keep their cause", () => {
    const cause = new Error("ECONNRESET");
    expect(new CyclesConnectionError("gone", { cause }).cause).toBe(cause);
    expect("cause" in new CyclesConnectionError("gone")).toBe(false);
  });

  it("say all that is wrong with a request", () => {
    const issues = [
      { path: "a.b", message: "is bad" },
      { path: "", message: "is odd" },
    ];
    const error = new CyclesValidationError("The thing", issues);
    expect(error.message).toBe("The thing is not valid: a.b: is bad; is odd");
    expect(error.issues).toEqual(issues);
  });
});
