import { ManualClock } from "cycles-client/embedded";
import { describe, expect, it } from "vitest";
import { collectUntil } from "../support/collect.js";
import { rejection } from "../support/server.js";
import { cost } from "./sdk/scene.js";
import { eventsOf, metering, readerOf } from "./support.js";

const ESTIMATE = { actual_source: "estimate", estimated_from: "request" };
const TEXT = { actual_source: "estimate", estimated_from: "text" };

describe("a call whose answer is complete", () => {
  it("costs what the body says", async () => {
    const { chat, provider, spent, marks } = await spending();
    await (await chat()).json();
    expect(spent()).toBe(cost(provider.billed));
    expect(marks()).toBeUndefined();
  });

  it("is in the ledger when the body has ended", async () => {
    const { chat, provider, spent } = await spending();
    await (await chat({ stream: true })).text();
    expect(spent()).toBe(cost(provider.billed));
  });

  it("is in the ledger when the body was cancelled after the last event", async () => {
    const { chat, provider, spent, marks } = await spending();
    const reader = readerOf(await chat({ stream: true }));
    const decoder = new TextDecoder();
    for (let text = ""; !text.includes("[DONE]");)
      text += decoder.decode((await reader.read()).value, { stream: true });
    await reader.cancel();
    expect(spent()).toBe(cost(provider.billed));
    expect(marks()).toBeUndefined();
  });

  it("has tokens, latency and model in its metrics", async () => {
    const { chat, provider, sent } = await spending();
    provider.next({ cached: 3, reasoning: 4 });
    await (await chat()).json();
    const { metrics } = JSON.parse(sent("commit")[0]?.body ?? "");
    const { input, output } = provider.billed;
    expect(metrics).toMatchObject({
      tokens_input: input,
      tokens_output: output,
      latency_ms: expect.any(Number),
      model_version: "gpt-4o-mini",
      custom: { cached_tokens: 3, reasoning_tokens: 4 },
    });
  });
});

describe("a call that costs nothing", () => {
  it("is released when the body of the refusal was read or cancelled", async () => {
    const { chat, provider, spent, reserved, requests } = await spending();
    provider.next({ status: 500 }, { status: 503 });
    await (await chat()).text();
    expect(reserved()).toBe(0);
    await (await chat()).body?.cancel();
    expect(reserved()).toBe(0);
    expect(spent()).toBe(0);
    expect(requests()).toEqual({ reserves: 2, commits: 0, releases: 2 });
  });

  it("is released if no connection was made", async () => {
    const { chat, provider, reserved, requests } = await spending();
    provider.close();
    await rejection(chat());
    expect(reserved()).toBe(0);
    expect(requests()).toEqual({ reserves: 1, commits: 0, releases: 1 });
  });

  it("is not reserved if its caller has given up before", async () => {
    const { chat, requests, provider } = await spending();
    const reason = new Error("changed my mind");
    const error = await rejection(chat({}, { signal: AbortSignal.abort(reason) }));
    expect(error).toBe(reason);
    expect(provider.calls).toEqual([]);
    expect(requests().commits).toBe(0);
  });
});

describe("a call that was sent and not answered", () => {
  it("costs its estimate if its caller gives up", async () => {
    const { chat, provider, settled, estimate, marks } = await spending();
    const abort = new AbortController();
    provider.next({ stallAfter: 0 });
    const calling = rejection(chat({}, { signal: abort.signal }));
    await expect.poll(() => provider.calls.length, { interval: 1, timeout: 30_000 }).toBe(1);
    abort.abort();
    await calling;
    expect(await settled()).toBe(estimate());
    expect(marks()).toEqual(ESTIMATE);
  });

  it("costs its estimate if the connection is lost", async () => {
    const { chat, provider, spent, estimate, marks } = await spending();
    provider.next({ stallAfter: 0 });
    const calling = rejection(chat());
    await expect.poll(() => provider.calls.length, { interval: 1, timeout: 30_000 }).toBe(1);
    provider.calls[0]?.cut();
    await calling;
    expect(spent()).toBe(estimate());
    expect(marks()).toEqual(ESTIMATE);
  });

  it("costs its estimate if a body that is no stream breaks off", async () => {
    const { chat, provider, settled, estimate, marks } = await spending();
    provider.next({ cutAfter: 1 });
    await rejection((await chat()).text());
    expect(await settled()).toBe(estimate());
    expect(marks()).toEqual(ESTIMATE);
  });
});

