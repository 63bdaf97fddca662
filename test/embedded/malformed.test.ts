import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { EmbeddedCycles } from "cycles-client/embedded";
import { tokens } from "cycles-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const authority = new EmbeddedCycles({ budgets: { "tenant:acme": tokens(100) }, cors: true });
let url: URL;

beforeAll(async () => {
  url = new URL((await authority.listen()).url);
});
afterAll(() => authority.close());

/** What comes back for bytes that are sent as they are. */
async function raw(
  bytes: string,
): Promise<{ status: number; head: string; body: Record<string, unknown> }> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, "connect");
  socket.write(bytes);
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return {
    head,
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    body: JSON.parse(body || "{}") as Record<string, unknown>,
  };
}

const close = "Host: x\r\nConnection: close\r\n";

describe("what is no request of the protocol", () => {
  it.each([
    ["no HTTP at all", "hello\r\n\r\n", 400],
    ["a header without a name", `GET / HTTP/1.1\r\n${close}: x\r\n\r\n`, 400],
    [
      "two lengths",
      `POST / HTTP/1.1\r\n${close}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
      400,
    ],
    ["a control character in a header", `GET / HTTP/1.1\r\n${close}X-A: \u0001\r\n\r\n`, 400],
    ["headers without end", `GET / HTTP/1.1\r\n${close}X-A: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ])("%s is refused with the protocol's error body [trace-4]", async (_, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ error: "INVALID_REQUEST" });
    expect(answer.head).toContain(`x-cycles-trace-id: ${String(answer.body["trace_id"])}`);
    expect(answer.head).toContain(`x-request-id: ${String(answer.body["request_id"])}`);
    expect(String(answer.body["message"])).not.toContain("    at ");
  });

  it("two keys are no key", async () => {
    const key = `X-Cycles-API-Key: ${authority.apiKey("acme")}\r\n`;
    const line = `GET /v1/balances?tenant=acme HTTP/1.1\r\n${close}`;
    expect((await raw(`${line}${key}\r\n`)).status).toBe(200);
    expect((await raw(`${line}${key}${key}\r\n`)).status).toBe(401);
  });

  it("a body that stops half-way holds nobody up", async () => {
    const socket = connect(Number(url.port), url.hostname);
    await once(socket, "connect");
    socket.end("POST /v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    await text(socket);
    expect((await fetch(new URL("/", url))).status).toBe(404);
  });

  it("another method is answered with those that the path takes", async () => {
    const answer = await fetch(new URL("/v1/events", url), { method: "DELETE" });
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await answer.json()).toMatchObject({ error: "INVALID_REQUEST" });
  });

  it("a HEAD and bytes that are no UTF-8 are refused like anything else", async () => {
    expect((await fetch(new URL("/v1/balances", url), { method: "HEAD" })).status).toBe(405);
    const answer = await fetch(new URL("/v1/events", url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-cycles-api-key": authority.apiKey("acme"),
      },
      body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: "INVALID_REQUEST" }]);
  });

  it("the authority is as it was after all this", () => {
    expect(authority.balances("tenant:acme")[0]).toMatchObject({ reserved: tokens(0) });
  });
});

describe("with cors", () => {
  it("a page may ask, and read every header of the answer", async () => {
    const preflight = await fetch(new URL("/v1/events", url), {
      method: "OPTIONS",
      headers: { "access-control-request-headers": "x-cycles-api-key,content-type" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-cycles-api-key");
    const answer = await fetch(new URL("/v1/balances?tenant=acme", url));
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toBe("*");
  });
});
