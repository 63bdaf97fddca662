import { describe, expect, it, vi } from "vitest";
import { operations } from "../../generated/operations.js";
import { Ledger } from "../../src/embedded/ledger/ledger.js";
import { violationsOf } from "../support/contract-responses.js";
import { embedded } from "./http.js";

const { method, path } = operations.createReservation;
const headers = {
  "content-type": "application/json",
  "x-request-id": "r",
  "x-cycles-trace-id": "4bf92f3577b34da6a3ce929d0e0e4736",
};
const allowed = { decision: "ALLOW", affected_scopes: ["tenant:acme"] };
const error = {
  error: "NOT_FOUND",
  message: "m",
  request_id: headers["x-request-id"],
  trace_id: headers["x-cycles-trace-id"],
};

const judge = (response: { status?: number; body?: object; headers?: object }) =>
  violationsOf("prose", method, `${path}?x=1`, {
    status: 200,
    ...response,
    headers: { ...headers, ...response.headers },
    body: JSON.stringify(response.body ?? allowed),
  });

describe("the check of responses", () => {
  it("accepts what the contract declares", () => {
    expect(judge({})).toEqual([]);
    expect(judge({ status: 404, body: error })).toEqual([]);
    expect(judge({ headers: { date: "today", "x-cycles-tenant": "acme" } })).toEqual([]);
  });

  it.each([
    ["an unknown property", { body: { ...allowed, surprise: 1 } }, "surprise"],
    ["an unknown property deep inside", balanceWith({ colour: "red" }), "colour"],
    ["a missing field", { body: { decision: "ALLOW" } }, "affected_scopes"],
    ["a value of another type", { body: { ...allowed, expires_at_ms: "soon" } }, "expires_at_ms"],
    [
      "a value that is not in a closed list",
      { body: { ...allowed, decision: "MAYBE" } },
      "/decision",
    ],
    ["a body of another status", { status: 409, body: allowed }, "error"],
    ["a status that is not declared", { status: 418 }, "does not declare this status"],
    ["another success status", { status: 201 }, "does not declare this status"],
    ["a header that is not declared", { headers: { "x-extra": "1" } }, "x-extra"],
    ["a malformed header", { headers: { "x-cycles-trace-id": "F00" } }, "x-cycles-trace-id"],
    ["text instead of a number", { headers: { "x-ratelimit-reset": "soon" } }, "x-ratelimit-reset"],
    ["a header of another status", { headers: { "retry-after": "1" } }, "retry-after"],
    ["a missing header", { headers: { "x-request-id": undefined } }, "x-request-id is missing"],
    ["another request id", { status: 404, body: { ...error, request_id: "s" } }, "request_id"],
    [
      "an error without a trace id",
      { status: 404, body: { ...error, trace_id: undefined } },
      "trace",
    ],
    ["another content type", { headers: { "content-type": "text/html" } }, "text/html"],
  ])("reports %s and its place [trace-4]", (_, response, named) => {
    const found = judge(response).join("\n");
    expect(found).toContain("createReservation");
    expect(found).toContain(path);
    expect(found).toContain(`→ ${String("status" in response ? response.status : 200)}`);
    expect(found).toContain(named);
  });

  it("allows 404 and 405 for a path without an operation, and not 409", () => {
    const status = (status: number) =>
      violationsOf("prose", "GET", "/nowhere", { status, headers, body: JSON.stringify(error) });
    expect([status(404), status(405)]).toEqual([[], []]);
    expect(status(409)).toHaveLength(1);
  });

  it("reports a body that is cut off", () => {
    const response = { status: 200, headers, body: JSON.stringify(allowed).slice(0, -1) };
    expect(violationsOf("prose", method, path, response).join()).toContain("must be object");
  });
});

describe("the hook of the test suite", () => {
  // These tests fail only because of the hook, which `it.fails` expects.
  it.fails("fails a test in which an authority breaks the contract through fetch", async () => {
    misled();
    const { authority } = embedded();
    await reserveAt("http://x", authority.apiKey("acme"), authority.fetch);
  });

  it.fails("fails a test in which an authority breaks the contract through a socket", async () => {
    misled();
    const { authority } = embedded();
    await using server = await authority.listen();
    await reserveAt(server.url, authority.apiKey("acme"), fetch);
  });

  it("accepts the same requests if the ledger is right", async () => {
    const { authority } = embedded();
    const apiKey = authority.apiKey("acme");
    await using server = await authority.listen();
    expect((await reserveAt("http://x", apiKey, authority.fetch)).status).toBe(200);
    expect((await reserveAt(server.url, apiKey, fetch)).status).toBe(200);
  });
});

/** Makes the ledger return a value that the contract does not have. */
function misled(): void {
  vi.spyOn(Ledger.prototype, "run").mockReturnValueOnce({ ...allowed, surprise: 1 });
}

function reserveAt(url: string, apiKey: string, send: typeof fetch): Promise<Response> {
  return send(url + path, {
    method,
    headers: { "X-Cycles-API-Key": apiKey, "Content-Type": "application/json" },
    body: JSON.stringify({
      idempotency_key: crypto.randomUUID(),
      subject: { tenant: "acme" },
      action: { kind: "k", name: "n" },
      estimate: { unit: "USD_MICROCENTS", amount: 1 },
    }),
  });
}

function balanceWith(more: object) {
  const remaining = { unit: "USD_MICROCENTS", amount: 1, ...more };
  const balance = { scope: "tenant:acme", scope_path: "tenant:acme", remaining };
  return { body: { ...allowed, balances: [balance] } };
}
