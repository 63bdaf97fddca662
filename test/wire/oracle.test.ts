import { CyclesClient, type ClientOptions, type RawClient, usd } from "cycles-client";
import { describe, expect, it } from "vitest";
import { type OperationId, operations } from "../../generated/operations.js";
import {
  applied,
  balance,
  committed,
  detail,
  extended,
  released,
  request,
  reservation,
} from "../support/responses.js";

/** The same request through the facade and through openapi-fetch, and a response for both. */
interface Pair {
  readonly facade: (client: CyclesClient) => PromiseLike<unknown>;
  readonly raw: (raw: RawClient) => PromiseLike<unknown>;
  readonly response: object;
}

const idempotency_key = "key-1";
const subject = { tenant: "acme", agent: "bot/1" };
// Reserved characters, umlauts and spaces, which a URL or a serialiser could change.
const id = "res/1 ü?&#%2F";
const path = { reservation_id: id };
const evidence_id = "ab".repeat(32);
const reserve = { ...request, subject, idempotency_key, ttl_ms: 60_000 };
const spend = { action: request.action, actual: usd("0.01"), subject, idempotency_key };
const commit = { actual: usd("0.01"), idempotency_key, metadata: { note: "ü" } };
const filter = { tenant: "acme", agent: "a b+c", status: "ACTIVE", limit: 5 } as const;
const listed = { ...filter, sort_by: "created_at_ms" as const, include: ["evidence"] };

const PAIRS: Readonly<Record<OperationId, Pair>> = {
  decide: {
    facade: (client) => client.decide({ ...request, subject, idempotency_key }),
    raw: (raw) => raw.POST("/v1/decide", { body: { ...request, subject, idempotency_key } }),
    response: { decision: "ALLOW", affected_scopes: [] },
  },
  createReservation: {
    facade: (client) => client.createReservation(reserve),
    raw: (raw) => raw.POST("/v1/reservations", { body: reserve }),
    response: reservation,
  },
  commitReservation: {
    facade: (client) => client.commitReservation(id, commit),
    raw: (raw) =>
      raw.POST("/v1/reservations/{reservation_id}/commit", { params: { path }, body: commit }),
    response: committed,
  },
  releaseReservation: {
    facade: (client) => client.releaseReservation(id, { idempotency_key, reason: "done" }),
    raw: (raw) =>
      raw.POST("/v1/reservations/{reservation_id}/release", {
        params: { path },
        body: { idempotency_key, reason: "done" },
      }),
    response: released,
  },
  extendReservation: {
    facade: (client) => client.extendReservation(id, { idempotency_key, extend_by_ms: 5_000 }),
    raw: (raw) =>
      raw.POST("/v1/reservations/{reservation_id}/extend", {
        params: { path },
        body: { idempotency_key, extend_by_ms: 5_000 },
      }),
    response: extended,
  },
  createEvent: {
    facade: (client) => client.createEvent(spend),
    raw: (raw) => raw.POST("/v1/events", { body: spend }),
    response: applied,
  },
  listReservations: {
    facade: (client) => client.listReservations(listed),
    raw: (raw) => raw.GET("/v1/reservations", { params: { query: listed } }),
    response: { reservations: [] },
  },
  getReservation: {
    facade: (client) => client.getReservation(id),
    raw: (raw) => raw.GET("/v1/reservations/{reservation_id}", { params: { path } }),
    response: detail,
  },
  getBalances: {
    facade: (client) => client.getBalances({ tenant: "acme", include_children: true }),
    raw: (raw) =>
      raw.GET("/v1/balances", { params: { query: { tenant: "acme", include_children: true } } }),
    response: { balances: [balance] },
  },
  getEvidence: {
    facade: (client) => client.getEvidence(evidence_id),
    raw: (raw) => raw.GET("/v1/evidence/{evidence_id}", { params: { path: { evidence_id } } }),
    response: {},
  },
  getEvidenceJwks: {
    facade: (client) => client.getEvidenceJwks(),
    raw: (raw) => raw.GET("/v1/.well-known/cycles-jwks.json"),
    response: { keys: [] },
  },
};

