import { BudgetDeniedError, CyclesClient, CyclesConfigError, tokens, usd } from "cycles-client";
import { deniedBy, metered, meteredFetch, UnmeteredCallError } from "cycles-client/llm";
import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { budgeted } from "../support/budgeted.js";
import { rejection, scripted } from "../support/server.js";
import { cost } from "./sdk/scene.js";
import { MESSAGES, metering } from "./support.js";

describe("a denied call", () => {
  it("gets the status 402, which SDKs do not retry, and is not sent", async () => {
    const { chat, provider, requests } = await metering({}, "0.00000001");
    const response = await chat();
    expect(response.status).toBe(402);
    expect(response.headers.get("x-should-retry")).toBe("false");
    expect(provider.calls).toEqual([]);
    expect(requests()).toEqual({ reserves: 1, commits: 0, releases: 0 });
    expect(deniedBy(response)).toBeInstanceOf(BudgetDeniedError);
  });

  it("gets the response of onDenied, if there is one", async () => {
    const { chat } = await metering(
      { onDenied: ({ code }, { model }) => Response.json({ code, model }) },
      "0.00000001",
    );
    expect(await (await chat()).json()).toEqual({ code: "BUDGET_EXCEEDED", model: "gpt-4o-mini" });
  });

  it("throws the error of the reserve out of a metered client", async () => {
    const { setting, provider, notices } = await metering({}, "0.00000001");
    const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
    const copy = metered(openai, setting.cycles, setting.options).withOptions({ timeout: 5_000 });
    const error = await rejection(
      copy.chat.completions.create({ model: "gpt-4o-mini", messages: [] }),
    );
    expect(error).toBeInstanceOf(BudgetDeniedError);
    expect(notices).toEqual([expect.objectContaining({ type: "denied", error })]);
  });
});

describe("deniedBy", () => {
  it("finds a denial in whatever is wrapped around it", async () => {
    const { chat } = await metering({}, "0.00000001");
    const response = await chat();
    const body = await response.clone().json();
    const denial = deniedBy(response);
    const wrapped = [
      denial,
      new Error("outer", { cause: new Error("inner", { cause: denial }) }),
      new AggregateError([new Error("another"), denial]),
      Object.assign(new Error("retries"), { lastError: denial }),
      Object.assign(new Error("402"), { headers: response.headers }),
      Object.assign(new Error("402"), { responseHeaders: Object.fromEntries(response.headers) }),
      Object.assign(new Error("402"), { responseBody: JSON.stringify(body) }),
      new Error(JSON.stringify(body)),
      new Error(`402 ${JSON.stringify(body)}`),
      structuredClone(body),
      Object.assign(new Error("402"), { error: body.error }),
    ];
    for (const error of wrapped) expect(deniedBy(error)).toBe(denial);
  });

  it("makes the denial again from a body of another process", async () => {
    const { chat } = await metering({}, "0.00000001");
    const response = await chat();
    const original = deniedBy(response);
    const body = await response.json();
    body.error.cycles.denial = crypto.randomUUID();
    const denial = deniedBy(body);
    expect(denial).toBeInstanceOf(BudgetDeniedError);
    expect(denial).not.toBe(original);
    expect(denial?.message).toBe(original?.message);
    expect(denial?.scopes).toEqual(["tenant:acme"]);
  });

  it("finds nothing in other errors and values", () => {
    const loop: { cause?: unknown } = {};
    loop.cause = loop;
    for (const value of [undefined, null, 402, "402", new Error('"cycles"'), loop, { cycles: 1 }])
      expect(deniedBy(value)).toBeUndefined();
  });
});

describe("a call that cannot be reserved", () => {
  it("is not sent, and is no denial, if the authority is unreachable", async () => {
    const cycles = new CyclesClient({
      baseUrl: "http://127.0.0.1:9",
      apiKey: "cyc_live_0123456789abcdef",
      subject: { tenant: "acme" },
      retry: false,
      logLevel: "off",
    });
    const { provider } = await metering();
    const fetch = meteredFetch(cycles);
    const response = await fetch(`${provider.baseURL}/chat/completions`, request());
    expect(response.status).toBe(402);
    expect(deniedBy(response)).toBeUndefined();
    expect((await response.json()).error).toMatchObject({
      type: "not_metered",
      code: "CONNECTION",
    });
    const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
    const error = await rejection(
      metered(openai, cycles).chat.completions.create({ model: "m", messages: [] }),
    );
    expect(error).toMatchObject({ code: "CONNECTION" });
    expect(provider.calls).toEqual([]);
  });
});

describe("a call without a known price", () => {
  const price = () => undefined;

  it("is not sent, and the error says what to do", async () => {
    const { setting, provider } = await metering({ price });
    const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
    const client = metered(openai, setting.cycles, { price });
    const error = await rejection(
      client.chat.completions.create({ model: "gpt-4o-mini", messages: [] }),
    );
    expect(error).toBeInstanceOf(UnmeteredCallError);
    expect(error).toMatchObject({ code: "UNMETERED", message: expect.stringMatching(/unpriced/) });
    expect(provider.calls).toEqual([]);
  });

  it("costs the amount of `unpriced`", async () => {
    const { chat, settled, marks } = await metering({ price, unpriced: usd("0.01") });
    await (await chat()).text();
    expect(await settled()).toBe(usd("0.01").amount);
    expect(marks()).toMatchObject({ actual_source: "estimate", estimated_from: "unpriced" });
  });
});

