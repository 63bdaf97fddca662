import {
  type CallOptions,
  credits,
  type CyclesClient,
  CyclesConfigError,
  CyclesValidationError,
  riskPoints,
  tokens,
  usd,
} from "cycles-client";
import { describe, expect, it } from "vitest";
import {
  applied,
  committed,
  event,
  extended,
  released,
  request,
  reservation,
} from "../support/responses.js";
import { against, API_KEY, rejection, type Scripted } from "../support/server.js";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Call = (client: CyclesClient, options?: CallOptions) => PromiseLike<unknown>;

const event201 = { status: 201, body: applied };
const keyed: [string, Scripted, Call][] = [
  ["createReservation", { body: reservation }, (c, o) => c.createReservation(request, o)],
  [
    "commitReservation",
    { body: committed },
    (c, o) => c.commitReservation("r", { actual: usd("1") }, o),
  ],
  ["releaseReservation", { body: released }, (c, o) => c.releaseReservation("r", {}, o)],
  [
    "extendReservation",
    { body: extended },
    (c, o) => c.extendReservation("r", { extend_by_ms: 1 }, o),
  ],
  ["decide", { body: { decision: "ALLOW" } }, (c, o) => c.decide(request, o)],
  ["createEvent", event201, (c, o) => c.createEvent(event, o)],
];

