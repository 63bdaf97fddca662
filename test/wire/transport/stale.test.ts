import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { CyclesClient, type Notice } from "cycles-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { request, reservation } from "../../support/responses.js";
import { rejection } from "../../support/server.js";
import { transport } from "./transports.js";

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Responds to the first request of each connection, and closes the connection at the second. */
function onceEach(
  close: (socket: Socket) => void,
  body: object,
): { server: Server; requests: string[]; keys: unknown[] } {
  const used = new WeakSet<Socket>();
  const requests: string[] = [];
  const keys: unknown[] = [];
  const server = createServer((incoming, response) => {
    let received = "";
    incoming.on("data", (chunk: Buffer) => (received += chunk.toString()));
    incoming.on("end", () => {
      requests.push(received);
      keys.push(incoming.headers["x-idempotency-key"]);
      if (used.has(incoming.socket)) close(incoming.socket);
      else response.end(JSON.stringify(body));
      used.add(incoming.socket);
    });
  });
  server.on("close", () => server.closeAllConnections());
  return { server, requests, keys };
}

/** A server that writes the next text to each request, and then closes the connection unless the text is `KEPT`. */
async function raw(...texts: string[]): Promise<{ url: string; count: () => number }> {
  let count = 0;
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", () => {
      const text = texts[count++] ?? "";
      if (text === KEPT) socket.write(text);
      else socket.end(text);
    });
  });
  return { url: await listen(server), count: () => count };
}

const KEPT = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

describe("a server that closes a kept-alive connection when it is reused", () => {
  it.each([
    ["ends", (socket: Socket) => void socket.end()],
    ["destroys", (socket: Socket) => void socket.destroy()],
    ["resets", (socket: Socket) => void socket.resetAndDestroy()],
  ])("does not make any of 80 reserves fail if it %s the socket", async (_how, close) => {
    const { server, keys } = onceEach(close, reservation);
    const baseUrl = await listen(server);
    const notices: Notice[] = [];
    const client = new CyclesClient({
      baseUrl,
      subject: { tenant: "acme" },
      connections: 8,
      onNotice: (notice) => notices.push(notice),
      logLevel: "off",
    });
    onTestFinished(() => client.close());
    for (let round = 0; round < 10; round += 1) {
      await Promise.all(Array.from({ length: 8 }, () => client.createReservation(request)));
    }
    expect(new Set(keys).size).toBe(80);
    expect(notices).toEqual([]);
  });

  it("receives the request again with the same bytes and key", async () => {
    const { server, requests, keys } = onceEach((socket) => socket.destroy(), reservation);
    const { send } = transport(await listen(server));
    await send("/1");
    await send("/2");
    expect(requests.slice(1)).toEqual(['{"path":"/2"}', '{"path":"/2"}']);
    expect(keys.slice(1)).toEqual(["/2", "/2"]);
  });
});

describe("a request on a connection that the server has closed", () => {
  it.each<[string, object, number]>([
    [
      "without an idempotency key is not sent again, because it could take effect twice",
      { headers: {} },
      2,
    ],
    [
      "with an idempotency key only in its body is sent again",
      { headers: {}, body: '{"idempotency_key":"k"}' },
      3,
    ],
    ["that only reads is sent again", { method: "GET", headers: {}, body: undefined }, 3],
  ])("%s", async (_, over, sent) => {
    const { url, count } = await raw(KEPT, "", KEPT);
    const { send } = transport(url);
    await send("/1");
    const again = send("/2", over);
    if (sent === 2) expect(await rejection(again)).toMatchObject({ code: "CONNECTION" });
    else expect(await again).toMatchObject({ text: "ok" });
    expect(count()).toBe(sent);
  });
});

describe("a request is not sent again", () => {
  it("if a fresh connection is reset", async () => {
    const { url, count } = await raw("");
    const { send } = transport(url);
    expect(await rejection(send("/1"))).toMatchObject({ code: "CONNECTION" });
    expect(count()).toBe(1);
  });

  it("a second time, if the fresh connection is closed as well", async () => {
    const { url, count } = await raw(KEPT, "", "", KEPT);
    const { send } = transport(url);
    await send("/1");
    expect(await rejection(send("/2"))).toMatchObject({ code: "CONNECTION" });
    expect(count()).toBe(3);
  });

  it.each([["HTTP/1.1 2"], ["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no"]])(
    "if a part of the response has arrived: %j",
    async (begun) => {
      const { url, count } = await raw(KEPT, begun, KEPT);
      const { send } = transport(url);
      await send("/1");
      expect(await rejection(send("/2"))).toMatchObject({ code: "CONNECTION" });
      expect(count()).toBe(2);
    },
  );

  it("if it was aborted", async () => {
    const { url, count } = await raw(KEPT, KEPT, KEPT);
    const { send } = transport(url);
    await send("/1");
    const controller = new AbortController();
    const second = send("/2", { signal: controller.signal });
    controller.abort("enough");
    expect(await rejection(second)).toBe("enough");
    await send("/3");
    expect(count()).toBe(2);
  });
});