describe("a request that cannot be metered", () => {
  const batch = (fetch: typeof globalThis.fetch, url: string) =>
    fetch(`${url}/v1/batches`, { method: "POST", body: "{}" });

  it("is not sent", async () => {
    const server = await scripted();
    const { client } = budgeted();
    const response = await batch(meteredFetch(client), server.url);
    expect(response.status).toBe(402);
    expect((await response.json()).error).toMatchObject({
      code: "UNMETERED",
      message: expect.stringMatching(/batch/i),
    });
    expect(server.received).toEqual([]);
  });

  it("costs the amount of `unpriced`, or nothing if it is refused", async () => {
    const server = await scripted({ body: { id: "batch_1" } }, { status: 400 });
    const { client, spent, reserved } = budgeted();
    const fetch = meteredFetch(client, { unpriced: usd("0.02") });
    await batch(fetch, server.url);
    await batch(fetch, server.url);
    expect(spent()).toBe(usd("0.02").amount);
    expect(reserved()).toBe(0);
    expect(server.received.map(({ body }) => body)).toEqual(["{}", "{}"]);
  });

  it("is not sent if a signature covers it", async () => {
    const { chat, provider } = await metering();
    const headers = { authorization: "AWS4-HMAC-SHA256 Credential=AKIA" };
    expect((await chat({}, { headers })).status).toBe(402);
    expect(provider.calls).toEqual([]);
  });
});

describe("a request that costs nothing", () => {
  it("passes with the arguments of its caller", async () => {
    const seen: unknown[] = [];
    const { client, requests } = budgeted();
    const fetch = meteredFetch(client, {
      fetch: (...args) => {
        seen.push(args);
        return Promise.resolve(new Response("ok"));
      },
    });
    const init = { method: "POST", body: '{"input": "x"}' };
    const url = new URL("https://api.openai.com/v1/moderations");
    await fetch("https://api.openai.com/v1/models");
    await fetch(url, init);
    expect(seen).toEqual([["https://api.openai.com/v1/models"], [url, init]]);
    expect((seen[1] as unknown[])[1]).toBe(init);
    expect(requests).toEqual([]);
  });

  it("needs no reservation if the price is zero", async () => {
    const { chat, requests } = await metering({ price: () => usd("0") });
    expect((await chat()).status).toBe(200);
    expect(requests().reserves).toBe(0);
  });
});

describe("the request that is sent", () => {
  it("has the output limit that was reserved", async () => {
    const { chat, provider } = await metering({ maxOutput: 77 });
    await (await chat()).text();
    await (await chat({ max_tokens: 500 })).text();
    expect(provider.calls).toMatchObject([
      { body: { max_tokens: 77 } },
      { body: { max_tokens: 500 } },
    ]);
  });

  it.each<[string, (text: string) => BodyInit]>([
    ["bytes", (text) => new TextEncoder().encode(text)],
    ["a blob", (text) => new Blob([text], { type: "application/json" })],
  ])("can be given as %s", async (_, body) => {
    const { fetch, provider, settled } = await metering();
    const { headers, ...init } = request();
    const long = { ...headers, "content-length": "3" };
    const sent = { ...init, headers: long, body: body(init.body) };
    await (await fetch(`${provider.baseURL}/chat/completions`, sent)).text();
    expect(provider.calls[0]?.body.max_tokens).toBe(4_096);
    expect(await settled()).toBe(cost(provider.billed));
  });

  it("can be given as a Request", async () => {
    const { fetch, provider, settled } = await metering();
    const sent = new Request(`${provider.baseURL}/chat/completions`, request());
    await (await fetch(sent)).text();
    expect(provider.calls[0]?.body.max_tokens).toBe(4_096);
    expect(await settled()).toBe(cost(provider.billed));
  });

  it("is not sent if its body is a stream, which can be read only once", async () => {
    const { fetch, provider } = await metering();
    const body = new Blob([request().body]).stream();
    const init = { ...request(), body, duplex: "half" };
    expect((await fetch(`${provider.baseURL}/chat/completions`, init)).status).toBe(402);
    expect(provider.calls).toEqual([]);
  });
});

describe("what is metered already", () => {
  it("is reserved once by a metered fetch in a metered fetch, and in a metered client", async () => {
    const { fetch, setting, provider, requests } = await metering();
    const twice = meteredFetch(setting.cycles, { ...setting.options, fetch });
    const wrapped: typeof fetch = (input, init) => fetch(input, { ...init });
    const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL, fetch: wrapped });
    const client = metered(
      metered(openai, setting.cycles, setting.options),
      setting.cycles,
      setting.options,
    );
    await (await twice(`${provider.baseURL}/chat/completions`, request())).text();
    await client.chat.completions.create({ model: "gpt-4o-mini", messages: [] });
    expect(requests()).toEqual({ reserves: 2, commits: 2, releases: 0 });
  });

  it("leaves the client that was passed in as it was", async () => {
    const { setting, provider, requests } = await metering();
    const openai = new OpenAI({ apiKey: "sk-offline", baseURL: provider.baseURL });
    metered(openai, setting.cycles, setting.options);
    await openai.chat.completions.create({ model: "gpt-4o-mini", messages: [] });
    expect(requests().reserves).toBe(0);
  });
});

it("names meteredFetch if a client has no place for a fetch", () => {
  const { client } = budgeted();
  class Llm {
    readonly model = "m";
  }
  expect(() => metered(new Llm(), client)).toThrow(CyclesConfigError);
  expect(() => metered(new Llm(), client)).toThrow(/this Llm: .*meteredFetch/);
});

it("needs a price if the budget is not in tokens", () => {
  const { client } = budgeted();
  const inDollars = Object.create(client, { unit: { value: "USD_MICROCENTS" } }) as typeof client;
  expect(() => meteredFetch(inDollars)).toThrow(/Set `price`/);
  expect(() => meteredFetch(inDollars, { estimate: () => tokens(1) })).not.toThrow();
});

function request() {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: MESSAGES }),
  };
}