describe("a request that takes an idempotency key", () => {
  it.each(keyed)(
    "is sent by %s with a fresh key, the same in body and header",
    async (_name, response, call) => {
      const { client, received } = await against([response, response]);
      await call(client);
      await call(client);
      const keys = received.map((sent) => {
        const { idempotency_key: key } = JSON.parse(sent.body);
        expect(key).toMatch(UUID);
        expect(sent.headers["x-idempotency-key"]).toBe(key);
        return String(key);
      });
      expect(new Set(keys).size).toBe(2);
    },
  );

  it.each(keyed)("is sent by %s with the caller's key", async (_name, response, call) => {
    const { client, received } = await against([response]);
    await call(client, { idempotencyKey: "mine:1 a" });
    expect(received[0]?.headers["x-idempotency-key"]).toBe("mine:1 a");
    expect(JSON.parse(received[0]?.body ?? "").idempotency_key).toBe("mine:1 a");
  });

  it("may have its key in the body, but is refused if the options name another key", async () => {
    const { client, received } = await against([event201]);
    await client.createEvent({ ...event, idempotency_key: "k" }, { idempotencyKey: "k" });
    expect(received[0]?.headers["x-idempotency-key"]).toBe("k");
    const two = client.createEvent({ ...event, idempotency_key: "k" }, { idempotencyKey: "l" });
    const error = await rejection(two);
    expect(error).toBeInstanceOf(CyclesValidationError);
    expect((error as Error).message).toContain(
      "idempotency_key: differs from options.idempotencyKey",
    );
    expect(received).toHaveLength(1);
  });

  it.each([["ключ"], ["naïve"], [" edge"], ["edge "], ["line\nbreak"], ["x".repeat(256)]])(
    "has the key %j in the body, and in the header only if a header can hold it",
    async (key) => {
      const { client, received } = await against([{ body: reservation }]);
      await client.createReservation(request, { idempotencyKey: key });
      expect(JSON.parse(received[0]?.body ?? "").idempotency_key).toBe(key);
      const inHeader = received[0]?.headers["x-idempotency-key"];
      expect(inHeader).toBe(/^x+$/.test(key) ? key : undefined);
    },
  );

  it("has the API key, a trace id and a JSON body", async () => {
    const { client, received } = await against([{ body: reservation }, { body: reservation }]);
    await client.createReservation(request);
    await client.createReservation(request);
    const [first, second] = received;
    expect(first).toMatchObject({ method: "POST", url: "/v1/reservations" });
    expect(first?.headers).toMatchObject({
      "x-cycles-api-key": API_KEY,
      accept: "application/json",
    });
    expect(first?.headers["content-type"]).toMatch(/^application\/json/);
    expect(first?.headers["x-cycles-trace-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(first?.headers["x-cycles-trace-id"]).not.toBe(second?.headers["x-cycles-trace-id"]);
    const { idempotency_key: _, ...body } = JSON.parse(first?.body ?? "");
    expect(body).toEqual({ ...request, subject: { tenant: "acme" } });
  });

  it("has the call's header instead of the client's, even if their names differ in case", async () => {
    const { client, received } = await against([{ body: reservation }], {
      headers: { "X-Gateway": "west" },
    });
    await client.createReservation(request, { headers: { "x-gateway": "east" } });
    expect(received[0]?.headers["x-gateway"]).toBe("east");
  });

  it("has the client's content type if the client was given one", async () => {
    const { client, received } = await against([{ body: reservation }], {
      headers: { "Content-Type": "application/json; charset=utf-8" },
    });
    await client.createReservation(request);
    expect(received[0]?.headers["content-type"]).toBe("application/json; charset=utf-8");
  });

  it("can be sent by JavaScript callers with null instead of options", async () => {
    const { client, received } = await against([{ body: reservation }]);
    await client.createReservation(request, null as unknown as CallOptions);
    expect(received).toHaveLength(1);
  });

  it.each(["", "2", null])("is not sent if its maxRetries is %j", async (maxRetries) => {
    const { client, received } = await against([{ body: reservation }]);
    const options = { maxRetries } as unknown as CallOptions;
    expect(await rejection(client.createReservation(request, options))).toBeInstanceOf(
      CyclesConfigError,
    );
    expect(received).toEqual([]);
  });

  it("may have amounts in every unit", async () => {
    const amounts = [usd("1"), tokens(1), credits(1), riskPoints(1)];
    const { client, received } = await against(amounts.map(() => ({ body: reservation })));
    for (const estimate of amounts) await client.createReservation({ ...request, estimate });
    expect(received.map(({ body }) => JSON.parse(body).estimate as unknown)).toEqual(amounts);
  });
});

describe("a request that reads", () => {
  it("has no idempotency key, no body and no blank filter", async () => {
    const { client, received } = await against([{ body: { balances: [] } }]);
    await client.getBalances({ tenant: "a&b", app: "", agent: undefined, limit: 5 });
    expect(received[0]).toMatchObject({
      method: "GET",
      url: "/v1/balances?tenant=a%26b&limit=5",
      body: "",
    });
    expect(received[0]?.headers).not.toHaveProperty("x-idempotency-key");
  });

  it("has no API key if the operation is public", async () => {
    const { client, received } = await against([{ body: { keys: [] } }, { status: 404 }]);
    await client.getEvidenceJwks();
    await rejection(client.getEvidence("0".repeat(64)));
    for (const { headers } of received) expect(headers).not.toHaveProperty("x-cycles-api-key");
    expect(received[1]?.url).toBe(`/v1/evidence/${"0".repeat(64)}`);
  });
});

describe("an invalid call sends nothing, and its error names the problem", () => {
  const action = request.action;
  const long = (length: number) => "x".repeat(length);

  it.each<[string, Call]>([
    ["subject: needs at least one of tenant", (c) => c.createReservation(request)],
    [
      "subject: needs at least one of tenant",
      (c) => c.createReservation({ ...request, subject: { dimensions: { team: "a" } } }),
    ],
    ["subject: needs at least one of tenant", (c) => c.decide(request)],
    ["subject: needs at least one of tenant", (c) => c.createEvent(event)],
    ["subject: needs at least one of tenant", (c) => c.reserve(request)],
  ])("%s (a subject without a standard field, %#)", async (why, call) => {
    const { client, received } = await against([], { subject: {} });
    const error = await rejection(call(client));
    expect(error).toBeInstanceOf(CyclesValidationError);
    expect((error as Error).message).toContain(why);
    expect(received).toEqual([]);
  });

  it.each<[string, Call]>([
    ["ttl_ms: must be >= 1000", (c) => c.createReservation({ ...request, ttl_ms: 999 })],
    ["ttl_ms: must be >= 1000", (c) => c.reserve({ ...request, ttl_ms: 999 })],
    ["ttl_ms: must be <= 86400000", (c) => c.createReservation({ ...request, ttl_ms: 86_400_001 })],
    ["ttl_ms: must be integer", (c) => c.createReservation({ ...request, ttl_ms: 1000.5 })],
    [
      "grace_period_ms: must be <= 60000",
      (c) => c.createReservation({ ...request, grace_period_ms: 60_001 }),
    ],
    [
      "idempotency_key: must have at most 256 characters",
      (c) => c.createReservation({ ...request, idempotency_key: long(257) }),
    ],
    [
      "idempotency_key: must have at most 256 characters",
      (c) => c.decide(request, { idempotencyKey: long(257) }),
    ],
    ["idempotency_key: must not be empty", (c) => c.createEvent(event, { idempotencyKey: "" })],
    [
      "action.name: must have at most 256 characters",
      (c) => c.createReservation({ ...request, action: { ...action, name: long(257) } }),
    ],
    [
      "action.kind: must have at most 64 characters",
      (c) => c.createReservation({ ...request, action: { ...action, kind: long(65) } }),
    ],
    [
      "action.tags: must have at most 10 items",
      (c) => c.createReservation({ ...request, action: { ...action, tags: Array(11).fill("t") } }),
    ],
    [
      "action.tags[1]: must have at most 64 characters",
      (c) => c.createReservation({ ...request, action: { ...action, tags: ["ok", long(65)] } }),
    ],
    [
      "action.colour: is not a field of the protocol",
      (c) =>
        c.createReservation({ ...request, action: { ...action, colour: "red" } as typeof action }),
    ],
    [
      "subject.tenant: must have at most 128 characters",
      (c) => c.createReservation({ ...request, subject: { tenant: long(129) } }),
    ],
    [
      "subject.dimensions",
      (c) =>
        c.createReservation({
          ...request,
          subject: {
            dimensions: Object.fromEntries(Array.from({ length: 17 }, (_, n) => [`d${n}`, "v"])),
          },
        }),
    ],
    [
      "subject.dimensions.team: must have at most 256 characters",
      (c) => c.createReservation({ ...request, subject: { dimensions: { team: long(257) } } }),
    ],
    [
      "metadata: must be object",
      (c) =>
        c.createReservation({
          ...request,
          metadata: "text" as unknown as Record<string, unknown>,
        }),
    ],
    [
      "metadata: must be object",
      (c) => c.createEvent({ ...event, metadata: [] as unknown as Record<string, unknown> }),
    ],
    [
      "cannot be written as JSON",
      (c) => c.createReservation({ ...request, metadata: { count: 1n } }),
    ],
    [
      "estimate.amount: must be >= 0",
      (c) => c.decide({ ...request, estimate: { unit: "TOKENS", amount: -1 } }),
    ],
    [
      "estimate.amount: must be integer",
      (c) => c.decide({ ...request, estimate: { unit: "TOKENS", amount: 0.5 } }),
    ],
    [
      "estimate.amount",
      (c) => c.decide({ ...request, estimate: { unit: "TOKENS", amount: 2 ** 53 } }),
    ],
    [
      "estimate.unit: must be one of USD_MICROCENTS, TOKENS, CREDITS, RISK_POINTS",
      (c) => c.decide({ ...request, estimate: { unit: "EUROS" as "TOKENS", amount: 1 } }),
    ],
    ["estimate: is required", (c) => c.createReservation({ action } as unknown as typeof request)],
    [
      "overage_policy: must be one of REJECT",
      (c) => c.createEvent({ ...event, overage_policy: "NEVER" as "REJECT" }),
    ],
    [
      "metrics.tokens_input: must be >= 0",
      (c) => c.createEvent({ ...event, metrics: { tokens_input: -1 } }),
    ],
    [
      "metrics.model_version: must have at most 128 characters",
      (c) => c.createEvent({ ...event, metrics: { model_version: long(129) } }),
    ],
    [
      "reason: must have at most 256 characters",
      (c) => c.releaseReservation("r", { reason: long(257) }),
    ],
    ["extend_by_ms: must be >= 1", (c) => c.extendReservation("r", { extend_by_ms: 0 })],
    ["limit: must be <= 200", (c) => c.listReservations({ limit: 201 })],
    ["status: must be one of ACTIVE", (c) => c.listReservations({ status: "OPEN" as "ACTIVE" })],
    [
      'query: needs at least one level of a subject, such as { tenant: "acme" }',
      (c) => c.getBalances({}),
    ],
    ["query: needs at least one level", (c) => c.getBalances({ tenant: "", limit: 5 })],
    ["evidence_id: must match pattern", (c) => c.getEvidence("not-a-hash")],
    [
      'headers["X-A"]: has characters that a header cannot contain',
      (c) => c.createReservation(request, { headers: { "X-A": "a\nb" } }),
    ],
    [
      'headers["X-Cycles-API-Key"]: is set by the client',
      (c) => c.createReservation(request, { headers: { "X-Cycles-API-Key": "other" } }),
    ],
  ])("%s (%#)", async (why, call) => {
    const { client, received } = await against([]);
    const error = await rejection(call(client));
    expect(error).toBeInstanceOf(CyclesValidationError);
    expect((error as Error).message).toContain(why);
    expect((error as CyclesValidationError).issues.length).toBeGreaterThan(0);
    expect(received).toEqual([]);
  });

  it("a body that is missing or not an object", async () => {
    const { client, received } = await against([]);
    for (const body of [undefined, null, "text", 7, []] as unknown as (typeof request)[]) {
      const error = await rejection((async () => client.createReservation(body))());
      expect(error).toBeInstanceOf(CyclesValidationError);
    }
    expect(received).toEqual([]);
  });

  it("several problems, each with its field", async () => {
    const { client, received } = await against([]);
    const bad = { ...request, ttl_ms: 1, estimate: { unit: "TOKENS", amount: -1 } } as const;
    const error = await rejection(client.createReservation(bad, { idempotencyKey: long(257) }));
    expect((error as CyclesValidationError).issues.map(({ path }) => path).sort()).toEqual([
      "estimate.amount",
      "idempotency_key",
      "ttl_ms",
    ]);
    expect((error as Error).message).toMatch(/^The createReservation request is not valid: /);
    expect(received).toEqual([]);
  });

  it.each([[5], [0], [-1], [NaN]])("a timeout of %d ms", async (timeout) => {
    const { client, received } = await against([]);
    const error = await rejection(client.createReservation(request, { timeout }));
    expect(error).toBeInstanceOf(CyclesConfigError);
    expect((error as Error).message).toContain("timeout is in whole milliseconds");
    expect(received).toEqual([]);
  });

  it.each([[-1], [NaN], [1.5], [Infinity]])("a maxRetries of %d", async (maxRetries) => {
    const { client, received } = await against([]);
    const error = await rejection(client.getReservation("r", { maxRetries }));
    expect(error).toBeInstanceOf(CyclesConfigError);
    expect((error as Error).message).toContain("maxRetries");
    expect(received).toEqual([]);
  });

  it("a client that is closed", async () => {
    const { client, received } = await against([]);
    await client.close();
    const error = await rejection(client.createReservation(request));
    expect(error).toMatchObject({ code: "CLIENT_CLOSED" });
    expect(received).toEqual([]);
  });
});
