import { type ClientOptions, CyclesClient, createRawClient } from "cycles-client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { scripted } from "../../support/server.js";

afterEach(() => {
  vi.unstubAllEnvs();
});

const overFetch: ClientOptions = { fetch: (url, init) => fetch(url, init) };
const tenant = "o'brien & sons/ü";

/** The URLs that one call sends to the server, by facade and raw client, over each transport. */
async function urlsSent(path: string): Promise<string[]> {
  const page = { body: { balances: [] } };
  const server = await scripted(page, page, page, page);
  for (const options of [{}, overFetch]) {
    const all = { baseUrl: `${server.url}${path}`, apiKey: "cyc_live_key", ...options };
    const client = new CyclesClient(all);
    await client.getBalances({ tenant });
    const { response } = await createRawClient(all).GET("/v1/balances", {
      params: { query: { tenant } },
    });
    expect(response.status).toBe(200);
    await client.close();
  }
  expect(server.received.map(({ headers }) => headers["x-cycles-api-key"])).toEqual(
    Array(4).fill("cyc_live_key"),
  );
  return server.received.map(({ url }) => url);
}

describe("a base URL", () => {
  it.each([
    ["", ""],
    ["/", ""],
    ["//", ""],
    ["/a/b", "/a/b"],
    ["/a/b//", "/a/b"],
    ["//a", "//a"],
    ["/a//b", "/a//b"],
    ["/a/../b", "/b"],
    ["/a/./b/.", "/a/b"],
    ["/a/..", ""],
    ["/a/%2e%2e/b", "/b"],
    ["/%7Ea", "/%7Ea"],
    ["/a%2Fb", "/a%2Fb"],
    ["/ü", "/%C3%BC"],
    ["/a b", "/a%20b"],
    ["/it's", "/it's"],
    ['/"<>`{}', "/%22%3C%3E%60%7B%7D"],
  ])(
    "with the path %j leads to %j from facade and raw client, over each transport",
    async (path, expected) => {
      const urls = await urlsSent(path);
      const query = "?tenant=o%27brien%20%26%20sons%2F%C3%BC";
      expect(new Set(urls)).toEqual(new Set([`${expected}/v1/balances${query}`]));
    },
  );

  it("with 100,000 slashes is parsed in linear time", () => {
    const baseUrl = `http://127.0.0.1:7878/${"/".repeat(100_000)}x`;
    for (let round = 0; round < 20; round += 1) {
      expect(new CyclesClient({ baseUrl })).toBeDefined();
      expect(createRawClient({ baseUrl })).toBeDefined();
    }
  });
});
