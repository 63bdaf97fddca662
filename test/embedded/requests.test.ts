import { describe, expect, it, vi } from "vitest";
import { operations } from "../../generated/operations.js";
import { Ledger } from "../../src/embedded/ledger/ledger.js";
import { cents, embedded } from "./http.js";

const two = { budgets: { "tenant:acme": cents(100), "tenant:b": cents(100) }, adminKey: "root" };
const admin = { key: null, headers: { "X-Admin-API-Key": "root" } };

describe("a caller", () => {
  it("without a key, or with an unknown key, gets a 401 [auth-1]", async () => {
    const { reserve, list } = embedded();
    for (const response of [
      await reserve(1, {}, { key: null }),
      await reserve(1, {}, { key: "cyc_live_stolen" }),
      await list("", { key: null }),
    ]) {
      expect([response.status, response.body.error]).toEqual([401, "UNAUTHORIZED"]);
      expect(response.headers.has("x-cycles-tenant")).toBe(false);
    }
  });

  it("gets a 403 for the subject, the reservation or the filter of another tenant [tenant-1 tenant-2 tenant-3]", async () => {
    const { authority, reserve, decide, event, commit, release, extend, get, list, balances } =
      embedded(two);
    const { body } = await reserve(1);
    const id = body.reservation_id as string;
    const other = { key: authority.apiKey("b") };
    for (const response of [
      await reserve(1, {}, other),
      await decide(1, {}, other),
      await event(1, {}, other),
      await commit(id, 1, {}, other),
      await release(id, {}, other),
      await extend(id, 1, {}, other),
      await get(id, other),
      await list("?tenant=acme", other),
      await balances("?tenant=acme", other),
    ]) {
      expect([response.status, response.body.error]).toEqual([403, "FORBIDDEN"]);
    }
    expect((await list("", other)).body.reservations).toEqual([]);
  });

  it("owns its reservation, even if the subject has no tenant [auth-2 tenant-2]", async () => {
    const { authority, reserve, get } = embedded({
      budgets: { ...two.budgets, "agent:bot": cents(9) },
    });
    const { body } = await reserve(1, { subject: { agent: "bot" } });
    expect((await get(body.reservation_id)).status).toBe(200);
    expect((await get(body.reservation_id, { key: authority.apiKey("b") })).status).toBe(403);
  });

  it.each(Object.values(operations))(
    "may call $id with the keys that the contract declares for it [auth-1 auth-3]",
    async ({ id }) => {
      const { call } = embedded(two);
      const isPublic = id === "getEvidence" || id === "getEvidenceJwks";
      const forAdmins = ["listReservations", "getReservation", "releaseReservation"].includes(id);
      const body = operations[id].request && {};
      const knownAs = async (options: object) =>
        (await call(id, body, { id: "never", ...options })).status !== 401;
      expect(await knownAs({ key: null })).toBe(isPublic);
      expect(await knownAs(admin)).toBe(isPublic || forAdmins);
      expect(await knownAs({})).toBe(true);
    },
  );

  it("with the admin key may only list, read and release, for any tenant [auth-3 auth-4]", async () => {
    const { reserve, release, get, list, balances } = embedded(two);
    const { body } = await reserve(1);
    const unfiltered = await list("", admin);
    expect(unfiltered.status).toBe(400);
    expect(unfiltered.body.message).toContain("tenant query parameter is required");
    const listed = await list("?tenant=acme", admin);
    expect(listed.body.reservations).toHaveLength(1);
    expect(listed.headers.has("x-cycles-tenant")).toBe(false);
    expect((await get(body.reservation_id, admin)).status).toBe(200);
    expect((await release(body.reservation_id, {}, admin)).status).toBe(200);
    expect((await reserve(1, {}, admin)).status).toBe(401);
    expect((await balances("?tenant=acme", admin)).status).toBe(401);
    const wrong = { key: null, headers: { "X-Admin-API-Key": "guess" } };
    expect((await list("?tenant=acme", wrong)).status).toBe(401);
  });
});

