import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type ClientOptions, CyclesClient, type Notice } from "cycles-client";
import { onTestFinished } from "vitest";

/** A request as it arrived. */
export interface Received {
  readonly method: string;
  /** The path and query of the request line. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What the server does with one request: a response, or a function that misbehaves. */
export type Scripted = ScriptedResponse | ((response: ServerResponse, request: Received) => void);

export interface ScriptedResponse {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as text, anything else as JSON. */
  readonly body?: unknown;
}

export interface ScriptedServer {
  readonly url: string;
  readonly received: Received[];
}

/** A real server on a loopback port that plays its script in order. It closes when the test ends. */
export async function scripted(...script: readonly Scripted[]): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const arrived = { method, url, headers, body: Buffer.concat(chunks).toString("utf8") };
      const step = script[received.push(arrived) - 1] ?? {
        status: 418,
        body: "the script has ended",
      };
      if (typeof step === "function") step(response, arrived);
      else play(step, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function play(
  { status = 200, headers = {}, body }: ScriptedResponse,
  response: ServerResponse,
): void {
  const isText = typeof body === "string" || body === undefined;
  const contentType = isText ? "text/plain" : "application/json";
  response.writeHead(status, { "content-type": contentType, ...headers });
  response.end(isText ? body : JSON.stringify(body));
}

export const API_KEY = "cyc_live_0123456789abcdef";

/** A client of a scripted server, and its notices. */
export async function against(script: readonly Scripted[], options: ClientOptions = {}) {
  const server = await scripted(...script);
  const notices: Notice[] = [];
  const client = new CyclesClient({
    baseUrl: server.url,
    apiKey: API_KEY,
    subject: { tenant: "acme" },
    logLevel: "off",
    onNotice: (notice) => notices.push(notice),
    ...options,
  });
  return { server, client, notices, received: server.received };
}

/** The reason for which a promise was rejected. The test fails if it is fulfilled. */
export async function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
