import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { tokens } from "cycles-client";
import { EmbeddedCycles, type EmbeddedOptions } from "cycles-client/embedded";
import { describe, expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/embedded/http/listener.js";
import { toOriginPolicy } from "../../src/embedded/http/origin.js";

const MEGABYTE = "x".repeat(2 ** 20);

/** An authority behind a socket, and functions that send it requests. */
async function served(options: Partial<EmbeddedOptions> = {}) {
  const authority = new EmbeddedCycles({
    budgets: { "tenant:acme": tokens(100) },
    apiKeys: { cyc_live_fixed: "acme" },
    ...options,
  });
  onTestFinished(() => authority.close());
  const { url } = await authority.listen();
  const { port } = new URL(url);
  return {
    authority,
    url,
    port: Number(port),
    send: (headers: Record<string, string>, method = "GET", path = "/v1/balances?tenant=acme") =>
      sent(Number(port), {
        method,
        path,
        headers: { "x-cycles-api-key": "cyc_live_fixed", ...headers },
      }),
  };
}

/** Sends a request with exactly these headers; `fetch` sets some of them itself. */
function sent(
  port: number,
  options: { method: string; path: string; headers: Record<string, string> },
  body = "",
): Promise<{
  status: number | undefined;
  headers: Record<string, unknown>;
  body: { error?: string; message?: string };
}> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, ...options }, (response) => {
      text(response).then((json) => {
        const { statusCode: status, headers } = response;
        resolve({ status, headers, body: json === "" ? {} : JSON.parse(json) });
      }, reject);
    });
    request.on("error", reject);
    request.end(body);
  });
}

