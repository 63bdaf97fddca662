import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { CyclesError } from "cycles-client";
import { ManualClock } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  balance,
  detail,
  committed,
  refusal,
  released,
  request,
  reservation,
} from "../support/responses.js";
import {
  against,
  API_KEY,
  rejection,
  type Scripted,
  type ScriptedResponse,
} from "../support/server.js";

/** Everything that a log could show of a value. */
function shown(value: unknown): string {
  const error = value as CyclesError & { body?: unknown; excerpt?: string; details?: unknown };
  return [
    inspect(value, { depth: 20, showHidden: true, maxStringLength: null, getters: true }),
    JSON.stringify(value),
    String(value),
    error.message,
    error.stack,
    inspect(error.cause, { depth: 20, showHidden: true }),
    inspect([error.body, error.excerpt, error.details], { depth: 20 }),
  ].join("\n");
}

const echoes: [string, (key: string) => Scripted][] = [
  ["in a message", (key) => refusal(401, "UNAUTHORIZED", { message: `Unknown key ${key}` })],
  ["in details", (key) => refusal(400, "INVALID_REQUEST", { details: { got: [{ key }] } })],
  ["in an additional field", (key) => refusal(409, "BUDGET_EXCEEDED", { headers: { key } })],
  ["as the code", (key) => refusal(409, key)],
  ["in plain text", (key) => ({ status: 500, body: `cannot find ${key}` })],
  ["in HTML with 200", (key) => ({ body: `<h1>${key}</h1>` })],
  ["as a field of the wrong type", (key) => ({ body: { decision: key, affected_scopes: [key] } })],
  [
    "in a redirect",
    (key) => ({ status: 302, body: `go with ${key}`, headers: { location: `/${key}` } }),
  ],
  [
    "in the request id header",
    (key) => ({ status: 404, headers: { "x-request-id": `req-${key}` } }),
  ],
  ["in the trace id header", (key) => ({ status: 404, headers: { "x-cycles-trace-id": key } })],
  ["at the start of a body that is too large", (key) => ({ body: key + " ".repeat(5 << 20) })],
  [
    "across the end of the excerpt of a body that is too large",
    (key) => ({ body: " ".repeat(190) + key + " ".repeat(5 << 20) }),
  ],
  ["across the end of an excerpt", (key) => ({ body: "x".repeat(190) + key })],
  ["across the end of a message", (key) => refusal(422, "NEW", { message: "x".repeat(490) + key })],
  ["in the name of a field", (key) => refusal(400, "NEW", { details: { [key]: [{ [key]: 1 }] } })],
  ["as the request id", (key) => refusal(422, "NEW", { request_id: key, trace_id: key })],
  ["as the scope", (key) => refusal(409, "NEW", { details: { affected_scopes: [key] } })],
  [
    "in a hint about the unit",
    (key) => refusal(404, "NOT_FOUND", { message: `Budget not found for provided scope: ${key}` }),
  ],
  [
    "in the details of a hint",
    (key) => refusal(400, "UNIT_MISMATCH", { details: { scope: key, expected_units: [key] } }),
  ],
  ["in a denial", (key) => ({ body: denial(key), headers: { "x-request-id": key } })],
  ["as the id of a reservation that is not a grant", (key) => ({ body: { reservation_id: key } })],
];

/** The body of a 200 that denies the reserve and contains the key. */
function denial(key: string) {
  return {
    decision: "DENY",
    reason_code: key,
    affected_scopes: [`tenant:${key}`],
    scope_path: key,
    balances: [{ ...balance, scope: key }],
    [key]: { nested: key },
  };
}

/** The JSON text of a body with some letters of the key as unicode escapes. */
function escaped(body: unknown, key: string): string {
  const hex = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
  const written = key.replace(/[aeiou5]/g, hex);
  return JSON.stringify(body).replaceAll(key, written);
}