describe("every response", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const parent = `00-${traceId}-00f067aa0ba902b7-01`;
  const other = "0af7651916cd43dd8448eb211c80319c";

  it.each([
    ["traceparent", { traceparent: parent }, traceId],
    ["X-Cycles-Trace-Id", { "X-Cycles-Trace-Id": other }, other],
    [
      "traceparent rather than the other header",
      { traceparent: parent, "X-Cycles-Trace-Id": other },
      traceId,
    ],
    [
      "the other header if traceparent is malformed",
      { traceparent: "x", "X-Cycles-Trace-Id": other },
      other,
    ],
    [
      "a new id if both are malformed",
      { traceparent: "x", "X-Cycles-Trace-Id": "0".repeat(32) },
      "",
    ],
  ])("carries the trace id from %s [trace-1 trace-2 trace-4]", async (_, headers, expected) => {
    const { reserve } = embedded();
    const ok = await reserve(1, {}, { headers });
    const refused = await reserve(999, {}, { headers });
    for (const response of [ok, refused]) {
      const echoed = response.headers.get("x-cycles-trace-id");
      expect(echoed).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      if (expected) expect(echoed).toBe(expected);
      expect(response.headers.get("x-cycles-tenant")).toBe("acme");
    }
    expect(refused.body.trace_id).toBe(refused.headers.get("x-cycles-trace-id"));
    expect(refused.body.request_id).toBe(refused.headers.get("x-request-id"));
    expect(ok.headers.get("x-request-id")).not.toBe(refused.headers.get("x-request-id"));
  });
});

describe("a malformed trace header", () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const span = "00f067aa0ba902b7";
  const other = "0af7651916cd43dd8448eb211c80319c";

  it.each([
    ["of another version", `01-${traceId}-${span}-01`],
    ["in upper case", `00-${traceId.toUpperCase()}-${span}-01`],
    ["with a trace of zeros", `00-${"0".repeat(32)}-${span}-01`],
    ["with a span of zeros", `00-${traceId}-${"0".repeat(16)}-01`],
    ["without flags", `00-${traceId}-${span}`],
    ["with something more", `00-${traceId}-${span}-01-x`],
    ["that is blank", ""],
  ])("counts as absent: a traceparent %s [trace-3]", async (_, traceparent) => {
    const { list } = embedded();
    const response = await list("", { headers: { traceparent, "X-Cycles-Trace-Id": other } });
    expect([response.status, response.headers.get("x-cycles-trace-id")]).toEqual([200, other]);
  });

  it.each([traceId.toUpperCase(), traceId.slice(1), `${traceId}0`, "0".repeat(32), ""])(
    "counts as absent: an X-Cycles-Trace-Id of %j [trace-3]",
    async (given) => {
      const { list } = embedded();
      const response = await list("", { headers: { "X-Cycles-Trace-Id": given } });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-cycles-trace-id")).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      expect(response.headers.get("x-cycles-trace-id")).not.toBe(given);
    },
  );
});

describe("a failure of the authority itself", () => {
  it("gets a 500 with the protocol's error body, without internal details [error-6]", async () => {
    const { list } = embedded();
    vi.spyOn(Ledger.prototype, "run").mockImplementationOnce(() => {
      throw new Error("at the heart");
    });
    const { status, body } = await list();
    expect([status, body.error]).toEqual([500, "INTERNAL_ERROR"]);
    expect(JSON.stringify(body)).not.toContain("heart");
  });
});

