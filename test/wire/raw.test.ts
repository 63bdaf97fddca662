import { createRawClient, CyclesConnectionError, CyclesTimeoutError, usd } from "cycles-client";
import { describe, expect, it, vi } from "vitest";
import { balance, refusal, request, reservation } from "../support/responses.js";
import { StandingClock } from "../support/clock.js";
import { against, API_KEY, rejection, scripted } from "../support/server.js";

const body = { ...request, idempotency_key: "k", subject: { tenant: "acme" } };
const tenant = { params: { query: { tenant: "acme" } } } as const;

describe("the raw client", () => {
  it("posts the body with the API key and a trace id, and returns data", async () => {
    const { client, received } = await against([{ body: reservation }]);
    const { data, error, response } = await client.raw.POST("/v1/reservations", { body });
    const id: string | undefined = data?.reservation_id;
    expect(id).toBe("res-1");
    expect(error).toBeUndefined();
    expect(response).toBeInstanceOf(Response);
    expect(received[0]).toMatchObject({ method: "POST", url: "/v1/reservations" });
    expect(JSON.parse(received[0]?.body ?? "")).toEqual(body);
    expect(received[0]?.headers["x-cycles-api-key"]).toBe(API_KEY);
    expect(received[0]?.headers["x-cycles-trace-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(received[0]?.headers["content-type"]).toMatch(/^application\/json/);
  });

  it("returns an error of the protocol as a typed value, without throwing or retrying", async () => {
    const { client, received } = await against([
      refusal(503, "INTERNAL_ERROR"),
      refusal(409, "BUDGET_EXCEEDED"),
    ]);
    const down = await client.raw.GET("/v1/balances", tenant);
    expect(down.response.status).toBe(503);
    const { data, error } = await client.raw.POST("/v1/reservations", { body });
    const code: string | undefined = error?.error;
    expect(data).toBeUndefined();
    expect([code, error?.request_id]).toEqual(["BUDGET_EXCEEDED", "req-7"]);
    expect(received).toHaveLength(2);
  });

  it("passes standard Request and Response objects to middleware", async () => {
    const { client, received } = await against([{ body: { balances: [balance] } }]);
    const seen: unknown[] = [];
    client.raw.use({
      onRequest({ request: leaving, schemaPath }) {
        expect(leaving).toBeInstanceOf(Request);
        seen.push(schemaPath);
        leaving.headers.set("X-Mine", "1");
        return leaving;
      },
      async onResponse({ response }) {
        seen.push(await response.clone().json());
        return Response.json({ balances: [] }, { headers: { "x-changed": "1" } });
      },
    });
    const { data, response } = await client.raw.GET("/v1/balances", tenant);
    expect(seen).toEqual(["/v1/balances", { balances: [balance] }]);
    expect(received[0]?.headers["x-mine"]).toBe("1");
    expect(data).toEqual({ balances: [] });
    expect(response.headers.get("x-changed")).toBe("1");
  });

  it("does not apply its middleware to calls of the facade", async () => {
    const { client } = await against([{ body: { balances: [balance] } }]);
    client.raw.use({
      onRequest() {
        throw new Error("not for the facade");
      },
    });
    expect(client.raw).toBe(client.raw);
    expect((await client.getBalances({ tenant: "acme" })).balances).toHaveLength(1);
  });

  it("sends the API key only to its own server", async () => {
    const other = await scripted({ body: { balances: [] } });
    const { client, server, received } = await against([{ body: { balances: [] } }]);
    await client.raw.GET("/v1/balances", { ...tenant, baseUrl: other.url });
    await client.raw.GET("/v1/balances", { ...tenant, baseUrl: server.url });
    expect(other.received).toHaveLength(1);
    expect(other.received[0]?.headers).not.toHaveProperty("x-cycles-api-key");
    expect(received[0]?.headers["x-cycles-api-key"]).toBe(API_KEY);
  });

  it("sends configured headers, which may be secrets, only to its own server", async () => {
    const other = await scripted({ body: { balances: [] } });
    const { client, received } = await against([{ body: { balances: [] } }], {
      headers: { Authorization: "Bearer gateway-secret" },
    });
    await client.raw.GET("/v1/balances", { ...tenant, baseUrl: other.url });
    await client.raw.GET("/v1/balances", tenant);
    expect(other.received[0]?.headers).not.toHaveProperty("authorization");
    expect(received[0]?.headers.authorization).toBe("Bearer gateway-secret");
  });

  it("sends no API key to public operations, even below a base path", async () => {
    const server = await scripted(...Array(3).fill({ body: {} }));
    const raw = createRawClient({ baseUrl: `${server.url}/cycles/`, apiKey: API_KEY });
    const evidence_id = "a".repeat(64);
    await raw.GET("/v1/evidence/{evidence_id}", { params: { path: { evidence_id } } });
    await raw.GET("/v1/.well-known/cycles-jwks.json");
    await raw.GET("/v1/reservations/{reservation_id}", {
      params: { path: { reservation_id: "r" } },
    });
    expect(server.received.map(({ headers }) => headers["x-cycles-api-key"])).toEqual([
      undefined,
      undefined,
      API_KEY,
    ]);
  });

  it("rejects calls after its client is closed", async () => {
    const { client, received } = await against([]);
    const { raw } = client;
    await client.close();
    expect(await rejection(raw.GET("/v1/balances", tenant))).toMatchObject({
      name: "CyclesError",
      code: "CLIENT_CLOSED",
    });
    expect(received).toEqual([]);
  });

  it("does not treat another path on the same host as its own server", async () => {
    const own = await scripted({ body: { balances: [] } });
    const raw = createRawClient({ baseUrl: `${own.url}/cycles`, apiKey: API_KEY });
    await raw.GET("/v1/balances", { ...tenant, baseUrl: `${own.url}/cycles-evil` });
    expect(own.received[0]?.url).toMatch(/^\/cycles-evil\//);
    expect(own.received[0]?.headers).not.toHaveProperty("x-cycles-api-key");
  });

  it("prefers a header of the request to the same header of the client", async () => {
    const { client, received } = await against([{ body: { balances: [] } }], {
      headers: { "X-Gateway": "west" },
    });
    await client.raw.GET("/v1/balances", { ...tenant, headers: { "X-Gateway": "east" } });
    expect(received[0]?.headers["x-gateway"]).toBe("east");
  });

  it("prefers the trace id in the client's headers to a generated one", async () => {
    const trace = "d".repeat(32);
    const { client, received } = await against([{ body: { balances: [] } }], {
      headers: { "X-Cycles-Trace-Id": trace },
    });
    await client.raw.GET("/v1/balances", tenant);
    expect(received[0]?.headers["x-cycles-trace-id"]).toBe(trace);
  });

  it.each([
    ["X-Cycles-Trace-Id", "c".repeat(32)],
    ["traceparent", `00-${"a".repeat(32)}-${"b".repeat(16)}-01`],
    ["X-Cycles-API-Key", "cyc_live_of_somebody_else"],
  ])("prefers the %s of the request to its own", async (name, value) => {
    const { client, received } = await against([{ body: { balances: [] } }]);
    await client.raw.GET("/v1/balances", { ...tenant, headers: { [name]: value } });
    expect(received[0]?.headers[name.toLowerCase()]).toBe(value);
  });

  it("sends text in any script unchanged", async () => {
    const metadata = { note: "über 🜚 ключ" };
    const { client, received } = await against([{ body: reservation }]);
    await client.raw.POST("/v1/reservations", { body: { ...body, metadata } });
    expect(JSON.parse(received[0]?.body ?? "").metadata).toEqual(metadata);
  });

  it("returns a response without a body", async () => {
    const { client } = await against([{ status: 204 }, { status: 304 }]);
    expect((await client.raw.GET("/v1/balances", tenant)).response.status).toBe(204);
    expect((await client.raw.GET("/v1/balances", tenant)).response.status).toBe(304);
  });

  it("rejects with the errors of the facade if there is no response", async () => {
    const clock = new StandingClock();
    const { client, received } = await against(
      [(response) => response.destroy(), () => undefined],
      { clock },
    );
    expect(await rejection(client.raw.GET("/v1/balances", tenant))).toBeInstanceOf(
      CyclesConnectionError,
    );
    const late = rejection(client.raw.GET("/v1/balances", tenant));
    await vi.waitFor(() => expect(received).toHaveLength(2), { interval: 1, timeout: 30_000 });
    clock.advance(7_000);
    expect(await late).toBeInstanceOf(CyclesTimeoutError);
  });

  it("rejects with the reason of the caller's signal", async () => {
    const { client, received } = await against([() => undefined]);
    const controller = new AbortController();
    const { signal } = controller;
    const failed = rejection(client.raw.GET("/v1/balances", { ...tenant, signal }));
    await vi.waitFor(() => expect(received).toHaveLength(1), { interval: 1, timeout: 30_000 });
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await failed).toBe(reason);
  });
});

describe("createRawClient", () => {
  it("needs only options, and sends no API key if none is set", async () => {
    vi.stubEnv("CYCLES_API_KEY", undefined);
    const server = await scripted({ body: { status: "COMMITTED", charged: usd("1") } });
    const raw = createRawClient({ baseUrl: `${server.url}/` });
    const { data } = await raw.POST("/v1/reservations/{reservation_id}/commit", {
      params: { path: { reservation_id: "a/b" } },
      body: { idempotency_key: "k", actual: usd("1") },
    });
    vi.unstubAllEnvs();
    expect(data?.charged).toEqual(usd("1"));
    expect(server.received[0]?.url).toBe("/v1/reservations/a%2Fb/commit");
    expect(server.received[0]?.headers).not.toHaveProperty("x-cycles-api-key");
  });

  it("accepts the types of another document", async () => {
    interface Other {
      "/ping": {
        get: {
          responses: { 200: { content: { "application/json": { pong: number } } } };
        };
      };
    }
    const server = await scripted({ body: { pong: 1 } });
    const { data } = await createRawClient<Other>({ baseUrl: server.url }).GET("/ping");
    expect(data?.pong).toBe(1);
  });
});
