import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { CyclesError } from "cycles-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { refusal, released, request, reservation } from "../support/answers.js";
import { against, API_KEY, rejection, type Scripted } from "../support/server.js";

/** Everything that a log could show of a value. */
function shown(value: unknown): string {
  const error = value as CyclesError & { body?: unknown; excerpt?: string; details?: unknown };
  return [
    inspect(value, { depth: 20, showHidden: true, maxStringLength: null, getters: true }),
    JSON.stringify(value),
    String(value),
    error.message,
    error.stack,
    inspect(error.cause),
    inspect([error.body, error.excerpt, error.details], { depth: 20 }),
  ].join("\n");
}

const echoes: [string, (key: string) => Scripted][] = [
  ["in a message", (key) => refusal(401, "UNAUTHORIZED", { message: `Unknown key ${key}` })],
  ["in details", (key) => refusal(400, "INVALID_REQUEST", { details: { got: [{ key }] } })],
  ["in a field of its own", (key) => refusal(409, "BUDGET_EXCEEDED", { headers: { key } })],
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
];

describe("a server that echoes the API key", () => {
  it.each(echoes)("%s does not get it into error, notice or log", async (_name, answer) => {
    const logged: unknown[] = [];
    const note = (...args: unknown[]) => void logged.push(...args);
    const { client, notices } = await against([answer(API_KEY), answer(API_KEY)], {
      logger: { debug: note, info: note, warn: note, error: note },
      logLevel: "debug",
    });
    const error = await rejection(client.reserve(request));
    const leaks = [error, ...notices, ...logged].filter((value) => shown(value).includes(API_KEY));
    expect(leaks).toHaveLength(0);
  });

  it("in JSON's escapes does not get it through either", async () => {
    const apiKey = 'cyc"live\\0123456789';
    const answer = refusal(401, "UNAUTHORIZED", {
      message: `Unknown key ${apiKey}`,
      details: { apiKey },
    });
    const { client } = await against([answer], { apiKey });
    const error = (await rejection(client.createReservation(request))) as CyclesError;
    expect(error.message).not.toContain(apiKey);
    expect(JSON.stringify(error)).not.toContain(JSON.stringify(apiKey).slice(1, -1));
    expect(shown(error)).not.toContain("0123456789");
  });

  it("leaves the rest of its message readable", async () => {
    const message = `The key ${API_KEY} was revoked on Monday`;
    const { client } = await against([refusal(401, "UNAUTHORIZED", { message })]);
    const error = (await rejection(client.createReservation(request))) as CyclesError;
    expect(error.message).toContain("The key [API key] was revoked on Monday");
    expect(error).toMatchObject({ name: "CyclesAuthenticationError", requestId: "req-7" });
  });
});

describe("a guard", () => {
  it("does not show the key", async () => {
    const { client } = await against([{ body: reservation }, { body: released }]);
    const guard = await client.reserve(request);
    expect(shown(guard)).not.toContain(API_KEY);
    await guard.release();
  });
});

describe("a client", () => {
  it("does not show the key, nor do its children and its raw client", async () => {
    const { client } = await against([]);
    for (const value of [client, client.with({ subject: { agent: "a" } }), client.raw]) {
      expect(inspect(value, { depth: 20, showHidden: true })).not.toContain(API_KEY);
      expect(JSON.stringify(value)).not.toContain(API_KEY);
    }
  });
});

describe("a journal", () => {
  it("has the key in no file and no name, also where there is no tenant to go by", async () => {
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

describe("an error without an answer", () => {
  it("does not hold the key", async () => {
    const { client } = await against([(response) => response.destroy()], { maxRetries: 0 });
    expect(shown(await rejection(client.getReservation("r")))).not.toContain(API_KEY);
  });
});