describe("a bad request", () => {
  const deep = `{"idempotency_key":"k","metadata":${'{"a":'.repeat(200)}1${"}".repeat(200)}}`;

  it.each([
    ["no body", "", 400, "body is missing"],
    ["a body that is not JSON", "{", 400, "not valid JSON"],
    ["a body that is not an object", "[]", 400, "object"],
    [
      "an unknown property",
      '{"idempotency_key":"k","actual":null,"x":1}',
      400,
      "x: is not a field",
    ],
    ["a missing field", '{"idempotency_key":"k"}', 400, "actual: is required"],
    [
      "a negative amount",
      '{"idempotency_key":"k","actual":{"unit":"TOKENS","amount":-1}}',
      400,
      "actual.amount",
    ],
    [
      "an unsafe integer",
      '{"idempotency_key":"k","actual":{"unit":"TOKENS","amount":9007199254740993}}',
      400,
      "actual.amount",
    ],
    ["a body that is nested too deeply", deep, 400, "nested"],
    ["half a million brackets", "[".repeat(500_000) + "]".repeat(500_000), 400, "nested"],
    ["a body that is too long", `"${"x".repeat(2 ** 20)}"`, 413, "bytes"],
    ["few characters of too many bytes", `"${"€".repeat(400_000)}"`, 413, "bytes"],
  ])("with %s names the mistake [error-7]", async (_, body, status, message) => {
    const { call } = embedded();
    const response = await call("commitReservation", body, { id: "r" });
    expect([response.status, response.body.error]).toEqual([status, "INVALID_REQUEST"]);
    expect(response.body.message).toContain(message);
  });

  it.each([
    [
      "half a million wrong tags",
      { action: { kind: "k", name: "n", tags: Array(500_000).fill(1) } },
    ],
    [
      "thousands of unknown fields",
      Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, 1])),
    ],
    ["an unknown field with a long name", { ["x".repeat(1_000_000)]: 1 }],
  ])("with %s gets a short response [error-7]", async (_, more) => {
    const { reserve } = embedded();
    const { status, body } = await reserve(1, more);
    expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
    expect(body.message).toMatch(/: (must have at most 10 items|is not a field)|^x+…$/);
    expect(body.message.length).toBeLessThan(2_100);
  });

  it("may be almost as large as the limit", async () => {
    const { event } = embedded();
    expect((await event(1, { metadata: { text: "€".repeat(300_000) } })).status).toBe(201);
  });

  it.each([
    ["a level that looks like two levels", { workspace: "x/agent:bot" }, "subject.workspace"],
    ["a level with a space", { tenant: "acme", agent: "a b" }, "subject.agent"],
    ["only blank levels", { tenant: "", agent: "" }, "subject"],
    ["no level", { dimensions: { team: "x" } }, "subject: needs at least one of"],
  ])("whose subject has %s is refused [scope-5 scope-6]", async (_, subject, message) => {
    const { reserve } = embedded();
    const { status, body } = await reserve(1, { subject });
    expect([status, body.error]).toEqual([400, "INVALID_REQUEST"]);
    expect(body.message).toContain(message);
  });

  it("of another content type gets a 415", async () => {
    const { call } = embedded();
    for (const type of ["text/plain", "application/jsonp"]) {
      const headers = { "Content-Type": type };
      const response = await call("createEvent", "{}", { headers });
      expect([response.status, response.body.error]).toEqual([415, "INVALID_REQUEST"]);
    }
    const headers = { "Content-Type": "application/json; charset=utf-8" };
    expect((await call("createEvent", "{}", { headers })).status).toBe(400);
  });

  it("to an unknown path gets a 404, and with another method a 405", async () => {
    const { authority } = embedded();
    const path = operations.createEvent.path;
    const send = async (url: string, method: string) => {
      const response = await authority.fetch(`http://x${url}`, { method });
      const body = (await response.json()) as { error: string; trace_id: string };
      expect(body.trace_id).toBe(response.headers.get("x-cycles-trace-id"));
      return [response.status, body.error];
    };
    expect(await send("/", "GET")).toEqual([404, "NOT_FOUND"]);
    expect(await send(`${path}/more`, "POST")).toEqual([404, "NOT_FOUND"]);
    expect(await send(path, "GET")).toEqual([405, "INVALID_REQUEST"]);
    expect(await send(path, "DELETE")).toEqual([405, "INVALID_REQUEST"]);
  });

  it("with an id that is too long or wrongly encoded names the id", async () => {
    const { authority, get } = embedded();
    expect((await get("x".repeat(129))).body.message).toContain("reservation_id");
    expect((await get("a/b ü")).status).toBe(404);
    const path = operations.getReservation.path.replace(/\{\w+\}/, "%zz");
    const response = await authority.fetch(`http://x${path}`);
    expect(await response.json()).toMatchObject({ error: "INVALID_REQUEST" });
  });

  it("that is aborted before it is sent is not executed", async () => {
    const { authority, ledger } = embedded();
    const sent = authority.fetch("http://x/", { signal: AbortSignal.abort(new Error("gone")) });
    await expect(sent).rejects.toThrow("gone");
    expect(ledger().reserved).toBe(0);
  });

  it("that is aborted on the way is rejected with the reason of the abort", async () => {
    const { authority } = embedded();
    const abort = new AbortController();
    const sent = authority.fetch("http://x/", { signal: abort.signal });
    abort.abort(new Error("gone"));
    await expect(sent).rejects.toThrow("gone");
  });
});

describe("evidence", () => {
  it("is not signed by default, which a request without a key finds out", async () => {
    const { authority, call } = embedded();
    const path = operations.getEvidence.path.replace(/\{\w+\}/, "a".repeat(64));
    expect((await authority.fetch(`http://x${path}`)).status).toBe(404);
    expect((await call("getEvidence", undefined, { id: "nonsense" })).status).toBe(400);
    expect((await call("getEvidenceJwks", undefined, { key: null })).status).toBe(404);
  });
});
