import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { CyclesClient, CyclesResponseError, createRawClient } from "cycles-client";
import { describe, expect, it } from "vitest";
import { rejection, type Scripted, scripted } from "../../support/server.js";

const refused = JSON.stringify({
  error: "LIMIT_EXCEEDED",
  message: "slow down",
  request_id: "req-1",
});

const encoded =
  (status: number, encoding: string, body: Buffer | undefined): Scripted =>
  (response) => {
    response.writeHead(status, { "content-encoding": encoding });
    response.end(body);
  };

const transports = [
  ["pooled", {}],
  ["fetch", { fetch: (url: string, init: RequestInit) => fetch(url, init) }],
] as const;

describe.each(transports)("over %s", (_name, options) => {
  it.each([["gzip"], ["deflate"], ["br"]])(
    "an empty 429 with content-encoding %s is a rate limit error",
    async (encoding) => {
      const { url } = await scripted(encoded(429, encoding, undefined));
      const client = new CyclesClient({ baseUrl: url, maxRetries: 0, ...options });
      expect(await rejection(client.getReservation("r"))).toMatchObject({
        name: "CyclesRateLimitError",
        httpStatus: 429,
      });
    },
  );

  it.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
  ])("the %s body of a 429 is decompressed", async (encoding, compress) => {
    const { url } = await scripted(encoded(429, encoding, compress(refused)));
    const client = new CyclesClient({ baseUrl: url, maxRetries: 0, ...options });
    expect(await rejection(client.getReservation("r"))).toMatchObject({ requestId: "req-1" });
  });

  it.each([[204], [304]])(
    "an empty %i with a content-encoding keeps its status",
    async (status) => {
      const { url } = await scripted(encoded(status, "gzip", undefined));
      const { response } = await createRawClient({ baseUrl: url, ...options }).GET("/v1/balances", {
        params: { query: { tenant: "acme" } },
      });
      expect(response.status).toBe(status);
    },
  );

  it("a success with a truncated gzip body is ambiguous", async () => {
    const whole = gzipSync(JSON.stringify({ keys: [] }));
    const { url } = await scripted(encoded(200, "gzip", whole.subarray(0, whole.length - 12)));
    const client = new CyclesClient({ baseUrl: url, maxRetries: 0, ...options });
    const error = await rejection(client.getEvidenceJwks());
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ httpStatus: 200, retryable: true });
  });
});

describe("a body that does not match its content-encoding", () => {
  it.each([["gzip"], ["deflate"], ["br"]])("of %s is ambiguous", async (encoding) => {
    const { url } = await scripted(encoded(200, encoding, Buffer.from("\xff not compressed")));
    const client = new CyclesClient({ baseUrl: url, maxRetries: 0 });
    const error = await rejection(client.getEvidenceJwks());
    expect(error).toBeInstanceOf(CyclesResponseError);
    expect(error).toMatchObject({ httpStatus: 200, retryable: true });
    expect((error as Error).message).toContain(`is not ${encoding}, although its content-encoding`);
  });
});