describe("a stream that ends early", () => {
  it.each<[string, (parts: Read) => unknown]>([
    ["is cancelled", ({ reader }) => reader.cancel()],
    ["is aborted", ({ abort, reader }) => (abort(), rejection(reader.read()))],
    ["is cut", ({ cut, reader }) => (cut(), rejection(reader.read()))],
  ])("costs what was read when it %s", async (_, end) => {
    const ledger = await spending();
    const parts = await readThree(ledger);
    await end(parts);
    await expectText(ledger);
  });

  it("costs what was read when it is silent for too long", async () => {
    const clock = new ManualClock();
    const ledger = await spending({ clock, idleTimeout: 60_000 });
    await readThree(ledger);
    await clock.advance(59_999);
    expect(ledger.requests().commits).toBe(0);
    await clock.advance(1);
    await expectText(ledger);
  });

  it("costs what was read when its reader is garbage", async () => {
    const ledger = await spending();
    await (async () => {
      await readThree(ledger);
    })();
    await collectUntil(() => ledger.requests().commits === 1);
    await expectText(ledger);
  });

  it("costs the whole bill, once, if it goes on after it was silent for too long", async () => {
    const clock = new ManualClock();
    const { chat, provider, settled, requests, spent } = await spending({ clock });
    let resume = () => {};
    provider.next({ after: new Promise<void>((resolve) => (resume = resolve)) });
    const calling = chat({ stream: true });
    await expect.poll(() => provider.calls.length, { interval: 1, timeout: 30_000 }).toBe(1);
    resume();
    const response = await calling;
    await clock.advance(60_000);
    const estimate = await settled();
    await response.text();
    expect(await settled()).toBe(Math.max(estimate ?? 0, cost(provider.billed)));
    expect(spent()).toBeGreaterThanOrEqual(cost(provider.billed));
    expect(requests().reserves).toBe(1);
  });

  it("costs the difference in addition if more comes after a silence than was charged", async () => {
    const clock = new ManualClock();
    const { response, write, end } = stream();
    const options = { clock, fetch: () => Promise.resolve(response) };
    const { chat, settled, requests, sent } = await spending(options);
    const reader = readerOf(await chat({ stream: true }));
    write(chunk({ choices: [{ delta: { content: "one" } }] }));
    await reader.read();
    await clock.advance(60_000);
    const first = await settled();
    write(chunk({ choices: [], usage: { prompt_tokens: 500, completion_tokens: 600 } }));
    end("data: [DONE]\n\n");
    while (!(await reader.read()).done);
    const bill = { input: 500, output: 600, cached: 0, cacheWritten: 0, reasoning: 0 };
    expect(await settled()).toBe(cost(bill));
    expect(first).toBeLessThan(cost(bill));
    expect(requests()).toEqual({ reserves: 2, commits: 2, releases: 0 });
    const { metadata } = JSON.parse(sent("commit")[1]?.body ?? "");
    expect(metadata.continues).toEqual(expect.any(String));
  });

  it("does not keep the process alive while it waits", async () => {
    let isUnref = false;
    const clock = new ManualClock();
    const unref = () => (isUnref = true);
    const watched = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback: () => void, ms: number) => ({
        ...clock.setTimeout(callback, ms),
        unref,
      }),
    };
    const { chat } = await spending({ clock: watched });
    await (await chat({ stream: true })).text();
    expect(isUnref).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe("an answer without usage", () => {
  it.each([{}, { stream: true }])("costs an estimate of its text: %j", async (body) => {
    const { chat, provider, spent, marks } = await spending();
    provider.next({ usage: false });
    await (await chat(body)).text();
    expect(spent()).toBeGreaterThanOrEqual(cost(provider.billed));
    expect(marks()).toEqual(TEXT);
  });
});

it("notes the estimate at the first byte, so that nothing is released after it", async () => {
  const { chat, provider, cycles, settled, estimate } = await spending();
  provider.next({ stallAfter: 3 });
  const reader = readerOf(await chat({ stream: true }));
  await reader.read();
  await cycles.close();
  expect(await settled()).toBe(estimate());
});

it("takes out the event that was added, and nothing else", async () => {
  const { chat, provider } = await spending();
  provider.next({ chunks: "odd", say: "Grüße 😀", lineEnd: "\r\n" });
  const events = eventsOf(await (await chat({ stream: true })).text());
  expect(events.at(-1)).toBe("[DONE]");
  expect(events.filter((event) => event.includes('"choices":[]'))).toEqual([]);
  expect(provider.calls[0]?.body.stream_options).toEqual({ include_usage: true });
});

it("keeps the event with usage if the caller asked for it", async () => {
  const { chat } = await spending();
  const asked = { stream: true, stream_options: { include_usage: true } };
  const events = eventsOf(await (await chat(asked)).text());
  expect(events.filter((event) => event.includes('"choices":[]'))).toHaveLength(1);
});

it("keeps the status, the URL and the headers of a response, and can be copied", async () => {
  const { chat, provider } = await spending();
  provider.next({ stallAfter: 3 });
  const response = await chat({ stream: true });
  const copy = response.clone();
  expect(response.status).toBe(200);
  expect(response.url).toBe(`${provider.baseURL}/chat/completions`);
  expect(response.headers.get("x-request-id")).toBe("req_1");
  await Promise.all([response.body?.cancel(), copy.body?.cancel()]);
});

async function spending(...args: Parameters<typeof metering>) {
  const parts = await metering(...args);
  const { authority, setting } = parts;
  const balance = () => authority.balances("tenant:acme")[0];
  return {
    ...parts,
    cycles: setting.cycles,
    spent: () => balance()?.spent.amount,
    reserved: () => balance()?.reserved.amount,
  };
}

/** A stream of events that the test writes. */
function stream() {
  let write: (text: string) => void = () => {};
  let close = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      write = (text) => controller.enqueue(new TextEncoder().encode(text));
      close = () => controller.close();
    },
  });
  const headers = { "content-type": "text/event-stream" };
  const end = (text: string) => {
    write(text);
    close();
  };
  return { response: new Response(body, { headers }), write, end };
}

function chunk(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}

interface Read {
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly abort: () => void;
  readonly cut: () => void;
}

/** Reads a stream that stalls after three words, up to there. */
async function readThree({ chat, provider }: Awaited<ReturnType<typeof spending>>): Promise<Read> {
  provider.next({ stallAfter: 3 });
  const controller = new AbortController();
  const response = await chat({ stream: true }, { signal: controller.signal });
  const reader = readerOf(response);
  const decoder = new TextDecoder();
  let text = "";
  while (eventsOf(text).filter((data) => data.includes('"content":"')).length < 3)
    text += decoder.decode((await reader.read()).value, { stream: true });
  return {
    reader,
    abort: () => controller.abort(),
    cut: () => provider.calls[0]?.cut(),
  };
}

async function expectText(ledger: Awaited<ReturnType<typeof spending>>) {
  const { settled, provider, marks, requests, estimate } = ledger;
  const spent = await settled();
  expect(spent).toBeGreaterThanOrEqual(cost(provider.billed));
  expect(spent).toBeLessThan(estimate());
  expect(marks()).toEqual(TEXT);
  expect(requests()).toEqual({ reserves: 1, commits: 1, releases: 0 });
}
