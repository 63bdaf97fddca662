import { inspect } from "node:util";
import { type Arrival, EmbeddedCycles } from "cycles-client/embedded";
import { usd } from "cycles-client";
import { describe, expect, it } from "vitest";

const authority = new EmbeddedCycles({
  budgets: { "tenant:acme": usd("5.00") },
});
const apiKey = authority.apiKey("acme");
const path = "/v1/balances?tenant=acme";
const event = JSON.stringify({
  idempotency_key: "e1",
  subject: { tenant: "acme" },
  action: { kind: "test", name: "ünïcode" },
  actual: usd("0.01"),
});
const json = { "Content-Type": "application/json", "X-Cycles-API-Key": apiKey };

/** The parts of a request that the caller chooses. */
function asReceived({ method, target, headers, body, status }: Arrival) {
  const { "content-type": type, "x-cycles-api-key": key, "x-custom": custom } = headers;
  return { method, target, type, key, custom, body, status };
}

describe("the fetch of an authority", () => {
  it.each<[string, (base: string) => Parameters<typeof fetch>]>([
    ["only a URL", (base) => [base + path]],
    ["a URL object", (base) => [new URL(base + path), { headers: json }]],
    ["a URL with a fragment", (base) => [`${base}${path}#top`, { headers: json }]],
    [
      "a URL with characters to encode",
      (base) => [`${base}/v1/balances?tenant=a b"`, { headers: json }],
    ],
    ["a Request", (base) => [new Request(base + path, { headers: json })]],
    ["a Request and options", (base) => [new Request(base + path), { headers: json }]],
    ["an instance of Headers", (base) => [base + path, { headers: new Headers(json) }]],
    ["a list of headers", (base) => [base + path, { headers: Object.entries(json) }]],
    [
      "a header twice, in two cases",
      (base) => [base + path, { headers: { ...json, "x-custom": "1", "X-Custom": "2" } }],
    ],
    [
      "a header with spaces around its value",
      (base) => [base + path, { headers: { ...json, "x-custom": " 1\t" } }],
    ],
    ["an empty header", (base) => [base + path, { headers: { ...json, "x-custom": "" } }]],
    [
      "a header with Latin-1 characters",
      (base) => [base + path, { headers: { ...json, "x-custom": "é" } }],
    ],
    [
      "text as its body",
      (base) => [`${base}/v1/events`, { method: "POST", headers: json, body: event }],
    ],
    [
      "a method in lower case",
      (base) => [`${base}/v1/events`, { method: "post", headers: json, body: event }],
    ],
    [
      "a body without a content type",
      (base) => [
        `${base}/v1/events`,
        { method: "POST", headers: { "x-cycles-api-key": apiKey }, body: event },
      ],
    ],
    [
      "bytes as its body",
      (base) => [
        `${base}/v1/events`,
        { method: "POST", headers: json, body: new TextEncoder().encode(event) },
      ],
    ],
    [
      "a blob as its body",
      (base) => [`${base}/v1/events`, { method: "POST", headers: json, body: new Blob([event]) }],
    ],
    [
      "a byte order mark in its body",
      (base) => [`${base}/v1/events`, { method: "POST", headers: json, body: `\ufeff${event}` }],
    ],
    [
      "a lone surrogate in its body",
      (base) => [
        `${base}/v1/events`,
        { method: "POST", headers: json, body: event.replace("ünï", "\ud800") },
      ],
    ],
    ["an empty body", (base) => [`${base}/v1/events`, { method: "POST", headers: json, body: "" }]],
    ["no body", (base) => [`${base}/v1/events`, { method: "POST", headers: json, body: null }]],
  ])("sends %s as the platform's fetch does", async (_, args) => {
    await using server = await authority.listen();
    authority.clearRequests();
    const inProcess = await authority.fetch(...args("http://authority"));
    const served = await fetch(...args(server.url));
    const [one, other] = authority.requests.map(asReceived);
    expect(one).toEqual(other);
    expect(inProcess.status).toBe(served.status);
    expect(Object.keys(await inProcess.json())).toEqual(Object.keys(Object(await served.json())));
  });

  it.each<[string, Parameters<typeof fetch>]>([
    ["a URL that is not valid", ["not a URL"]],
    ["a URL with a password", [`http://user:secret@authority${path}`]],
    ["a GET with a body", [`http://authority${path}`, { body: "x" }]],
    ["a method that is not valid", [`http://authority${path}`, { method: "A B" }]],
    ["a header name that is not valid", [`http://authority${path}`, { headers: { "a b": "1" } }]],
    ["a line break in a header", [`http://authority${path}`, { headers: { a: "1\r\nb: 2" } }]],
  ])("rejects %s with a TypeError", async (_, args) => {
    await expect(authority.fetch(...args)).rejects.toThrow(TypeError);
    await expect(fetch(...args)).rejects.toThrow(TypeError);
  });
});