/** The headers in which the facade differs from openapi-fetch, and why. */
const EXCEPTIONS = {
  accept: "the facade reads only JSON; openapi-fetch leaves it to the caller",
  "x-idempotency-key": "the facade sends the key of the body also as a header",
  "x-cycles-trace-id": "every call starts a trace of its own, unless the caller names one",
} as const;

interface Sent {
  readonly url: string;
  readonly method: string | undefined;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the facade and the raw client of one configuration send. */
async function sentBy({ facade, raw, response }: Pair, options: ClientOptions = {}) {
  const sent: Sent[] = [];
  const client = new CyclesClient({
    baseUrl: "http://127.0.0.1:7878/base",
    apiKey: "cyc_live_0123456789abcdef",
    subject: { tenant: "acme" },
    subjects: "any",
    journal: false,
    logLevel: "off",
    maxRetries: 0,
    fetch: (url, { method, body, headers }) => {
      sent.push({ url, method, body, headers: Object.fromEntries(new Headers(headers)) });
      return Promise.resolve(Response.json(response, { status: statusFor(url, method) }));
    },
    ...options,
  });
  // An empty evidence envelope is not valid, but its request was sent.
  await facade(client).then(undefined, () => undefined);
  await raw(client.raw);
  await client.close();
  const [ours, theirs] = sent;
  if (ours === undefined || theirs === undefined) throw new Error("two requests must be sent");
  return { ours, theirs, requests: sent.length };
}

function statusFor(url: string, method: string | undefined): number {
  return method === "POST" && url.endsWith("/v1/events") ? 201 : 200;
}

function without(headers: Sent["headers"], names: readonly string[]): Sent["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
}

describe("the facade sends the same request as openapi-fetch", () => {
  it.each(Object.keys(operations) as OperationId[])("for %s", async (operation) => {
    const { ours, theirs, requests } = await sentBy(PAIRS[operation]);
    expect(requests).toBe(2);
    expect([ours.method, ours.url]).toEqual([theirs.method, theirs.url]);
    expect(ours.body).toEqual(theirs.body);
    const exceptions = Object.keys(EXCEPTIONS);
    expect(without(ours.headers, exceptions)).toEqual(without(theirs.headers, exceptions));
  });

  it.each(Object.keys(operations) as OperationId[])(
    "for %s, with client-wide headers",
    async (operation) => {
      const headers = {
        "X-Gateway": "west",
        "X-Cycles-Trace-Id": "ab".repeat(16),
      };
      const { ours, theirs } = await sentBy(PAIRS[operation], { headers });
      expect(ours.headers).toMatchObject({
        "x-gateway": "west",
        "x-cycles-trace-id": "ab".repeat(16),
      });
      const exceptions = ["accept", "x-idempotency-key"];
      expect(without(ours.headers, exceptions)).toEqual(without(theirs.headers, exceptions));
    },
  );

  it.each(Object.keys(operations) as OperationId[])(
    "for %s, with a trace context",
    async (operation) => {
      const traceparent = `00-${"ab".repeat(16)}-${"cd".repeat(8)}-01`;
      const { ours, theirs } = await sentBy(PAIRS[operation], { traceparent });
      expect(ours.headers["traceparent"]).toBe(traceparent);
      expect(theirs.headers["traceparent"]).toBe(traceparent);
      const exceptions = ["accept", "x-idempotency-key"];
      expect(without(ours.headers, exceptions)).toEqual(without(theirs.headers, exceptions));
    },
  );

  it("except for the listed headers, each of which differs", async () => {
    const { ours, theirs } = await sentBy(PAIRS.createReservation);
    for (const name of Object.keys(EXCEPTIONS))
      expect(ours.headers[name], name).not.toBe(theirs.headers[name]);
  });
});
