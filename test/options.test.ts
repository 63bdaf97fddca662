import { inspect } from "node:util";
import {
  type ChildOptions,
  type ClientOptions,
  createRawClient,
  CyclesClient,
  CyclesConfigError,
  type Notice,
} from "cycles-client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { against, API_KEY, rejection, scripted } from "./support/server.js";
import { committed, refusal, request, reservation } from "./support/responses.js";
import { StandingClock } from "./support/clock.js";

const BASE = "http://127.0.0.1:7878";

beforeEach(() => {
  for (const name of Object.keys(process.env))
    if (name.startsWith("CYCLES_")) vi.stubEnv(name, undefined);
  // By default, the journal is in the home directory of the user.
  vi.stubEnv("CYCLES_JOURNAL_ENABLED", "false");
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe("CYCLES_* variables", () => {
  it("set the base URL, the API key and every level of the subject", async () => {
    const server = await scripted({ body: reservation });
    vi.stubEnv("CYCLES_BASE_URL", `${server.url}/gateway/`);
    vi.stubEnv("CYCLES_API_KEY", "from-variable");
    const subject = {
      tenant: "t",
      workspace: "w",
      app: "a",
      workflow: "f",
      agent: "g",
      toolset: "s",
    };
    for (const [level, value] of Object.entries(subject))
      vi.stubEnv(`CYCLES_${level.toUpperCase()}`, value);
    await new CyclesClient().createReservation(request);
    const [sent] = server.received;
    expect(sent?.url).toBe("/gateway/v1/reservations");
    expect(sent?.headers["x-cycles-api-key"]).toBe("from-variable");
    expect(JSON.parse(sent?.body ?? "").subject).toEqual(subject);
  });

  it("are overridden by options in code, and the subject field by field", async () => {
    vi.stubEnv("CYCLES_BASE_URL", "http://127.0.0.1:1");
    vi.stubEnv("CYCLES_API_KEY", "from-variable");
    vi.stubEnv("CYCLES_TENANT", "from-variable");
    vi.stubEnv("CYCLES_APP", "from-variable");
    vi.stubEnv("CYCLES_CONNECT_TIMEOUT", "bad");
    vi.stubEnv("CYCLES_LOG", "bad");
    const { client, received } = await against([{ body: reservation }], { connectTimeout: 100 });
    await client.createReservation(request);
    expect(received[0]?.headers["x-cycles-api-key"]).toBe(API_KEY);
    expect(JSON.parse(received[0]?.body ?? "").subject).toEqual({
      tenant: "acme",
      app: "from-variable",
    });
  });

  it("are ignored if they are blank", async () => {
    const server = await scripted({ body: reservation });
    const { received } = server;
    for (const name of ["API_KEY", "WORKSPACE", "CONNECT_TIMEOUT", "RETRY_ENABLED", "LOG"])
      vi.stubEnv(`CYCLES_${name}`, "");
    vi.stubEnv("CYCLES_AGENT", "  ");
    vi.stubEnv("CYCLES_TENANT", "acme");
    await new CyclesClient({ baseUrl: server.url }).createReservation(request);
    expect(JSON.parse(received[0]?.body ?? "").subject).toEqual({ tenant: "acme" });
    expect(received[0]?.headers).not.toHaveProperty("x-cycles-api-key");
  });

  it("limit an attempt to the connect timeout plus the read timeout", async () => {
    vi.stubEnv("CYCLES_CONNECT_TIMEOUT", "300");
    vi.stubEnv("CYCLES_READ_TIMEOUT", "700");
    const clock = new StandingClock();
    const { client, received } = await against([() => undefined], { clock, maxRetries: 0 });
    const failed = rejection(client.getReservation("res-1"));
    await vi.waitFor(() => expect(received).toHaveLength(1), { interval: 1, timeout: 30_000 });
    expect(clock.pending).toEqual([1_000]);
    clock.advance(1_000);
    expect(await failed).toMatchObject({ name: "CyclesTimeoutError", timeoutMs: 1_000 });
  });

  it("set the number of attempts and the delays of settlement", async () => {
    vi.stubEnv("CYCLES_RETRY_MAX_ATTEMPTS", "4");
    vi.stubEnv("CYCLES_RETRY_INITIAL_DELAY", "100");
    vi.stubEnv("CYCLES_RETRY_MULTIPLIER", "3");
    vi.stubEnv("CYCLES_RETRY_MAX_DELAY", "500");
    vi.spyOn(Math, "random").mockReturnValue(1);
    const clock = new StandingClock();
    const down = refusal(503, "INTERNAL_ERROR");
    const script = [{ body: reservation }, down, down, down, { body: committed }];
    const { client, received } = await against(script, { clock });
    const guard = await client.reserve(request);
    const settled = guard.commit(request.estimate);
    for (const delay of [100, 300, 500]) {
      await vi.waitFor(() => expect(clock.pending).toContain(delay), {
        interval: 1,
        timeout: 30_000,
      });
      clock.advance(delay - 1);
      expect(clock.pending).toContain(delay);
      clock.advance(1);
    }
    expect(await settled).toMatchObject({ state: "committed" });
    expect(received).toHaveLength(5);
  });

  it("queue a spend after CYCLES_RETRY_MAX_ATTEMPTS attempts", async () => {
    vi.stubEnv("CYCLES_RETRY_MAX_ATTEMPTS", "1");
    const script = [{ body: reservation }, refusal(503, "INTERNAL_ERROR")];
    const { client, received } = await against(script, { clock: new StandingClock() });
    const guard = await client.reserve(request);
    expect(await guard.commit(request.estimate)).toMatchObject({ state: "queued" });
    expect(received).toHaveLength(2);
  });

  it.each([["false"], ["0"], ["FALSE"]])(
    "end a settlement after one attempt if CYCLES_RETRY_ENABLED is %s",
    async (value) => {
      vi.stubEnv("CYCLES_RETRY_ENABLED", value);
      const { client, received } = await against([
        { body: reservation },
        refusal(503, "INTERNAL_ERROR"),
      ]);
      const guard = await client.reserve(request);
      await guard.commit(request.estimate).catch(() => undefined);
      expect(received).toHaveLength(2);
    },
  );

  it("set how long flush waits", async () => {
    vi.stubEnv("CYCLES_RETRY_FLUSH_TIMEOUT", "5");
    expect(() => new CyclesClient({ baseUrl: BASE })).toThrow("CYCLES_RETRY_FLUSH_TIMEOUT");
    vi.stubEnv("CYCLES_RETRY_FLUSH_TIMEOUT", "0");
    expect(await new CyclesClient({ baseUrl: BASE }).flush()).toBe(0);
  });

  it("set the log level, in upper or lower case", async () => {
    const lines: string[] = [];
    const note = (message: string) => void lines.push(message);
    const logger = { debug: note, info: note, warn: note, error: note };
    vi.stubEnv("CYCLES_LOG", "DEBUG");
    const server = await scripted({ body: reservation });
    const client = new CyclesClient({ baseUrl: server.url, logger, subject: { tenant: "acme" } });
    const guard = await client.reserve(request);
    expect(lines).toEqual([`cycles: reserved $0.40 as ${guard.id}`]);
  });

  it.each([
    ["CYCLES_BASE_URL", "not a url", "baseUrl (CYCLES_BASE_URL) is not a URL"],
    ["CYCLES_API_KEY", "key\n", "apiKey (CYCLES_API_KEY) has characters that no header can carry"],
    [
      "CYCLES_CONNECT_TIMEOUT",
      "5",
      "connectTimeout (CYCLES_CONNECT_TIMEOUT) is in whole milliseconds",
    ],
    ["CYCLES_CONNECT_TIMEOUT", "5.0", "looks like seconds"],
    ["CYCLES_READ_TIMEOUT", "5.0", "looks like seconds"],
    ["CYCLES_READ_TIMEOUT", "30", "looks like seconds"],
    ["CYCLES_READ_TIMEOUT", "soon", "readTimeout (CYCLES_READ_TIMEOUT) must be a number"],
    ["CYCLES_READ_TIMEOUT", "-1", "readTimeout (CYCLES_READ_TIMEOUT) is in whole milliseconds"],
    ["CYCLES_READ_TIMEOUT", "0", "readTimeout (CYCLES_READ_TIMEOUT) is in whole milliseconds"],
    ["CYCLES_RETRY_ENABLED", "maybe", "retry (CYCLES_RETRY_ENABLED) must be true or false"],
    [
      "CYCLES_RETRY_MAX_ATTEMPTS",
      "0",
      "(CYCLES_RETRY_MAX_ATTEMPTS) must be a whole number, 1 or more",
    ],
    ["CYCLES_RETRY_MAX_ATTEMPTS", "1.5", "CYCLES_RETRY_MAX_ATTEMPTS"],
    ["CYCLES_RETRY_INITIAL_DELAY", "0.5", "looks like seconds"],
    ["CYCLES_RETRY_INITIAL_DELAY", "2", "looks like seconds"],
    [
      "CYCLES_RETRY_MULTIPLIER",
      "0",
      "retry.multiplier (CYCLES_RETRY_MULTIPLIER) must be from 1 to 100",
    ],
    ["CYCLES_RETRY_MULTIPLIER", "x", "retry.multiplier (CYCLES_RETRY_MULTIPLIER) must be a number"],
    ["CYCLES_RETRY_MAX_DELAY", "30", "retry.maxDelay (CYCLES_RETRY_MAX_DELAY) is in"],
    ["CYCLES_JOURNAL_ENABLED", "yes", "journal (CYCLES_JOURNAL_ENABLED) must be true or false"],
    ["CYCLES_RETRY_FLUSH_TIMEOUT", "10.0", "CYCLES_RETRY_FLUSH_TIMEOUT"],
    ["CYCLES_LOG", "loud", "logLevel (CYCLES_LOG) must be debug, info, warn, error or off"],
  ])("are refused if they are not valid: %s=%j", (name, value, why) => {
    vi.stubEnv("CYCLES_BASE_URL", BASE);
    vi.stubEnv(name, value);
    for (const make of [() => new CyclesClient(), () => createRawClient()]) {
      expect(make).toThrow(CyclesConfigError);
      expect(make).toThrow(why);
    }
  });
});

describe("a base URL", () => {
  it.each([
    ["", "No base URL: pass `baseUrl` or set CYCLES_BASE_URL"],
    ["127.0.0.1:7878", "baseUrl"],
    ["/relative", "must be absolute"],
    ["cycles.internal", "must be absolute"],
    ["ftp://cycles.internal", "must start with http:// or https://, not ftp:"],
    ["file:///etc/passwd", "must start with http:// or https://, not file:"],
    ["https://user:secret@cycles.internal", "baseUrl carries credentials"],
    ["https://user@cycles.internal", "baseUrl carries credentials"],
    ["https://cycles.internal?a=1", "a query or a fragment"],
    ["https://cycles.internal/#top", "a query or a fragment"],
    ["https://cycles.internal/?", "a query or a fragment"],
    ["https://cycles.internal#", "a query or a fragment"],
    ["https://cycles.internal ", "baseUrl"],
    ["https://cycles.internal\n", "baseUrl"],
    ["http:/cycles.internal", "two slashes and a host after http:"],
    ["http:cycles.internal", "two slashes and a host after http:"],
    ["https:///cycles.internal", "two slashes and a host after https:"],
    ["HTTPS:////cycles.internal", "two slashes and a host after https:"],
    ["http:\\\\cycles.internal", "a backslash or a control character"],
    ["http://cycles.internal\\a", "a backslash or a control character"],
    ["ht\ntp://cycles.internal", "a backslash or a control character"],
    ["http://cycles\t.internal", "a backslash or a control character"],
  ])("such as %j is refused", (baseUrl, why) => {
    for (const make of [() => new CyclesClient({ baseUrl }), () => createRawClient({ baseUrl })]) {
      expect(make).toThrow(CyclesConfigError);
      expect(make).toThrow(why);
      expect(make).not.toThrow(/secret/);
    }
  });

  it("is required, in code or as a variable", () => {
    expect(() => new CyclesClient()).toThrow(CyclesConfigError);
    expect(() => new CyclesClient()).toThrow("CYCLES_BASE_URL, for example http://127.0.0.1:7878");
  });

  it.each([[""], ["/"], ["//"], ["/a/b"], ["/a/b/"]])(
    "may have a path, with or without a trailing slash: %j",
    async (path) => {
      const server = await scripted({ body: { keys: [] } });
      const client = new CyclesClient({ baseUrl: `${server.url}${path}` });
      await client.getEvidenceJwks();
      const prefix = path.replace(/\/+$/, "");
      expect(server.received[0]?.url).toBe(`${prefix}/v1/.well-known/cycles-jwks.json`);
    },
  );
});

describe("an API key", () => {
  it.each([["line\nbreak"], ["line\r\nbreak"], ["trailing\n"], ["with space"], ["ключ"]])(
    "such as %j is refused, and the error does not quote it",
    (apiKey) => {
      const make = () => new CyclesClient({ baseUrl: BASE, apiKey });
      expect(make).toThrow(CyclesConfigError);
      expect(make).toThrow("line break");
      expect(make).not.toThrow(apiKey.trim());
    },
  );

  it("does not appear when a client or raw client is inspected or written as JSON", () => {
    const client = new CyclesClient({ baseUrl: BASE, apiKey: API_KEY });
    const shown = [client, client.raw, client.with({})].map(
      (value) => inspect(value, { depth: 10, showHidden: true }) + JSON.stringify(value),
    );
    expect(shown.join()).not.toContain(API_KEY);
  });
});

describe("options", () => {
  it.each<[ClientOptions, string]>([
    [{ connectTimeout: 5 }, "connectTimeout is in whole milliseconds"],
    [{ connectTimeout: 5 }, "looks like seconds"],
    [{ readTimeout: 0.5 }, "looks like seconds"],
    [{ readTimeout: 100.5 }, "readTimeout is in whole milliseconds"],
    [{ readTimeout: NaN }, "readTimeout is in whole milliseconds"],
    [{ readTimeout: Infinity }, "readTimeout is in whole milliseconds"],
    [{ settleTimeout: 10 }, "settleTimeout is in whole milliseconds"],
    [{ settleTimeout: -1 }, "settleTimeout is in whole milliseconds"],
    [{ flushTimeout: 10 }, "flushTimeout is in whole milliseconds"],
    [{ maxRetries: -1 }, "maxRetries must be a whole number, 0 or more"],
    [{ maxRetries: 1.5 }, "maxRetries must be a whole number"],
    [{ maxRetries: Infinity }, "maxRetries must be a whole number"],
    [{ retry: { maxAttempts: 0 } }, "retry.maxAttempts"],
    [{ retry: { initialDelay: 3 } }, "retry.initialDelay is in whole milliseconds"],
    [{ retry: { multiplier: 0.5 } }, "retry.multiplier must be from 1 to 100"],
    [{ retry: { multiplier: NaN } }, "retry.multiplier must be from 1 to 100"],
    [{ retry: { maxDelay: 30 } }, "retry.maxDelay is in whole milliseconds"],
    [{ logLevel: "loud" as "warn" }, "logLevel must be debug, info, warn, error or off"],
    [{ headers: { "X-A": "a\r\nX-B: b" } }, 'headers["X-A"] has characters'],
    [{ headers: { "X-A": "ключ" } }, 'headers["X-A"] has characters'],
    [{ headers: { "X A": "a" } }, "is not a header name"],
    [{ headers: { "X-A:": "a" } }, "is not a header name"],
    [{ headers: { "x-cycles-api-key": "other" } }, "is set by the client"],
    [{ headers: { "X-Idempotency-Key": "one" } }, "is set by the client"],
  ])("such as %j are refused", (options, why) => {
    const make = () => new CyclesClient({ baseUrl: BASE, ...options });
    expect(make).toThrow(CyclesConfigError);
    expect(make).toThrow(why);
  });

  it.each<[object, string]>([
    [{ baseURL: BASE }, 'baseURL is not an option; did you mean "baseUrl"?'],
    [{ apikey: "secret-value" }, 'apikey is not an option; did you mean "apiKey"?'],
    [{ timeout: 5_000 }, "timeout is not an option; use one of baseUrl, apiKey, subject"],
    [{ ["x".repeat(1_000)]: 1 }, `${"x".repeat(60)} is not an option`],
    [{ toString: 1 }, "toString is not an option"],
    [{ retry: { retries: 3 } }, "retry.retries is not an option; use one of maxAttempts"],
    [
      { retry: { maxAttempt: 3 } },
      'retry.maxAttempt is not an option; did you mean "maxAttempts"?',
    ],
    [{ retry: { maxAttempts: "3" } }, 'retry.maxAttempts must be a number, not "3"'],
    [{ retry: true }, "retry must be an object of names and values, or false, not true"],
    [{ retry: null }, "retry must be an object of names and values, or false, not null"],
    [{ baseUrl: 7878 }, "baseUrl must be a string, not 7878"],
    [{ baseUrl: new URL(BASE) }, "baseUrl must be a string, not an object"],
    [{ apiKey: 123_456 }, "apiKey must be a string, not a value of type number"],
    [{ apiKey: null }, "apiKey must be a string, not null"],
    [{ subject: "acme" }, 'subject must be an object of names and values, not "acme"'],
    [{ connectTimeout: "5000" }, 'connectTimeout must be a number, not "5000"'],
    [{ maxRetries: true }, "maxRetries must be a number, not true"],
    [
      { journal: true },
      "journal must be an object with put, remove, list, setAside, or false, not true",
    ],
    [{ journal: { put: () => undefined } }, "journal must be an object with put, remove"],
    [{ headers: [] }, "headers must be an object of names and values, not a value of type object"],
    [
      { headers: "secret-value" },
      "headers must be an object of names and values, not a value of type",
    ],
    [{ headers: new Headers({ a: "secret-value" }) }, "headers must be an object of names"],
    [{ headers: { a: 1 } }, 'headers["a"] must be a string'],
    [{ traceparent: 3 }, "traceparent must be a string or a function, not 3"],
    [{ fetch: {} }, "fetch must be a function, not an object"],
    [{ clock: {} }, "clock must be an object with now, monotonic, setTimeout, not an object"],
    [{ onNotice: 3 }, "onNotice must be a function, not 3"],
    [
      { logger: () => undefined },
      "logger must be an object with debug, info, warn, error, not a function",
    ],
    [{ logLevel: 3 }, "logLevel must be a string, not 3"],
    [{ waitUntil: [] }, "waitUntil must be a function, not an array"],
    [
      { dangerouslyAllowBrowser: "true" },
      'dangerouslyAllowBrowser must be true or false, not "true"',
    ],
  ])("such as %o are refused with their names and types", (options, why) => {
    const all = { baseUrl: BASE, ...options } as ClientOptions;
    for (const make of [() => new CyclesClient(all), () => createRawClient(all)]) {
      expect(make).toThrow(CyclesConfigError);
      expect(make).toThrow(why);
      expect(make).not.toThrow("secret-value");
    }
  });

  it.each([[null], ["http://127.0.0.1:7878"], [[]]])("must be an object, not %j", (options) => {
    const make = () => new CyclesClient(options as ClientOptions);
    expect(make).toThrow(CyclesConfigError);
    expect(make).toThrow("The options must be an object, not ");
  });

  it("that are undefined count as left out", () => {
    const options = { baseUrl: BASE, apiKey: undefined, retry: undefined, fetch: undefined };
    expect(new CyclesClient(options as unknown as ClientOptions)).toBeDefined();
  });

  it("that are an empty text count as left out, and their variables are not read", async () => {
    vi.stubEnv("CYCLES_API_KEY", "from-variable");
    vi.stubEnv("CYCLES_LOG", "bad");
    const server = await scripted({ body: reservation });
    const subject = { tenant: "acme" };
    const options = { baseUrl: server.url, apiKey: "", logLevel: "" as "warn", subject };
    await new CyclesClient(options).createReservation(request);
    expect(server.received[0]?.headers).not.toHaveProperty("x-cycles-api-key");
  });

  it("with a blank subject level keep the level of the variable", async () => {
    vi.stubEnv("CYCLES_TENANT", "from-variable");
    const { client, received } = await against([{ body: reservation }], {
      subject: { tenant: "", app: "shop" },
    });
    await client.createReservation(request);
    expect(JSON.parse(received[0]?.body ?? "").subject).toEqual({
      tenant: "from-variable",
      app: "shop",
    });
  });

  it("end a settlement after one attempt with retry: false", async () => {
    vi.stubEnv("CYCLES_RETRY_ENABLED", "true");
    const script = [{ body: reservation }, refusal(503, "INTERNAL_ERROR")];
    const { client, received } = await against(script, { retry: false });
    const guard = await client.reserve(request);
    await guard.commit(request.estimate).catch(() => undefined);
    expect(received).toHaveLength(2);
  });

  it("add headers to every request", async () => {
    const headers = { "X-Gateway": "west" };
    const { client, received } = await against([{ body: reservation }, { body: {} }], { headers });
    await client.createReservation(request, { headers: { "X-Call": "one" } });
    await client.raw.GET("/v1/.well-known/cycles-jwks.json");
    expect(received[0]?.headers).toMatchObject({ "x-gateway": "west", "x-call": "one" });
    expect(received[1]?.headers).toMatchObject({ "x-gateway": "west" });
  });

  it("send a valid trace context, given as a text or a function", async () => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const ok = { body: { keys: [] } };
    const { client, received } = await against([ok, ok, ok, ok]);
    await client.with({ traceparent }).getEvidenceJwks();
    await client.with({ traceparent: () => traceparent }).getEvidenceJwks();
    await client.with({ traceparent: () => undefined }).getEvidenceJwks();
    await client.with({ traceparent: "garbage" }).getEvidenceJwks();
    const sent = received.map(({ headers }) => [
      headers["traceparent"],
      headers["x-cycles-trace-id"],
    ]);
    expect(sent.slice(0, 2)).toEqual([
      [traceparent, undefined],
      [traceparent, undefined],
    ]);
    for (const [parent, id] of sent.slice(2)) {
      expect(parent).toBeUndefined();
      expect(id).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  it("replace the transport with a custom fetch", async () => {
    const urls: string[] = [];
    const client = new CyclesClient({
      baseUrl: BASE,
      fetch: async (url) => {
        urls.push(url);
        return Response.json({ keys: [] });
      },
    });
    await client.getEvidenceJwks();
    expect(urls).toEqual([`${BASE}/v1/.well-known/cycles-jwks.json`]);
  });
});

describe("a child client", () => {
  it("adds its subject and headers to those of its parent; null removes a field", async () => {
    const { client, received } = await against([{ body: reservation }, { body: reservation }], {
      subject: { tenant: "acme", agent: "planner", app: "shop" },
      headers: { "X-A": "1" },
    });
    const child = client.with({ subject: { agent: "writer", app: null }, headers: { "X-B": "2" } });
    await child.createReservation({ ...request, subject: { toolset: "web" } });
    await client.createReservation({ ...request, subject: { agent: "own", app: undefined } });
    expect(received.map(({ body }) => JSON.parse(body).subject as unknown)).toEqual([
      { tenant: "acme", agent: "writer", toolset: "web" },
      { tenant: "acme", agent: "own", app: "shop" },
    ]);
    expect(received[0]?.headers).toMatchObject({ "x-a": "1", "x-b": "2" });
    expect(received[1]?.headers).not.toHaveProperty("x-b");
  });

  it.each([[""], [" "], ["\t\n"]])(
    "and a call inherit a subject level that is %j",
    async (blank) => {
      const { client, received } = await against(Array(3).fill({ body: reservation }), {
        subject: { tenant: "acme", agent: "planner" },
      });
      const child = client.with({ subject: { tenant: blank, agent: blank, app: blank } });
      await child.createReservation(request);
      await client.createReservation({ ...request, subject: { tenant: blank, toolset: blank } });
      await client.createReservation({ ...request, subject: { tenant: blank, agent: null } });
      expect(received.map(({ body }) => JSON.parse(body).subject as unknown)).toEqual([
        { tenant: "acme", agent: "planner" },
        { tenant: "acme", agent: "planner" },
        { tenant: "acme" },
      ]);
    },
  );

  it("has its options checked like those of its parent", () => {
    const client = new CyclesClient({ baseUrl: BASE });
    expect(() => client.with({ headers: { "X-A": "a\nb" } })).toThrow(CyclesConfigError);
    expect(() => client.with({ maxRetries: -1 })).toThrow(CyclesConfigError);
  });

  it.each<[unknown, string]>([
    [
      { apiKey: "secret-value" },
      "apiKey is not an option of a child client; use one of subject, headers, traceparent, maxRetries",
    ],
    [{ subjects: {} }, 'subjects is not an option of a child client; did you mean "subject"?'],
    [{ subject: "acme" }, 'subject must be an object of names and values, not "acme"'],
    [{ headers: [] }, "headers must be an object of names and values"],
    [undefined, "The options must be an object, not undefined"],
  ])("refuses %o", (options, why) => {
    const make = () => new CyclesClient({ baseUrl: BASE }).with(options as ChildOptions);
    expect(make).toThrow(CyclesConfigError);
    expect(make).toThrow(why);
    expect(make).not.toThrow("secret-value");
  });

  it("keeps the number of retries of its parent if it has none of its own", async () => {
    const script = [refusal(503, "INTERNAL_ERROR")];
    const { client, received } = await against(script, { maxRetries: 0 });
    const options = { maxRetries: undefined } as unknown as ChildOptions;
    await rejection(client.with(options).getReservation("res-1"));
    expect(received).toHaveLength(1);
  });

  it("can have its own number of retries", async () => {
    const { client, received } = await against([refusal(503, "INTERNAL_ERROR")]);
    await rejection(client.with({ maxRetries: 0 }).getReservation("res-1"));
    expect(received).toHaveLength(1);
  });
});

describe("in a browser", () => {
  it("a client is refused with the reason, unless the risk is accepted", () => {
    vi.stubGlobal("document", {});
    const options = { baseUrl: BASE, apiKey: API_KEY };
    for (const make of [() => new CyclesClient(options), () => createRawClient(options)]) {
      expect(make).toThrow(CyclesConfigError);
      expect(make).toThrow("everyone who opens the page can read the API key");
    }
    expect(new CyclesClient({ ...options, dangerouslyAllowBrowser: true })).toBeDefined();
  });

  it("a client is also refused in a web worker, but not in a Cloudflare Worker", () => {
    vi.stubGlobal("importScripts", () => undefined);
    expect(() => new CyclesClient({ baseUrl: BASE })).toThrow("This is a browser");
    vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
    expect(new CyclesClient({ baseUrl: BASE })).toBeDefined();
  });
});

describe("a runtime without `process`", () => {
  it("needs no variables", () => {
    const notices: Notice[] = [];
    const original = globalThis.process;
    Reflect.deleteProperty(globalThis, "process");
    try {
      expect(
        new CyclesClient({ baseUrl: BASE, onNotice: (notice) => notices.push(notice) }),
      ).toBeDefined();
    } finally {
      globalThis.process = original;
    }
    expect(notices).toEqual([]);
  });
});