describe("its response", () => {
  const respond = () => authority.fetch(`http://authority${path}`, { headers: json });

  it("is a Response, with the status, the headers and the JSON of the authority", async () => {
    const response = await respond();
    expect(response).toBeInstanceOf(Response);
    expect(response).toMatchObject({ status: 200, ok: true, bodyUsed: false, redirected: false });
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers).toBe(response.headers);
    expect(await response.json()).toMatchObject({ balances: [{ scope: "tenant:acme" }] });
  });

  it.each<[string, (response: Response) => Promise<string>]>([
    ["text", (response) => response.text()],
    ["a buffer", async (response) => new TextDecoder().decode(await response.arrayBuffer())],
    ["a blob", async (response) => (await response.blob()).text()],
    ["a stream", (response) => new Response(response.body).text()],
    ["a clone", (response) => response.clone().text()],
    [
      "text, after a clone was read",
      async (response) => {
        await response.clone().text();
        return response.text();
      },
    ],
  ])("can be read as %s", async (_, read) => {
    expect(JSON.parse(await read(await respond()))).toHaveProperty("balances");
  });

  it.each<[string, (response: Response) => unknown]>([
    ["json", (response) => response.json()],
    ["arrayBuffer", (response) => response.arrayBuffer()],
    ["a stream", (response) => new Response(response.body).text()],
  ])("can be read only once, even if %s comes first", async (_, read) => {
    const response = await respond();
    await read(response);
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
    await expect(response.json()).rejects.toThrow(TypeError);
    await expect(response.blob()).rejects.toThrow(TypeError);
    expect(() => response.clone()).toThrow(TypeError);
  });

  it("is shown by inspect as the platform's response is", async () => {
    expect(inspect(await respond())).toMatch(/^Response \{\s+status: 200/);
  });

  it("has the constructor and the enumerable members of the platform's response", async () => {
    const members = (response: Response) => {
      const names: string[] = [];
      for (const name in response) names.push(name);
      return names.sort();
    };
    const response = await respond();
    expect(response.constructor).toBe(Response);
    expect(members(response)).toEqual(members(new Response()));
  });

  it.each(["json", "text", "clone", "blob"] as const)("lets its %s be replaced", async (method) => {
    const response = await respond();
    const replacement = () => response as never;
    response[method] = replacement;
    expect(response[method]).toBe(replacement);
  });

  it("is one that the platform made, if a Request asked for it", async () => {
    const response = await authority.fetch(
      new Request(`http://authority${path}`, { headers: json }),
    );
    const copy: Response = Response.prototype.clone.call(response);
    expect(await copy.json()).toEqual(await Response.prototype.json.call(response));
  });

  it("reads text with a byte order mark as the platform does", async () => {
    authority.faults.on("*").respond(200, { body: "\ufeff{}" });
    expect(await (await respond()).json()).toEqual({});
  });

  it("is not created if a fault sets a status that does not exist", async () => {
    authority.faults.on("*").rewrite((genuine) => ({ ...genuine, status: 600 }));
    await expect(respond()).rejects.toThrow(RangeError);
  });

  it("is the same if the options are null", async () => {
    const { status } = await Reflect.apply(authority.fetch, undefined, [
      `http://authority${path}`,
      null,
    ]);
    expect(status).toBe(401);
  });
});