describe("a request for another host", () => {
  it.each([
    ["127.0.0.1", 200],
    ["localhost:9999", 200],
    ["LOCALHOST", 200],
    ["[::1]:7878", 200],
    ["host.docker.internal:7878", 200],
    ["evil.example", 421],
    ["evil.example:7878", 421],
    ["127.0.0.1.evil.example", 421],
    ["localhost.evil.example:7878", 421],
    ["127.0.0.1@evil.example", 421],
  ])("than this machine is refused: %j gets %i", async (host, status) => {
    const { send } = await served({ hosts: ["host.docker.internal"] });
    const response = await send({ host });
    expect(response.status).toBe(status);
    if (status === 421) {
      expect(response.body).toMatchObject({
        error: "INVALID_REQUEST",
        message: expect.stringContaining("option hosts"),
      });
    }
  });

  it("is not executed, even with a valid key and from a page of the same host (DNS rebinding)", async () => {
    const { authority, send } = await served({ cors: true });
    const host = "evil.example:7878";
    for (const method of ["GET", "POST", "OPTIONS"]) {
      expect((await send({ host, origin: `http://${host}` }, method)).status).toBe(421);
    }
    expect(authority.requests).toEqual([]);
  });

  it("may be any host for authority.fetch, which no page can call", async () => {
    const { authority } = await served();
    const headers = { "x-cycles-api-key": "cyc_live_fixed", host: "evil.example" };
    const url = "http://evil.example/v1/balances?tenant=acme";
    expect((await authority.fetch(url, { headers })).status).toBe(200);
  });

  it("without Host is refused", async () => {
    const { port } = await served();
    const socket = connect(port, "127.0.0.1");
    socket.write("GET /v1/balances?tenant=acme HTTP/1.1\r\nConnection: close\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 [^]*"INVALID_REQUEST"/);
  });
});

describe("a web page", () => {
  const host = "127.0.0.1:7878";

  it.each<[string, EmbeddedOptions["cors"], number, string | undefined]>([
    ["http://evil.example", undefined, 403, undefined],
    ["http://localhost:3000", undefined, 403, undefined],
    ["http://127.0.0.1:3000", false, 403, undefined],
    ["https://127.0.0.1:7878", undefined, 403, undefined],
    ["null", undefined, 403, undefined],
    ["http://127.0.0.1:7878", undefined, 200, undefined],
    ["http://localhost:3000", ["http://localhost:3000"], 200, "http://localhost:3000"],
    ["http://localhost:3001", ["http://localhost:3000"], 403, undefined],
    ["http://evil.example", true, 200, "*"],
  ])("of the origin %s with cors %j gets %i", async (origin, cors, status, allowed) => {
    const { authority, send } = await served(cors === undefined ? {} : { cors });
    const response = await send({ host, origin });
    expect(response.status).toBe(status);
    expect(response.headers["access-control-allow-origin"]).toBe(allowed);
    const preflight = await send(
      { host, origin, "access-control-request-method": "POST" },
      "OPTIONS",
    );
    expect(preflight.status).toBe(status === 403 ? 403 : allowed === undefined ? 405 : 204);
    if (status !== 403) return;
    expect(response.body.error).toBe("FORBIDDEN");
    expect(authority.requests).toEqual([]);
  });

  it.each([["evil.example"], ["http://localhost:3000/"], ["*"], ["null"]])(
    "cannot be allowed by %j, which is not an origin",
    (origin) => {
      expect(() => new EmbeddedCycles({ budgets: {}, cors: [origin] })).toThrow(
        /^cors: .*not an origin/,
      );
    },
  );

  it.each([["http://evil.example"], ["localhost:7878"], [""]])("%j is not a host name", (host) => {
    expect(() => new EmbeddedCycles({ budgets: {}, hosts: [host] })).toThrow(
      /^hosts: .*not a host name/,
    );
  });
});

describe("a body that is not needed", () => {
  const post = {
    method: "POST",
    path: "/v1/events",
    headers: { "content-type": "application/json" },
  };

  it("is neither kept nor awaited", async () => {
    const { authority, port } = await served();
    const socket = connect(port, "127.0.0.1");
    socket.write("POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n{");
    const [head] = (await once(socket.setEncoding("utf8"), "data")) as [string];
    expect(head).toMatch(/^HTTP\/1\.1 401 /);
    expect(authority.requests).toMatchObject([{ status: 401, body: "" }]);
  });

  it("does not keep the client from reading the refusal", async () => {
    const { port } = await served();
    const refused = [{}, { "x-cycles-api-key": "wrong" }].map((headers) =>
      sent(port, { ...post, headers: { ...post.headers, ...headers } }, MEGABYTE.slice(0, 50_000)),
    );
    expect((await Promise.all(refused)).map(({ status }) => status)).toEqual([401, 401]);
  });

  it("is not asked for if the client waits for permission to send it", async () => {
    const { port } = await served();
    const head =
      "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\nExpect: 100-continue\r\n";
    const refused = connect(port, "127.0.0.1");
    refused.write(`${head}\r\n`);
    expect(await text(refused)).toMatch(/^HTTP\/1\.1 401 /);
    const admitted = connect(port, "127.0.0.1").setEncoding("utf8");
    admitted.write(
      `${head}X-Cycles-API-Key: cyc_live_fixed\r\nContent-Type: application/json\r\n\r\n`,
    );
    expect((await once(admitted, "data"))[0]).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    admitted.write("{}");
    expect(await text(admitted)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("gets a 413 if it is too long, with and without a length in a header", async () => {
    const { port } = await served();
    const headers = { ...post.headers, "x-cycles-api-key": "cyc_live_fixed" };
    const chunked = { ...headers, "transfer-encoding": "chunked" };
    for (const each of [headers, chunked]) {
      expect((await sent(port, { ...post, headers: each }, `${MEGABYTE}x`)).status).toBe(413);
    }
  });
});

describe("a client that is slow or idle", () => {
  it.each([
    ["sends nothing", ""],
    ["sends half a header", "POST /v1/events HTTP/1.1\r\nHost: local"],
    ["sends half a body", "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"],
    ["sends no second request", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ])("and %s is disconnected after the time limit", async (_, bytes) => {
    const policy = toOriginPolicy([], false);
    const listener = await listen({ port: 0, policy, timeoutMs: 100 }, async ({ body }) => {
      await body();
      return { status: 404, headers: {}, body: "{}" };
    });
    onTestFinished(() => listener.close());
    // Its own side stays open: the server must not wait for it.
    const socket = connect({
      port: Number(new URL(listener.url).port),
      host: "127.0.0.1",
      allowHalfOpen: true,
    });
    socket.write(bytes);
    socket.resume().on("error", () => undefined);
    await once(socket, "end");
  });
});