/** A text with its unicode escapes decoded. */
function unescaped(text: string): string {
  return text.replace(/\\+u([0-9a-f]{4})/gi, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
}

describe("an API key that the server echoes", () => {
  it.each(echoes)("%s appears in no error, notice or log", async (_name, response) => {
    const logged: unknown[] = [];
    const note = (...args: unknown[]) => void logged.push(...args);
    const { client, notices } = await against([response(API_KEY), response(API_KEY)], {
      logger: { debug: note, info: note, warn: note, error: note },
      logLevel: "debug",
    });
    const error = await rejection(client.reserve(request));
    // Not even a part of the key that is long enough to be useful.
    const part = API_KEY.slice(0, 10);
    const leaks = [error, ...notices, ...logged].filter((value) => shown(value).includes(part));
    expect(leaks).toHaveLength(0);
  });

  it.each(echoes.flatMap(([name, response]) => unicodeEchoes(name, response(API_KEY))))(
    "%s, with unicode escapes, appears in no error or notice",
    async (_name, response) => {
      const { client, notices } = await against([response, response]);
      const error = await rejection(client.reserve(request));
      for (const value of [error, ...notices])
        expect(unescaped(shown(value))).not.toContain(API_KEY.slice(0, 10));
    },
  );

  it("in percent-encoding or HTML entities is replaced in the error", async () => {
    const entities = Array.from(API_KEY, (one) => `&#${one.charCodeAt(0)};`).join("");
    const percent = Array.from(API_KEY, (one) => `%${one.charCodeAt(0).toString(16)}`).join("");
    const response = { status: 500, body: `<a href="${percent}">${entities}</a>` };
    const { client } = await against([response], { maxRetries: 0 });
    const error = await rejection(client.decide(request));
    expect(error).toMatchObject({ body: '<a href="[API key]">[API key]</a>' });
  });

  it("in JSON escapes appears in no error", async () => {
    const apiKey = 'cyc"live\\0123456789';
    const response = refusal(401, "UNAUTHORIZED", {
      message: `Unknown key ${apiKey}`,
      details: { apiKey },
    });
    const { client } = await against([response], { apiKey });
    const error = (await rejection(client.createReservation(request))) as CyclesError;
    expect(error.message).not.toContain(apiKey);
    expect(JSON.stringify(error)).not.toContain(JSON.stringify(apiKey).slice(1, -1));
    expect(shown(error)).not.toContain("0123456789");
  });

  it("is replaced in a message, and the rest of the message stays readable", async () => {
    const message = `The key ${API_KEY} was revoked on Monday`;
    const { client } = await against([refusal(401, "UNAUTHORIZED", { message })]);
    const error = (await rejection(client.createReservation(request))) as CyclesError;
    expect(error.message).toContain("The key [API key] was revoked on Monday");
    expect(error).toMatchObject({ name: "CyclesAuthenticationError", requestId: "req-7" });
  });
});

describe("error details nested 100,000 deep", () => {
  it("are cut off, so that the error can be logged", async () => {
    const deep = '{"a":'.repeat(100_000) + "1" + "}".repeat(100_000);
    const body = JSON.stringify(refusal(422, "NEW").body).replace("}", `,"details":${deep}}`);
    const { client } = await against([{ status: 422, body }]);
    const error = (await rejection(client.createReservation(request))) as CyclesError;
    expect(error).toMatchObject({ code: "NEW", details: { a: { a: { a: {} } } } });
    expect(JSON.stringify(error)).toContain('{"a":"…"}');
  });
});

/** The echo with unicode escapes; none if its body is not JSON. */
function unicodeEchoes(name: string, response: Scripted): [string, ScriptedResponse][] {
  if (typeof response === "function" || typeof response.body !== "object") return [];
  return [[name, { ...response, body: escaped(response.body, API_KEY) }]];
}

describe("an API key that is an ordinary word", () => {
  it.each([["error"], ["message"], ["Budget"], ["ALLOW"], ["BUDGET"]])(
    "such as %s changes no verdict, error code or error class",
    async (apiKey) => {
      const refused = refusal(409, "BUDGET_EXCEEDED");
      const missing = refusal(404, "NOT_FOUND", {
        message: "Budget not found for provided scope: tenant:acme",
      });
      const odd = { status: 200, body: { error: "ALLOW" } };
      const { client } = await against([refused, missing, refused, odd], {
        apiKey,
        retry: false,
        maxRetries: 0,
      });
      const denied = await client.run(request, () => "ran", { onDenied: () => "denied" });
      expect(denied).toBe("denied");
      expect(await rejection(client.createReservation(request))).toMatchObject({
        name: "BudgetNotFoundError",
        code: "NOT_FOUND",
        retryable: false,
      });
      const error = await rejection(client.commitReservation("r", { actual: request.estimate }));
      expect(error).toMatchObject({
        name: "BudgetDeniedError",
        code: "BUDGET_EXCEEDED",
        httpStatus: 409,
        retryable: false,
      });
      expect(await rejection(client.decide(request))).toMatchObject({
        name: "CyclesResponseError",
        retryable: true,
      });
    },
  );
});

describe("a secret in a header", () => {
  const secrets = {
    authorization: "Bearer gateway-credential-1",
    "x-gateway-key": "gateway-credential-2",
    Cookie: "theme=dark; sid=gateway-credential-3",
  };

  it("of the client or of one call appears in no error", async () => {
    const call = { "X-Vault-Token": "gateway-credential-4" };
    const parts = [1, 2, 3, 4].map((n) => `gateway-credential-${n}`);
    const response = refusal(403, "FORBIDDEN", { message: `who is ${parts.join()}`, got: parts });
    const { client, received } = await against([response], { headers: secrets });
    const error = await rejection(client.createReservation(request, { headers: call }));
    expect(received[0]?.headers).toMatchObject({ "x-vault-token": "gateway-credential-4" });
    expect(shown(error)).not.toContain("gateway-credential");
    expect((error as Error).message).toContain("who is [secret],[secret],[secret],[secret]");
  });

  it("appears in no denial", async () => {
    const body = denial("gateway-credential-2");
    const { client, notices } = await against([{ body }], { headers: secrets });
    const error = await rejection(client.reserve(request));
    for (const value of [error, ...notices])
      expect(shown(value)).not.toContain("gateway-credential");
  });

  it("is not assumed in an ordinary header or a short value", async () => {
    const headers = { "x-tenant-region": "europe-west", "x-session": "short" };
    const response = refusal(403, "FORBIDDEN", { message: "not in europe-west, in short" });
    const { client } = await against([response], { headers });
    const error = (await rejection(client.createReservation(request))) as CyclesError;
    expect(error.message).toContain("not in europe-west, in short");
  });
});

describe("an error of the transport", () => {
  /** Rejects as undici and custom transports do, with an error that holds the request. */
  function failingFetch(): Promise<never> {
    const reset = Object.assign(new Error(`reset while sending ${API_KEY}`), {
      code: "ECONNRESET",
      data: { headers: { "x-cycles-api-key": API_KEY } },
    });
    reset.name = "SocketError";
    return Promise.reject(
      Object.assign(new TypeError("fetch failed", { cause: reset }), { reset }),
    );
  }

  it("is the cause of the client's error, without the request that it holds", async () => {
    const { client, notices } = await against([], { fetch: failingFetch });
    const errors = [
      await rejection(client.reserve(request)),
      await rejection(client.getReservation("r")),
      await rejection(client.raw.GET("/v1/balances", { params: { query: {} } })),
    ];
    for (const value of [...errors, ...notices]) expect(shown(value)).not.toContain(API_KEY);
    for (const error of errors) {
      expect((error as Error).message).toContain("ECONNRESET reset while sending [API key]");
      const { cause } = error as Error;
      expect(cause).toMatchObject({ message: "fetch failed", name: "TypeError" });
      expect((cause as Error).cause).toMatchObject({ name: "SocketError", code: "ECONNRESET" });
      expect((cause as Error).cause).toBeInstanceOf(Error);
    }
  });

  it("may be a value that is not an Error", async () => {
    const fetch = () => Promise.reject(`no way with ${API_KEY}`);
    const { client } = await against([], { fetch, maxRetries: 0 });
    const error = await rejection(client.getReservation("r"));
    expect(shown(error)).not.toContain(API_KEY);
    expect((error as Error).cause).toMatchObject({ message: "no way with [API key]" });
  });
});

describe("a secret in the headers of a child client", () => {
  it("appears in no notice or log line", async () => {
    const secret = "s3cret-of-the-child";
    const logged: unknown[] = [];
    const note = (...args: unknown[]) => void logged.push(...args);
    const { client, notices } = await against([{ body: detail }], {
      logger: { debug: note, info: note, warn: note, error: note },
      logLevel: "debug",
    });
    const child = client.with({
      headers: { authorization: `Bearer ${secret}` },
      traceparent: () => {
        throw new Error(`no span for ${secret}`);
      },
    });
    await child.getReservation("r");
    expect(notices).toMatchObject([{ type: "callback_failed" }]);
    expect(shown([notices, logged])).not.toContain(secret);
  });
});

describe("a reservation with an id", () => {
  const token = "gateway-credential-1";
  const percent = Array.from(token, (one) => `%${one.charCodeAt(0).toString(16)}`).join("");

  it.each([
    ["is the API key", API_KEY],
    ["contains the API key", `res_${API_KEY}`],
    ["is the secret of a header", token],
    ["contains the secret of a header", `res_${token}_1`],
    ["contains the secret of a header in percent-encoding", percent],
  ])("that %s is not a grant, and its id appears nowhere", async (_name, reservation_id) => {
    const logged: unknown[] = [];
    const note = (...args: unknown[]) => void logged.push(...args);
    const body = { ...reservation, reservation_id };
    const { client, notices } = await against([{ body }, { body }], {
      headers: { authorization: `Bearer ${token}` },
      logger: { debug: note, info: note, warn: note, error: note },
      logLevel: "debug",
    });
    const error = await rejection(client.reserve(request));
    expect(error).toMatchObject({ name: "CyclesResponseError", retryable: true });
    expect((error as Error).message).toContain("a secret in its reservation_id");
    for (const secret of [API_KEY, token, percent])
      expect(shown([error, logged, notices])).not.toContain(secret);
  });

  it("that contains a short API key is a grant, because that may be chance", async () => {
    const body = { ...reservation, reservation_id: "res_error_1" };
    const { client } = await against([{ body }, { body: released }], { apiKey: "error" });
    const guard = await client.reserve(request);
    expect(guard.id).toBe("res_error_1");
    await guard.release();
  });
});

describe("an API key that the server echoes in a success", () => {
  it("is replaced in the notice about a rounded number", async () => {
    const body = { balances: [balance], [API_KEY]: 2 ** 60 };
    const { client, notices } = await against([{ body }]);
    await client.getBalances({ tenant: "acme" });
    expect(notices).toEqual([
      { type: "inexact_integer", operation: "getBalances", fields: ["[API key]"] },
    ]);
  });

  it("is replaced in the notice about the reserved unit", async () => {
    const body = { ...reservation, reserved: { unit: API_KEY, amount: 1 } };
    const { client, notices } = await against([{ body }, { body: released }]);
    const guard = await client.reserve(request);
    expect(notices).toMatchObject([{ reserved: { unit: "[API key]", amount: 1 } }]);
    await guard.release();
  });

  it("is replaced in the notice about the charged unit", async () => {
    const body = { status: "COMMITTED", charged: { unit: API_KEY, amount: 1 } };
    const { client, notices } = await against([{ body: reservation }, { body }]);
    const guard = await client.reserve(request);
    expect(await guard.commit(request.estimate)).toMatchObject({ state: "committed" });
    const heard = notices.filter(({ type }) => type === "committed");
    expect(heard).toMatchObject([{ charged: { unit: "[API key]", amount: 1 } }]);
  });
});

describe("the error of a heartbeat", () => {
  it("does not show an API key that the server echoes in its response to the commit", async () => {
    const responses = {
      reservations: Response.json({ ...reservation, remaining_ttl_ms: 60_000 }),
      extend: Response.json(refusal(409, "MAX_EXTENSIONS_EXCEEDED").body, { status: 409 }),
      commit: Response.json({ ...committed, [API_KEY]: [API_KEY] }),
    };
    const clock = new ManualClock();
    const fetch = (url: string) =>
      Promise.resolve(
        url.endsWith("/extend")
          ? responses.extend
          : url.endsWith("/commit")
            ? responses.commit
            : responses.reservations,
      );
    const { client } = await against([], { fetch, clock });
    const guard = await client.reserve({ ...request, ttl_ms: 60_000 }, { heartbeat: "fail" });
    await clock.advance(60_000);
    const error = await rejection(guard.commit(request.estimate));
    expect(error).toMatchObject({
      name: "HeartbeatFailedError",
      settlement: { state: "committed", response: { "[API key]": ["[API key]"] } },
    });
    expect(shown(error)).not.toContain(API_KEY);
  });
});

describe("the raw client's error for the status 999 of a custom fetch", () => {
  it("shows no part of an API key at the end of its excerpt", async () => {
    const text = "x".repeat(185) + API_KEY;
    const fetch = () =>
      Promise.resolve(Object.defineProperty(new Response(text), "status", { value: 999 }));
    const { client } = await against([], { fetch });
    const call = client.raw.GET("/v1/balances", { params: { query: { tenant: "acme" } } });
    expect(shown(await rejection(call))).not.toContain(API_KEY.slice(0, 10));
  });
});

describe("the raw client's error for the status 700 of a server", () => {
  it("shows no part of an API key at the end of its excerpt", async () => {
    const { client } = await against([{ status: 700, body: "x".repeat(190) + API_KEY }]);
    const error = await rejection(client.raw.GET("/v1/balances", { params: { query: {} } }));
    expect(error).toMatchObject({ name: "CyclesResponseError", httpStatus: 700 });
    expect(shown(error)).not.toContain(API_KEY.slice(0, 10));
  });
});

describe("an error that a callback or journal of the user throws", () => {
  it("is in the notices without the API key", async () => {
    const fail = (): never => {
      throw new Error(`no context for ${API_KEY}`);
    };
    const journal = { put: fail, remove: fail, list: fail, setAside: fail };
    const options = { waitUntil: fail, journal, retry: false as const };
    const { client, notices } = await against([{ body: reservation }, { status: 503 }], options);
    const guard = await client.reserve(request);
    await rejection(guard.commit(request.estimate));
    const types = notices.map(({ type }) => type);
    expect(types).toContain("callback_failed");
    expect(types).toContain("journal_failed");
    expect(shown(notices)).not.toContain(API_KEY);
  });
});

describe("a guard", () => {
  it("does not show the API key", async () => {
    const { client } = await against([{ body: reservation }, { body: released }]);
    const guard = await client.reserve(request);
    expect(shown(guard)).not.toContain(API_KEY);
    await guard.release();
  });
});

describe("a client", () => {
  it("does not show the API key, and neither do its children and its raw client", async () => {
    const { client } = await against([]);
    for (const value of [client, client.with({ subject: { agent: "a" } }), client.raw]) {
      expect(inspect(value, { depth: 20, showHidden: true })).not.toContain(API_KEY);
      expect(JSON.stringify(value)).not.toContain(API_KEY);
    }
  });
});

describe("a journal", () => {
  it("has the API key in no file or file name, even if the client has no tenant", async () => {
    const dir = mkdtempSync(join(tmpdir(), "cycles-journal-"));
    onTestFinished(() => {
      rmSync(dir, { recursive: true });
    });
    const options = { journalDir: dir, retry: false as const, subject: { tenant: null } };
    const { client } = await against([{ body: reservation }, { status: 503 }], options);
    const guard = await client.reserve({ ...request, subject: { agent: "a" } });
    expect(await guard.commit(request.estimate)).toMatchObject({ state: "queued", durable: true });
    const files = readdirSync(dir, { recursive: true, withFileTypes: true });
    const kept = files.map(({ name, parentPath }) =>
      name.endsWith(".json") ? readFileSync(join(parentPath, name), "utf8") : name,
    );
    expect(kept.join()).toContain("recovered_reservation_id");
    expect(kept.join()).not.toContain(API_KEY);
  });
});

describe("an error without a response", () => {
  it("does not show the API key", async () => {
    const { client } = await against([(response) => response.destroy()], { maxRetries: 0 });
    expect(shown(await rejection(client.getReservation("r")))).not.toContain(API_KEY);
  });
});
