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

/** Sends bytes as they are, and returns the response. */
async function raw(
  bytes: string,
): Promise<{ status: number; head: string; body: Record<string, unknown> }> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, "connect");
  socket.write(bytes);
  const response = await text(socket);
  const [head = "", body = ""] = response.split("\r\n\r\n");
  return {
    head,
    status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]),
    body: JSON.parse(body || "{}") as Record<string, unknown>,
  };
}

const close = "Host: localhost\r\nConnection: close\r\n";

describe("a malformed request", () => {
  it.each([
    ["that is not HTTP", "hello\r\n\r\n", 400],
    ["with a header that has no name", `GET / HTTP/1.1\r\n${close}: x\r\n\r\n`, 400],
    [
      "with two lengths",
      `POST / HTTP/1.1\r\n${close}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`,
      400,
    ],
    ["with a control character in a header", `GET / HTTP/1.1\r\n${close}X-A: \u0001\r\n\r\n`, 400],
    ["with endless headers", `GET / HTTP/1.1\r\n${close}X-A: ${"a".repeat(20_000)}\r\n\r\n`, 431],
  ])("%s is refused with the protocol's error body [trace-4]", async (_, bytes, status) => {
    const response = await raw(bytes);
    expect(response.status).toBe(status);
    expect(response.body).toMatchObject({ error: "INVALID_REQUEST" });
    expect(response.head).toContain(`x-cycles-trace-id: ${String(response.body["trace_id"])}`);
    expect(response.head).toContain(`x-request-id: ${String(response.body["request_id"])}`);
    expect(String(response.body["message"])).not.toContain("    at ");
  });

  it("with two API keys is refused", async () => {
    const key = `X-Cycles-API-Key: ${authority.apiKey("acme")}\r\n`;
    const line = `GET /v1/balances?tenant=acme HTTP/1.1\r\n${close}`;
    expect((await raw(`${line}${key}\r\n`)).status).toBe(200);
    expect((await raw(`${line}${key}${key}\r\n`)).status).toBe(401);
  });

  it("with half a body does not delay others", async () => {
    const socket = connect(Number(url.port), url.hostname);
    await once(socket, "connect");
    socket.end("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
    await text(socket);
    expect((await fetch(new URL("/", url))).status).toBe(404);
  });

  it("with another method gets the methods of the path", async () => {
    const response = await fetch(new URL("/v1/events", url), { method: "DELETE" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    expect(await response.json()).toMatchObject({ error: "INVALID_REQUEST" });
  });

  it("with a body that is not UTF-8, or with the method HEAD, is refused", async () => {
    expect((await fetch(new URL("/v1/balances", url), { method: "HEAD" })).status).toBe(405);
    const response = await fetch(new URL("/v1/events", url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-cycles-api-key": authority.apiKey("acme"),
      },
      body: new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]),
    });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: "INVALID_REQUEST" },
    ]);
  });

  it("leaves the authority unchanged", () => {
    expect(authority.balances("tenant:acme")[0]).toMatchObject({ reserved: tokens(0) });
  });
});

describe("the cors option", () => {
  it("lets a web page send requests and read every response header", async () => {
    const preflight = await fetch(new URL("/v1/events", url), {
      method: "OPTIONS",
      headers: { "access-control-request-headers": "x-cycles-api-key,content-type" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-cycles-api-key");
    const response = await fetch(new URL("/v1/balances?tenant=acme", url));
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toBe("*");
  });
});
